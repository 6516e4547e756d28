"""Who does what: for each action word, whether the worker does it, the person with help, a colleague, or nobody."""

from dataclasses import dataclass, field
from enum import StrEnum

from services.scope_guard.adapters.text_reader.heads import CONNECTORS, Head, Kind, is_adverb
from services.scope_guard.adapters.text_reader.lexicon import Lexicon
from services.scope_guard.adapters.text_reader.phrases import Marked
from services.scope_guard.adapters.text_reader.words import Word


class Frame(StrEnum):
    """How an action stands to the worker who is asked."""

    DOES = "does"
    SUPPORTED = "supported"  # the person does it, the worker helps
    LOOSE = "loose"  # may be either; counts as the worker's own where that is stricter
    ALONG = "along"  # follows something the person does with help, so most likely the person's own too
    CAUSED = "caused"  # the worker sees to it that the person does it
    NEUTRAL = "neutral"  # it only describes: `people who take medication`
    OTHERS = "others"  # a colleague does it, or the person goes to have it done
    AROUND = "around"  # `after evaluating them`: said in passing, and yet most likely the worker's own
    TOPIC = "topic"  # it is talked about
    SUPPOSED = "supposed"  # `if she asks for ...`
    QUESTION = "question"  # quoted, `unless`, or otherwise not to be judged by a list


_LONGEST_ROW = 12  # verbs that can share one object
NOT_ACTED = frozenset({Frame.NEUTRAL, Frame.OTHERS, Frame.TOPIC, Frame.SUPPOSED})
_HELPED = frozenset({Frame.SUPPORTED, Frame.LOOSE, Frame.ALONG, Frame.CAUSED})


@dataclass(slots=True)
class Action:
    """A head with its frame, its polarity and the words it may take as objects (`first` to `last`)."""

    head: Head
    frame: Frame
    negated: bool
    top: bool  # begins a part of its own
    doubted: bool = False  # `find out if she hears voices`
    governor: "Action | None" = None
    objects: list[tuple[int, int]] = field(default_factory=list)
    aside: tuple[int, int] = (0, 0)  # words of an opening clause that only sets the scene


def find_actions(words: list[Word], heads: list[Head], marked: Marked, lexicon: Lexicon) -> list[Action]:
    """The heads of one sentence with their frames, from left to right."""
    actions: list[Action] = []
    for number, head in enumerate(heads):
        framing = _Framing(head, actions, words, marked, lexicon)
        action = framing.action()
        end = heads[number + 1].first if number + 1 < len(heads) else len(words)
        action.objects.append((head.last, end))
        if actions and framing.only_connectors and head.kind is not Kind.DESCRIBING:
            _share(actions, action, words, lexicon)
        if head.kind in (Kind.COMPOUND, Kind.PASSIVE):
            action.objects.append((framing.gap.start, head.first))
        actions.append(action)
    return actions


def _share(actions: list[Action], action: Action, words: list[Word], lexicon: Lexicon) -> None:
    """`assess, diagnose and treat patients`: verbs in a row share what follows the last one."""
    following = action
    for earlier in reversed(actions[-_LONGEST_ROW:]):
        if not _joined(range(earlier.head.last, following.head.first), words, lexicon):
            break
        earlier.objects.append(action.objects[0])
        following = earlier


def _joined(gap: range, words: list[Word], lexicon: Lexicon) -> bool:
    return len(gap) > 0 and all(
        words[index].word in CONNECTORS or words[index].word in lexicon.grammar["adverb"] or is_adverb(words[index])
        for index in gap
    )


class _Framing:
    """Finds the frame of one head from the words between it and the action before it."""

    def __init__(self, head: Head, actions: list[Action], words: list[Word], marked: Marked, lexicon: Lexicon) -> None:
        self._head = head
        self._after = words[head.last] if head.last < len(words) else None
        self._actions = actions
        self._grammar = lexicon.grammar
        self._marked = marked
        self._governor = actions[-1] if actions else None
        self.gap = range(self._governor.head.last if self._governor else 0, head.first)
        like = (
            self._governor is None or self._governor.head.tag == head.tag or "nom" in (head.tag, actions[-1].head.tag)
        )
        self.only_connectors = like and _joined(self.gap, words, lexicon)
        self._aside = self._scene(words) if self._governor is None else (0, 0)
        self._near = range(max(self.gap.start, self._aside[1]), self.gap.stop)
        self._plain = [words[index].word for index in self._near]
        self._said = [
            words[index].word
            for index in self._near
            if words[index].word not in self._grammar["adverb"] and not is_adverb(words[index])
        ]
        self._tail = _after_connector(self._said)
        self._negated = self._is_negated()

    def action(self) -> Action:
        """The head as an action; its objects are still empty."""
        grammar, tail, governor = self._grammar, self._tail, self._governor
        asks_whether = governor is not None and self._asks_whether(governor)
        if not grammar["exception"].isdisjoint(tail):
            return self._act(Frame.QUESTION)
        if not grammar["hypothetical"].isdisjoint(tail) and not asks_whether:
            return self._act(Frame.SUPPOSED)
        if self._head.kind is Kind.DESCRIBING or (self._said and self._said[-1] in grammar["relative"]):
            colleague = self._names("COLLEAGUE") and not self._names("PERSON")
            return self._act(Frame.OTHERS if colleague else Frame.NEUTRAL)
        if governor is None:
            acting = self._head.kind not in (Kind.NOMINAL, Kind.COMPOUND)
            return self._act(Frame.OTHERS if acting and self._names("COLLEAGUE", tail=True) else Frame.DOES, top=True)
        if self._hangs_on(tail) and self._head.kind is not Kind.ING:
            if self._names("COLLEAGUE"):
                return self._act(Frame.OTHERS, under=governor)
            prevented = self._negated and "so" in tail  # `so she does not leave`
            self._negated = self._negated and not prevented
            caused = prevented or governor.head.bases & grammar["cause"]
            return self._act(Frame.CAUSED if caused else Frame.SUPPORTED, under=governor)
        link = self._link()
        if self._said and link in CONNECTORS:
            return self._coordinated(governor)
        return self._complement(governor, link)

    def _hangs_on(self, tail: list[str]) -> bool:
        """True behind `so that`, `because`, `who`; `work as part of a team to plan` is no such clause."""
        opening = self._grammar["subordinate"].intersection(tail)
        return bool(opening) and not (opening == {"as"} and tail[-1] == "to")

    def _asks_whether(self, governor: Action) -> bool:
        """`find out if ...` is a question to the worker; `tell the nurse if ...` only says when."""
        if not governor.head.bases & self._grammar["find_out"]:
            return False
        at_once = bool(self._said) and self._said[0] in self._grammar["hypothetical"]
        return at_once or "whether" in self._tail or "ask" in governor.head.bases

    def _act(self, frame: Frame, *, top: bool = False, under: Action | None = None) -> Action:
        return Action(self._head, frame, self._negated, top=top, governor=under, aside=self._aside)

    def _names(self, kind: str, *, tail: bool = False) -> bool:
        """True when the words before the head speak of such a person; `tail`: after the last joining word."""
        inside = self._marked.inside
        words = self._near[len(self._near) - len(_after_connector(self._plain)) :] if tail else self._near
        return any(index in inside and kind in inside[index].classes for index in words)

    def _link(self) -> str:
        said = self._said
        if not said:
            return ""
        return said[-2] if said[-1] in self._grammar["negator"] and len(said) > 1 else said[-1]

    def _scene(self, words: list[Word]) -> tuple[int, int]:
        """An opening `if ...,` or `when ...,` before the first action word; empty when there is none."""
        opened = None
        for index in self.gap:
            word = words[index].word
            if opened is None and (word in self._grammar["hypothetical"] or word in self._grammar["subordinate"]):
                opened = index
            elif opened is not None and word == ",":
                return opened, index + 1
        return 0, 0

    def _is_negated(self) -> bool:
        """Odd number of negators; `do not forget to` and `do not hesitate to` cancel each other."""
        governor, said = self._governor, self._said
        count = sum(1 for word in said if word in self._grammar["negator"])
        if governor is not None and governor.head.bases & self._grammar["negating_verb"]:
            return not governor.negated
        if governor is not None and governor.negated and said:
            if count == 1 and "without" in said:  # `do not leave without asking`
                return False
            row = self.only_connectors and "but" not in said and "then" not in said
            within = said[0] == "in" or said[-1] == "including"  # `not engage in giving`, `no duties such as assessing`
            if count == 0 and (said[-1] in ("to", "or", "nor", "/") or row or within):
                return True
        if count and any(word in ("only", "just", "merely", "simply", "mind") for word in self._plain):
            return False
        return count % 2 == 1

    def _coordinated(self, governor: Action) -> Action:
        """`... and assess`: the same doer as the action it stands beside, by the form of the verb."""
        if governor.frame is Frame.SUPPOSED and "," in self._said:
            return self._act(Frame.DOES, top=True)
        if self.only_connectors:
            action = self._act(governor.frame, top=governor.top, under=governor.governor)
            if "but" not in self._said and "then" not in self._said:
                action.negated = action.negated or governor.negated
            return action
        if self._head.kind in (Kind.NOMINAL, Kind.COMPOUND):
            return self._complement(governor, "")
        root = next((action for action in reversed(self._actions[-_LONGEST_ROW:]) if action.top), self._actions[0])
        like_root = root.head.tag == self._head.tag
        like_governor = governor.head.tag == self._head.tag
        if like_root and not like_governor:
            return self._act(root.frame, top=True, under=root.governor)
        if like_governor and not like_root:
            return self._act(governor.frame, top=governor.top, under=governor.governor)
        if governor.frame in (Frame.DOES, Frame.NEUTRAL):
            return self._act(Frame.DOES, top=True)
        if governor.frame in _HELPED:
            looser = Frame.LOOSE if governor.frame is Frame.LOOSE else Frame.ALONG
            return self._act(looser, under=governor.governor)
        return self._act(governor.frame, under=governor)

    def _complement(self, governor: Action, link: str) -> Action:
        """`help them find`, `by listening`, `talk about quitting`: what the word between the two makes of it."""
        frame = self._complement_frame(governor, link)  # may turn the polarity, so it comes first
        action = self._act(frame, under=governor)
        action.doubted = self._asks_whether(governor) and not self._grammar["hypothetical"].isdisjoint(self._tail)
        return action

    def _takes_object(self) -> bool:
        """An -ing word with something right behind it is most likely the worker's own doing."""
        after = self._after
        return (
            self._head.kind is Kind.ING
            and after is not None
            and not (after.is_mark or after.word in self._grammar["preposition"] or after.word in CONNECTORS)
        )

    def _prevents(self, governor: Action, link: str) -> bool:
        """`make sure he does not hide it`: the `not` is about the person, and the worker still sees to it."""
        return link != "to" and not governor.negated and self._names("PERSON")

    def _complement_frame(self, governor: Action, link: str) -> Frame:
        bases, outer, grammar = governor.head.bases, governor.frame, self._grammar
        if outer in NOT_ACTED or outer in (Frame.QUESTION, Frame.AROUND):
            return outer
        if link in grammar["means"]:
            return Frame.SUPPORTED if outer is Frame.SUPPORTED else Frame.DOES
        if link == "into" or (link == "of" and self._said[-2:-1] == ["out"]):  # `talk him out of quitting`
            return Frame.CAUSED
        if "make" in bases and self._head.tag == "base" and self._names("PERSON", tail=True) and link != "to":
            return Frame.CAUSED  # `make him go`
        if link in grammar["topic"]:
            return Frame.TOPIC
        if link in ("before", "after") and self._head.kind is Kind.ING and outer is Frame.DOES:
            return Frame.AROUND
        if link in grammar["apart"]:
            return Frame.NEUTRAL
        if bases & grammar["send"]:
            own_purpose = link == "to" and self._head.kind is Kind.VERB
            if not own_purpose or (self._names("PERSON") and bases & grammar["send_person"]):
                return Frame.OTHERS
        if bases & grammar["cause"]:
            self._negated = self._negated and not self._prevents(governor, link)
            return Frame.CAUSED
        if bases & grammar["help"]:
            if self._names("COLLEAGUE") and not self._names("PERSON"):
                return Frame.DOES
            return Frame.SUPPORTED if self._names("PERSON") else Frame.LOOSE
        gives_help = (
            len(self._said) > 1
            and self._said[-2] in grammar["help_noun"]
            and link in ("in", "with", "to")
            and not bases & grammar["put_to_use"]  # `use assessment tools to`
        )
        if gives_help and outer is Frame.DOES:
            return Frame.SUPPORTED
        if outer in (Frame.SUPPORTED, Frame.ALONG):
            return outer
        if bases & grammar["join_in"]:
            return Frame.DOES if link == "to" and bases & grammar["join_to_do"] else Frame.NEUTRAL
        if link == "for" and self._head.kind is not Kind.VERB and not bases & grammar["light"]:
            return Frame.AROUND if self._takes_object() else Frame.NEUTRAL  # `for assessing their needs`
        if self._names("PERSON") and link == "to" and bases & grammar["make_room"]:
            return Frame.SUPPORTED
        return outer if outer in (Frame.CAUSED, Frame.LOOSE) else Frame.DOES


def _after_connector(said: list[str]) -> list[str]:
    """The words after the last joining word; nothing when the joining word comes last."""
    for index in range(len(said) - 1, -1, -1):
        if said[index] in CONNECTORS:
            return said[index + 1 :]
    return said

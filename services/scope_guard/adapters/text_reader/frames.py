"""Who does what: for each action word, whether the worker does it, the person with help, a colleague, or nobody."""

from dataclasses import dataclass, field
from enum import StrEnum

from services.scope_guard.adapters.text_reader.heads import CONNECTORS, Head, Kind
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
    TOPIC = "topic"  # it is talked about
    SUPPOSED = "supposed"  # `if she asks for ...`
    QUESTION = "question"  # quoted, `unless`, or otherwise not to be judged by a list


@dataclass(slots=True)
class Action:
    """A head with its frame, its polarity and the words it may take as objects (`first` to `last`)."""

    head: Head
    frame: Frame
    negated: bool
    top: bool  # begins a part of its own
    governor: "Action | None" = None
    objects: list[tuple[int, int]] = field(default_factory=list)
    aside: tuple[int, int] = (0, 0)  # words of an opening clause that only sets the scene


def find_actions(words: list[Word], heads: list[Head], marked: Marked, lexicon: Lexicon) -> list[Action]:
    """The heads of one sentence with their frames, from left to right."""
    actions: list[Action] = []
    for number, head in enumerate(heads):
        governor = actions[-1] if actions else None
        gap_first = governor.head.last if governor else 0
        gap = range(gap_first, head.first)
        action = _frame(head, gap, governor, actions, words, marked, lexicon)
        end = heads[number + 1].first if number + 1 < len(heads) else len(words)
        action.objects.append((head.last, end))
        if governor is not None and _only_connectors(gap, words, lexicon) and head.kind is not Kind.DESCRIBING:
            _share(actions, action, words, lexicon)
        if head.kind in (Kind.COMPOUND, Kind.PASSIVE):
            action.objects.append((gap_first, head.first))
        actions.append(action)
    return actions


def _share(actions: list[Action], action: Action, words: list[Word], lexicon: Lexicon) -> None:
    """`assess, diagnose and treat patients`: verbs in a row share what follows the last one."""
    following = action
    for earlier in reversed(actions):
        if not _only_connectors(range(earlier.head.last, following.head.first), words, lexicon):
            break
        earlier.objects.append(action.objects[0])
        following = earlier


def _only_connectors(gap: range, words: list[Word], lexicon: Lexicon) -> bool:
    return len(gap) > 0 and all(
        words[index].word in CONNECTORS or words[index].word in lexicon.grammar["adverb"] for index in gap
    )


def _frame(
    head: Head,
    gap: range,
    governor: Action | None,
    actions: list[Action],
    words: list[Word],
    marked: Marked,
    lexicon: Lexicon,
) -> Action:
    grammar = lexicon.grammar
    aside = _aside(gap, words, grammar) if governor is None else (0, 0)
    gap = range(max(gap.start, aside[1]), gap.stop)
    said = [words[index].word for index in gap if words[index].word not in grammar["adverb"]]
    tail = _after_connector(said)
    negated = _negated(said, [words[index].word for index in gap], governor, grammar)
    last = said[-1] if said else ""
    link = said[-2] if last in grammar["negator"] and len(said) > 1 else last

    def act(frame: Frame, *, top: bool = False, under: Action | None = governor) -> Action:
        return Action(head, frame, negated, top=top, governor=under, aside=aside)

    def people(kind: str) -> bool:
        return any(index in marked.inside and kind in marked.inside[index].classes for index in gap)

    if grammar["hypothetical"].intersection(tail) and not (governor and governor.head.bases & grammar["find_out"]):
        return act(Frame.QUESTION if grammar["exception"].intersection(tail) else Frame.SUPPOSED)
    if grammar["exception"].intersection(tail):
        return act(Frame.QUESTION)
    if head.kind is Kind.DESCRIBING or last in grammar["relative"]:
        colleague = people("COLLEAGUE") and not people("PERSON")
        return act(Frame.OTHERS if colleague else Frame.NEUTRAL)
    if governor is None:
        if people("COLLEAGUE") and head.kind is not Kind.NOMINAL and head.kind is not Kind.COMPOUND:
            return act(Frame.OTHERS, top=True)
        return act(Frame.DOES, top=True, under=None)
    clause_words = grammar["subordinate"].intersection(tail)
    if clause_words and head.kind is not Kind.ING:
        if people("COLLEAGUE"):
            return act(Frame.OTHERS)
        return act(Frame.CAUSED if governor.head.bases & grammar["cause"] else Frame.SUPPORTED)
    if link in CONNECTORS or not said:
        return _coordinated(head, governor, actions, act, said, people, grammar)
    helping = len(said) > 1 and said[-2] in grammar["help_noun"] and link in ("in", "with", "to")
    return _complement(head, governor, act, link, people, grammar, helping=helping)


def _coordinated(head, governor, actions, act, said, people, grammar):  # type: ignore[no-untyped-def]
    if not said:
        return _complement(head, governor, act, "", people, grammar)
    if governor.frame is Frame.SUPPOSED and "," in said:
        return act(Frame.DOES, top=True, under=None)
    if all(word in CONNECTORS for word in said):
        action = act(governor.frame, top=governor.top)
        action.negated = action.negated or governor.negated
        action.governor = governor.governor
        return action
    root = next((action for action in reversed(actions) if action.top), actions[0])
    same_as_root = root.head.tag == head.tag
    same_as_governor = governor.head.tag == head.tag
    if same_as_root and not same_as_governor:
        return act(root.frame, top=True, under=root.governor)
    if same_as_governor and not same_as_root:
        return act(governor.frame, top=governor.top, under=governor.governor)
    if governor.frame is Frame.DOES or governor.frame is Frame.NEUTRAL:
        return act(Frame.DOES, top=True, under=None)
    if governor.frame in (Frame.SUPPORTED, Frame.LOOSE, Frame.ALONG, Frame.CAUSED):
        return act(_looser(governor.frame), top=False, under=governor.governor)
    return act(governor.frame)


def _after_connector(said: list[str]) -> list[str]:
    """The words after the last joining word; nothing when the joining word comes last."""
    for index in range(len(said) - 1, -1, -1):
        if said[index] in CONNECTORS:
            return said[index + 1 :]
    return said


def _aside(gap: range, words: list[Word], grammar) -> tuple[int, int]:  # type: ignore[no-untyped-def]
    """An opening `if ...,` or `when ...,` before the first action word; empty when there is none."""
    opened = None
    for index in gap:
        word = words[index].word
        if opened is None and (word in grammar["hypothetical"] or word in grammar["subordinate"]):
            opened = index
        elif opened is not None and word == ",":
            return opened, index + 1
    return 0, 0


def _looser(frame: Frame) -> Frame:
    return Frame.LOOSE if frame is Frame.LOOSE else Frame.ALONG


def _complement(head, governor, act, link, people, grammar, *, helping=False):  # type: ignore[no-untyped-def]
    bases = governor.head.bases
    outer = governor.frame
    if outer in (Frame.NEUTRAL, Frame.OTHERS, Frame.QUESTION, Frame.TOPIC, Frame.SUPPOSED):
        return act(outer)
    if link in grammar["means"]:
        return act(Frame.DOES if outer is not Frame.SUPPORTED else Frame.SUPPORTED)
    if link in grammar["topic"]:
        return act(Frame.TOPIC)
    if link in grammar["apart"]:
        return act(Frame.NEUTRAL)
    if bases & grammar["send"]:
        return act(Frame.OTHERS)
    if bases & grammar["cause"]:
        return act(Frame.CAUSED)
    if bases & grammar["help"]:
        if people("COLLEAGUE") and not people("PERSON"):
            return act(Frame.DOES)
        return act(Frame.SUPPORTED if people("PERSON") else Frame.LOOSE)
    if helping and outer is Frame.DOES:
        return act(Frame.SUPPORTED)
    if outer in (Frame.SUPPORTED, Frame.ALONG):
        return act(outer)
    if bases & grammar["join_in"]:
        return act(Frame.NEUTRAL)
    if link == "for" and head.kind is not Kind.VERB and not bases & grammar["light"]:
        return act(Frame.NEUTRAL)
    if people("PERSON") and link == "to" and bases & grammar["make_room"]:
        return act(Frame.SUPPORTED)
    return act(outer if outer in (Frame.CAUSED, Frame.LOOSE) else Frame.DOES)


def _negated(said: list[str], plain: list[str], governor: Action | None, grammar) -> bool:  # type: ignore[no-untyped-def]
    """Odd number of negators; `do not forget to` and `do not hesitate to` cancel each other."""
    count = sum(1 for word in said if word in grammar["negator"])
    if governor is not None and governor.head.bases & grammar["negating_verb"]:
        return not governor.negated
    if "without" in said:
        count += 1
    if governor is not None and governor.negated and count == 0 and said:
        row = all(word in CONNECTORS for word in said)
        if said[-1] in ("to", "or", "nor", "/") or (row and "but" not in said and "then" not in said):
            return True
    if count and any(word in ("only", "just", "merely", "simply", "mind") for word in plain):
        return False
    return count % 2 == 1

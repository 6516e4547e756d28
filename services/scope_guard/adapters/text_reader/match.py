"""Hold the actions of a sentence against the patterns of the word lists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.scope_guard.adapters.text_reader.frames import NOT_ACTED, Action, Frame
from services.scope_guard.adapters.text_reader.heads import Head, Kind
from services.scope_guard.adapters.text_reader.lexicon import Lexicon, Pattern
from services.scope_guard.adapters.text_reader.phrases import Marked, Phrase
from services.scope_guard.adapters.text_reader.words import Word

_HELPS = frozenset({"help", "assist", "support", "aid"})
_DIRECT = frozenset({"", "of"})


@dataclass(frozen=True, slots=True)
class Found:
    """One activity a pattern found: `activity` empty means the words are a question."""

    activity: str
    asked_not: str
    negated: bool
    silent: bool
    first: int
    last: int


def objects_of(action: Action, words: list[Word], marked: Marked, lexicon: Lexicon) -> Iterator[tuple[Phrase, str]]:
    """The phrases an action may take, each with the preposition that ties it on (empty: directly)."""
    prepositions = lexicon.grammar["preposition"]
    for first, last in action.objects:
        tie = ""
        seen: Phrase | None = None
        shared = first > action.head.last  # `plan and take part in`: the preposition belongs to the last verb only
        begin = first + 1 if shared and first < last and words[first].word == "in" else first
        for index in range(begin, last):
            word = words[index].word
            phrase = marked.inside.get(index)
            if phrase is not None:
                if phrase is not seen:
                    seen = phrase
                    yield phrase, tie
            elif word in prepositions and word != "including" and not (word == "of" and tie == ""):
                tie = word


def match_action(
    action: Action, words: list[Word], marked: Marked, lexicon: Lexicon, *, around: set[str]
) -> list[Found]:
    """Every activity this action speaks of."""
    found: list[Found] = []
    for base in action.head.bases:
        for pattern in lexicon.alone.get(base, ()):
            found.extend(_apply(pattern, action, around, action.head.first, action.head.last))
    for phrase, tie in objects_of(action, words, marked, lexicon):
        used = False
        for base in action.head.bases:
            for name in phrase.classes:
                for pattern in lexicon.pairs.get((base, name), ()):
                    if pattern.reach == "direct" and not _is_direct(tie, base):
                        continue
                    results = list(
                        _apply(
                            pattern,
                            action,
                            around,
                            min(action.head.first, phrase.first),
                            max(action.head.last, phrase.last),
                        )
                    )
                    used = used or bool(results)
                    found.extend(results)
        phrase.covered = phrase.covered or used
    return found


def match_otherwise(action: Action, lexicon: Lexicon, *, around: set[str]) -> list[Found]:
    """What an action says by its verb alone, when no pattern knows what it takes: `audit`, `enforce`."""
    if not action.top or action.frame is not Frame.DOES:
        return []
    return [
        found
        for base in action.head.bases
        for pattern in lexicon.otherwise.get(base, ())
        for found in _apply(pattern, action, around, action.head.first, action.head.last)
    ]


def _is_direct(tie: str, base: str) -> bool:
    """An object tied by `of`, by the verb's own preposition, or by the `with` of `assist with`."""
    if tie in _DIRECT or (base in _HELPS and tie in ("with", "in")):
        return True
    return base.endswith(tie) and base.rpartition(" ")[2] == tie


def match_phrase(phrase: Phrase, action: Action | None, *, tie: str, lexicon: Lexicon, around: set[str]) -> list[Found]:
    """What a phrase that is itself the name of an act says, given the action that governs it."""
    found: list[Found] = []
    for name in phrase.classes:
        for pattern in lexicon.says.get(name, ()):
            governed = _governed(action, tie, lexicon)
            if governed is None:
                continue
            found.extend(_apply(pattern, governed, around, phrase.first, phrase.last))
    phrase.covered = phrase.covered or bool(found)
    return found


def _governed(action: Action | None, tie: str, lexicon: Lexicon) -> Action | None:
    """The action as it counts for a named act in its object; None when it says nothing about it."""
    if action is None:
        return _BARE if tie in _DIRECT else None
    bases = action.head.bases
    if bases & lexicon.grammar["negating_verb"] and tie in _DIRECT:
        return Action(action.head, Frame.DOES, not action.negated, top=False)
    if bases & lexicon.grammar["light"]:
        return action if tie in _DIRECT or tie in ("for", "with", "in") else None
    if bases & lexicon.grammar["help"]:
        if tie in ("with", "in", "", "of", "through", "by"):
            return Action(action.head, _helped(action), action.negated, top=False)
        return None
    if bases & (lexicon.grammar["send"] | lexicon.grammar["join_in"]):
        return Action(action.head, Frame.OTHERS, action.negated, top=False)
    return None


def _helped(action: Action) -> Frame:
    if action.frame is Frame.DOES:
        return Frame.LOOSE
    return action.frame


def _apply(pattern: Pattern, action: Action, around: set[str], first: int, last: int) -> Iterable[Found]:
    if pattern.also and pattern.also.isdisjoint(around):
        return
    if not pattern.unless.isdisjoint(around):
        return
    frame = action.frame
    if frame is Frame.AROUND and pattern.outside and "does" in pattern.frames:
        yield Found(pattern.activity, pattern.asked_not, action.negated, False, first, last)
        return
    if frame in NOT_ACTED or frame is Frame.AROUND:
        if "does" in pattern.frames:
            yield Found(pattern.activity, pattern.asked_not, action.negated, True, first, last)
        return
    if frame is Frame.QUESTION:
        yield Found("", "", False, False, first, last)
        return
    if frame in (Frame.DOES, Frame.LOOSE, Frame.ALONG) and "does" in pattern.frames:
        yield Found(pattern.activity, pattern.asked_not, action.negated, False, first, last)
        return
    if frame is Frame.CAUSED and "caused" in pattern.frames:
        yield Found(pattern.activity, pattern.asked_not, action.negated, False, first, last)
        return
    if (
        frame in (Frame.SUPPORTED, Frame.CAUSED, Frame.LOOSE)
        and pattern.supported != "-"
        and ("supported" in pattern.frames or "does" in pattern.frames)
    ):
        yield Found(pattern.supported, pattern.asked_not, action.negated, False, first, last)


# stands in where a named act has no verb above it: `Medication administration`
_BARE = Action(Head(0, 0, frozenset(), "nom", Kind.NOMINAL), Frame.DOES, negated=False, top=True)

"""Read a task: sentences, phrases, actions, frames, patterns; then what no pattern explains becomes a question."""

from collections.abc import Collection, Iterator
from pathlib import Path

from services.scope_guard.adapters.text_reader.evidence import unexplained_objects
from services.scope_guard.adapters.text_reader.frames import Action, Frame, find_actions
from services.scope_guard.adapters.text_reader.heads import Head, Kind, find_heads, is_adverb
from services.scope_guard.adapters.text_reader.lexicon import Lexicon
from services.scope_guard.adapters.text_reader.lexicon_files import load_lexicon
from services.scope_guard.adapters.text_reader.match import (
    Found,
    match_action,
    match_otherwise,
    match_phrase,
    objects_of,
)
from services.scope_guard.adapters.text_reader.phrases import Marked, Phrase, mark
from services.scope_guard.adapters.text_reader.tokens import tokenize
from services.scope_guard.adapters.text_reader.words import Word, read_words
from services.scope_guard.domain.reading import ClauseReading, Mention, Question, Reading, Stance

_SENTENCE_ENDS = frozenset(".!?;\n")
_ACTING = frozenset({Frame.DOES, Frame.LOOSE, Frame.CAUSED})
_FARTHEST_TIE = 16  # words back in which a preposition can still hold a phrase
_VERBAL = frozenset({Kind.VERB, Kind.ING, Kind.PASSIVE})
_CIRCUMSTANCE = frozenset({"during", "before", "after", "following", "until", "between", "while", "at", "from"})


class LexiconReader:
    """The text reader over the word lists. Linear in the text, no regular expressions, no state between texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def read(self, text: str) -> Reading:
        """Which activities the text speaks of, clause by clause."""
        words = read_words(tokenize(text), self._lexicon)
        clauses: list[ClauseReading] = []
        for sentence in _sentences(words):
            clauses.extend(self._read_sentence(sentence))
        if not clauses and text.strip():
            clauses.append(ClauseReading(0, len(text), questions=(Question("unreadable", 0, len(text)),)))
        return Reading(clauses=tuple(clauses))

    def _read_sentence(self, words: list[Word]) -> Iterator[ClauseReading]:
        marked = mark(words, self._lexicon)
        heads = find_heads(words, marked, self._lexicon)
        _drop_verbs(marked, heads)
        actions = find_actions(words, heads, marked, self._lexicon)
        quoted = _quoted(words)
        for action in actions:
            if action.head.first in quoted:
                action.frame = Frame.QUESTION
            if action.frame is Frame.TOPIC and action.governor is not None:
                action.governor.objects.extend(action.objects)
        groups = list(_groups(actions))
        for number, group in enumerate(groups):
            first = group[0].head.first if number else 0
            last = groups[number + 1][0].head.first if number + 1 < len(groups) else len(words)
            yield self._read_group(group, first, last, words, marked)
        if not actions:
            yield self._read_group([], 0, len(words), words, marked)

    def _read_group(
        self, group: list[Action], first: int, last: int, words: list[Word], marked: Marked
    ) -> ClauseReading:
        found: list[Found] = []
        questions: list[Question] = []
        unmatched: list[Action] = []
        ties: dict[int, tuple[Action | None, str]] = {}
        around = marked.around(first, last)
        for action in group:
            matches = match_action(action, words, marked, self._lexicon, around=around)
            matches = matches or match_otherwise(action, self._lexicon, around=around)
            found.extend(matches)
            if not matches and action.frame in _ACTING and not action.negated:
                unmatched.append(action)
            for phrase, tie in objects_of(action, words, marked, self._lexicon):
                ties.setdefault(phrase.first, (action, tie))
        asides = [action.aside for action in group if action.aside[1]]
        phrases = [
            phrase
            for phrase in marked.between(first, last)
            if not any(begin <= phrase.first < end for begin, end in asides)
        ]
        for phrase in phrases:
            governing, tie = ties.get(phrase.first) or (None, self._tie(words, first, phrase.first))
            found.extend(match_phrase(phrase, governing, tie=tie, lexicon=self._lexicon, around=around))
        mentions = _mentions(found, words)
        for phrase in phrases:
            governing, tie = ties.get(phrase.first, (None, ""))
            if self._asks(phrase, governing, tie, bool(mentions), marked=marked):
                questions.append(_question("clinical_words", phrase.first, phrase.last, words))
        opening = self._unknown_opening(group, first, last, words)
        if opening is not None:
            questions.append(_question("unknown_work", opening, opening + 1, words))
        for action in unmatched:
            if self._leaves_open(action):
                questions.append(_question("unclear_words", action.head.first, action.head.last, words))
            inner = action.head.bases & self._lexicon.grammar["inner"]  # `make sure she feels heard`
            if (
                action.frame is Frame.CAUSED and not inner
            ):  # the worker would see to it that somebody does something no list knows
                questions.append(_question("unclear_words", action.head.first, action.head.last, words))
            if action.head.bases & self._lexicon.grammar["alarm_verb"] and action.head.kind is not Kind.DESCRIBING:
                questions.append(_question("clinical_words", action.head.first, action.head.last, words))
        questions.extend(_question("unclear_words", hit.first, hit.last, words) for hit in found if not hit.activity)
        if mentions and not questions:
            for action in group:
                if action.frame in _ACTING and not action.negated and action.head.kind is not Kind.DESCRIBING:
                    pieces = unexplained_objects(action, words, marked, self._lexicon)
                    questions.extend(_question("unclear_words", begin, end, words) for begin, end in pieces)
        if not mentions and not questions and _asks_for_something(group, words, first, last):
            questions.append(_question("unknown_work", first, last, words))
        return ClauseReading(
            start=words[first].start,
            end=words[last - 1].end,
            mentions=mentions,
            questions=tuple(dict.fromkeys(questions)),
        )

    def _unknown_opening(self, group: list[Action], first: int, last: int, words: list[Word]) -> int | None:
        """The word a sentence opens with, when no list knows it and it stands where a task names its verb."""
        opening = next((index for index in range(first, last) if not words[index].is_mark), None)
        if first > 0 or opening is None or words[opening].known or words[opening].name or is_adverb(words[opening]):
            return None
        if (group and group[0].head.first == opening + 1) or opening + 1 >= last:
            return None  # `Kim needs`: somebody's name
        after = words[opening + 1]
        grammar = self._lexicon.grammar
        named = after.is_mark or after.word in grammar["modal"] or after.word in grammar["be"]
        return None if named else opening

    def _tie(self, words: list[Word], first: int, last: int) -> str:
        """The last preposition before a phrase that no action governs."""
        ties = [words[index].word for index in range(max(first, last - _FARTHEST_TIE), last)]
        return next((word for word in reversed(ties) if word in self._lexicon.grammar["preposition"]), "")

    def _leaves_open(self, action: Action) -> bool:
        """True for what a part asks first of all, or wants found out, in a verb that no pattern explains here.

        The rest of the part may well be peer work; what was asked is still not known. Everyday verbs (`want`, `wait`)
        and those that only carry others (`help`, `provide`) say too little to ask about.
        """
        in_a_row = len(action.objects) > 1  # `identify and remove barriers`: the row is explained by its last verb
        if action.head.kind is Kind.DESCRIBING or not (action.doubted or (action.top and not in_a_row)):
            return False
        if any("ORDINARY" in self._lexicon.classes_of(base) for base in action.head.bases):
            return False
        return action.doubted or action.head.bases.isdisjoint(self._lexicon.grammar["carrying"])

    @staticmethod
    def _of_person(phrase: Phrase, marked: Marked) -> bool:
        """`people with depression`: the phrase only says who the people are."""
        owner = marked.inside.get(phrase.first - 2)
        return owner is not None and "PERSON" in owner.classes

    def _asks(self, phrase: Phrase, action: Action | None, tie: str, has_mentions: bool, *, marked: Marked) -> bool:
        """True when a clinical phrase is left that no pattern has explained."""
        if phrase.covered:
            return False
        alarms = {self._lexicon.noun_alarms[name] for name in phrase.classes if name in self._lexicon.noun_alarms}
        if not alarms:
            return False
        if action is None:
            return True
        if action.negated or action.frame in (Frame.OTHERS, Frame.NEUTRAL, Frame.SUPPOSED, Frame.AROUND):
            return False
        grammar = self._lexicon.grammar
        if action.frame is Frame.QUESTION:
            return True
        if has_mentions and (tie in _CIRCUMSTANCE or (tie == "with" and self._of_person(phrase, marked))):
            return False
        if "hard" in alarms:
            return True
        if has_mentions and tie and action.head.bases & (grammar["send"] | grammar["hear"]):
            return False
        return action.frame not in (Frame.SUPPORTED, Frame.ALONG)


def load_reader(folder: Path, *, known_activities: Collection[str]) -> LexiconReader:
    """The reader over the word lists of `folder`; raises `LexiconFault` on any flaw in them."""
    return LexiconReader(load_lexicon(folder, known_activities=known_activities))


def _sentences(words: list[Word]) -> Iterator[list[Word]]:
    sentence: list[Word] = []
    for word in words:
        if word.is_mark and word.word in _SENTENCE_ENDS:
            if any(not known.is_mark for known in sentence):
                yield sentence
            sentence = []
        else:
            sentence.append(word)
    if any(not known.is_mark for known in sentence):
        yield sentence


def _drop_verbs(marked: Marked, heads: list[Head]) -> None:
    """A word that acts as a verb here is no thing: `research resources`, `screen for`."""
    acting = {index for head in heads if head.kind in _VERBAL for index in range(head.first, head.last)}
    marked.phrases = [p for p in marked.phrases if not acting.issuperset(range(p.first, p.last))]
    marked.inside = {index: phrase for index, phrase in marked.inside.items() if index not in acting}


def _quoted(words: list[Word]) -> set[int]:
    """Indexes of the words between quotation marks."""
    inside = False
    quoted: set[int] = set()
    for index, word in enumerate(words):
        if word.word == '"':
            inside = not inside
        elif inside:
            quoted.add(index)
    return quoted


def _groups(actions: list[Action]) -> Iterator[list[Action]]:
    """Actions that belong to one part: a top action with what hangs on it, and rows of verbs that share an object."""
    group: list[Action] = []
    for action in actions:
        shares = bool(group) and len(group[-1].objects) > 1 and group[-1].objects[-1] == action.objects[0]
        if action.top and group and not shares:
            yield group
            group = []
        group.append(action)
    if group:
        yield group


def _mentions(found: list[Found], words: list[Word]) -> tuple[Mention, ...]:
    mentions: dict[Mention, None] = {}
    for hit in found:
        if not hit.activity:
            continue
        if hit.negated and hit.asked_not:
            kept = Mention(hit.asked_not, Stance.DOES, words[hit.first].start, words[hit.last - 1].end)
            mentions[kept] = None
        stance = Stance.ASKED_NOT if hit.negated else Stance.OTHERS if hit.silent else Stance.DOES
        mentions[Mention(hit.activity, stance, words[hit.first].start, words[hit.last - 1].end)] = None
    return tuple(mentions)


def _question(code: str, first: int, last: int, words: list[Word]) -> Question:
    return Question(code, words[first].start, words[last - 1].end)


def _asks_for_something(group: list[Action], words: list[Word], first: int, last: int) -> bool:
    """False for a part that only describes, or tells what not to do."""
    if group:
        return any(
            action.frame in _ACTING or action.frame in (Frame.SUPPORTED, Frame.ALONG)
            for action in group
            if not action.negated
        )
    return any(not word.is_mark for word in words[first:last])

"""Mark the phrases of the word lists in a sentence: the things spoken of, and the verbs of more than one word."""

from bisect import bisect_left
from dataclasses import dataclass, field

from services.scope_guard.adapters.text_reader.lexicon import Lexicon, PhraseNode
from services.scope_guard.adapters.text_reader.words import Word


@dataclass(slots=True)
class Phrase:
    """Words `first` to `last` (exclusive) of a sentence and the noun classes they belong to."""

    first: int
    last: int
    classes: frozenset[str]
    covered: bool = False  # a pattern has used it


def _position(seen: tuple[int, set[str]]) -> int:
    return seen[0]


def _first_word(phrase: Phrase) -> int:
    return phrase.first


@dataclass(slots=True)
class Marked:
    """What the phrase tree found in one sentence."""

    phrases: list[Phrase] = field(default_factory=list)
    inside: dict[int, Phrase] = field(default_factory=dict)  # word index -> phrase it lies in
    verbs: dict[int, tuple[int, frozenset[str]]] = field(default_factory=dict)  # first word -> end, base verbs
    seen: list[tuple[int, set[str]]] = field(default_factory=list)  # every class met, by its first word

    def around(self, first: int, last: int) -> set[str]:
        """Every class that begins somewhere in words `first` to `last` (exclusive)."""
        begin = bisect_left(self.seen, first, key=_position)
        end = bisect_left(self.seen, last, key=_position)
        return {name for _, names in self.seen[begin:end] for name in names}

    def between(self, first: int, last: int) -> list[Phrase]:
        """The phrases that begin in words `first` to `last` (exclusive)."""
        begin = bisect_left(self.phrases, first, key=_first_word)
        end = bisect_left(self.phrases, last, key=_first_word)
        return self.phrases[begin:end]


def mark(words: list[Word], lexicon: Lexicon) -> Marked:
    """Longest phrases first come, first served from the left; verbs of several words by their first word."""
    marked = Marked()
    free_from = 0
    for position, word in enumerate(words):
        if word.is_mark:
            continue
        if word.name and position > 0:
            if word.owner:
                continue
            named = Phrase(position, position + 1, frozenset({"PERSON"}))
            marked.phrases.append(named)
            marked.inside[position] = named
            marked.seen.append((position, {"PERSON"}))
            continue
        met: set[str] = set()
        noun_end, nouns, verb_end, verbs = _longest(words, position, lexicon.phrases, met)
        if met:
            marked.seen.append((position, met))
        if verbs:
            marked.verbs[position] = (verb_end, frozenset(verbs))
        if nouns and position >= free_from:
            if words[noun_end - 1].owner and noun_end - position == 1:
                continue
            phrase = Phrase(position, noun_end, frozenset(nouns))
            marked.phrases.append(phrase)
            for index in range(position, noun_end):
                marked.inside[index] = phrase
            free_from = noun_end
    return marked


def _longest(words: list[Word], position: int, root: PhraseNode, met: set[str]) -> tuple[int, set[str], int, set[str]]:
    noun_end, verb_end = position, position
    nouns: set[str] = set()
    verbs: set[str] = set()
    steps = [root]
    for index in range(position, len(words)):
        word = words[index]
        if word.is_mark:
            break
        following: list[PhraseNode] = []
        spellings = {word.word, *(form.base for form in word.forms if form.tag != "nom")}
        for step in steps:
            for spelling in spellings:
                node = step.nodes.get(spelling)
                if node is not None:
                    following.append(node)
        if not following:
            break
        for node in following:
            met.update(node.context, node.nouns)
            if node.nouns:
                nouns = nouns | node.nouns if noun_end == index + 1 else set(node.nouns)
                noun_end = index + 1
            if node.verbs:
                verbs = verbs | node.verbs if verb_end == index + 1 else set(node.verbs)
                verb_end = index + 1
        steps = following
    return noun_end, nouns, verb_end, verbs

"""Whether everything an action takes as its own object is something a pattern has explained.

`Provide oversight and encouragement`: the encouragement is peer work, and still nobody knows what the oversight is.
"""

from collections.abc import Iterator

from services.scope_guard.adapters.text_reader.frames import Action
from services.scope_guard.adapters.text_reader.heads import is_adverb
from services.scope_guard.adapters.text_reader.lexicon import Lexicon
from services.scope_guard.adapters.text_reader.phrases import Marked
from services.scope_guard.adapters.text_reader.words import Word

_JOINING = frozenset({",", "/", "&", "+", "and", "or", "nor", "but", "plus", "then"})
_MODIFIER_ENDINGS = ("ing", "ed", "al", "ive", "ful", "ous", "ic", "ary", "able", "ible", "less", "ual", "ent", "ant")
_OWN_PREPOSITIONS = frozenset({"in", "with", "as"})  # `engage in`, `assist with`, `serve as`
_SUBJECTS = frozenset({"he", "she", "they", "i", "we", "it", "there"})  # `sit with Lou, he had a rough night`
_PEOPLE = frozenset({"PERSON", "COLLEAGUE"})

Span = tuple[int, int]


def unexplained_objects(action: Action, words: list[Word], marked: Marked, lexicon: Lexicon) -> Iterator[Span]:
    """The stretches of the action's own object that say something and that no pattern has used."""
    pieces = list(_pieces(action, words, lexicon))
    explained = [_is_explained(piece, words, marked, lexicon) for piece in pieces]
    for number, piece in enumerate(pieces):
        if explained[number]:
            continue
        only_describes = any(explained[number + 1 :]) and _is_modifier(piece, words, marked, lexicon)
        if not only_describes:
            yield piece


def _pieces(action: Action, words: list[Word], lexicon: Lexicon) -> Iterator[Span]:
    """The words right behind the action, parted at commas and joining words, up to the first word that closes them."""
    first, last = action.objects[0] if action.objects else (0, 0)
    if first < last and words[first].word in _OWN_PREPOSITIONS:
        first += 1
    begin = first
    for index in range(first, last):
        word = words[index]
        closes = (
            word.is_mark or word.word in _SUBJECTS or (word.word in lexicon.grammar["closing"] and word.word != "of")
        )
        if word.word in _JOINING or closes:
            if begin < index:
                yield begin, index
            if word.word not in _JOINING:
                return
            begin = index + 1
    if begin < last:
        yield begin, last


def _content(piece: Span, words: list[Word], lexicon: Lexicon) -> list[int]:
    """The words of a piece that say something."""
    silent = lexicon.grammar["silent"]
    return [
        index
        for index in range(*piece)
        if not (words[index].owner or is_adverb(words[index]) or words[index].word.isdigit())
        and silent.isdisjoint({words[index].word, *(form.base for form in words[index].forms if form.tag == "noun")})
    ]


def _is_explained(piece: Span, words: list[Word], marked: Marked, lexicon: Lexicon) -> bool:
    content = _content(piece, words, lexicon)
    if not content:
        return True
    before_of = next((index for index in range(*piece) if words[index].word == "of"), piece[1])
    named = [index for index in content if index < before_of]
    if named and not words[named[-1]].known and not words[named[-1]].name and len(content) > 1:
        return False  # `teach high school algebra`
    for index in content:
        phrase = marked.inside.get(index)
        if phrase is None:
            continue
        if (phrase.covered and phrase.classes - {"PERSON"}) or phrase.classes & lexicon.peer_things:
            return True
    if not named:
        return True
    if _names_people(named, words, marked):
        return True
    after = words[piece[1]].word if piece[1] < len(words) else ""
    somebody = len(content) == 1 and not words[named[-1]].known  # `show nia where`: most likely a name
    grammar = lexicon.grammar
    return somebody and (after in _SUBJECTS or after in grammar["subordinate"] or after in grammar["relative"])


def _names_people(named: list[int], words: list[Word], marked: Marked) -> bool:
    """True when the piece ends with people, also with people of whom something is said: `people living alone`."""
    people = [index in marked.inside and not marked.inside[index].classes.isdisjoint(_PEOPLE) for index in named]
    described = any(
        somebody and words[index].word.endswith(("ing", "ed"))
        for somebody, index in zip(people, named[1:], strict=False)
    )
    return people[-1] or described


def _is_modifier(piece: Span, words: list[Word], marked: Marked, lexicon: Lexicon) -> bool:
    """`emotional, practical and social support`: a word that describes what the last piece names."""
    content = _content(piece, words, lexicon)
    if len(content) != 1:
        return False
    index = content[0]
    return index in marked.inside or words[index].word.endswith(_MODIFIER_ENDINGS)

"""From tokens to words the lexicon knows: shorthand, Spanish, slips of the keyboard, words pulled apart or run together."""

from dataclasses import dataclass

from services.scope_guard.adapters.text_reader.lexicon import Form, Lexicon, PhraseNode
from services.scope_guard.adapters.text_reader.tokens import Token

_LEET = str.maketrans("013457@$", "oieasta" + "s")
_LONGEST_JOIN = 5


@dataclass(slots=True)
class Word:
    """One word or mark after repair; several words may share the span of one shorthand."""

    word: str
    start: int
    end: int
    forms: tuple[Form, ...] = ()
    is_mark: bool = False
    known: bool = True
    owner: bool = False  # `clients'`: what follows belongs to them
    name: bool = False  # an unknown word written as a name is

    def form(self, tag: str) -> Form | None:
        """The form with this tag, if the word can be one."""
        return next((form for form in self.forms if form.tag == tag), None)


def read_words(tokens: list[Token], lexicon: Lexicon) -> list[Word]:
    """The words of a text, repaired. Quotation marks stay as marks."""
    spanish = _looks_spanish(tokens, lexicon)
    words: list[Word] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.word in _SIMPLE_MARKS:
            words.append(Word(token.word, token.start, token.end, is_mark=True))
            position += 1
            continue
        shorthand, stop = _replacement(tokens, position, lexicon.aliases)
        if shorthand is not None:
            end = tokens[stop - 1].end
            words.extend(_word(part, token.start, end, lexicon) for part in shorthand.split())
            position = stop
            continue
        plain = _plain(token.word)
        if spanish and plain == "a" and position + 1 < len(tokens) and tokens[position + 1].word in _ARTICLES:
            position += 1  # the Spanish `a` before a person is no preposition
            continue
        english = _from_spanish(plain, lexicon) if spanish else None
        if english is not None:
            words.extend(_word(part, token.start, token.end, lexicon) for part in english.split())
            position += 1
            continue
        if lexicon.known(plain):
            word = _word(plain, token.start, token.end, lexicon)
            word.owner = token.owner
            words.append(word)
            position += 1
            continue
        joined, stop = _join(tokens, position, lexicon)
        if joined is not None:
            words.append(_word(joined, token.start, tokens[stop - 1].end, lexicon))
            position = stop
            continue
        if token.capital and (position > 0 or token.word in _HONORIFICS):
            words.append(Word(plain, token.start, token.end, known=False, owner=token.owner, name=True))
        else:
            words.extend(_word(part, token.start, token.end, lexicon) for part in _repair(plain, lexicon))
        position += 1
    return words


_SIMPLE_MARKS = frozenset(',;:.!?()[]{}/&\n"+|<>=')


_ARTICLES = frozenset({"la", "el", "los", "las", "su", "sus", "un", "una", "cada"})
_GROWN_ON = {"los": "them", "las": "them", "les": "them", "lo": "him", "la": "her", "le": "him", "me": "me"}
_SHORTEST_GROWN = 5
_HONORIFICS = frozenset({"mr", "mrs", "ms", "mx"})


def _plain(word: str) -> str:
    return word[:-2] if word.endswith("'s") else word


def _word(word: str, start: int, end: int, lexicon: Lexicon) -> Word:
    forms = lexicon.forms.get(word, ())
    return Word(word, start, end, forms=forms, known=bool(forms) or word in lexicon.grammar["every"])


def _looks_spanish(tokens: list[Token], lexicon: Lexicon) -> bool:
    """Two signs are needed in a longer text, so that a Spanish name does not change the language."""
    signs = sum(
        1
        for token in tokens
        if token.word in lexicon.spanish_signs
        or (token.word not in lexicon.spanish and _from_spanish(token.word, lexicon) is not None)
    )
    return signs >= (2 if len(tokens) > 4 else 1)


def _from_spanish(word: str, lexicon: Lexicon) -> str | None:
    """The English of a Spanish word, also of a verb with its object grown on: `acompanalos`."""
    english = lexicon.spanish.get(word)
    if english is not None or len(word) < _SHORTEST_GROWN or lexicon.known(word):
        return english
    for ending, added in _GROWN_ON.items():
        if word.endswith(ending) and word.removesuffix(ending) in lexicon.spanish:
            verb = lexicon.spanish[word.removesuffix(ending)]
            return verb if verb.endswith(tuple(_GROWN_ON.values())) else f"{verb} {added}"
    return None


def _replacement(tokens: list[Token], position: int, node: PhraseNode) -> tuple[str | None, int]:
    """The longest shorthand that begins here, and where it ends."""
    found: str | None = None
    stop = position
    step: PhraseNode | None = node
    for index in range(position, len(tokens)):
        step = step.nodes.get(tokens[index].word) if step is not None else None
        if step is None:
            break
        if step.nouns:
            found = next(iter(step.nouns))
            stop = index + 1
    return found, stop


def _join(tokens: list[Token], position: int, lexicon: Lexicon) -> tuple[str | None, int]:
    """Words pulled apart: `dia gnose`, `d i a g n o s e`, `pre-scribe`. The longest join that gives a known word."""
    best: str | None = None
    stop = position
    joined = ""
    for index in range(position, min(position + 24, len(tokens))):
        token = tokens[index]
        if token.word in _SIMPLE_MARKS:
            if token.word in "./" and joined:
                continue
            break
        joined += token.word
        pieces = index - position + 1
        if len(token.word) > 1 and pieces > _LONGEST_JOIN:
            break
        if pieces > 1 and len(joined) >= 4 and joined.translate(_LEET) in lexicon.forms:
            best, stop = joined.translate(_LEET), index + 1
    return best, stop


def _repair(word: str, lexicon: Lexicon) -> list[str]:
    """A known word near this one, or this one as it is."""
    if not word.isalpha():
        letters = word.translate(_LEET)
        if letters in lexicon.forms:
            return [letters]
        word = letters if letters.isalpha() else word
    if len(word) < 5 or len(word) > 30:
        return [word]
    near = _nearest(word, lexicon)
    if near is not None:
        return [near]
    for cut in range(3, len(word) - 2) if len(word) >= 9 else ():
        if word[:cut] in lexicon.forms and word[cut:] in lexicon.forms:
            return [word[:cut], word[cut:]]
    return [word]


def _nearest(word: str, lexicon: Lexicon) -> str | None:
    """One slip away (a letter missing, extra, wrong or swapped); first letters agree unless two were swapped."""
    candidates: dict[str, None] = {}
    for shortened in (word, *(word[:cut] + word[cut + 1 :] for cut in range(len(word)))):
        for candidate in lexicon.corrections.get(shortened, ()):
            if abs(len(candidate) - len(word)) <= 1:
                candidates[candidate] = None
    usable = [
        candidate for candidate in candidates if sorted(candidate[:2]) == sorted(word[:2]) or candidate[0] == word[0]
    ]
    return min(usable, key=lambda candidate: (abs(len(candidate) - len(word)), candidate), default=None)


def deletions(word: str) -> set[str]:
    """The word itself and every word with one letter less; the index of `corrections` is made of these."""
    return {word, *(word[:cut] + word[cut + 1 :] for cut in range(len(word)))}

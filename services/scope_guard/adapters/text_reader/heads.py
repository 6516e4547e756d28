"""Find the words that carry an action: verbs, -ing forms, and nouns made of verbs (`administration of`)."""

from dataclasses import dataclass
from enum import StrEnum

from services.scope_guard.adapters.text_reader.lexicon import Lexicon
from services.scope_guard.adapters.text_reader.phrases import Marked
from services.scope_guard.adapters.text_reader.words import Word

CONNECTORS = frozenset({"and", "or", "but", "then", "nor", "plus", ",", "/", "&", "+", "(", ":", '"', ")"})


_LONGEST_PARTED = 3  # words between a verb and its particle
_NEAR = 8  # how many earlier action words can still explain a later one
_GIVEN_BACK = frozenset({"to", "with", "for", "about", "on", "in", "at", "of", "from", "as", "through", "upon", "into"})


class Kind(StrEnum):
    """How a head stands in its sentence."""

    VERB = "verb"
    ING = "ing"
    PASSIVE = "passive"
    COMPOUND = "compound"  # `drug testing`: the object stands before
    NOMINAL = "nominal"  # `administration of`
    DESCRIBING = "describing"  # `people living with`, `assigned tasks`


@dataclass(slots=True)
class Head:
    """One action word: words `first` to `last` (exclusive), its base verbs, and what later steps find out."""

    first: int
    last: int
    bases: frozenset[str]
    tag: str
    kind: Kind


def find_heads(words: list[Word], marked: Marked, lexicon: Lexicon) -> list[Head]:
    """The action words of one sentence, from left to right."""
    heads: list[Head] = []
    position = 0
    while position < len(words):
        head = None if words[position].is_mark else _head_at(position, words, marked, lexicon, heads)
        if head is None:
            position += 1
        else:
            heads.append(head)
            position = max(head.last, position + 1)
    return heads


def _head_at(position: int, words: list[Word], marked: Marked, lexicon: Lexicon, heads: list[Head]) -> Head | None:
    word = words[position]
    grammar = lexicon.grammar
    if word.word in grammar["never_verb"] and not (word.word in ("do", "be") and _opens(position, words)):
        return None
    last, phrasal = marked.verbs.get(position, (position, frozenset()))
    tags = [form for form in word.forms if form.tag != "noun"]
    if not tags:
        return None
    phrase = marked.inside.get(position)
    if phrase is not None and phrase.last - phrase.first > 1 and phrase.last - phrase.first > last - position:
        return None
    form = tags[0]
    phrasal |= _parted(position, words, lexicon)
    bases = frozenset({form.base for form in tags if form.base in lexicon.single_verbs} | phrasal)
    if not bases:
        return None
    last = max(last, position + 1)
    if phrasal and last > position + 1:
        bases, last = _with_shorter(phrasal, last, words, lexicon)
    is_noun_too = not phrasal and any(entry.tag == "noun" for entry in word.forms)
    context = _Context(position, last, words, marked, lexicon, heads, is_noun_too)
    kind = _KINDS[form.tag](context)
    return Head(position, last, bases, form.tag, kind) if kind is not None else None


def _parted(position: int, words: list[Word], lexicon: Lexicon) -> frozenset[str]:
    """`hold her down`, `pick the members up`: verbs whose second word stands behind a short object."""
    starts = [lexicon.phrases.nodes.get(form.base) for form in words[position].forms if form.tag != "noun"]
    if not any(starts):
        return frozenset()
    objects = lexicon.grammar["pronoun"] | lexicon.grammar["determiner"]
    if position + 1 >= len(words) or not (words[position + 1].word in objects or words[position + 1].name):
        return frozenset()
    found: set[str] = set()
    for word in words[position + 2 : position + 2 + _LONGEST_PARTED]:
        if (
            word.is_mark
            or word.word in CONNECTORS
            or word.word in lexicon.grammar["preposition"] - lexicon.grammar["particle"]
        ):
            break
        if word.word in lexicon.grammar["particle"]:
            for node in starts:
                ended = node.nodes.get(word.word) if node is not None else None
                found |= ended.verbs if ended is not None else set()
            break
    return frozenset(found)


def _with_shorter(
    phrasal: frozenset[str], last: int, words: list[Word], lexicon: Lexicon
) -> tuple[frozenset[str], int]:
    """`take part in` is also `take part`, `work with` also `work`: the preposition goes back to what follows."""
    if words[last - 1].word not in _GIVEN_BACK:
        return phrasal, last
    bases = set(phrasal)
    for verb in phrasal - lexicon.grammar["own_meaning"]:
        shorter = verb.rpartition(" ")[0]
        if " " in shorter or shorter in lexicon.single_verbs:
            bases.add(shorter)
    return frozenset(bases), last - 1


def _opens(position: int, words: list[Word]) -> bool:
    """`do` and `be` are verbs of their own at the start, unless it only carries a `not` or a question."""
    earlier = words[position - 1].word if position else ""
    before = position == 0 or earlier in CONNECTORS or earlier in ("please", "just", "then")
    after = words[position + 1].word if position + 1 < len(words) else ""
    return before and after not in ("not", "you", "they", "we", "never")


@dataclass(slots=True)
class _Context:
    position: int
    last: int
    words: list[Word]
    marked: Marked
    lexicon: Lexicon
    heads: list[Head]
    is_noun_too: bool

    def before(self) -> int | None:
        """Index of the nearest earlier word that is no adverb."""
        adverbs = self.lexicon.grammar["adverb"]
        index = self.position - 1
        while index >= 0 and (self.words[index].word in adverbs or is_adverb(self.words[index])):
            index -= 1
        return index if index >= 0 else None

    def is_a(self, index: int | None, kind: str) -> bool:
        return index is not None and index < len(self.words) and self.words[index].word in self.lexicon.grammar[kind]

    def in_class(self, index: int | None, *classes: str) -> bool:
        phrase = self.marked.inside.get(index) if index is not None else None
        return phrase is not None and not phrase.classes.isdisjoint(classes)

    def person_follows(self) -> bool:
        """`perform welcoming newcomers`: the -ing word takes somebody as its own object."""
        return self.is_a(self.last, "pronoun") or self.in_class(self.last, "PERSON", "NEWCOMER")

    def purpose_follows(self) -> bool:
        """`and stay to see`: what looks like a noun has a verb of purpose behind it."""
        return (
            self.last + 1 < len(self.words)
            and self.words[self.last].word == "to"
            and self.words[self.last + 1].form("base") is not None
        )

    def is_mark_or_determiner(self, index: int) -> bool:
        return index < len(self.words) and (self.words[index].is_mark or self.is_a(index, "determiner"))

    def head_before(self, index: int | None) -> Head | None:
        return self.heads[-1] if index is not None and self.heads and self.heads[-1].last == index + 1 else None

    def object_follows(self) -> bool:
        """Something follows that an acting verb would take: a determiner, a person, a thing."""
        index = self.last
        if index >= len(self.words) or self.words[index].is_mark:
            return False
        if self.is_a(index, "determiner") or self.is_a(index, "pronoun") or self.in_class(index, "PERSON", "COLLEAGUE"):
            return True
        return not (self.is_a(index, "preposition") or self.is_a(index, "connector") or self.is_a(index, "be"))


def is_adverb(word: Word) -> bool:
    """An adverb that no list holds: `positively`."""
    return len(word.word) > 4 and word.word.endswith("ly") and not word.forms


def _base(context: _Context) -> Kind | None:
    before = context.before()
    if before is None:
        return Kind.VERB
    in_a_row = context.words[before].word in CONNECTORS and context.is_mark_or_determiner(context.last)
    if context.is_a(context.position, "adjective") and not context.is_a(before, "verb_opener") and not in_a_row:
        return None
    if context.is_a(before, "verb_opener"):
        return Kind.VERB
    word = context.words[before].word
    if word in CONNECTORS:
        if not context.is_noun_too or context.head_before(before - 1 if before > 0 else None):
            return Kind.VERB if not context.is_noun_too or context.object_follows() or _all_heads(context) else None
        return Kind.VERB if context.object_follows() or context.purpose_follows() else None
    governor = context.head_before(before)
    if governor is not None:
        opens = governor.bases & context.lexicon.grammar["bare_infinitive"]
        return Kind.VERB if opens or not context.is_noun_too else None
    if context.in_class(before, "PERSON", "COLLEAGUE"):
        grammar = context.lexicon.grammar
        openers = (
            grammar["bare_infinitive"] | grammar["cause"] | (frozenset() if context.is_noun_too else grammar["help"])
        )
        if any(head.bases & openers for head in context.heads[-_NEAR:]):
            return Kind.VERB
        return Kind.VERB if not context.heads and (not context.is_noun_too or context.object_follows()) else None
    if context.is_noun_too or context.is_a(before, "determiner") or context.is_a(before, "preposition"):
        return None
    return Kind.VERB


def _all_heads(context: _Context) -> bool:
    """`encourage, support, praise`: a row of verbs without objects."""
    return bool(context.heads) and context.heads[0].first == 0 and context.heads[-1].last >= context.position - 2


def _third(context: _Context) -> Kind | None:
    before = context.before()
    if before is None:
        return Kind.VERB if not context.is_noun_too or context.object_follows() else None
    if context.head_before(before) is not None:
        return None
    if context.is_a(before, "verb_opener") or context.in_class(before, "PERSON", "COLLEAGUE"):
        return Kind.VERB if not context.is_noun_too or context.object_follows() else None
    if context.words[before].word in CONNECTORS:
        acts = any(head.tag == "s" for head in context.heads[-_NEAR:])
        return Kind.VERB if not context.is_noun_too or (acts and context.object_follows()) else None
    if context.is_noun_too or context.is_a(before, "determiner"):
        return None
    return Kind.VERB


def _ing(context: _Context) -> Kind | None:
    before = context.before()
    if before is None or context.is_a(before, "verb_opener"):
        return Kind.ING
    if context.is_a(before, "subordinate"):
        return Kind.ING
    if context.words[before].word in CONNECTORS:
        in_row = (
            not context.heads or any(head.tag == "ing" for head in context.heads[-_NEAR:]) or context.object_follows()
        )
        return Kind.ING if in_row or not context.is_noun_too else None
    if context.is_a(context.position, "noun_ing") and not context.is_a(before, "preposition"):
        return None
    if context.is_noun_too and context.in_class(context.last, "STAFF", "COLLEAGUE"):
        return None
    if context.is_a(before, "preposition") or context.is_a(before, "be"):
        return Kind.ING
    of_follows = context.last < len(context.words) and context.words[context.last].word == "of"
    if context.is_noun_too and context.is_a(before, "determiner") and not of_follows:
        return None
    if context.is_a(before, "determiner") or context.is_a(before, "adjective"):
        return Kind.NOMINAL
    if context.in_class(before, "PERSON", "COLLEAGUE"):
        return Kind.DESCRIBING
    governor = context.head_before(before)
    if governor is not None:
        carries = governor.bases & context.lexicon.grammar["light"] and context.person_follows()
        return Kind.ING if carries or not context.is_noun_too else None
    return Kind.COMPOUND


def _ed(context: _Context) -> Kind | None:
    before = context.before()
    if before is None:
        return Kind.VERB
    if context.is_a(before, "be"):
        return Kind.PASSIVE
    if context.words[before].word in ("has", "have", "had", "he", "she", "they", "it"):
        return Kind.VERB
    if context.words[before].word in CONNECTORS and context.heads and context.heads[-1].tag == "ed":
        return context.heads[-1].kind
    before_a_thing = (
        context.head_before(before) or context.is_a(before, "determiner") or context.is_a(before, "adjective")
    )
    return None if before_a_thing or context.is_a(before, "preposition") else Kind.DESCRIBING


def _nominal(context: _Context) -> Kind | None:
    before = context.before()
    follows = context.last < len(context.words) and context.words[context.last].word == "of"
    if follows:
        return Kind.NOMINAL
    if before is not None and before in context.marked.inside and not context.in_class(before, "PERSON", "COLLEAGUE"):
        return Kind.COMPOUND
    return None


_KINDS = {"base": _base, "s": _third, "ing": _ing, "ed": _ed, "nom": _nominal}

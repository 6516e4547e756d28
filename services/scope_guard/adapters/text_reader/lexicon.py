"""The word lists in the form the reader works with: one table of written forms, one tree of phrases, one of patterns."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Form:
    """What a written word may be: its base, and as a verb its tag (base, s, ing, ed, nom); a noun has tag `noun`."""

    base: str
    tag: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a verb with an object says. `activity` is what the worker does when the worker is the one acting."""

    activity: str
    supported: str  # activity when the person acts with help; "" = a question; "-" = says nothing
    asked_not: str  # activity that `do not ...` amounts to; "" = none
    reach: str  # direct | any
    frames: frozenset[str]  # frames the pattern speaks in: does, supported, caused
    outside: bool  # stands in a list of work outside peer support, and is therefore read more strictly
    also: frozenset[str] = frozenset()  # classes that must be in the sentence as well
    unless: frozenset[str] = frozenset()  # classes whose presence silences it


@dataclass(slots=True)
class PhraseNode:
    """A step in the tree of phrases; `nouns`, `verbs` and `context` are what ends here."""

    nodes: dict[str, "PhraseNode"] = field(default_factory=dict)
    nouns: set[str] = field(default_factory=set)
    context: set[str] = field(default_factory=set)
    verbs: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the word-list files say, indexed. Built once, never changed."""

    grammar: Mapping[str, frozenset[str]]  # function words by kind: determiner, preposition, modal, ...
    forms: Mapping[str, tuple[Form, ...]]
    phrases: PhraseNode
    aliases: PhraseNode  # `nouns` of the last step holds the one replacement
    verb_classes: Mapping[str, frozenset[str]]  # base verb -> classes
    noun_alarms: Mapping[str, str]  # noun class -> soft | hard
    pairs: Mapping[tuple[str, str], tuple[Pattern, ...]]  # (base verb, noun class) -> patterns
    alone: Mapping[str, tuple[Pattern, ...]]  # base verb -> patterns
    says: Mapping[str, tuple[Pattern, ...]]  # noun class of a phrase that is the act itself
    otherwise: Mapping[str, tuple[Pattern, ...]]  # base verb -> patterns where no other pattern explains it
    peer_things: frozenset[str]  # noun classes that only the language of peer work takes as objects
    corrections: Mapping[str, tuple[str, ...]]  # shortened word -> words it may have been
    single_verbs: frozenset[str]  # base verbs that are verbs on their own, not only in a phrase
    spanish: Mapping[str, str]  # Spanish word -> English word
    spanish_signs: frozenset[str]

    def known(self, word: str) -> bool:
        """True when some list holds this written form."""
        return word in self.forms or word in self.grammar["every"]

    def classes_of(self, verb: str) -> frozenset[str]:
        """The classes of a base verb."""
        return self.verb_classes.get(verb, frozenset())

"""Read and check the word lists. Every flaw names its file, so that a supervisor who adds a phrase is told what is wrong."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import yaml
from pydantic import ValidationError

from services.scope_guard.adapters.text_reader.lexicon import Form, Lexicon, Pattern, PhraseNode
from services.scope_guard.adapters.text_reader.lexicon_models import ActivityEntry, GroupFile, PatternEntry
from services.scope_guard.adapters.text_reader.morphology import noun_forms, third_person, verb_forms
from services.scope_guard.adapters.text_reader.words import deletions

FRAMES = ("does", "supported", "caused")
_SHORTEST_CORRECTION = 6
_VERB_KINDS = frozenset({"send", "join_in", "find_out", "light", "negating_verb", "bare_infinitive"})
_CLOSING = ("preposition", "relative", "subordinate", "hypothetical", "be", "modal", "negator")
_SMALL = ("determiner", "pronoun", "adjective", "adverb", "connector", "particle")
_AS_VERBS = frozenset({"act", "serve", "function", "work"})


class _Words(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Every scalar stays text: `on`, `no` and `y` are words here, not truth values. Builds no objects."""


def _read_words(text: str) -> object:
    loader = _Words(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


class LexiconFault(ValueError):  # noqa: N818 - a fault in a file, read by supervisors
    """A word list says something that cannot be; the message names file, place and fault."""


def load_lexicon(folder: Path, *, known_activities: Collection[str]) -> Lexicon:
    """The word lists of a folder as one `Lexicon`; raises `LexiconFault`."""
    files: dict[str, GroupFile] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            files[path.name] = GroupFile.model_validate(_read_words(path.read_text(encoding="utf-8")) or {})
        except (OSError, yaml.YAMLError, ValidationError) as fault:
            raise LexiconFault(f"{path.name}: {fault}") from fault
    builder = _Builder(files, known_activities)
    return builder.build()


class _Builder:
    """Collects all files, then indexes them."""

    def __init__(self, files: Mapping[str, GroupFile], known_activities: Collection[str]) -> None:
        self._files = files
        self._known = known_activities
        self._verbs: dict[str, list[str]] = {}
        self._nouns: dict[str, list[str]] = {}
        self._context: dict[str, list[str]] = {}
        self._irregular: dict[str, tuple[str, ...]] = {}
        self._forms: dict[str, dict[Form, None]] = defaultdict(dict)
        self._pairs: dict[tuple[str, str], dict[Pattern, None]] = defaultdict(dict)
        self._alone: dict[str, dict[Pattern, None]] = defaultdict(dict)
        self._says: dict[str, dict[Pattern, None]] = defaultdict(dict)
        self._otherwise: dict[str, dict[Pattern, None]] = defaultdict(dict)
        self._alarms: dict[str, str] = {}
        self._phrases = PhraseNode()
        self._all_verbs: set[str] = set()
        self._single_verbs: set[str] = set()
        self._all_nouns: set[str] = set()

    def build(self) -> Lexicon:
        """Index everything."""
        for name, file in self._files.items():
            self._merge(name, file)
        for name, words in self._nouns.items():
            for phrase in words:
                self._add_noun(phrase, name)
        for name, words in self._context.items():
            for phrase in words:
                self._add_noun(phrase, name, context=True)
        for words in self._verbs.values():
            for verb in words:
                self._add_verb(verb)
        for name, file in self._files.items():
            for activity, entry in file.activities.items():
                if activity not in self._known:
                    raise LexiconFault(f"{name}: activity `{activity}` is not in the catalogue")
                asked_not = file.asked_not if entry.asked_not is None else entry.asked_not
                self._add_activity(name, activity, entry, asked_not=asked_not, outside=file.says_alarm is not None)
                if file.says_alarm is not None:
                    self._alarms.update({f"={phrase}": file.says_alarm for phrase in entry.says})
        for file in self._files.values():
            for noun, verb in file.nominal.items():
                self._all_verbs.add(verb)
                for form in (noun, third_person(noun)):
                    self._forms[form].setdefault(Form(verb, "nom"))
                self._single_verbs.add(verb)
        for file in self._files.values():
            for kind in _VERB_KINDS & file.grammar.keys():
                for verb in self._expand(file.grammar[kind], self._verbs, where=kind):
                    self._add_verb(verb)
        for verb in sorted(self._all_verbs):
            for form, tag in verb_forms(verb, self._irregular).items():
                self._forms[form].setdefault(Form(verb, tag))
        for noun in sorted(self._all_nouns):
            for form in noun_forms(noun, self._irregular):
                self._forms[form].setdefault(Form(noun, "noun"))
        return self._finish()

    def _merge(self, name: str, file: GroupFile) -> None:
        for target, source in ((self._verbs, file.verbs), (self._nouns, file.nouns), (self._context, file.context)):
            for key, words in source.items():
                if not key.isupper():
                    raise LexiconFault(f"{name}: class `{key}` is not written in capitals")
                target.setdefault(key, []).extend(words)
        self._irregular.update({verb: tuple(forms) for verb, forms in file.irregular.items()})

    def _add_noun(self, phrase: str, name: str, *, context: bool = False) -> None:
        words = phrase.split()
        node = self._phrases
        for word in words:
            node = node.nodes.setdefault(word, PhraseNode())
        (node.context if context else node.nouns).add(name)
        self._all_nouns.update(words)

    def _add_verb(self, verb: str) -> None:
        words = verb.split()
        self._all_verbs.add(words[0])
        if len(words) == 1:
            self._single_verbs.add(verb)
        if len(words) > 1:
            node = self._phrases
            for word in words:
                node = node.nodes.setdefault(word, PhraseNode())
            node.verbs.add(verb)
            for word in words[1:]:
                self._forms[word] = self._forms[word]  # the word becomes known

    def _expand(self, names: Iterable[str], classes: Mapping[str, list[str]], *, where: str) -> list[str]:
        expanded: list[str] = []
        for name in names:
            if not name.isupper():
                expanded.append(name)
            elif name in classes:
                expanded.extend(classes[name])
            else:
                raise LexiconFault(f"{where}: class `{name}` is not defined")
        return expanded

    @staticmethod
    def _with_as(verbs: Iterable[str]) -> list[str]:
        """`act` and `serve` are also written `act as` and `serve as`."""
        return [form for verb in verbs for form in ((verb, f"{verb} as") if verb in _AS_VERBS else (verb,))]

    def _add_activity(self, file: str, activity: str, entry: ActivityEntry, *, asked_not: str, outside: bool) -> None:
        where = f"{file}: `{activity}`"
        supported = {"same": activity, "question": "", "nothing": "-"}.get(entry.supported, entry.supported)
        if supported not in ("", "-") and supported not in self._known:
            raise LexiconFault(f"{where}: supported `{supported}` is not in the catalogue")
        if asked_not and asked_not not in self._known:
            raise LexiconFault(f"{where}: asked_not `{asked_not}` is not in the catalogue")
        plain = Pattern(activity, supported, asked_not, entry.reach, frozenset({"does"}), outside)
        for given in entry.patterns:
            pair = (
                PatternEntry(verbs=given[0], objects=given[1], reach=entry.reach) if isinstance(given, tuple) else given
            )
            reach = pair.reach if "reach" in pair.model_fields_set else entry.reach
            also, unless = (frozenset(names) for names in (pair.also, pair.unless))
            for name in also | unless:
                if name not in self._nouns and name not in self._context:
                    raise LexiconFault(f"{where}: class `{name}` is not defined")
            pattern = Pattern(activity, supported, asked_not, reach, frozenset(pair.frames), outside, also, unless)
            for verb in self._with_as(self._expand(pair.verbs, self._verbs, where=where)):
                self._add_verb(verb)
                for name in pair.objects:
                    if name.isupper() and name not in self._nouns:
                        raise LexiconFault(f"{where}: class `{name}` is not defined")
                    if not name.isupper():
                        self._add_noun(name, f"={name}")
                    self._pairs[(verb, name if name.isupper() else f"={name}")].setdefault(pattern)
        for verb in self._expand(entry.alone, self._verbs, where=where):
            self._add_verb(verb)
            self._alone[verb].setdefault(plain)
        for verb in self._expand(entry.otherwise, self._verbs, where=where):
            self._add_verb(verb)
            self._otherwise[verb].setdefault(plain)
        for phrase in entry.says:
            self._add_noun(phrase, f"={phrase}")
            self._says[f"={phrase}"].setdefault(plain)

    def _things(self) -> tuple[frozenset[str], frozenset[str]]:
        """Classes that only patterns of peer work take as objects, and those that only patterns of other work take.

        What other work takes only in the company of other words counts for neither.
        """
        inside: set[str] = set()
        outside: set[str] = set()
        for (_, name), patterns in self._pairs.items():
            for pattern in patterns:
                if not pattern.outside:
                    inside.add(name)
                elif not pattern.also:
                    outside.add(name)
        return frozenset(inside - outside - {"PERSON", "COLLEAGUE"}), frozenset(outside - inside)

    def _finish(self) -> Lexicon:
        grammar: dict[str, set[str]] = defaultdict(set)
        ordinary: set[str] = set()
        aliases = PhraseNode()
        alarms = dict(self._alarms)
        spanish: dict[str, str] = {}
        signs: set[str] = set()
        for name, file in self._files.items():
            for kind, words in file.grammar.items():
                grammar[kind].update(self._expand(words, self._verbs, where=f"{name}: {kind}"))
            ordinary.update(file.ordinary)
            for noun_class, alarm in file.alarms.items():
                if noun_class not in self._nouns:
                    raise LexiconFault(f"{name}: class `{noun_class}` is not defined")
                alarms[noun_class] = alarm
            for shorthand, words_for in file.aliases.items():
                node = aliases
                for word in shorthand.split():
                    node = node.nodes.setdefault(word, PhraseNode())
                node.nouns = {words_for}
            spanish.update(file.spanish)
            signs.update(file.spanish_signs)
        peer_things, others_things = self._things()
        listed = {phrase for words in self._nouns.values() for phrase in words}
        small = set().union(*(grammar[kind] for kind in _CLOSING + _SMALL))
        for name in others_things:
            phrase = name.removeprefix("=")  # named nowhere but there, so it is no everyday word
            if name != phrase and " " in phrase and phrase not in listed and phrase.split()[0] not in small:
                alarms.setdefault(name, "soft")
        forms = {form: tuple(entries) for form, entries in self._forms.items()}
        every = {word for words in grammar.values() for phrase in words for word in phrase.split()}
        every |= {form for word in ordinary for form in (third_person(word), *verb_forms(word, {}))}
        grammar["every"] = every
        grammar["closing"] = set().union(*(grammar[kind] for kind in _CLOSING))
        grammar["silent"] |= set().union(*(grammar[kind] for kind in (*_CLOSING, *_SMALL)))
        corrections: dict[str, list[str]] = defaultdict(list)
        for form in forms:
            if len(form) >= _SHORTEST_CORRECTION:
                for shortened in deletions(form):
                    corrections[shortened].append(form)
        classes: dict[str, set[str]] = defaultdict(set)
        for verb_class, verbs in self._verbs.items():
            for verb in verbs:
                classes[verb].add(verb_class)
        return Lexicon(
            grammar=defaultdict(frozenset, {kind: frozenset(words) for kind, words in grammar.items()}),
            forms=forms,
            phrases=self._phrases,
            aliases=aliases,
            verb_classes={verb: frozenset(names) for verb, names in classes.items()},
            noun_alarms=alarms,
            pairs={key: tuple(patterns) for key, patterns in self._pairs.items()},
            alone={key: tuple(patterns) for key, patterns in self._alone.items()},
            says={key: tuple(patterns) for key, patterns in self._says.items()},
            otherwise={key: tuple(patterns) for key, patterns in self._otherwise.items()},
            peer_things=peer_things - alarms.keys(),
            corrections={key: tuple(words) for key, words in corrections.items()},
            single_verbs=frozenset(self._single_verbs),
            spanish=spanish,
            spanish_signs=frozenset(signs),
        )

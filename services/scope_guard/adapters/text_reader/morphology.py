"""Light English morphology: every written form of a verb or noun in the word lists, made once at load time."""

from collections.abc import Mapping

_VOWELS = frozenset("aeiou")


def third_person(verb: str) -> str:
    """`carry` -> `carries`; also the plural of a noun."""
    if verb.endswith("y") and len(verb) > 1 and verb[-2] not in _VOWELS:
        return verb[:-1] + "ies"
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return verb + "es"
    return verb + "s"


def _stems(verb: str) -> tuple[str, ...]:
    """The stem before -ing/-ed, with the last consonant doubled as well where that could be."""
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")):
        return (verb[:-1],)
    doubles = (
        len(verb) > 2
        and verb[-1] not in _VOWELS
        and verb[-1] not in "wxyh"
        and verb[-2] in _VOWELS
        and verb[-3] not in _VOWELS
    )
    return (verb, verb + verb[-1]) if doubles else (verb,)


def verb_forms(verb: str, irregular: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Every form of a verb with its tag: base, s, ing, ed."""
    forms = {verb: "base", third_person(verb): "s"}
    for stem in _stems(verb):
        ending = "ying" if verb.endswith("ie") else "ing"
        forms.setdefault((stem[:-1] if verb.endswith("ie") and stem.endswith("i") else stem) + ending, "ing")
        if stem.endswith("y") and len(stem) > 1 and stem[-2] not in _VOWELS:
            forms.setdefault(stem[:-1] + "ied", "ed")
        else:
            forms.setdefault(stem + "ed", "ed")
    for form in irregular.get(verb, ()):
        forms.setdefault(form, "ing" if form.endswith("ing") else "ed")
    return forms


def noun_forms(noun: str, irregular: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Singular and plural of a noun."""
    return (noun, third_person(noun), *irregular.get(noun, ()))

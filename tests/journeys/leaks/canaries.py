"""Words that exist nowhere else, so that finding one anywhere means that somebody's words have travelled there."""

import base64
import re
from collections import Counter
from dataclasses import dataclass

GIVEN_NAME = "Quillfeather"
FAMILY_NAME = "Zanzibrook"
PREFERRED_NAME = "Wobblethorn"
BIRTH_DATE = "1931-07-13"
WORKER_NAME = "Thimblewraith"
PROGRAMME_NAME = "Mistletarnish"
HEALTH_WORD = "mirzapaxine"
REASON_WORD = "grumblefitch"
SHEET_WORD = "plumthistle"
UNREADABLE_WORD = "snorklewhip"
"""Only ever sent where it cannot be read, found or accepted: it may rest nowhere at all."""
SEEDED_WORD = "fernwhistlery"
"""Only ever put there by the control."""
PHONE = "+12125550177"
MAIL_DOMAIN = "harbor-valley.example"

_WORDS = (
    GIVEN_NAME,
    FAMILY_NAME,
    PREFERRED_NAME,
    BIRTH_DATE,
    WORKER_NAME,
    PROGRAMME_NAME,
    HEALTH_WORD,
    REASON_WORD,
    SHEET_WORD,
    UNREADABLE_WORD,
    SEEDED_WORD,
    PHONE.removeprefix("+"),
    MAIL_DOMAIN,
)


def _in_base64(word: str) -> list[str]:
    """What a word looks like inside a longer text in base64, at each of the three places it can begin."""
    found = []
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + word.encode()).decode().rstrip("=")
        # Letters that also hold bits of what stands before or after are left out.
        beginning = (0, 2, 3)[before]
        end = len(encoded) - (0 if (before + len(word)) % 3 == 0 else 1)
        found.append(encoded[beginning:end])
    return found


_IN_OTHER_DRESS = {form: word for word in _WORDS for form in [*_in_base64(word), word.encode().hex()]}
_PATTERN = re.compile("|".join(re.escape(word) for word in [*_WORDS, *_IN_OTHER_DRESS]), re.IGNORECASE)
POSIX_PATTERN = "|".join(re.sub(r"([.+/-])", r"[\1]", word) for word in [*_WORDS, *_IN_OTHER_DRESS])
"""The same for PostgreSQL."""


@dataclass(frozen=True, order=True)
class Leak:
    """A canary where it must not be. `place` says where to look."""

    surface: str
    place: str
    word: str


SEARCHED: Counter[str] = Counter()
"""How many texts were looked through on each surface: a search of nothing would find nothing."""


def leaks_in(text: str, *, surface: str, place: str) -> list[Leak]:
    """Every canary in a text, in plain letters of either case, in hexadecimal or in base64."""
    SEARCHED[surface] += bool(text)
    found = {_IN_OTHER_DRESS.get(hit, hit).lower() for hit in _PATTERN.findall(text)}
    return [Leak(surface, place, word) for word in sorted(found)]

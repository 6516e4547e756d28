"""Plain lower-case letters out of whatever was typed, with the way back to the original offsets.

Look-alike letters, full-width forms, accents, zero-width and control characters are folded, so that no reader of the
screen sees one word and the guard another (Unicode UTS 39 speaks of confusables; the table here holds the common ones).
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_LOOK_ALIKES = {
    **dict(zip("абвгдеёзийкмнорстуухьыцѕіїјԁԛԝһӏ", "abvrdeezuuкmhopctyyxbbusiijdqwhl", strict=True)),
    **dict(zip("αβγδεζηικλμνορτυχωϲϳ", "abydezniklmvoptuxwcj", strict=True)),
    **dict(zip("ɑɡɩɪıʟɴʀᴀᴄᴅᴇᴋᴍᴏᴘᴛᴜᴠᴡᴢʏøđłħŧßæœƒ", "agiiilnracdekmoptuvwzyodlhtsaof", strict=True)),
    "к": "k",
    "ʙ": "b",
    "ʜ": "h",
    "ꜱ": "s",
    "ⅼ": "l",
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": ";",
    "‐": "-",
    "‑": "-",
    "−": "-",
    "•": "\n",
    "·": "\n",
    "●": "\n",
    "▪": "\n",
    "…": ".",
}
_GONE = frozenset({"Cf", "Mn", "Me", "Cs", "Co"})


@dataclass(frozen=True, slots=True)
class PlainText:
    """Normalised characters, and for each of them the offset of the original character it came from."""

    text: str
    offsets: list[int]


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    if character in "\n\r\u2028\u2029\x0b\x0c":
        return "\n"
    folded: list[str] = []
    for part in unicodedata.normalize("NFKD", character):
        category = unicodedata.category(part)
        if category in _GONE:
            continue
        if category == "Cc" or category.startswith("Z"):
            folded.append(" ")
            continue
        for low in part.lower():
            if unicodedata.category(low) not in _GONE:
                folded.append(_LOOK_ALIKES.get(low, low))
    joined = "".join(folded)
    return _LOOK_ALIKES.get(joined, joined)


def normalise(text: str) -> PlainText:
    """Fold every character of `text`; never raises, whatever the characters."""
    if text.isascii() and text.isprintable():
        return PlainText(text=text.lower(), offsets=list(range(len(text))))
    letters: list[str] = []
    offsets: list[int] = []
    for position, character in enumerate(text):
        for folded in _LOOK_ALIKES.get(character) or _fold(character):
            letters.append(folded)
            offsets.append(position)
    return PlainText(text="".join(letters), offsets=offsets)

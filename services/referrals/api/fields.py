"""Kinds of fields that many requests share: bounded, and free of characters that no column can hold."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

_NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
NO_CONTROLS_BUT_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


def _instant_as_text(value: object) -> object:
    """A number is not an instant, though pydantic would read one as seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("not an instant")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_instant_as_text)]

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_NO_CONTROLS)]
"""One line of text."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=3700, pattern=NO_CONTROLS_BUT_LINES)]
"""Several lines. With a title it stays within what the scope guard reads."""

Note = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=NO_CONTROLS_BUT_LINES)
]

Telephone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?\(?[0-9][0-9 ().x-]{1,30}$")]
"""A telephone number as people write it, short ones such as 988 too."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
"""A code of ours or of an issuing body: lower case, digits, underscores."""

Jurisdiction = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
"""ISO 3166-2, such as `US-VA`, or a whole country."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", max_length=35)]
"""A BCP 47 tag, such as `es` or `pt-BR`."""

Languages = Annotated[tuple[Language, ...], Field(max_length=20)]
Codes = Annotated[tuple[Code, ...], Field(max_length=30)]


def _only_text(value: object) -> object:
    """A number is not a date, though pydantic would read one as seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("not a date")
    return value


Day = Annotated[date, BeforeValidator(_only_text), Field(ge=date(1900, 1, 1), lt=date(2100, 1, 1))]
"""A calendar day of a time that can be meant."""


class RequestBody(BaseModel):
    """Base of all requests: what it does not know it refuses."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class View(BaseModel):
    """Base of all answers; made from records of the domain."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

"""The form of a programme: what was filled in, what that changes, and referrals' answer beside the fields it is about.

Only what is missing is told here. What a setting may be is known to referrals alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.console.domain.told_administration import ProgrammeNow
from services.console.use_cases.ports import Refused
from services.console.use_cases.wrong_fields import wrong_fields

FIXED = ("organization_id", "setting", "integration_model", "jurisdiction", "time_zone")
"""Said once: what was counted and judged by them stays what it was."""
CHANGING = ("name", "duty_owner_worker_id", "protocol_code", "calendar_code", "help_line", "policy_flags")
NEW = ("name", *FIXED, *CHANGING[1:])
STANDING = (*CHANGING, "active")
OPTIONAL = frozenset({"help_line", "policy_flags"})
_LONGEST = 1000
_CAN_BE_EMPTIED = "help_line"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One setting: what it is now, and what it will be."""

    name: str
    was: str
    will: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeForm:
    """As filled in. `errors` maps a field to the key of the words that say what to do.

    `meanwhile` has what somebody else set to something other than what is typed here.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    meanwhile: Sequence[Difference] = ()

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, "")

    def differences(self, now: ProgrammeNow) -> list[Difference]:
        """What would be other than it is now."""
        standing = texts_of(now)
        return [
            Difference(name=name, was=standing[name], will=self[name])
            for name in STANDING
            if standing[name] != self[name]
        ]

    def overtaken_by(self, now: ProgrammeNow) -> "ProgrammeForm":
        """The same words, beside what somebody else has set in the meantime."""
        return replace(self, errors={"name": "programme_form.error.changed"}, meanwhile=self.differences(now))


def texts_of(now: ProgrammeNow) -> dict[str, str]:
    """Every setting as the form has it."""
    told = {name: getattr(now, name) for name in (*NEW, "active")}
    return {name: _text(value) for name, value in told.items()}


def read_programme_form(form: Mapping[str, str], *, now: ProgrammeNow | None = None) -> ProgrammeForm:
    """The known fields, trimmed and bounded, with what is missing. `now` is the programme that is changed, if one is."""
    names = NEW if now is None else STANDING
    given = {name: form.get(name, "").strip()[:_LONGEST] for name in names}
    given["policy_flags"] = _text(_codes(given["policy_flags"]))
    errors = {name: f"programme_form.missing.{name}" for name in names if not given[name] and name not in OPTIONAL}
    return ProgrammeForm(given=given, errors=errors)


def body_of(form: ProgrammeForm, *, names: Sequence[str]) -> dict[str, Any]:
    """What referrals is told; what is empty is left out, and where something that stands is taken away, said."""
    told: dict[str, Any] = {name: form[name] for name in names if form[name]}
    if names != NEW and _CAN_BE_EMPTIED in names:
        told[_CAN_BE_EMPTIED] = form[_CAN_BE_EMPTIED]
    if "policy_flags" in names:
        told["policy_flags"] = _codes(form["policy_flags"])
    if "active" in names:
        told["active"] = form["active"] == "yes"
    return told


def wrong_in_programme(refused: Refused, *, names: Sequence[str]) -> dict[str, str]:
    """What referrals says, beside the field it is about. Raises what is about no field."""
    if refused.status == 403:
        return {"name": "programme_form.error.not_yours"}
    if refused.status not in (404, 409, 422):
        raise refused
    wrong = {name: f"programme_form.wrong.{name}" for name, _ in wrong_fields(refused.document) if name in names}
    if not wrong and refused.status == 404:
        raise refused
    return wrong or {"name": "programme_form.error.other"}


def _codes(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(value)
    return "" if value is None else str(value)

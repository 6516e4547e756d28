"""Reads the protocol packs in `policy/protocols`; a file that cannot be used stops the start, by name and reason."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from services.referrals.domain.protocols import (
    Anchor,
    MilestoneRule,
    OfferRule,
    Protocol,
    ProtocolInvalid,
    ProtocolShelf,
)
from shared.contracts.codes import MilestoneCode, Setting

FOLDER = Path(__file__).parent.parent / "policy" / "protocols"

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
_YEAR = timedelta(days=366)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Duration(_Strict):
    """Exactly one unit, so that nobody has to add up."""

    seconds: int | None = None
    minutes: int | None = None
    hours: int | None = None
    days: int | None = None

    @model_validator(mode="after")
    def _one_unit_within_a_year(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("give exactly one of seconds, minutes, hours, days")
        if abs(self.length()) > _YEAR:
            raise ValueError("longer than a year")
        return self

    def length(self) -> timedelta:
        return timedelta(**{name: getattr(self, name) for name in self.model_fields_set})


class _Offer(_Strict):
    ladder: Code
    respond_within: _Duration

    def rule(self) -> OfferRule:
        return OfferRule(ladder=self.ladder, respond_within=self.respond_within.length())


class _Milestone(_Strict):
    code: MilestoneCode
    anchor: Anchor
    offset: _Duration
    source: str = Field(min_length=3, description="where the figure was read, or that it is our proposal")


class _File(_Strict):
    code: Code
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}\.[0-9]{1,3}$")]
    effective_from: date
    effective_to: date | None = None
    demo_only: bool = False
    settings: list[Setting]
    endorsements: dict[Setting, list[Code]] = {}
    peer_offer: _Offer
    escalation: _Offer
    unanswered_before_escalation: int
    milestones: list[_Milestone]

    def protocol(self) -> Protocol:
        return Protocol(
            code=self.code,
            version=self.version,
            effective_from=self.effective_from,
            effective_to=self.effective_to,
            demo_only=self.demo_only,
            settings=frozenset(self.settings),
            endorsements={setting: frozenset(codes) for setting, codes in self.endorsements.items()},
            peer_offer=self.peer_offer.rule(),
            escalation=self.escalation.rule(),
            unanswered_before_escalation=self.unanswered_before_escalation,
            milestones=tuple(
                MilestoneRule(code=one.code, anchor=one.anchor, offset=one.offset.length()) for one in self.milestones
            ),
        )


def load_protocols(*, allow_demo: bool, folder: Path = FOLDER) -> ProtocolShelf:
    """Every pack of the folder. Raises ProtocolInvalid with the file's name."""
    protocols = [_read(path) for path in sorted(folder.glob("*.yaml"))]
    if not protocols:
        raise ProtocolInvalid("there is no protocol file to load")
    return ProtocolShelf(protocols, allow_demo=allow_demo)


def _read(path: Path) -> Protocol:
    try:
        return _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).protocol()
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise ProtocolInvalid(f"`{path.name}` cannot be used: {error}") from error

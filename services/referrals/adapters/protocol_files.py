"""Reads the protocol packs in `policy/protocols`; one that cannot be used is named with the key that is wrong."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from services.referrals.adapters.calendar_files import load_calendars
from services.referrals.adapters.file_errors import explained
from services.referrals.domain.offsets import Offset, OffsetUnit, exactly
from services.referrals.domain.protocol_checks import ProtocolInvalid, check_protocol
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.domain.protocols import (
    Anchor,
    EscalationRole,
    MilestoneRule,
    OfferRule,
    Protocol,
    Repeat,
)
from shared.contracts.codes import IntegrationModel, MilestoneCode, Setting
from shared.plain_yaml import read_yaml

FOLDER = Path(__file__).parent.parent / "policy" / "protocols"

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
_YEAR = timedelta(days=366)
_EXACT = ("seconds", "minutes", "hours", "days")


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
            raise ValueError(f"give exactly one of {', '.join(type(self).model_fields)}")
        if abs(self.offset().about) > _YEAR:
            raise ValueError("longer than a year")
        return self

    def offset(self) -> Offset:
        return exactly(self.length())

    def length(self) -> timedelta:
        return timedelta(**{name: getattr(self, name) for name in _EXACT if name in self.model_fields_set})


class _Offset(_Duration):
    """The same, or whole days of the programme."""

    calendar_days: int | None = Field(default=None, ge=0)
    business_days: int | None = Field(default=None, ge=0)

    def offset(self) -> Offset:
        for unit in (OffsetUnit.CALENDAR_DAYS, OffsetUnit.BUSINESS_DAYS):
            if unit.value in self.model_fields_set:
                return Offset(unit=unit, count=getattr(self, unit.value))
        return super().offset()


class _OfferRule(_Strict):
    ladder: Code
    respond_within: _Duration

    def rule(self) -> OfferRule:
        return OfferRule(ladder=self.ladder, respond_within=self.respond_within.length())


class _Repeat(_Strict):
    count: int
    every: _Offset


class _Milestone(_Strict):
    code: MilestoneCode
    anchor: Anchor | MilestoneCode
    offset: _Offset
    opens: _Offset | None = None
    repeat: _Repeat | None = None
    escalate_to: EscalationRole | None = None
    source: str = Field(min_length=3, description="where the figure was read, or that it is our proposal")

    def rule(self) -> MilestoneRule:
        return MilestoneRule(
            code=self.code,
            anchor=self.anchor,
            offset=self.offset.offset(),
            opens=None if self.opens is None else self.opens.offset(),
            repeat=None if self.repeat is None else Repeat(count=self.repeat.count, every=self.repeat.every.offset()),
            escalate_to=self.escalate_to,
            source=self.source,
        )


class _File(_Strict):
    code: Code
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}\.[0-9]{1,3}$")]
    effective_from: date
    effective_to: date | None = None
    demo_only: bool = False
    settings: list[Setting]
    models: list[IntegrationModel] = list(IntegrationModel)
    endorsements: dict[Setting, list[Code]] = {}
    peer_offer: _OfferRule
    escalation: _OfferRule
    unanswered_before_escalation: int
    readmitted_within: _Duration
    milestones: list[_Milestone]

    def protocol(self) -> Protocol:
        return Protocol(
            code=self.code,
            version=self.version,
            effective_from=self.effective_from,
            effective_to=self.effective_to,
            demo_only=self.demo_only,
            settings=frozenset(self.settings),
            models=frozenset(self.models),
            endorsements={setting: frozenset(codes) for setting, codes in self.endorsements.items()},
            peer_offer=self.peer_offer.rule(),
            escalation=self.escalation.rule(),
            unanswered_before_escalation=self.unanswered_before_escalation,
            readmitted_within=self.readmitted_within.length(),
            milestones=tuple(one.rule() for one in self.milestones),
        )


def load_protocols(*, allow_demo: bool, folder: Path = FOLDER) -> ProtocolShelf:
    """Every pack of the folder. Raises ProtocolInvalid with the file's name, or with the two that do not go together."""
    protocols = [read_protocol(path) for path in sorted(folder.glob("*.yaml"))]
    if not protocols:
        raise ProtocolInvalid("there is no protocol file to load")
    return ProtocolShelf(protocols, calendars=load_calendars(), allow_demo=allow_demo)


def read_protocol(path: Path) -> Protocol:
    """One file, checked by itself. Raises ProtocolInvalid with the file's name and the keys."""
    try:
        protocol = _File.model_validate(read_yaml(path.read_text(encoding="utf-8"))).protocol()
        check_protocol(protocol)
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise ProtocolInvalid(f"`{path.name}` cannot be used: {explained(error)}") from error
    except ProtocolInvalid as error:
        raise ProtocolInvalid(f"`{path.name}` cannot be used: {error}") from error
    return protocol

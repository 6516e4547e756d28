"""Integration models: data that names policy objects (source document 004, section 6.2).

A model is one file in `policy/models/`; `ModelShelf.choose` is the one place where one is picked. No code asks "which
model is this?": what they do differently is in the objects of `referral_policies.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.referrals.domain.local_times import end_of_day
from services.referrals.domain.referral_deadlines import Phase, PlannedPhase, ResponseRule, plan_phases
from services.referrals.domain.referral_policies import (
    Assignment,
    ChartSharing,
    Ending,
    Intent,
    Introduction,
    NamedBackup,
    Offer,
    Requirement,
)
from services.referrals.domain.referral_words import Priority, ReferralKind


class Urgency(StrEnum):
    """What a time to answer is chosen by."""

    ROUTINE = "routine"
    URGENT = "urgent"
    CRISIS = "crisis"

    @classmethod
    def of(cls, kind: ReferralKind, priority: Priority) -> "Urgency":
        """A crisis bridge is always the soonest."""
        return cls.CRISIS if kind is ReferralKind.CRISIS_BRIDGE else cls(priority.value)


class ModelInvalid(Exception):  # noqa: N818 - the data is invalid, not the program
    """A model file cannot be used; the message says which and why. Raised at start, never later."""


class ModelUnavailable(Exception):  # noqa: N818 - a fact about the shelf
    """There is no model of this code in this installation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """One integration model: its rules as objects, its figures as data."""

    code: str
    source: str
    requirements: tuple[Requirement, ...]
    assignment: Assignment
    offer: Offer
    introduction: Introduction
    ending: Ending
    chart_sharing: ChartSharing
    huddle: bool
    response: Mapping[Urgency, ResponseRule]
    phases: tuple[Phase, ...] = ()

    def check(self, intent: Intent) -> None:
        """Raise InvalidField for what the model asks for. Nobody in a crisis waits for a form to be complete."""
        if intent.kind is ReferralKind.CRISIS_BRIDGE:
            NamedBackup().check(intent)
            return
        for requirement in self.requirements:
            requirement.check(intent)

    def plan(self, accepted_at: datetime, *, kind: ReferralKind, time_zone: str) -> tuple[PlannedPhase, ...]:
        """The phases of longer support from acceptance on; only walking with somebody has any."""
        if kind is not ReferralKind.PEER_SERVICE:
            return ()
        return plan_phases(self.phases, begins=accepted_at.astimezone(ZoneInfo(time_zone)).date())

    def goodbye_due(self, accepted_at: datetime, *, kind: ReferralKind, time_zone: str) -> datetime | None:
        """The end of the last phase."""
        planned = self.plan(accepted_at, kind=kind, time_zone=time_zone)
        return end_of_day(planned[-1].until, time_zone=time_zone) if planned else None


class ModelShelf:
    """The models of this installation: the one place where a model is chosen. Raises ModelInvalid for two of one code."""

    def __init__(self, models: Iterable[Model]) -> None:
        self._models: dict[str, Model] = {}
        for model in models:
            if model.code in self._models:
                raise ModelInvalid(f"model `{model.code}` is there twice")
            _check(model)
            self._models[model.code] = model

    @property
    def codes(self) -> tuple[str, ...]:
        """Their codes, in order."""
        return tuple(sorted(self._models))

    def choose(self, code: str) -> Model:
        """The model. Raises ModelUnavailable."""
        if code not in self._models:
            raise ModelUnavailable(code)
        return self._models[code]


def _check(model: Model) -> None:
    missing = [urgency.value for urgency in Urgency if urgency not in model.response]
    if missing:
        raise ModelInvalid(f"model `{model.code}` gives no time to answer for {', '.join(missing)}")
    for urgency, rule in model.response.items():
        if rule.business_days < 1 and (rule.within is None or rule.within <= timedelta(0)):
            raise ModelInvalid(f"model `{model.code}` gives no time to answer for {urgency.value}")
    if any(phase.months < 1 or phase.contact_every_days < 1 for phase in model.phases):
        raise ModelInvalid(f"model `{model.code}` has a phase without length or contacts")
    paces = [phase.contact_every_days for phase in model.phases]
    if paces != sorted(paces):
        raise ModelInvalid(f"model `{model.code}` has phases that grow denser; support is meant to fall")

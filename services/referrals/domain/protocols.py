"""Effective-dated protocols: what must have happened by when, and how long an offer waits. Data, never constants.

The other half of a protocol (who is told, how, how often) is a ladder in notifications, named here by its code.
What cannot be meant is refused by `protocol_checks.py`, which ones there are is on the shelf (`protocol_shelf.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.referrals.domain.offsets import Offset
from shared.contracts.codes import IntegrationModel, MilestoneCode, Setting


class Anchor(StrEnum):
    """The instant that a due time counts from."""

    LEAVING = "leaving"
    """The expected discharge while planned, the discharge itself once it happened."""
    DISCHARGE = "discharge"


class EscalationRole(StrEnum):
    """Who looks at a missed milestone. The person behind the role is found at that moment, not when it was planned."""

    ACCOUNTABLE = "accountable"
    """Whoever has custody."""
    SENDER = "sender"
    ACCEPTOR = "acceptor"
    """Whoever accepted; while nobody has, whoever has custody."""
    DUTY_OWNER = "duty_owner"
    """On call for the programme now; the programme's own duty owner where the roster names nobody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeat:
    """`count` times in all, each `every` after the one before."""

    count: int
    every: Offset


@dataclass(frozen=True, kw_only=True, slots=True)
class MilestoneRule:
    """Due `offset` after its anchor; an offset may be negative only where it counts from leaving: before it.

    `anchor` is an instant of the transition, or another milestone: then it counts from when that one was met.
    `opens` is the earliest useful moment, counted from the same anchor: a contact before it does not meet this one.
    """

    code: MilestoneCode
    anchor: Anchor | MilestoneCode
    offset: Offset
    opens: Offset | None = None
    repeat: Repeat | None = None
    escalate_to: EscalationRole | None = None
    source: str = ""

    def occurrences(self) -> Iterator[tuple[int, Offset]]:
        """Each time it is owed (from 1) and how far from the anchor that is."""
        yield 1, self.offset
        if self.repeat is not None:
            for number in range(2, self.repeat.count + 1):
                yield number, self.offset.plus(self.repeat.every.times(number - 1))


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferRule:
    """`ladder` is notifications' code; silence for `respond_within` exhausts it."""

    ladder: str
    respond_within: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Protocol:
    """One version of one protocol, for these settings and integration models.

    `endorsements` are the credential endorsements that cover a setting. A credential without an endorsement is general
    and fits everywhere; an empty `endorsements` asks for none.
    """

    code: str
    version: str
    effective_from: date
    effective_to: date | None
    demo_only: bool
    settings: frozenset[Setting]
    models: frozenset[IntegrationModel]
    endorsements: Mapping[Setting, frozenset[str]]
    peer_offer: OfferRule
    escalation: OfferRule
    unanswered_before_escalation: int
    readmitted_within: timedelta
    milestones: tuple[MilestoneRule, ...]

    def covers(self, day: date) -> bool:
        """Whether this version is in force on that day (the last day included)."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def overlaps(self, other: "Protocol") -> bool:
        """Whether there is a day on which both are in force."""
        first = max(self.effective_from, other.effective_from)
        return self.covers(first) and other.covers(first)


FOLLOW_UPS = (
    MilestoneCode.FOLLOW_UP_CALL,
    MilestoneCode.DAY_7,
    MilestoneCode.DAY_30,
    MilestoneCode.DAY_90,
    MilestoneCode.PHASE_1_CONTACT,
    MilestoneCode.PHASE_2_CONTACT,
    MilestoneCode.PHASE_3_CONTACT,
    MilestoneCode.PLANNED_GOODBYE,
)
"""Contacts after the first one, in the order in which they fall due."""

PREPARATIONS = (MilestoneCode.MATCH_SUGGESTED, MilestoneCode.CONSENT_ASKED, MilestoneCode.BEDSIDE_VISIT)
"""What is done before the person leaves; not owed any more once they have."""

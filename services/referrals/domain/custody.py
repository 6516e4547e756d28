"""Who holds the person: always exactly one worker, and one function that moves it.

The sender keeps custody until somebody has accepted *and* has reached the person (product, "custody invariant").
Nothing else in the service assigns an owner: `settle_custody` derives the rightful owner from the facts and moves
custody there if it lies elsewhere, so that a forgotten case cannot leave it with the wrong person or with nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.referrals.domain.handoff_facts import Moment


class CustodyCause(StrEnum):
    """Why custody lies where it lies."""

    BEGUN = "begun"
    FIRST_CONTACT = "first_contact"
    RETRACTED = "retracted"
    REHOMED = "rehomed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Custody:
    """The owner now; `sequence` is the number of the history entry that made it so, `since` when that occurred."""

    owner_worker_id: UUID
    sequence: int
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CustodyEntry:
    """One line of the append-only history; the first comes from nobody, each further one from its predecessor."""

    sequence: int
    from_worker_id: UUID | None
    to_worker_id: UUID
    cause: CustodyCause
    by_worker_id: UUID | None
    at: Moment


@dataclass(frozen=True, kw_only=True, slots=True)
class CustodyClaim:
    """The facts that custody follows from. `stands` is false once the discharge was retracted or cancelled."""

    origin_worker_id: UUID
    stands: bool
    accepted_by: UUID | None
    accepted_at: datetime | None
    contacted_at: datetime | None

    @property
    def rightful_owner(self) -> UUID:
        """The acceptor after acceptance and first contact, while the discharge stands; the sender otherwise."""
        if self.stands and self.accepted_by is not None and self.contacted_at is not None:
            return self.accepted_by
        return self.origin_worker_id


def begin_custody(*, origin_worker_id: UUID, by: UUID | None, at: Moment) -> tuple[Custody, CustodyEntry]:
    """Custody at the birth of a transition."""
    entry = CustodyEntry(
        sequence=1, from_worker_id=None, to_worker_id=origin_worker_id, cause=CustodyCause.BEGUN, by_worker_id=by, at=at
    )
    return Custody(owner_worker_id=origin_worker_id, sequence=1, since=at.occurred_at), entry


def settle_custody(
    custody: Custody,
    *,
    claim: CustodyClaim,
    by: UUID | None,
    at: Moment,
    back_because: CustodyCause = CustodyCause.RETRACTED,
) -> tuple[Custody, CustodyEntry | None]:
    """Bring custody to its rightful owner. No entry when it lies there already; `back_because` is why it leaves the acceptor.

    A late entry may speak of a time before the acceptance or before the last move; the move then takes effect at the
    latest of them, so that history never overlaps.
    """
    owner = claim.rightful_owner
    if owner == custody.owner_worker_id:
        return custody, None
    goes_back = owner == claim.origin_worker_id
    effective = max(moment for moment in (at.occurred_at, custody.since, claim.accepted_at) if moment is not None)
    entry = CustodyEntry(
        sequence=custody.sequence + 1,
        from_worker_id=custody.owner_worker_id,
        to_worker_id=owner,
        cause=back_because if goes_back else CustodyCause.FIRST_CONTACT,
        by_worker_id=by,
        at=Moment(occurred_at=effective, recorded_at=at.recorded_at),
    )
    return Custody(owner_worker_id=owner, sequence=entry.sequence, since=effective), entry

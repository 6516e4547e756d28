"""Who acts next on a referral, what, and by which clock. One reading for lists and pages alike."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

ENDED = ("rejected", "cancelled", "completed", "failed", "entered_in_error")
WORKING = ("accepted", "in_progress", "on_hold")
OPEN = ("requested", *WORKING)
"""Somebody was asked, and it has not ended."""


class Standing(Protocol):
    """What lists and pages both know of a referral."""

    @property
    def status(self) -> str: ...
    @property
    def business_status(self) -> str: ...
    @property
    def requester_worker_id(self) -> UUID | None: ...
    @property
    def owner_worker_id(self) -> UUID | None: ...
    @property
    def respond_by(self) -> datetime | None: ...
    @property
    def overdue_at(self) -> datetime | None: ...
    @property
    def scheduled_at(self) -> datetime | None: ...
    @property
    def offer_again_at(self) -> datetime | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Next:
    """`worker_id` is absent where a team is asked; `late` is of the clock named in `due_at`."""

    worker_id: UUID | None
    act: str
    due_at: datetime | None = None
    late: bool = False


_WHILE_WORKING = {"accepted": "begin", "in_progress": "bring_to_an_end", "on_hold": "go_on"}


def next_of(referral: Standing, *, now: datetime) -> Next | None:
    """Nothing where it has ended and nothing follows."""
    asker, owner = referral.requester_worker_id, referral.owner_worker_id
    if referral.status == "draft":
        return Next(worker_id=asker, act="send")
    if referral.status == "rejected" and referral.offer_again_at is not None:
        again = referral.offer_again_at
        return Next(worker_id=asker, act="ask_again", due_at=again, late=again < now)
    if referral.status in ENDED:
        return None
    if referral.business_status == "waiting_for_information":
        return Next(worker_id=asker, act="tell_more", due_at=referral.respond_by, late=is_late(referral, now=now))
    if referral.business_status == "cancellation_requested":
        return Next(worker_id=owner, act="confirm_cancellation")
    if referral.status == "requested":
        act = "take_it" if owner is None else "answer"
        return Next(worker_id=owner, act=act, due_at=referral.respond_by, late=is_late(referral, now=now))
    if referral.business_status == "scheduled" and referral.scheduled_at is not None:
        meeting = referral.scheduled_at
        return Next(worker_id=owner, act="meet", due_at=meeting, late=meeting < now)
    return Next(worker_id=owner, act=_WHILE_WORKING[referral.status])


def is_late(referral: Standing, *, now: datetime) -> bool:
    """An answer is still waited for although its time has passed."""
    waits = referral.status == "requested"
    return waits and (
        referral.overdue_at is not None or (referral.respond_by is not None and referral.respond_by < now)
    )

"""May this delivery go out now? Asked again for every delivery at the moment of sending (invariant I8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.notifications.domain.codes import Channel, DeliveryCode, EndReason, ItemKind, ItemState
from services.notifications.domain.contact_points import ContactPoints, Way
from shared.contracts.codes import SubjectKind
from shared.contracts.entitlements import EntitlementAnswer, EntitlementReason

RECHECK_AFTER = timedelta(seconds=4)
"""How soon something that waits on another part of the system may be looked at again: by the next sweep but one at the latest."""

INBOX_LEASE = timedelta(seconds=4)
"""Under one sweep interval: with the sweep that finds it, a worker that died holding an item delays nobody for longer than
two (invariant I9). Longer than the longest wait for referrals' answer (`settings.py`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedDelivery:
    """One step of a ladder, claimed by this worker until `leased_until`."""

    delivery_id: UUID
    tenant_id: UUID
    item_id: UUID
    kind: ItemKind
    worker_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    channel: Channel
    attempts: int
    urgent: bool
    lease_token: UUID
    leased_until: datetime
    clock_id: UUID | None = None
    """What it tells is that this clock was not met in time."""
    message_id: UUID | None = None
    """The message that may have told it already: its outcome never became known, so a repeat must be the same message."""
    keeps_channel: bool = False
    """It goes by its channel whatever the worker prefers: the other way has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What this service itself knows at the moment of sending."""

    item_state: ItemState
    end_reason: EndReason | None
    worker_active: bool
    contact_points: ContactPoints | None


@dataclass(frozen=True, slots=True)
class SendNow:
    """Nothing speaks against it. A message goes by the first of `ways` that is open; the inbox needs none."""

    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Suppress:
    """It will never be sent."""

    code: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now; looked at again at `until`. Waiting is not an attempt."""

    until: datetime
    code: DeliveryCode


@dataclass(frozen=True, slots=True)
class Stop:
    """What it would tell is over."""

    reason: EndReason


SendingVerdict = SendNow | Suppress | Wait | Stop

# A notice that something ended goes to people who, because it ended, are no party to it any more.
_ENDED = frozenset(
    {EntitlementReason.SUBJECT_CLOSED, EntitlementReason.NO_LONGER_OFFERED, EntitlementReason.NOT_A_PARTY}
)
_STILL_TOLD = {
    ItemKind.HANDOFF_CALLED_BACK: _ENDED,
    ItemKind.HANDOFF_ENDED: _ENDED,
    # that something changed is told also to those who may not know any more what it was about: it says nothing else
    ItemKind.HANDOFF_CHANGED: _ENDED | {EntitlementReason.CONSENT_MISSING},
    ItemKind.REFERRAL_CHANGED: frozenset({EntitlementReason.CONSENT_MISSING}),
    ItemKind.TASK_ENDED: frozenset({EntitlementReason.SUBJECT_CLOSED}),
    ItemKind.TASK_NOT_ASSIGNED: frozenset({EntitlementReason.SUBJECT_CLOSED}),
}


def may_be_told(kind: ItemKind, *, answer: EntitlementAnswer) -> bool:
    """Whether this answer of referrals lets an item of this kind be told."""
    return answer.entitled or answer.reason in _STILL_TOLD.get(kind, frozenset())


def decide_item(delivery: LeasedDelivery, *, answer: EntitlementAnswer) -> SendingVerdict:
    """Whether an item may be shown. Referrals knows who has left; that it is over is seen where it is shown, under the lock."""
    return SendNow() if may_be_told(delivery.kind, answer=answer) else Suppress(answer.reason)


def decide(delivery: LeasedDelivery, *, answer: EntitlementAnswer, standing: Standing, now: datetime) -> SendingVerdict:
    """Send a message, wait, stop or suppress; the first reason found is the one that is shown."""
    if standing.end_reason is not None:
        return Stop(standing.end_reason)
    if not standing.worker_active:
        return Suppress(DeliveryCode.WORKER_LEFT)
    if not may_be_told(delivery.kind, answer=answer):
        return Suppress(answer.reason)
    return _decide_message(delivery, standing=standing, now=now)


def _decide_message(delivery: LeasedDelivery, *, standing: Standing, now: datetime) -> SendingVerdict:
    if standing.item_state is ItemState.PENDING:
        return Wait(now + RECHECK_AFTER, DeliveryCode.ITEM_NOT_SHOWN_YET)
    if standing.item_state is not ItemState.OPEN:
        return Suppress(DeliveryCode.ITEM_WITHHELD)
    contact = standing.contact_points
    if contact is None:
        return Suppress(DeliveryCode.NO_ADDRESS)
    ways = contact.ways
    if not ways:
        return Suppress(contact.why_no_way)
    if delivery.keeps_channel or delivery.message_id is not None:
        ways = tuple(way for way in ways if way.channel is delivery.channel)
        if not ways:
            return Suppress(DeliveryCode.NO_ADDRESS)
    quiet = contact.quiet_hours
    if quiet is not None and quiet.covers(now) and not (delivery.urgent and contact.urgent_passes_quiet_hours):
        return Wait(quiet.ends_after(now), DeliveryCode.QUIET_HOURS)
    return SendNow(ways)

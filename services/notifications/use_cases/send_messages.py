"""Send what is due outside the house: one message to each worker for all he is to be told now, by a way that is open."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.notifications.domain.claim_links import ClaimLink
from services.notifications.domain.codes import Channel, DeliveryCode, DeliveryState
from services.notifications.domain.contact_points import Way
from services.notifications.domain.gates import Admitted
from services.notifications.domain.outcomes import Delivered, Outcome, Rejected, RetryAfter, Settled, after
from services.notifications.domain.sending import LeasedDelivery, SendNow, Suppress, Wait
from services.notifications.domain.wording import outbound
from services.notifications.use_cases.checking import settled, verdicts
from services.notifications.use_cases.claim_links import Links
from services.notifications.use_cases.message_ports import BegunMessage, Gates, MessageBook
from services.notifications.use_cases.ports import (
    Deliveries,
    Entitlements,
    Message,
    MessageChannel,
    NewId,
    Recipient,
)
from services.notifications.use_cases.settle_deliveries import Round, settle_deliveries
from shared.clock import Clock

WORKERS_AT_ONCE = 40
MESSAGE_LEASE = timedelta(seconds=90)
SEND_BUDGET = timedelta(seconds=30)
"""No message is begun when less than this is left of its lease: somebody else might begin it too."""
AT_ONCE = 8
WINDOW = timedelta(minutes=1)
"""No storm: what comes after `most_in_window` messages to one worker waits for the window's end, and goes together."""

Senders = Mapping[Channel, MessageChannel]
Outcomes = list[tuple[LeasedDelivery, Settled]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What one message tells one worker. `ways` are those whose provider is set up, the preferred one first."""

    recipient: Recipient
    deliveries: tuple[LeasedDelivery, ...]
    ways: tuple[Way, ...]

    @property
    def is_repeat(self) -> bool:
        """Whether it may have been told already: then it is the same message again."""
        return self.deliveries[0].message_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A bundle that was admitted to one way."""

    bundle: Bundle
    way: Way
    message: Message
    link: ClaimLink | None = None


async def send_messages(
    *,
    deliveries: Deliveries,
    entitlements: Entitlements,
    senders: Senders,
    book: MessageBook,
    gates: Gates,
    clock: Clock,
    new_id: NewId,
    most_in_window: int,
    links: Links | None = None,
) -> Round:
    """Claim all that is due to a number of workers, ask who may still be told, send, and record each outcome."""
    claimed = await deliveries.claim(Channel.EMAIL, limit=WORKERS_AT_ONCE, now=clock.now(), lease=MESSAGE_LEASE)
    if not claimed:
        return Round(0)
    outcomes: Outcomes = []
    sendable: list[tuple[LeasedDelivery, SendNow]] = []
    for delivery, verdict in await verdicts(claimed, deliveries=deliveries, entitlements=entitlements, clock=clock):
        if isinstance(verdict, SendNow):
            sendable.append((delivery, verdict))
        else:
            outcomes.append((delivery, settled(verdict)))
    bundles, unreachable = _bundled(sendable, senders=senders)
    outcomes += unreachable
    bundles = await _not_taken_yet(bundles, book=book, done=outcomes)
    bundles = await _without_storm(bundles, most=most_in_window, book=book, now=clock.now(), waiting=outcomes)
    dispatches = await _admitted(bundles, gates=gates, now=clock.now(), waiting=outcomes, new_id=new_id, links=links)
    outcomes += await _sent(dispatches, senders=senders, book=book, gates=gates, clock=clock, links=links)
    changed, announced = await settle_deliveries(outcomes, deliveries=deliveries, clock=clock)
    return Round(len(claimed), changed, announced)


def _bundled(sendable: Sequence[tuple[LeasedDelivery, SendNow]], *, senders: Senders) -> tuple[list[Bundle], Outcomes]:
    groups: dict[object, list[tuple[LeasedDelivery, SendNow]]] = defaultdict(list)
    for delivery, verdict in sendable:
        alone = delivery.channel if delivery.keeps_channel else None
        groups[delivery.tenant_id, delivery.worker_id, delivery.message_id, alone].append((delivery, verdict))
    bundles, unreachable = [], Outcomes()
    for group in groups.values():
        members = tuple(delivery for delivery, _ in group)
        ways = tuple(way for way in group[0][1].ways if way.channel in senders)
        if ways:
            recipient = Recipient(members[0].tenant_id, members[0].worker_id)
            bundles.append(Bundle(recipient=recipient, deliveries=members, ways=ways))
        else:
            unreachable += _all(members, settled(Suppress(DeliveryCode.NO_PROVIDER)))
    # Where a limit lets only some pass, the urgent ones go first.
    return sorted(bundles, key=lambda bundle: not any(one.urgent for one in bundle.deliveries)), unreachable


async def _not_taken_yet(bundles: Sequence[Bundle], *, book: MessageBook, done: Outcomes) -> list[Bundle]:
    """Leave out repeats of what the provider has spoken of since: it was told, and nobody is told twice."""
    repeats = {bundle.deliveries[0].message_id for bundle in bundles if bundle.is_repeat}
    taken = await book.taken(one for one in repeats if one is not None) if repeats else frozenset()
    for bundle in bundles:
        message_id = bundle.deliveries[0].message_id
        if message_id in taken:
            told = Settled(DeliveryState.DELIVERED, attempted=True, message_id=message_id)
            done += _all(bundle.deliveries, told)
    return [bundle for bundle in bundles if bundle.deliveries[0].message_id not in taken]


async def _without_storm(
    bundles: Sequence[Bundle], *, most: int, book: MessageBook, now: datetime, waiting: Outcomes
) -> list[Bundle]:
    recent = await book.recent({bundle.recipient for bundle in bundles}, since=now - WINDOW) if bundles else {}
    passing = []
    for bundle in bundles:
        begun = recent.get(bundle.recipient, ())
        if len(begun) < most or bundle.is_repeat:
            passing.append(bundle)
        else:
            waiting += _all(bundle.deliveries, settled(Wait(begun[-most] + WINDOW, DeliveryCode.BUNDLED)))
    return passing


async def _admitted(
    bundles: Sequence[Bundle],
    *,
    gates: Gates,
    now: datetime,
    waiting: Outcomes,
    new_id: NewId,
    links: Links | None,
) -> list[Dispatch]:
    if not bundles:
        return []
    wishes = [[way.channel for way in bundle.ways] for bundle in bundles]
    found = []
    for bundle, admission in zip(bundles, await gates.admit(wishes, now=now), strict=True):
        if isinstance(admission, Admitted):
            way = next(way for way in bundle.ways if way.channel is admission.channel)
            # Several steps of one ladder may be due together after an outage: they tell of one item, so it counts once.
            kinds = {delivery.item_id: delivery.kind for delivery in bundle.deliveries}
            message_id = bundle.deliveries[0].message_id or new_id()
            address, link = _way_in(bundle, message_id=message_id, links=links, now=now)
            message = Message(
                message_id=message_id,
                tenant_id=bundle.recipient.tenant_id,
                address=way.address,
                words=outbound(kinds.values(), link=address),
            )
            found.append(Dispatch(bundle=bundle, way=way, message=message, link=link))
        else:
            waiting += _all(bundle.deliveries, settled(Wait(admission.again_at, admission.code)))
    return found


def _way_in(
    bundle: Bundle, *, message_id: UUID, links: Links | None, now: datetime
) -> tuple[str | None, ClaimLink | None]:
    """A link where the message tells of one item; a message about several leads to the inbox by itself."""
    item_ids = {delivery.item_id for delivery in bundle.deliveries}
    if links is None or len(item_ids) != 1:
        return None, None
    return links.of(message_id, recipient=bundle.recipient, item_id=item_ids.pop(), now=now)


async def _sent(
    dispatches: Sequence[Dispatch],
    *,
    senders: Senders,
    book: MessageBook,
    gates: Gates,
    clock: Clock,
    links: Links | None,
) -> Outcomes:
    if not dispatches:
        return []
    await book.begin([_begun(dispatch) for dispatch in dispatches], now=clock.now())
    made = [dispatch.link for dispatch in dispatches if dispatch.link is not None]
    if links is not None and made:
        await links.book.keep(made, now=clock.now())
    limit = asyncio.Semaphore(AT_ONCE)

    async def send(dispatch: Dispatch) -> Outcome | None:
        async with limit:
            if clock.now() + SEND_BUDGET > dispatch.bundle.deliveries[0].leased_until:
                return None
            return await senders[dispatch.way.channel].send(dispatch.message)

    results = await asyncio.gather(*(send(dispatch) for dispatch in dispatches))
    heard: dict[Channel, list[Outcome]] = defaultdict(list)
    outcomes, names = Outcomes(), {}
    for dispatch, result in zip(dispatches, results, strict=True):
        if result is None:
            outcomes += _all(dispatch.bundle.deliveries, settled(Wait(clock.now(), DeliveryCode.TIMED_OUT)))
            continue
        heard[dispatch.way.channel].append(result)
        outcomes += [(one, _after(result, dispatch, delivery=one, clock=clock)) for one in dispatch.bundle.deliveries]
        if isinstance(result, Delivered) and result.reference is not None:
            names[dispatch.message.message_id] = result.reference
    await gates.learn(heard, now=clock.now())
    if names:
        await book.name(names)
    return outcomes


def _after(outcome: Outcome, dispatch: Dispatch, *, delivery: LeasedDelivery, clock: Clock) -> Settled:
    fresh_one_needed = dispatch.bundle.is_repeat and outcome == Rejected(DeliveryCode.NUMBER_REFUSED)
    if fresh_one_needed:
        # The first try was not refused, so this speaks of a text that cannot be the same any more (another number, a
        # part of it ended): it goes again as a message of its own. Twice is better than called failed and never told.
        outcome = RetryAfter(DeliveryCode.TEMPORARILY_REFUSED)
    done = after(outcome, attempts=delivery.attempts, now=clock.now())
    # That a repeat was not taken says nothing of the try before it: that one may have told, so it stays the same message.
    may_have_told = (
        done.state is DeliveryState.DELIVERED
        or done.code == DeliveryCode.OUTCOME_UNKNOWN
        or (dispatch.bundle.is_repeat and not fresh_one_needed)
    )
    went_round = done.state is DeliveryState.DELIVERED and dispatch.way != dispatch.bundle.ways[0]
    return replace(
        done,
        code=DeliveryCode.WENT_ANOTHER_WAY if went_round else done.code,
        message_id=dispatch.message.message_id if may_have_told else None,
        channel=dispatch.way.channel,
    )


def _begun(dispatch: Dispatch) -> BegunMessage:
    members = dispatch.bundle.deliveries
    return BegunMessage(
        message_id=dispatch.message.message_id,
        recipient=dispatch.bundle.recipient,
        channel=dispatch.way.channel,
        item_count=len({one.item_id for one in members}),
        delivery_ids=tuple(one.delivery_id for one in members),
        lease_token=members[0].lease_token,
    )


def _all(members: Sequence[LeasedDelivery], outcome: Settled) -> Outcomes:
    return [(one, outcome) for one in members]

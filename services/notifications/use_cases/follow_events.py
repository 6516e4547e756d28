"""Follow what happens to handoffs and tasks: start what should be told, end what is over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.notifications.domain.codes import Channel, DeliveryCode, DeliveryState, ItemKind
from services.notifications.domain.facts import Fact, StoryKey, read_fact
from services.notifications.domain.items import Item, changes, state_after
from services.notifications.domain.ladders import PlannedStep
from services.notifications.domain.sending import INBOX_LEASE, LeasedDelivery
from services.notifications.domain.task_tellings import task_ended, task_without_a_person
from services.notifications.domain.telling import Telling
from services.notifications.domain.tellings import (
    called_back,
    changed,
    ended,
    gentle_ending,
    plain_withdrawal,
    quiet_change,
    retraction,
    tellings,
)
from services.notifications.use_cases.ports import Ladders, NewDelivery, NewId, NewItem, Recipient, Stories
from shared.clock import Clock
from shared.contracts.events import Event

_NOTICES = frozenset(
    {ItemKind.HANDOFF_CALLED_BACK, ItemKind.HANDOFF_ENDED, ItemKind.HANDOFF_CHANGED, ItemKind.TASK_ENDED}
)


@dataclass(frozen=True, slots=True)
class Followed:
    """Whose inbox changed, and the items that are to be shown now: they are this worker's as soon as they are committed."""

    changed: set[Recipient]
    to_show: list[LeasedDelivery]


async def follow_events(
    events: Sequence[Event], *, stories: Stories, ladders: Ladders, clock: Clock, new_id: NewId
) -> Followed:
    """Apply events in the caller's transaction. Repeating them, in any order, changes nothing.

    Raises pydantic.ValidationError for data that is not what the catalogue says, LadderUnknown for a ladder we lack.
    """
    learnt: dict[StoryKey, list[Fact]] = {}
    for key, fact in map(read_fact, events):
        learnt.setdefault(key, []).append(fact)
    known = await stories.learn(learnt)
    # how many facts there are says nothing: the only one may have come again
    items = await stories.items_of([key for key, story in known.items() if not story.new])
    now = clock.now()
    started: list[NewItem] = []
    changed: set[Recipient] = set()
    lease_token = new_id()
    for key, story in known.items():
        held = items.get(key, [])
        todo = changes(_wanted(key, facts=story.facts, items=held), items=held)
        started += [
            _planned(telling, key=key, ladders=ladders, now=now, new_id=new_id, lease_token=lease_token)
            for telling in todo.start
        ]
        for item, ending in todo.end:
            await stories.end(item, ending=ending, state=state_after(ending, was_told=item.was_told), now=now)
        changed |= {Recipient(key.tenant_id, item.key.worker_id) for item, _ in todo.end if item.was_told}
    if started:
        await stories.start(started)
    to_show = [_leased(delivery) for new in started for delivery in new.deliveries if delivery.lease_token is not None]
    return Followed(changed, to_show)


def _wanted(key: StoryKey, *, facts: list[Fact], items: list[Item]) -> list[Telling]:
    """Each notice follows from its own fact, whatever else is known: else the order of arrival would choose among them."""
    wanted = tellings(key.kind, facts=facts)
    # Compensation goes to exactly those who could have learnt of it, which only the items know.
    told = {(item.key.subject_id, item.key.worker_id) for item in items if item.was_told and not _is_notice(item)}
    if (retracted := retraction(facts)) is not None:
        wanted += [
            called_back(subject, worker_id=worker_id, retracted=retracted) for subject, worker_id in sorted(told)
        ]
    if (gentle := gentle_ending(facts)) is not None:
        wanted += [ended(worker_id, withdrawn=gentle) for worker_id in _touched(told, gentle)]
    if (stopped := quiet_change(facts)) is not None:
        wanted += [changed(worker_id, withdrawn=stopped) for worker_id in _touched(told, stopped)]
    if (closed := task_without_a_person(facts)) is not None:
        wanted += [task_ended(worker_id, closed=closed) for _, worker_id in sorted(told)]
    plain = plain_withdrawal(facts)
    if plain is not None and plain.worker_id is not None and (plain.subject_id, plain.worker_id) in told:
        # whoever it lay with may be on the way to the person; those who were asked before have nothing to leave off
        wanted.append(ended(plain.worker_id, withdrawn=plain))
    return wanted


def _touched(told: set[tuple[UUID, UUID]], withdrawn: Fact) -> list[UUID]:
    """Everybody who had been told of the handoff, and its sender."""
    touched = {worker_id for handoff_id, worker_id in told if handoff_id == withdrawn.subject_id}
    if withdrawn.assigner_worker_id is not None:
        touched.add(withdrawn.assigner_worker_id)
    return sorted(touched)


def _is_notice(item: Item) -> bool:
    return item.key.kind in _NOTICES


def _planned(
    telling: Telling, *, key: StoryKey, ladders: Ladders, now: datetime, new_id: NewId, lease_token: UUID
) -> NewItem:
    ladder = ladders.named(telling.ladder)
    item = Item(
        item_id=new_id(),
        tenant_id=key.tenant_id,
        key=telling.key,
        ladder=telling.ladder,
        state=state_after(telling.ending, was_told=False),
        subject_version=telling.subject_version,
        created_at=now,
        respond_by=telling.respond_by,
        clock_id=telling.clock_id,
        ending=telling.ending,
    )
    # A producer whose clock is ahead must not keep anybody waiting for it.
    steps = ladder.schedule(starts_at=min(telling.starts_at, now), respond_by=telling.respond_by)
    deliveries = [_delivery(step, item=item, urgent=ladder.urgent, new_id=new_id) for step in steps]
    deliveries = [_taken_at_once(delivery, now=now, lease_token=lease_token) for delivery in deliveries]
    return NewItem(key=key, item=item, deliveries=deliveries)


def _delivery(step: PlannedStep, *, item: Item, urgent: bool, new_id: NewId) -> NewDelivery:
    state, code = DeliveryState.PLANNED, None
    if item.ending is not None:
        state, code = DeliveryState.CANCELLED, str(item.ending.reason)
    elif step.too_late:
        state, code = DeliveryState.CANCELLED, str(DeliveryCode.AFTER_DEADLINE)
    return NewDelivery(
        delivery_id=new_id(),
        item=item,
        step=step.number,
        channel=step.channel,
        urgent=urgent,
        due_at=step.due_at,
        state=state,
        code=code,
        next_at=step.due_at if state is DeliveryState.PLANNED else None,
    )


def _taken_at_once(delivery: NewDelivery, *, now: datetime, lease_token: UUID) -> NewDelivery:
    """An item that is due already is not planned first and claimed later, but belongs from the start to who plans it."""
    due = delivery.state is DeliveryState.PLANNED and delivery.due_at <= now
    if not due or delivery.channel is not Channel.INBOX:
        return delivery
    return replace(delivery, state=DeliveryState.LEASED, next_at=now + INBOX_LEASE, lease_token=lease_token)


def _leased(delivery: NewDelivery) -> LeasedDelivery:
    key = delivery.item.key
    assert delivery.lease_token is not None
    assert delivery.next_at is not None
    return LeasedDelivery(
        delivery_id=delivery.delivery_id,
        tenant_id=delivery.item.tenant_id,
        item_id=delivery.item.item_id,
        kind=key.kind,
        worker_id=key.worker_id,
        subject_kind=key.subject_kind,
        subject_id=key.subject_id,
        channel=delivery.channel,
        attempts=0,
        urgent=delivery.urgent,
        lease_token=delivery.lease_token,
        leased_until=delivery.next_at,
        clock_id=delivery.item.clock_id,
    )

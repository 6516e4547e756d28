"""Follow what happens to handoffs and tasks: start what should be told, end what is over."""

from collections.abc import Sequence
from datetime import datetime

from services.notifications.domain.codes import DeliveryCode, DeliveryState, ItemKind
from services.notifications.domain.facts import Fact, StoryKey, read_fact
from services.notifications.domain.items import Item, changes, state_after
from services.notifications.domain.ladders import PlannedStep
from services.notifications.domain.telling import Telling
from services.notifications.domain.tellings import called_back, ended, gentle_ending, retraction, tellings
from services.notifications.use_cases.ports import Ladders, NewDelivery, NewId, NewItem, Recipient, Stories
from shared.clock import Clock
from shared.contracts.events import Event


async def follow_events(
    events: Sequence[Event], *, stories: Stories, ladders: Ladders, clock: Clock, new_id: NewId
) -> set[Recipient]:
    """Apply events in the caller's transaction; whose inbox changed. Repeating them, in any order, changes nothing.

    Raises pydantic.ValidationError for data that is not what the catalogue says, LadderUnknown for a ladder we lack.
    """
    learnt: dict[StoryKey, list[Fact]] = {}
    for key, fact in map(read_fact, events):
        learnt.setdefault(key, []).append(fact)
    known = await stories.learn(learnt)
    items = await stories.items_of([key for key, facts in known.items() if len(facts) > 1])
    now = clock.now()
    started: list[NewItem] = []
    changed: set[Recipient] = set()
    for key, facts in known.items():
        held = items.get(key, [])
        todo = changes(_wanted(key, facts=facts, items=held), items=held)
        started += [_planned(telling, key=key, ladders=ladders, now=now, new_id=new_id) for telling in todo.start]
        for item, ending in todo.end:
            await stories.end(item, ending=ending, state=state_after(ending, was_told=item.was_told), now=now)
        changed |= {Recipient(key.tenant_id, item.key.worker_id) for item, _ in todo.end if item.was_told}
    if started:
        await stories.start(started)
    return changed


def _wanted(key: StoryKey, *, facts: list[Fact], items: list[Item]) -> list[Telling]:
    wanted = tellings(key.kind, facts=facts)
    retracted, withdrawn = retraction(facts), gentle_ending(facts)
    # Compensation goes to exactly those who could have learnt of it, which only the items know.
    told = {(item.key.subject_id, item.key.worker_id) for item in items if item.was_told and not _is_notice(item)}
    if retracted is not None:
        return wanted + [
            called_back(handoff_id, worker_id=worker_id, retracted=retracted) for handoff_id, worker_id in sorted(told)
        ]
    if withdrawn is not None:
        touched = {worker_id for handoff_id, worker_id in told if handoff_id == withdrawn.subject_id}
        if withdrawn.assigner_worker_id is not None:
            touched.add(withdrawn.assigner_worker_id)
        return wanted + [ended(worker_id, withdrawn=withdrawn) for worker_id in sorted(touched)]
    return wanted


def _is_notice(item: Item) -> bool:
    return item.key.kind in (ItemKind.HANDOFF_CALLED_BACK, ItemKind.HANDOFF_ENDED)


def _planned(telling: Telling, *, key: StoryKey, ladders: Ladders, now: datetime, new_id: NewId) -> NewItem:
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
        ending=telling.ending,
    )
    steps = ladder.schedule(starts_at=telling.starts_at, respond_by=telling.respond_by)
    deliveries = [_delivery(step, item=item, urgent=ladder.urgent, new_id=new_id) for step in steps]
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

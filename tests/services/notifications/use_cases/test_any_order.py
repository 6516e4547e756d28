"""Order and repetition do not matter: every permutation of a journey's events ends in the same state."""

from collections import defaultdict
from itertools import permutations
from random import Random
from uuid import UUID, uuid4

import pytest

from services.notifications.adapters.tables import event_inbox
from shared.contracts.events import Event, EventType
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey

FIRST, SECOND = uuid4(), uuid4()

ENDS_WELL = "ends_well"
ENDS_WITHDRAWN = "ends_withdrawn"
ENDS_OPEN = "ends_open"

# Nothing is sent in these tests, so nobody was shown anything: what is over is hidden.
ENDS = {
    ENDS_WELL: {(FIRST, "hidden", "declined"), (SECOND, "hidden", "accepted")},
    ENDS_WITHDRAWN: {(FIRST, "hidden", "declined"), (SECOND, "hidden", "withdrawn")},
    ENDS_OPEN: {(FIRST, "hidden", "declined"), (SECOND, "pending", None)},
}


def events_of(journey: Journey, *, course: str) -> list[Event]:
    """Five events; two offers each."""
    beginning = [
        journey.offered(FIRST, version=2),
        journey.step(EventType.HANDOFF_DECLINED, version=3, worker_id=FIRST),
        journey.offered(SECOND, version=4, offer_number=2),
    ]
    match course:
        case "ends_well":
            return [
                *beginning,
                journey.step(EventType.HANDOFF_ACCEPTED, version=5, offer_number=2, worker_id=SECOND),
                journey.step(EventType.HANDOFF_CLOSED, version=8, offer_number=2, worker_id=SECOND),
            ]
        case "ends_withdrawn":
            return [
                *beginning,
                journey.retracted(),
                journey.step(EventType.HANDOFF_WITHDRAWN, version=5, offer_number=2),
            ]
        case _:
            return beginning


async def final_states(house: House) -> dict[UUID, object]:
    """Everything that people and operators can tell apart, without ids, by tenant (each journey has its own)."""
    found: dict[UUID, tuple[list[object], list[object]]] = defaultdict(lambda: ([], []))
    for row in await house.items():
        item = (row.worker_id, row.occasion, row.kind, row.state, row.ended_version, row.ended_reason)
        found[row.tenant_id][0].append(item)
    for row in await house.deliveries():
        delivery = (row.worker_id, row.step, row.channel, row.state, row.code, row.due_at)
        found[row.tenant_id][1].append(delivery)
    return {
        tenant: (sorted(items, key=str), sorted(deliveries, key=str)) for tenant, (items, deliveries) in found.items()
    }


@pytest.mark.parametrize("course", [ENDS_WELL, ENDS_WITHDRAWN, ENDS_OPEN])
async def test_every_permutation_with_duplicates_ends_the_same(house: House, course: str) -> None:
    reference = Journey()
    for event in events_of(reference, course=course):
        await house.hear(event)
        await house.rounds.apply_events()
    random = Random(20260302)
    journeys: dict[tuple[int, ...], Journey] = {}
    sequences: list[list[Event]] = []
    for order in permutations(range(len(events_of(reference, course=course)))):
        journey = journeys[order] = Journey()
        events = [events_of(journey, course=course)[place] for place in order]
        again = [event.model_copy(update={"id": uuid4()}) for event in random.sample(events, 2)]
        sequences.append([*events, *again])
    assert len(journeys) == (6 if course == ENDS_OPEN else 120)
    for simultaneous in zip(*sequences, strict=True):  # all journeys side by side, each in its own order
        await house.hear(*simultaneous)
        await house.rounds.apply_events()
    ends = {(row.worker_id, row.state, row.ended_reason) for row in await house.items(tenant_id=reference.tenant_id)}
    assert ends == ENDS[course]
    assert {row.state for row in await house.rows(event_inbox)} == {"processed"}
    states = await final_states(house)
    for order, journey in journeys.items():
        assert states[journey.tenant_id] == states[reference.tenant_id], order


async def test_all_at_once_in_one_batch_ends_the_same_too(house: House) -> None:
    reference = Journey()
    for event in events_of(reference, course=ENDS_WELL):
        await house.hear(event)
        await house.rounds.apply_events()
    journey = Journey()
    events = [event.model_copy(update={"id": uuid4()}) for event in events_of(journey, course=ENDS_WELL)]
    await house.hear(*events, *events)
    await house.rounds.apply_events()
    states = await final_states(house)
    assert states[journey.tenant_id] == states[reference.tenant_id]


async def test_two_processes_applying_one_story_at_once_lose_nothing(house: House) -> None:
    import asyncio

    other = await house.other()
    for _ in range(15):
        journey = Journey()
        offered = journey.offered(FIRST, version=2)
        accepted = journey.step(EventType.HANDOFF_ACCEPTED, version=3, worker_id=FIRST)
        await house.hear(offered, accepted)
        processors = [one.rounds.apply_events.__self__ for one in (house, other)]  # type: ignore[attr-defined]
        await asyncio.gather(*(processor.run_once(limit=1) for processor in processors))
        await house.rounds.apply_events()
        (item,) = await house.items(tenant_id=journey.tenant_id)
        assert (item.state, item.ended_reason) == ("hidden", "accepted")
        assert {row.state for row in await house.deliveries(tenant_id=journey.tenant_id)} == {"cancelled"}


@pytest.mark.parametrize("seed", range(12))
async def test_with_sending_in_between_nothing_stays_open_and_compensation_is_exact(house: House, seed: int) -> None:
    random, journey = Random(seed), Journey()
    for worker in (FIRST, SECOND):
        await house.reach(journey.tenant_id, worker)
    events = events_of(journey, course=ENDS_WITHDRAWN)
    random.shuffle(events)
    for event in [*events, *random.choices(events, k=3)]:
        await house.hear(event)
        await house.rounds.apply_events()
        if random.random() < 0.6:
            await house.deliver()
    await house.sweep()
    items = await house.items(tenant_id=journey.tenant_id)
    notices = {row.worker_id for row in items if row.kind == "handoff_called_back"}
    told = {row.worker_id for row in items if row.kind != "handoff_called_back" and row.opened_at is not None}
    assert notices == told
    assert [row for row in items if row.kind != "handoff_called_back" and row.state in ("open", "pending")] == []
    unsettled = [row for row in await house.deliveries(tenant_id=journey.tenant_id) if row.next_at is not None]
    assert unsettled == []

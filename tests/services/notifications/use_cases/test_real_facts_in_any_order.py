"""What referrals really announces of merges, deaths, readmissions, new plans and what is taken back, heard in any order.

The facts are those that the use cases of referrals put in their outbox. `ORDERS=720` tries every order of the longest
story too (docs/custody.md has the figures); otherwise a story of six facts is tried in 60 random orders.
"""

import itertools
import os
import re
from collections import Counter, defaultdict
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest

from services.notifications.adapters.tables import event_inbox
from shared.contracts.codes import Service
from shared.contracts.events import MAX_BATCH, Event, EventType
from shared.outbox import new_event
from tests.services.notifications.conftest import House
from tests.services.referrals.domain.handoff_stories import CANDIDATES, DUTY
from tests.services.referrals.use_cases.test_source_events import (
    ALSO_ROBIN,
    CLINIC,
    LATER,
    ROBIN,
    SETS,
    K,
    Told,
    after,
    joined,
    told,
)

AT_MOST = int(os.environ.get("ORDERS", "120"))
WORKERS = {str(one.worker_id) for one in CANDIDATES} | {str(DUTY)}
CLOCKS = {EventType.MILESTONE_MET, EventType.MILESTONE_LIFTED, EventType.MILESTONE_MISSED}
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

STORIES: dict[str, tuple[Told, ...]] = {
    "taken back, left again": (told(K.DISCHARGED, 5), told(K.DISCHARGE_CANCELLED, 6), told(K.DISCHARGED, 9)),
    "planned anew, then cancelled": (
        told(K.DISCHARGE_PLANNED, 1, moment=60),
        told(K.DISCHARGE_PLANNED, 2, moment=40),
        told(K.PLAN_CANCELLED, 3),
    ),
    "never admitted": SETS["never admitted"],
    "died": (told(K.DISCHARGED, 5), told(K.DIED, 9, key="visit-2")),
    "readmitted, left again": (
        told(K.DISCHARGED, 5),
        told(K.ADMITTED, 10, key="visit-2"),
        told(K.DISCHARGED, 20, key="visit-2"),
    ),
    "records joined": (
        told(K.DISCHARGED, 5),
        told(K.DISCHARGED, 6, key="visit-2", person_id=ALSO_ROBIN, programme_id=CLINIC),
        joined(ALSO_ROBIN, ROBIN),
    ),
}


async def announced(name: str, *, clocks: bool) -> list[Event]:
    """What the outbox of referrals holds once the story has been told, in that order."""
    work = await after((STORIES | SETS)[name])
    return [
        new_event(source=Service.REFERRALS, type=kind, subject=subject, data=data)
        for kind, subject, data in work.announced
        if clocks or kind not in CLOCKS
    ]


def elsewhere(event: Event, *, place: str) -> Event:
    """The same fact of another network: every id but the workers' is another one."""

    def other(found: re.Match[str]) -> str:
        return found[0] if found[0] in WORKERS else str(uuid5(NAMESPACE_URL, place + found[0]))

    return Event.model_validate_json(_ID.sub(other, event.model_dump_json()))


def again(event: Event, *, random: Random) -> Event:
    """The same fact in another envelope: a relay that lost its own notes sends it so."""
    return event.model_copy(update={"id": UUID(int=random.getrandbits(128), version=4)})


def orders_of(length: int, *, random: Random) -> list[tuple[int, ...]]:
    """Every order, or as many different ones as are asked for."""
    every = list(itertools.permutations(range(length)))
    return every if len(every) <= AT_MOST else random.sample(every, AT_MOST // 2)


async def standing(house: House) -> dict[UUID, object]:
    """By network, without ids: what everybody's inbox holds, and what is planned to be sent."""
    found: dict[UUID, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for row in await house.items():
        found[row.tenant_id][0].append(
            (row.worker_id, row.occasion, row.kind, row.state, row.ended_version, row.ended_reason)
        )
    for row in await house.deliveries():
        found[row.tenant_id][1].append((row.worker_id, row.step, row.channel, row.state, row.code, row.due_at))
    return {tenant: tuple(sorted(rows, key=str) for rows in both) for tenant, both in found.items()}


@pytest.mark.parametrize("name", STORIES)
async def test_every_order_of_what_is_announced_ends_the_same(house: House, name: str) -> None:
    house.clock.advance(LATER.now() - house.clock.now())
    random, events = Random(name), await announced(name, clocks=False)
    assert len(events) <= 6, "small enough to try every order"
    tenants: list[UUID] = []
    sequences = []
    for order in [tuple(range(len(events))), *orders_of(len(events), random=random)]:
        mine = [elsewhere(events[place], place=f"{name}{len(sequences)}") for place in order]
        tenants.append(mine[0].read().tenant_id)
        sequences.append([*mine, *(again(event, random=random) for event in random.sample(mine, 2))])
    for simultaneous in zip(*sequences, strict=True):  # all networks side by side, each in its own order
        for start in range(0, len(simultaneous), MAX_BATCH):
            await house.hear(*simultaneous[start : start + MAX_BATCH])
            await house.rounds.apply_events()
    assert {row.state for row in await house.rows(event_inbox)} <= {"processed", "ignored"}
    states = await standing(house)
    for tenant in tenants:
        assert states.get(tenant) == states.get(tenants[0])
    print(f"\n{name}: {len(events)} facts in {len(sequences) - 1} orders, two told again in each")


@pytest.mark.parametrize("name", [*STORIES, "left, taken back, left again", "three records, joined in a chain"])
async def test_told_in_between_exactly_those_hear_that_it_is_over(house: House, name: str) -> None:
    """With sending between the facts, in random orders: notices reach exactly those whom an offer had reached."""
    house.clock.advance(LATER.now() - house.clock.now())
    random, events = Random(name), await announced(name, clocks=True)
    networks = []
    for number in range(5):
        mine = [elsewhere(event, place=f"{name}{number}") for event in events]
        for worker in WORKERS:
            await house.reach(mine[0].read().tenant_id, UUID(worker))
        heard = [*mine, *(again(event, random=random) for event in random.choices(mine, k=4))]
        random.shuffle(heard)
        networks.append(heard)
    for simultaneous in zip(*networks, strict=True):
        await house.hear(*simultaneous)
        await house.rounds.apply_events()
        if random.random() < 0.6:
            await house.deliver()
    await house.rounds.sweep()
    seen = Counter[str]()
    for heard in networks:
        seen.update(await _checked(house, heard))
    print(f"\n{name}: {len(events)} facts and 4 repeats, {dict(seen)}")


async def _checked(house: House, heard: list[Event]) -> Counter[str]:
    facts = [event.read() for event in heard]
    items = await house.items(tenant_id=facts[0].tenant_id)
    retracted = {
        fact.handoff_id for event, fact in zip(heard, facts, strict=True) if _is(event, "TRANSITION_RETRACTED")
    }
    gentle = {
        fact.handoff_id: fact.sender_worker_id
        for event, fact in zip(heard, facts, strict=True)
        if _is(event, "HANDOFF_WITHDRAWN") and fact.reason in ("person_died", "readmitted")
    }
    counts = Counter[str]()
    for handoff in {row.subject_id for row in items}:
        mine = [row for row in items if row.subject_id == handoff]
        offers = [row for row in mine if row.kind == "handoff_offered"]
        told_so = {row.worker_id for row in offers if row.opened_at is not None}
        called_back = [row.worker_id for row in mine if row.kind == "handoff_called_back"]
        ended = [row.worker_id for row in mine if row.kind == "handoff_ended"]
        if handoff in retracted:
            assert (sorted(called_back, key=str), ended) == (sorted(told_so, key=str), [])
        elif handoff in gentle:
            assert (set(ended), len(ended), called_back) == (told_so | {gentle[handoff]}, len(set(ended)), [])
        else:
            assert (called_back, ended) == ([], [])
        over = handoff in retracted or handoff in gentle
        assert not over or not [row for row in offers if row.state in ("open", "pending")]
        counts.update({"offers shown": len(told_so), "notices": len(called_back) + len(ended)})
    waiting = await house.deliveries(tenant_id=facts[0].tenant_id)
    assert not [row for row in waiting if row.next_at is not None and row.subject_id in retracted | set(gentle)]
    return counts


def _is(event: Event, name: str) -> bool:
    return event.type == EventType[name]

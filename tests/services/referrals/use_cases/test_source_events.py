"""Whatever order the facts of a source come in, and however often: the same state, and the same people asked."""

import asyncio
import itertools
import random
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.referrals.domain.actor import Actor
from services.referrals.domain.episodes import Stands
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.domain.handoffs import OfferStatus
from services.referrals.domain.source_facts import Alias, SourceFact, SourceKind
from services.referrals.domain.transition_corrections import is_live
from services.referrals.domain.transition_states import TransitionStatus
from services.referrals.use_cases.follow_source_event import Joined, follow_source_event
from shared.clock import FixedClock
from shared.contracts.codes import AccessRole
from shared.contracts.events import EventType, HandoffOffered, TransitionData
from tests.services.referrals.domain.handoff_stories import NOW, SHELF, TENANT
from tests.services.referrals.fakes import once
from tests.services.referrals.memory_episodes import MemoryEpisodeWork, MemoryEpisodeWorks

INTEROP = Actor(tenant_id=TENANT, access_role=AccessRole.SYSTEM, subject="interop")
LATER = FixedClock(NOW + timedelta(hours=30))
ROBIN, ALSO_ROBIN, THIRD = (UUID(int=number) for number in (101, 102, 103))
WARD, CLINIC = UUID(int=201), UUID(int=202)

Told = SourceFact | Joined
K = SourceKind


def told(kind: K, hour: float, *, key: str = "visit-1", moment: float | None = None, **more: Any) -> SourceFact:
    """A fact at that many hours from the beginning; `moment` likewise."""
    fields: dict[str, Any] = {"person_id": ROBIN, "programme_id": WARD}
    return SourceFact(
        source_key=key,
        kind=kind,
        event_at=NOW + timedelta(hours=hour),
        moment=None if moment is None else NOW + timedelta(hours=moment),
        **(fields | more),
    )


def joined(given_up: UUID, survivor: UUID, *, hour: float = 1) -> Joined:
    """Two records are one person's."""
    alias = Alias(merged_person_id=given_up, person_id=survivor)
    return Joined(alias=alias, event_at=NOW + timedelta(hours=hour))


async def after(facts: Iterable[Told]) -> MemoryEpisodeWork:
    """What is kept once all of these came in, in this order."""
    works = MemoryEpisodeWorks()
    for fact in facts:
        await follow_source_event(fact, by=INTEROP, works=works, protocols=SHELF, clock=LATER, once=once())
    return works.work


def state(work: MemoryEpisodeWork) -> Any:
    """Everything that must not depend on the order: episodes; transition, handoff, owner and clocks of each that is
    live; nothing running on any other; and who has been asked and not been told that it is over.
    """
    current = {}
    for key, applied in work.episodes.applied.items():
        live = None
        if applied.transition_id is not None and is_live(work.handoffs.kept[applied.transition_id]):
            journey = work.handoffs.kept[applied.transition_id]
            transition = journey.transition
            live = (
                transition.person_id,
                transition.programme_id,
                transition.status,
                transition.expected_at if transition.status is TransitionStatus.PLANNED else None,
                transition.discharged_at,
                journey.handoff.state,
                journey.handoff.worker_id,
                transition.owner_worker_id,
                tuple(sorted((key, one.due_at) for key, one in journey.milestones.items() if one.is_owed)),
            )
        current[key] = (applied.stands, applied.moment, live)
    for journey in work.handoffs.kept.values():
        if not is_live(journey):
            assert not [one for one in journey.milestones.values() if one.is_owed], "nothing runs on what has ended"
            assert journey.open_offer is None
    return current, net_effect(work)


def net_effect(work: MemoryEpisodeWork) -> set[tuple[UUID, UUID]]:
    """(whom, about which person) of every offer announced and not answered by anything announced later."""
    waiting: dict[UUID, UUID] = {}
    for event, subject, data in work.announced:
        if isinstance(data, HandoffOffered):
            waiting[data.transition_id] = data.worker_id
        elif event is EventType.HANDOFF_WITHDRAWN:
            waiting.pop(data.transition_id, None)  # type: ignore[attr-defined]
        elif event is EventType.TRANSITION_RETRACTED and isinstance(data, TransitionData):
            waiting.pop(subject, None)
    return {(worker, work.handoffs.kept[transition].transition.person_id) for transition, worker in waiting.items()}


SETS: dict[str, tuple[Told, ...]] = {
    "planned, moved, left": (
        told(K.ADMITTED, 0),
        told(K.DISCHARGE_PLANNED, 1, moment=60),
        told(K.DISCHARGE_PLANNED, 2, moment=40),
        told(K.PLAN_CANCELLED, 3),
        told(K.DISCHARGE_PLANNED, 4, moment=50),
        told(K.DISCHARGED, 10),
    ),
    "left, taken back, left again": (
        told(K.DISCHARGE_PLANNED, 1, moment=20),
        told(K.DISCHARGED, 5),
        told(K.DISCHARGE_CANCELLED, 6),
        told(K.DISCHARGE_PLANNED, 7, moment=35),
        told(K.DISCHARGED, 9, moment=8.5),
        told(K.DISCHARGED, 9.5, moment=8.75),
    ),
    "never admitted": (
        told(K.ADMITTED, 0),
        told(K.DISCHARGE_PLANNED, 1, moment=40),
        told(K.DISCHARGED, 5),
        told(K.ADMISSION_CANCELLED, 5),
    ),
    "plan dropped": (
        told(K.DISCHARGE_PLANNED, 1, moment=40),
        told(K.PLAN_CANCELLED, 2),
        told(K.DISCHARGE_PLANNED, 3, moment=20),  # was over before anybody heard of it
        told(K.DISCHARGE_PLANNED, 4, moment=70),
        told(K.PLAN_CANCELLED, 5),
    ),
    "admitted again, and that taken back": (
        told(K.DISCHARGED, 5),
        told(K.ADMITTED, 10, key="visit-2", programme_id=CLINIC),
        told(K.ADMISSION_CANCELLED, 11, key="visit-2", programme_id=CLINIC),
        told(K.ADMITTED, 12, key="visit-3"),
        told(K.ADMISSION_CANCELLED, 13, key="visit-3"),
    ),
    "admitted again: the last discharge counts": (
        told(K.DISCHARGED, 5),
        told(K.ADMITTED, 10, key="visit-2"),
        told(K.DISCHARGE_PLANNED, 11, key="visit-2", moment=40),
        told(K.DISCHARGED, 20, key="visit-2"),
        told(K.DISCHARGE_CANCELLED, 21, key="visit-2"),
        told(K.DISCHARGED, 22, key="visit-2"),
    ),
    "two records of one person": (
        told(K.DISCHARGED, 5),
        told(K.DISCHARGED, 5, key="visit-2", person_id=ALSO_ROBIN, programme_id=CLINIC),
        joined(ALSO_ROBIN, ROBIN),
        told(K.DISCHARGE_CANCELLED, 6, key="visit-2", person_id=ROBIN, programme_id=CLINIC),
        told(K.DISCHARGED, 7, key="visit-2", person_id=ALSO_ROBIN, programme_id=CLINIC),
    ),
    "three records, joined in a chain": (
        joined(THIRD, ALSO_ROBIN),
        joined(ALSO_ROBIN, ROBIN),
        told(K.DISCHARGED, 5, person_id=THIRD),
        told(K.DISCHARGED, 6, key="visit-2", person_id=ALSO_ROBIN, programme_id=CLINIC),
        told(K.ADMITTED, 9, key="visit-3"),
    ),
    "the wrong person named first": (
        told(K.DISCHARGED, 5, person_id=THIRD),
        told(K.DISCHARGED, 6),
        told(K.DISCHARGED, 4, key="visit-2", person_id=THIRD, programme_id=CLINIC),
        told(K.ADMITTED, 7, key="visit-3", person_id=THIRD),
    ),
    "died": (
        told(K.DISCHARGE_PLANNED, 1, moment=40),
        told(K.DISCHARGED, 5),
        told(K.DIED, 9, key="visit-2"),
        told(K.DISCHARGED, 12, key="visit-3", programme_id=CLINIC),
    ),
    "the death of somebody else named first": (
        told(K.DISCHARGED, 5),
        told(K.DIED, 6, key="visit-2"),
        told(K.DIED, 7, key="visit-2", person_id=THIRD),
        told(K.ADMITTED, 8, key="visit-3", person_id=THIRD),
    ),
    "at the same minute, by number": (
        told(K.DISCHARGED, 5, sequence=3),
        told(K.DISCHARGE_CANCELLED, 5, sequence=4),
        told(K.DISCHARGED, 5, sequence=5, moment=4.5),
        told(K.DISCHARGE_CANCELLED, 5, sequence=2),
    ),
}


@pytest.mark.parametrize("name", SETS)
def test_every_order_ends_in_the_same_state(name: str) -> None:
    facts = SETS[name]
    assert len(facts) <= 6, "small enough to try every order"

    async def every_order() -> int:
        expected = state(await after(facts))
        count = 0
        for order in itertools.permutations(facts):
            twice = [*order, random.Random(count).choice(order)]
            assert state(await after(twice)) == expected, [getattr(one, "kind", "joined") for one in order]
            count += 1
        return count

    print(f"\n{name}: {asyncio.run(every_order())} orders, one fact told again in each")


_ANY = st.builds(
    told,
    st.sampled_from(K),
    st.integers(0, 12),
    key=st.sampled_from(["visit-1", "visit-2", "visit-3"]),
    moment=st.integers(0, 12),
    person_id=st.sampled_from([ROBIN, ALSO_ROBIN]),
    programme_id=st.sampled_from([WARD, CLINIC]),
    sequence=st.sampled_from([None, 1, 2]),
)
_FACTS = st.lists(
    st.one_of(_ANY, st.just(joined(ALSO_ROBIN, ROBIN)), st.just(joined(THIRD, ROBIN))), min_size=2, max_size=10
)


@settings(max_examples=150, deadline=None)
@given(facts=_FACTS, data=st.data())
def test_any_facts_in_any_order_and_number_end_in_the_same_state(facts: Sequence[Told], data: st.DataObject) -> None:
    other = data.draw(st.permutations([*facts, *facts[: data.draw(st.integers(0, len(facts)))]]))

    async def both() -> None:
        assert state(await after(facts)) == state(await after(other))

    asyncio.run(both())


async def test_a_discharge_taken_back_withdraws_the_offer_and_says_so_once() -> None:
    work = await after([told(K.DISCHARGED, 5), told(K.DISCHARGE_CANCELLED, 6), told(K.DISCHARGE_CANCELLED, 6)])
    events = [event for event, _, _ in work.announced]
    assert events.count(EventType.HANDOFF_OFFERED) == 1
    assert events.count(EventType.TRANSITION_RETRACTED) == 1
    assert not net_effect(work)


async def test_a_cancellation_that_comes_first_asks_nobody() -> None:
    work = await after([told(K.DISCHARGE_CANCELLED, 6), told(K.DISCHARGED, 5)])
    assert not work.announced
    assert work.episodes.applied["visit-1"].stands is Stands.NOTHING


async def test_when_somebody_died_nobody_is_asked_to_get_in_touch_any_more() -> None:
    work = await after([told(K.DISCHARGED, 5), told(K.DIED, 9)])
    (journey,) = work.handoffs.kept.values()
    assert (journey.transition.status, journey.handoff.state) == (TransitionStatus.DISCHARGED, HandoffState.WITHDRAWN)
    assert [offer.status for offer in journey.offers] == [OfferStatus.WITHDRAWN]
    assert [data.reason for _, _, data in work.announced if hasattr(data, "reason")][-1] == "person_died"


async def test_a_death_that_turns_out_to_be_somebody_elses_ends_nothing_of_the_living() -> None:
    work = await after(
        [told(K.DISCHARGED, 5), told(K.DIED, 6, key="visit-2"), told(K.DIED, 7, key="visit-2", person_id=THIRD)]
    )
    assert {key: one.stands for key, one in work.episodes.applied.items()} == {
        "visit-1": Stands.DISCHARGED,
        "visit-2": Stands.DIED,
    }
    (live,) = [journey for journey in work.handoffs.kept.values() if is_live(journey)]
    assert live.transition.person_id == ROBIN, "the clocks run again, and somebody is asked again"


async def test_facts_of_the_future_and_of_long_ago_are_refused() -> None:
    for hour, code in ((31.5, "in_the_future"), (-24 * 500, "too_long_ago")):
        with pytest.raises(InvalidField) as caught:
            await after([told(K.DISCHARGED, hour)])
        assert caught.value.code == code
    with pytest.raises(InvalidField):
        await after([told(K.DISCHARGE_PLANNED, 1)])


async def test_a_record_is_not_joined_with_itself() -> None:
    with pytest.raises(InvalidField) as caught:
        await after([joined(ROBIN, ROBIN)])
    assert (caught.value.code, caught.value.pointer) == ("same_record", "/merged_person_id")

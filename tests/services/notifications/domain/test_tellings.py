"""What should be told follows from the set of facts, whatever their order and number."""

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.codes import EndReason, ItemKind, ItemState
from services.notifications.domain.facts import Fact, StoryKind, read_fact
from services.notifications.domain.items import changes, state_after
from services.notifications.domain.telling import Ending
from services.notifications.domain.tellings import retraction, tellings
from shared.contracts.codes import OfferKind
from shared.contracts.events import Event, EventType
from tests.services.notifications.journeys import Journey, task_event, worker_event

JOURNEY, ANNE, BEN, CARLA = Journey(), uuid4(), uuid4(), uuid4()
TASK = uuid4()


def fact(event: Event) -> Fact:
    return read_fact(event)[1]


HANDOFF = [
    fact(JOURNEY.offered(ANNE, version=2)),
    fact(JOURNEY.offered(BEN, version=3, offer_number=2)),
    fact(JOURNEY.step(EventType.HANDOFF_DECLINED, version=4, offer_number=2, worker_id=BEN)),
    fact(JOURNEY.offered(CARLA, version=5, offer_number=3, kind=OfferKind.SUPERVISOR_ESCALATION)),
    fact(JOURNEY.step(EventType.HANDOFF_ACCEPTED, version=6, offer_number=3, worker_id=CARLA)),
    fact(JOURNEY.step(EventType.HANDOFF_FIRST_CONTACT, version=7, offer_number=3, worker_id=CARLA)),
    fact(JOURNEY.step(EventType.HANDOFF_CLOSED, version=8, offer_number=3)),
    fact(JOURNEY.retracted(version=4)),
]


@given(st.lists(st.sampled_from(HANDOFF), max_size=20), st.randoms())
def test_order_and_repetition_do_not_matter(known: list[Fact], random: object) -> None:
    shuffled = [*known, *known[:3]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert tellings(StoryKind.TRANSITION, facts=shuffled) == tellings(StoryKind.TRANSITION, facts=known)


def endings(*facts: Fact) -> dict[object, Ending | None]:
    return {telling.key.worker_id: telling.ending for telling in tellings(StoryKind.TRANSITION, facts=facts)}


def test_an_offer_ends_with_whatever_the_handoff_did_next() -> None:
    assert endings(*HANDOFF) == {
        ANNE: Ending(3, EndReason.NEWER_OFFER),
        BEN: Ending(4, EndReason.DECLINED),
        CARLA: Ending(6, EndReason.ACCEPTED),
    }


def test_calling_back_ends_what_nothing_else_ended() -> None:
    assert endings(HANDOFF[0], HANDOFF[7]) == {ANNE: Ending(4, EndReason.CALLED_BACK)}
    assert retraction(HANDOFF[:7]) is None


def test_an_older_event_ends_nothing() -> None:
    assert endings(fact(JOURNEY.step(EventType.HANDOFF_DECLINED, version=1)), HANDOFF[0]) == {ANNE: None}


def test_another_handoff_of_the_same_transition_ends_nothing() -> None:
    sibling = Journey(tenant_id=JOURNEY.tenant_id, transition_id=JOURNEY.transition_id)
    accepted = sibling.step(EventType.HANDOFF_ACCEPTED, version=9)
    assert read_fact(accepted)[0] == read_fact(JOURNEY.offered(ANNE, version=2))[0]
    assert endings(HANDOFF[0], fact(accepted)) == {ANNE: None}


def task(type: EventType, version: int, *, assignee: object = ANNE, assigner: object = BEN) -> Fact:
    return fact(
        task_event(
            type,
            tenant_id=JOURNEY.tenant_id,
            task_id=TASK,
            version=version,
            assignee=assignee,  # type: ignore[arg-type]
            assigner=assigner,  # type: ignore[arg-type]
        )
    )


def of_task(*facts: Fact) -> set[tuple[object, ItemKind, EndReason | None]]:
    found = tellings(StoryKind.TASK, facts=facts)
    return {(one.key.worker_id, one.key.kind, one.ending.reason if one.ending else None) for one in found}


def test_tasks() -> None:
    assigned, closed = task(EventType.TASK_ASSIGNED, 1), task(EventType.TASK_CLOSED, 4)
    assert of_task(assigned) == {(ANNE, ItemKind.TASK_ASSIGNED, None)}
    assert of_task(closed) == set()
    assert of_task(closed, assigned) == {(ANNE, ItemKind.TASK_ASSIGNED, EndReason.TASK_CLOSED)}
    moved = task(EventType.TASK_ASSIGNED, 2, assignee=CARLA)
    assert of_task(moved, assigned) == {
        (ANNE, ItemKind.TASK_ASSIGNED, EndReason.TASK_REASSIGNED),
        (CARLA, ItemKind.TASK_ASSIGNED, None),
        (BEN, ItemKind.TASK_APPROVED, None),
    }
    assert of_task(task(EventType.TASK_REFUSED, 1)) == set()
    assert of_task(task(EventType.TASK_REFUSED, 2), closed) == {(BEN, ItemKind.TASK_NOT_ASSIGNED, None)}
    returned = replace(task(EventType.TASK_REFUSED, 2), status="proposed")
    assert of_task(assigned, returned) == {
        (ANNE, ItemKind.TASK_ASSIGNED, EndReason.TASK_RETURNED),
        (BEN, ItemKind.TASK_RETURNED, None),
    }
    assert (BEN, ItemKind.TASK_RETURNED, EndReason.TASK_DECIDED) in of_task(
        returned, task(EventType.TASK_ASSIGNED, 3, assignee=CARLA)
    )
    assert of_task(task(EventType.TASK_ASSIGNED, 2, assigner=ANNE)) == {(ANNE, ItemKind.TASK_ASSIGNED, None)}


def test_events_that_are_not_followed_are_not_read() -> None:
    event = worker_event(EventType.WORKER_LEFT, tenant_id=uuid4(), worker_id=ANNE, version=1, active=False)
    with pytest.raises(ValueError, match="not followed"):
        read_fact(event)


def test_an_ending_hides_what_was_never_shown_or_is_no_longer_ones_concern() -> None:
    accepted, withdrawn = Ending(3, EndReason.ACCEPTED), Ending(3, EndReason.WITHDRAWN)
    assert state_after(None, was_told=False) is ItemState.PENDING
    assert state_after(None, was_told=True) is ItemState.OPEN
    assert state_after(accepted, was_told=True) is ItemState.CLOSED
    assert state_after(accepted, was_told=False) is ItemState.HIDDEN
    assert state_after(withdrawn, was_told=True) is ItemState.HIDDEN


def test_nothing_known_and_nothing_wanted_changes_nothing() -> None:
    todo = changes([], items=[])
    assert (todo.start, todo.end) == ((), ())

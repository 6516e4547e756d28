"""Tasks and their assigners; events that are ignored, and events that are poison."""

from datetime import timedelta
from uuid import uuid4

from services.notifications.adapters.tables import event_inbox
from shared.contracts.entitlements import EntitlementReason
from shared.contracts.events import EventType
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey, task_event
from tests.services.notifications.referrals_double import ReferralsDouble


async def test_an_assigned_task_is_told_to_the_assignee_only(house: House) -> None:
    tenant, task, peer, nurse = uuid4(), uuid4(), uuid4(), uuid4()
    await house.live(
        task_event(EventType.TASK_ASSIGNED, tenant_id=tenant, task_id=task, version=1, assignee=peer, assigner=nurse)
    )
    (item,) = await house.items()
    assert (item.worker_id, item.kind, item.state) == (peer, "task_assigned", "open")
    await house.live(
        task_event(EventType.TASK_CLOSED, tenant_id=tenant, task_id=task, version=2, assignee=peer, assigner=nurse)
    )
    (item,) = await house.items()
    assert (item.state, item.ended_reason) == ("closed", "task_closed")


async def test_a_later_decision_is_told_to_the_assigner_too(house: House, referrals: ReferralsDouble) -> None:
    tenant, peer, nurse = uuid4(), uuid4(), uuid4()
    allowed, refused = uuid4(), uuid4()

    def event(type: EventType, task: object, version: int) -> object:
        return task_event(type, tenant_id=tenant, task_id=task, version=version, assignee=peer, assigner=nurse)  # type: ignore[arg-type]

    referrals.deny(nurse, refused, reason=EntitlementReason.SUBJECT_CLOSED)
    await house.live(event(EventType.TASK_PROPOSED, allowed, 1), event(EventType.TASK_PROPOSED, refused, 1))  # type: ignore[arg-type]
    assert await house.items() == []
    await house.live(event(EventType.TASK_ASSIGNED, allowed, 2), event(EventType.TASK_REFUSED, refused, 2))  # type: ignore[arg-type]
    told = {(row.worker_id, row.kind): row.state for row in await house.items()}
    assert told == {
        (peer, "task_assigned"): "open",
        (nurse, "task_approved"): "open",
        (nurse, "task_not_assigned"): "open",
    }


async def test_events_nobody_here_needs_are_ignored_visibly(house: House) -> None:
    journey = Journey()
    discharged = journey.retracted().model_copy(update={"type": EventType.TRANSITION_DISCHARGED})
    await house.live(discharged)
    (row,) = await house.rows(event_inbox)
    assert row.state == "ignored"


async def test_poison_is_set_aside_while_others_flow(house: House) -> None:
    broken = Journey().offered(uuid4(), version=2).model_dump(mode="json")
    del broken["data"]["respond_by"]
    unknown_ladder = Journey().offered(uuid4(), version=2, ladder="nobody_wrote_this")
    good = Journey().offered(uuid4(), version=2)
    await house.live(broken, unknown_ladder, good)  # type: ignore[arg-type]
    assert [row.subject_id for row in await house.items()] == [good.read().handoff_id]  # type: ignore[attr-defined]
    for _ in range(6):
        await house.wait(timedelta(seconds=10))
    states = {str(row.event_id): (row.state, row.last_error) for row in await house.rows(event_inbox)}
    assert states[broken["id"]] == ("quarantined", "ValidationError")
    assert states[str(unknown_ladder.id)] == ("quarantined", "LadderUnknown")
    assert states[str(good.id)][0] == "processed"
    assert len(await house.items()) == 1


async def test_what_a_failed_batch_would_have_shown_is_forgotten_with_it(house: House) -> None:
    """The good event is applied alone after the batch that failed: one item is to be shown, not one that never was as well."""
    await house.hear(Journey().offered(uuid4(), version=2), Journey().offered(uuid4(), version=2, ladder="unknown_one"))
    await house.rounds.apply_events()
    (item,) = await house.items()
    assert [leased.item_id for leased in house.rounds.take_to_show()] == [item.item_id]

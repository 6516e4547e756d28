"""A handoff that is taken back: who hears of it, and as what, is no matter of the order in which facts arrive."""

from uuid import uuid4

import pytest

from shared.contracts.entitlements import EntitlementReason
from shared.contracts.events import EventType
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey, task_event
from tests.services.notifications.referrals_double import ReferralsDouble

PEER, SENDER = uuid4(), uuid4()


async def kinds_told(house: House, journey: Journey) -> set[str]:
    return {row.kind for row in await house.items() if row.subject_id == journey.handoff_id}


@pytest.mark.parametrize("reason", ["person_died", "readmitted"])
async def test_a_gentle_end_is_told_to_the_sender_and_to_those_who_had_been_told(house: House, reason: str) -> None:
    journey, unheard = Journey(), uuid4()
    await house.live(journey.offered(PEER, version=2))
    withdrawn = journey.step(EventType.HANDOFF_WITHDRAWN, version=6, reason=reason, sender=SENDER)
    await house.hear(journey.offered(unheard, version=4, offer_number=2), withdrawn)
    await house.live(withdrawn.model_copy(update={"id": uuid4()}))
    ended = {row.worker_id: row.state for row in await house.items() if row.kind == "handoff_ended"}
    assert ended == {PEER: "open", SENDER: "open"}


@pytest.mark.parametrize("reason", ["person_declined", "referred_elsewhere", "no_longer_needed", "entered_in_error"])
async def test_any_other_withdrawal_is_told_to_whom_it_lay_with(house: House, reason: str) -> None:
    """They may be on the way to the person. The sender's side did it; who was asked before has nothing to leave off."""
    journey, before = Journey(), uuid4()
    await house.live(journey.offered(before, version=2))
    await house.live(journey.step(EventType.HANDOFF_DECLINED, version=3, worker_id=before))
    await house.live(journey.offered(PEER, version=4, offer_number=2))
    await house.live(journey.step(EventType.HANDOFF_ACCEPTED, version=5, worker_id=PEER))
    withdrawn = journey.step(EventType.HANDOFF_WITHDRAWN, version=6, reason=reason, worker_id=PEER, sender=SENDER)
    await house.live(withdrawn, withdrawn.model_copy(update={"id": uuid4()}))
    ended = {(row.worker_id, row.state) for row in await house.items() if row.kind == "handoff_ended"}
    assert ended == {(PEER, "open")}


async def test_whoever_had_not_seen_what_is_withdrawn_hears_nothing(house: House, referrals: ReferralsDouble) -> None:
    journey = Journey()
    referrals.deny(PEER, journey.handoff_id, reason=EntitlementReason.CONSENT_MISSING)
    await house.live(journey.offered(PEER, version=2))
    await house.live(journey.step(EventType.HANDOFF_WITHDRAWN, version=3, reason="no_longer_needed", worker_id=PEER))
    assert await kinds_told(house, journey) == {"handoff_offered"}


async def test_which_notices_there_are_is_no_matter_of_order(house: House) -> None:
    """A discharge taken back says so in one fact; one withdrawn first and taken back later is told as both."""
    ends = []
    for reason in (None, "person_died", "person_declined"):
        for reverse in (False, True):
            journey = Journey()
            await house.live(journey.offered(PEER, version=2))
            facts = [
                journey.step(EventType.HANDOFF_WITHDRAWN, version=3, reason=reason, worker_id=PEER),
                journey.retracted(),
            ]
            for fact in reversed(facts) if reverse else facts:
                await house.live(fact)
            ends.append(await kinds_told(house, journey) - {"handoff_offered"})
    both = {"handoff_ended", "handoff_called_back"}
    assert ends == [{"handoff_called_back"}, {"handoff_called_back"}, both, both, both, both]


@pytest.mark.parametrize("closed_first", [False, True])
async def test_a_task_whose_person_died_is_told_as_ended_to_whoever_was_shown_it(
    house: House, closed_first: bool
) -> None:
    tenant, task, unseen = uuid4(), uuid4(), uuid4()
    parties = {"tenant_id": tenant, "task_id": task, "assignee": PEER, "assigner": SENDER}
    assigned = task_event(EventType.TASK_ASSIGNED, version=1, **parties)
    closed = task_event(EventType.TASK_CLOSED, version=2, status="cancelled", reason="person_died", **parties)
    again = closed.model_copy(update={"id": uuid4()})
    await house.live(*((closed, assigned) if closed_first else (assigned,)))
    await house.live(closed)
    await house.live(again)
    rows = [(row.worker_id, row.kind, row.state) for row in await house.items() if row.subject_id == task]
    if closed_first:  # it was over before anybody saw it: there is nothing to compensate
        assert rows == [(PEER, "task_assigned", "hidden")]
    else:
        assert sorted(rows) == [(PEER, "task_assigned", "closed"), (PEER, "task_ended", "open")]
    plain = task_event(EventType.TASK_CLOSED, version=2, **(parties | {"task_id": unseen}))
    await house.live(task_event(EventType.TASK_ASSIGNED, version=1, **(parties | {"task_id": unseen})), plain)
    assert {row.kind for row in await house.items() if row.subject_id == unseen} == {"task_assigned"}

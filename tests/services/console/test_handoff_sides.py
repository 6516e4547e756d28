"""Which steps of a handoff are offered to whom: those of the sending house are not shown to the one that is asked."""

from typing import Any
from uuid import UUID

import pytest

from services.console.domain import told
from services.console.use_cases.one_handoff import HandoffView
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import NOW, NURSE, PEER, PROGRAMME, handoff, session_of


def transition(*, person_id: UUID | None, status: str = "discharged") -> told.Transition:
    """As the house that sends reads it, or (without the person) the one that is asked."""
    content: dict[str, Any] = {"id": new_id(), "version": 1, "status": status, "person_id": person_id}
    content |= {"programme_id": PROGRAMME, "sender_worker_id": NURSE, "owner_worker_id": NURSE, "owner_since": NOW}
    return told.Transition.model_validate(content | {"expected_at": NOW, "discharged_at": None})


@pytest.mark.parametrize("role", [AccessRole.CLINICIAN, AccessRole.SUPERVISOR])
@pytest.mark.parametrize("sends", [True, False])
def test_steps_of_the_sending_house(role: AccessRole, sends: bool) -> None:
    person_id = new_id() if sends else None
    planned = HandoffView(
        handoff=handoff(state="preparing"),
        transition=transition(person_id=person_id, status="planned"),
        by=session_of(role),
    )
    assert (planned.may_discharge, planned.may_note_introduction) == (sends, sends)
    taken = HandoffView(
        handoff=handoff(state="accepted", accepted_by=new_id()),
        transition=transition(person_id=person_id),
        by=session_of(role),
    )
    assert taken.may_close is (sends and role is AccessRole.SUPERVISOR)


def test_whoever_accepted_closes_the_loop_wherever_they_work() -> None:
    mine = handoff(state="contacted", accepted_by=PEER)
    assert HandoffView(handoff=mine, transition=None, by=session_of(AccessRole.PEER)).may_close


@pytest.mark.parametrize("sends", [True, False])
async def test_who_would_be_asked_is_shown_to_the_house_that_sends(
    house: House, monkeypatch: pytest.MonkeyPatch, sends: bool
) -> None:
    one = handoff()
    house.referrals.known[one.id] = one
    read = transition(person_id=new_id() if sends else None)

    async def told_of(*_: Any, **__: Any) -> told.Transition:
        return read

    monkeypatch.setattr(house.referrals, "transition", told_of)
    async with house.browser(session_of(AccessRole.SUPERVISOR, worker_id=NURSE)) as browser:
        page = await browser.get(f"/handoffs/{one.id}")
    assert page.status_code == 200
    assert (f"/handoffs/{one.id}/matching" in page.text) is sends

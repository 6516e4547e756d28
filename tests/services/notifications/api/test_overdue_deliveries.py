"""A clock that is met between planning and sending: nobody is told of it, and operators see why."""

from typing import Any
from uuid import UUID, uuid4

import httpx2

from shared.contracts.codes import AccessRole, MilestoneCode
from shared.contracts.events import Event
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.api.test_inbox import bearer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey
from tests.services.notifications.referrals_double import ReferralsDouble

DONE = "Not sent: the step had been done, or was not needed any more. It will not be tried again."
LEAD = uuid4()


async def test_only_what_was_done_meanwhile_is_held_back_and_operators_see_why(
    house: House,
    http: httpx2.AsyncClient,
    tenant_id: UUID,
    token_for: Any,
    referrals: ReferralsDouble,
    smtp_server: SmtpServer,
) -> None:
    """`milestone.met` is still on its way: referrals, asked about each clock, is the only one to know."""
    journey = Journey(tenant_id=tenant_id)
    await house.reach(tenant_id, LEAD)
    met = journey.missed(LEAD, milestone=MilestoneCode.OWNER_ACCEPTS)
    owed = journey.missed(LEAD, milestone=MilestoneCode.BEDSIDE_VISIT)
    await house.hear(met, owed)
    await house.rounds.apply_events()  # both are planned, neither is sent
    referrals.met.add(str(met.subject))
    await house.deliver()
    assert await _states(house) == {_clock(met): "hidden", _clock(owed): "open"}
    assert [mail.message["Subject"] for mail in smtp_server.messages] == ["You have 1 overdue step"]
    supervisor = bearer(token_for(AccessRole.SUPERVISOR, tenant_id=tenant_id, worker_id=uuid4()))
    held_back = (await http.get("/deliveries", params={"state": "suppressed"}, headers=supervisor)).json()["items"]
    assert {one["explanation"] for one in held_back} == {DONE}
    assert "inbox" in {one["channel"] for one in held_back}


async def test_a_message_is_held_back_although_its_item_was_shown_before(
    house: House, tenant_id: UUID, referrals: ReferralsDouble, smtp_server: SmtpServer
) -> None:
    journey = Journey(tenant_id=tenant_id)
    await house.reach(tenant_id, LEAD)
    smtp_server.fail_with(451)
    met = journey.missed(LEAD, milestone=MilestoneCode.OWNER_ACCEPTS)
    owed = journey.missed(LEAD, milestone=MilestoneCode.BEDSIDE_VISIT)
    await house.live(met, owed)
    assert await _states(house) == {_clock(met): "open", _clock(owed): "open"}
    referrals.met.add(str(met.subject))
    smtp_server.fail_with(None)
    again = max(row.next_at for row in await house.deliveries() if row.state == "retry")
    await house.wait(again - house.clock.now())
    assert [mail.message["Subject"] for mail in smtp_server.messages] == ["You have 1 overdue step"]
    mails = {str(row.clock_id): (row.state, row.code) for row in await house.deliveries() if row.attempts}
    assert mails == {_clock(met): ("suppressed", "no_longer_overdue"), _clock(owed): ("delivered", None)}


def _clock(missed: Event) -> str:
    return str(missed.subject)


async def _states(house: House) -> dict[str, str]:
    return {str(row.clock_id): row.state for row in await house.items() if row.kind == "step_overdue"}

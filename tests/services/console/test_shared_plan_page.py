"""A team that has somebody together sees on the referral's page everything that is open for them."""

from datetime import timedelta

from services.console.domain.told_referral import PlanLine, SharedPlan
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import NOW, NURSE, PEER, session_of
from tests.services.console.fakes_referring import referral


def line(kind: str, **changes: object) -> PlanLine:
    """An open thing that lies with the nurse."""
    known = dict.fromkeys(PlanLine.model_fields) | {"kind": kind, "id": new_id(), "worker_id": NURSE}
    return PlanLine.model_validate(known | changes)


async def test_the_plan_says_what_is_open_whose_it_is_and_what_is_late(house: House) -> None:
    one = referral(model="integrated_team", chart_sharing="shared_plan", status="accepted")
    task = line("task", title="Bring the bus plan", status="assigned", due_at=NOW - timedelta(hours=3))
    walk = line("handoff", status="contacted", worker_id=PEER)
    here = line("referral", status="accepted", need="peer_support", id=one.id)
    house.referring.known = [one]
    house.referring.plan = SharedPlan(items=(task, walk, here), more=False)
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get(f"/referrals/{one.id}")).text
        spanish = (await browser.get(f"/referrals/{one.id}", headers={"Accept-Language": "es"})).text
    plan = page.split('<section aria-labelledby="plan">')[1].split("</section>")[0]
    assert f'<a href="/tasks/{task.id}">Bring the bus plan</a>' in plan
    assert f'<a href="/handoffs/{walk.id}">Walking with' in plan
    assert f'href="/referrals/{one.id}"' not in plan
    assert plan.index("Late") < plan.index("Walking with")
    assert "Lo que el equipo hace en conjunto" in spanish


async def test_whoever_is_not_of_the_team_sees_the_referral_without_a_plan(house: House) -> None:
    one = referral(model="integrated_team", chart_sharing="shared_plan")
    house.referring.known = [one]
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        answer = await browser.get(f"/referrals/{one.id}")
    assert answer.status_code == 200
    assert 'id="plan"' not in answer.text

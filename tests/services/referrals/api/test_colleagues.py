"""Who of the team may do it, over HTTP, on a real database and with the guard's real packs."""

from uuid import uuid4

from services.scope_guard.use_cases.preview import preview
from shared.clock import SystemClock
from shared.contracts.scope import DecideRequest, Decision
from tests.services.referrals.conftest import Network
from tests.services.referrals.guard_double import GuardDouble
from tests.services.scope_guard.brain import judge


def by_the_real_packs(question: DecideRequest) -> Decision:
    """The guard's own judgement."""
    return preview(question, judge=judge(), clock=SystemClock())


async def a_team(network: Network) -> str:
    """Nurse and peer together."""
    body = {
        "organization_id": network.organization_id,
        "name": "Days",
        "member_worker_ids": [network.nurse_id, network.peer_id],
    }
    return str((await network.administrator.made("/teams", body))["id"])


async def test_the_nurse_may_and_the_peer_may_not(network: Network, guard: GuardDouble) -> None:
    judge()  # reading the packs takes longer than the patience for the guard
    guard.judge = by_the_real_packs
    team = await a_team(network)
    body = {"programme_id": network.programme_id, "text": "Give him his pills at eight"}
    answer = await network.peer.ask("POST", f"/teams/{team}/colleagues", body)
    assert answer.status_code == 200, answer.text
    verdicts = {item["worker_id"]: item["verdict"] for item in answer.json()["items"]}
    assert verdicts[network.peer_id] == "out_of_scope"
    assert verdicts[network.nurse_id] != "out_of_scope"
    assert answer.json()["items"][-1]["worker_id"] == network.peer_id
    assert guard.asked == []
    assert "credential" not in answer.text


async def test_a_silent_guard_is_503_and_nothing_to_ask_is_422(network: Network, guard: GuardDouble) -> None:
    team = await a_team(network)
    guard.fault = "500"
    body = {"programme_id": network.programme_id, "activity": "listen_actively"}
    silent = await network.nurse.ask("POST", f"/teams/{team}/colleagues", body)
    assert (silent.status_code, silent.json()["code"]) == (503, "scope_guard_silent")
    empty = await network.nurse.ask("POST", f"/teams/{team}/colleagues", {"programme_id": network.programme_id})
    assert empty.status_code == 422
    unknown = await network.nurse.ask("POST", f"/teams/{uuid4()}/colleagues", body)
    assert unknown.status_code == 404

"""Nothing of one network can be seen, named or changed from another."""

from typing import Any

import pytest

from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.api.test_verdicts import stored
from tests.services.referrals.conftest import Network


@pytest.fixture
async def ours(network: Network) -> dict[str, Any]:
    """One of everything, in the first network."""
    administrator = network.administrator
    person = await network.nurse.made("/people", {"given_name": "Robin", "family_name": "Example"})
    team = {"organization_id": network.organization_id, "name": "Day", "member_worker_ids": [network.peer_id]}
    credential = {
        "issuer": "Board",
        "number": "1",
        "jurisdiction": "US-VA",
        "stage": "full",
        "issued_on": "2025-01-01",
    }
    return {
        "person_id": person["id"],
        "team_id": (await administrator.made("/teams", team))["id"],
        "credential_id": (await administrator.made(f"/workers/{network.peer_id}/credentials", credential))["id"],
        "task_id": (await network.nurse.made("/tasks", network.task(person_id=person["id"])))["id"],
        "organization_id": network.organization_id,
        "programme_id": network.programme_id,
        "worker_id": network.peer_id,
    }


async def test_reading_by_id(ours: dict[str, Any], network: Network, build_network: Any) -> None:
    theirs: Network = await build_network()
    for path in (
        f"/organizations/{ours['organization_id']}",
        f"/programmes/{ours['programme_id']}",
        f"/people/{ours['person_id']}",
        f"/workers/{ours['worker_id']}",
        f"/workers/{ours['worker_id']}/credentials",
        f"/teams/{ours['team_id']}",
        f"/tasks/{ours['task_id']}",
        f"/tasks/{ours['task_id']}/history",
    ):
        assert (await network.supervisor.ask("GET", path)).status_code == 200
        assert (await theirs.supervisor.ask("GET", path)).status_code == 404
        assert (await theirs.supervisor.ask("GET", path)).json()["code"] == "not_found"


async def test_lists(ours: dict[str, Any], build_network: Any) -> None:
    theirs: Network = await build_network()
    for path in ("/organizations", "/programmes", "/people", "/workers", "/teams", "/tasks"):
        items = (await theirs.administrator.ask("GET", path)).json()["items"]
        assert not {item["id"] for item in items} & set(ours.values())


async def test_changing_by_id(ours: dict[str, Any], build_network: Any, referrals_database: ServiceDatabase) -> None:
    theirs: Network = await build_network()
    dates = {"stage": "full", "expires_on": None, "suspended_on": "2025-02-02"}
    supervision = {"last_supervised_on": "2025-01-01", "supervision_cadence_days": 7}
    changes = [
        ("PATCH", f"/programmes/{ours['programme_id']}", {"name": "Taken"}),
        ("PATCH", f"/people/{ours['person_id']}", {"given_name": "Taken"}),
        ("PATCH", f"/workers/{ours['worker_id']}", {"active": False}),
        ("PUT", f"/workers/{ours['worker_id']}/supervision", supervision),
        ("PUT", f"/workers/{ours['worker_id']}/credentials/{ours['credential_id']}", dates),
        ("POST", f"/teams/{ours['team_id']}/members", {"leaving": [ours["worker_id"]]}),
        ("POST", f"/tasks/{ours['task_id']}/cancel", {"reason": "other"}),
    ]
    for method, path, body in changes:
        assert (await theirs.administrator.ask(method, path, body, version=1)).status_code == 404, path
    for table in ("programmes", "people", "workers", "credentials", "teams", "tasks"):
        assert await stored(referrals_database, f"SELECT 1 FROM {table} WHERE version <> 1") == []


async def test_naming_in_a_body(ours: dict[str, Any], network: Network, build_network: Any) -> None:
    theirs: Network = await build_network()
    worker = {"organization_id": ours["organization_id"], "display_name": "X", "practice_role": "nurse"}
    programme = {
        "organization_id": theirs.organization_id,
        "name": "P",
        "setting": "outpatient",
        "jurisdiction": "US-VA",
        "time_zone": "UTC",
        "integration_model": "co_located",
        "duty_owner_worker_id": ours["worker_id"],
        "protocol_code": "standard",
    }
    credential = {"issuer": "B", "number": "2", "jurisdiction": "US-VA", "stage": "full", "issued_on": "2025-01-01"}
    wishes = [
        ("/workers", worker, "/organization_id"),
        ("/programmes", programme, "/duty_owner_worker_id"),
        ("/teams", {"organization_id": ours["organization_id"], "name": "T"}, "/organization_id"),
        (f"/workers/{ours['worker_id']}/credentials", credential, "/worker_id"),
        ("/tasks", theirs.task(assignee_worker_id=ours["worker_id"]), "/assignee_worker_id"),
        ("/tasks", theirs.task(programme_id=ours["programme_id"]), "/programme_id"),
        ("/tasks", theirs.task(person_id=ours["person_id"]), "/person_id"),
        ("/tasks", theirs.task(team_id=ours["team_id"]), "/team_id"),
    ]
    for path, body, pointer in wishes:
        caller = theirs.nurse if path == "/tasks" else theirs.administrator
        answer = await caller.ask("POST", path, body)
        assert (answer.status_code, answer.json()["errors"]) == (404, [{"pointer": pointer, "code": "not_found"}])


async def test_the_same_number_in_two_networks(ours: dict[str, Any], network: Network, build_network: Any) -> None:
    theirs: Network = await build_network()
    body = {"issuer": "Board", "number": "1", "jurisdiction": "US-VA", "stage": "full", "issued_on": "2025-01-01"}
    await theirs.administrator.made(f"/workers/{theirs.peer_id}/credentials", body)
    again = await network.administrator.ask("POST", f"/workers/{network.peer_id}/credentials", body)
    assert (again.status_code, again.json()["errors"]) == (409, [{"pointer": "/number", "code": "already_exists"}])


async def test_a_peer_sees_the_people_they_are_party_to(ours: dict[str, Any], network: Network) -> None:
    stranger = await network.nurse.made("/people", {"given_name": "Sam", "family_name": "Example"})
    listed = (await network.peer.ask("GET", "/people")).json()["items"]
    assert [person["id"] for person in listed] == [ours["person_id"]]
    assert (await network.peer.ask("GET", f"/people/{ours['person_id']}")).status_code == 200
    assert (await network.peer.ask("GET", f"/people/{stranger['id']}")).status_code == 404
    assert len((await network.nurse.ask("GET", "/people")).json()["items"]) == 2
    await network.peer.made(f"/tasks/{ours['task_id']}/complete", {}, version=1)
    assert (await network.peer.ask("GET", "/people")).json()["items"] == []


async def test_only_some_may_add_people_and_workers(network: Network) -> None:
    person = {"given_name": "A", "family_name": "B"}
    worker = {"organization_id": network.organization_id, "display_name": "X", "practice_role": "nurse"}
    for caller, path, body in (
        (network.peer, "/people", person),
        (network.nurse, "/workers", worker),
        (network.supervisor, "/organizations", {"name": "X"}),
        (network.nurse, "/teams", {"organization_id": network.organization_id, "name": "X"}),
    ):
        assert (await caller.ask("POST", path, body)).status_code == 403


async def test_without_a_token_nothing(network: Network) -> None:
    answer = await network.nurse.http.get("/tasks")
    assert answer.status_code == 401


async def test_an_account_without_a_worker_cannot_ask(network: Network) -> None:
    answer = await network.administrator.ask("POST", "/tasks", network.task())
    assert (answer.status_code, answer.json()["code"]) == (403, "worker_required")

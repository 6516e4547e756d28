"""The directory over HTTP: what is added can be read, changed by version, and is told to others as ids and codes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.api.test_verdicts import stored
from tests.services.referrals.conftest import Network
from tests.services.referrals.guard_double import GuardDouble

TODAY = datetime.now(UTC).date()


def credential(**changes: Any) -> dict[str, Any]:
    """A credential in force."""
    body = {
        "issuer": "Virginia Example Board",
        "number": "PS-1",
        "jurisdiction": "US-VA",
        "stage": "full",
        "issued_on": "2024-01-01",
        "expires_on": (TODAY + timedelta(days=100)).isoformat(),
        "endorsement": "mental_health_peer",
    }
    return body | changes


async def test_a_worker_from_joining_to_leaving(network: Network, referrals_database: ServiceDatabase) -> None:
    path = f"/workers/{network.peer_id}"
    changed = await network.administrator.ask("PATCH", path, {"languages": ["en", "es"]}, version=1)
    assert (changed.json()["languages"], changed.headers["ETag"]) == (["en", "es"], '"2"')
    left = await network.administrator.ask("PATCH", path, {"active": False}, version=2)
    assert left.json()["active"] is False
    assert (await network.administrator.ask("PATCH", path, {"active": False}, version=2)).status_code == 412
    query = f"SELECT type, payload FROM outbox WHERE subject = '{network.peer_id}' ORDER BY event_id"
    events = await stored(referrals_database, query)
    assert [event["type"] for event in events] == ["worker.registered", "worker.changed", "worker.left"]
    assert [json.loads(event["payload"])["data"]["version"] for event in events] == [1, 2, 3]
    assert all("Pat" not in event["payload"] for event in events)
    refused = await network.nurse.ask("POST", "/tasks", network.task())
    assert refused.json()["errors"] == [{"pointer": "/assignee_worker_id", "code": "worker_left"}]


async def test_a_worker_who_left_cannot_ask_either(network: Network) -> None:
    await network.administrator.ask("PATCH", f"/workers/{network.nurse_id}", {"active": False}, version=1)
    answer = await network.nurse.ask("POST", "/tasks", network.task())
    assert (answer.status_code, answer.json()["code"]) == (403, "worker_required")


async def test_supervision_reaches_the_guard(network: Network, guard: GuardDouble) -> None:
    path = f"/workers/{network.peer_id}/supervision"
    body = {"last_supervised_on": (TODAY - timedelta(days=3)).isoformat(), "supervision_cadence_days": 7}
    assert (await network.supervisor.ask("PUT", path, body, version=1)).status_code == 200
    await network.nurse.made("/tasks", network.task())
    body["last_supervised_on"] = (TODAY - timedelta(days=30)).isoformat()
    assert (await network.supervisor.ask("PUT", path, body, version=2)).status_code == 200
    await network.nurse.made("/tasks", network.task())
    assert [question.facts.supervision_state for question in guard.asked] == ["current", "overdue"]
    body["last_supervised_on"] = (TODAY + timedelta(days=3)).isoformat()
    future = await network.supervisor.ask("PUT", path, body, version=3)
    assert future.json()["errors"] == [{"pointer": "/last_supervised_on", "code": "in_the_future"}]


async def test_a_credential_reaches_the_guard_as_it_stands_today(
    network: Network, guard: GuardDouble, referrals_database: ServiceDatabase
) -> None:
    path = f"/workers/{network.peer_id}/credentials"
    made = await network.supervisor.made(path, credential())
    await network.nurse.made("/tasks", network.task())
    suspension = {"stage": "full", "expires_on": made["expires_on"], "suspended_on": TODAY.isoformat()}
    suspension["suspended_on"] = (TODAY - timedelta(days=2)).isoformat()
    changed = await network.supervisor.ask("PUT", f"{path}/{made['id']}", suspension, version=1)
    assert changed.status_code == 200
    await network.nurse.made("/tasks", network.task())
    facts = [question.facts for question in guard.asked]
    assert [fact.credential_state for fact in facts] == ["active", "suspended"]
    assert facts[0].credential_endorsement == "mental_health_peer"
    events = await stored(referrals_database, "SELECT payload FROM outbox WHERE type = 'credential.changed'")
    assert {json.loads(event["payload"])["data"]["credential_state"] for event in events} == {"active", "suspended"}
    listed = (await network.nurse.ask("GET", path)).json()["items"]
    assert [item["id"] for item in listed] == [made["id"]]


async def test_a_credential_must_end_after_it_begins(network: Network) -> None:
    path = f"/workers/{network.peer_id}/credentials"
    wrong = await network.supervisor.ask("POST", path, credential(expires_on="2023-12-31"))
    assert wrong.json()["errors"] == [{"pointer": "/expires_on", "code": "ends_before_it_begins"}]
    made = await network.supervisor.made(path, credential())
    change = {"stage": "full", "expires_on": "2023-12-31", "suspended_on": None}
    later = await network.supervisor.ask("PUT", f"{path}/{made['id']}", change, version=1)
    assert later.json()["errors"] == [{"pointer": "/expires_on", "code": "ends_before_it_begins"}]
    stale = await network.supervisor.ask("PUT", f"{path}/{made['id']}", change | {"expires_on": None}, version=2)
    assert stale.status_code == 412
    other = f"/workers/{network.nurse_id}/credentials/{made['id']}"
    assert (await network.supervisor.ask("PUT", other, change, version=1)).status_code == 404


async def test_a_team_is_who_else_could_do_it(network: Network, guard: GuardDouble) -> None:
    body = {
        "organization_id": network.organization_id,
        "name": "Night",
        "member_worker_ids": [network.peer_id, network.peer_id],
    }
    team = await network.supervisor.made("/teams", body)
    assert team["member_worker_ids"] == [network.peer_id]
    await network.nurse.made("/tasks", network.task(team_id=team["id"]))
    change = {"joining": [network.nurse_id], "leaving": [network.peer_id]}
    changed = await network.supervisor.made(f"/teams/{team['id']}/members", change, version=1)
    assert (changed["member_worker_ids"], changed["version"]) == ([network.nurse_id], 2)
    await network.nurse.made("/tasks", network.task(team_id=team["id"]))
    assert [question.facts.team_roles for question in guard.asked] == [("peer_support_specialist",), ("nurse",)]
    assert (await network.nurse.ask("GET", f"/teams/{team['id']}")).json() == changed
    stale = await network.supervisor.ask("POST", f"/teams/{team['id']}/members", change, version=1)
    assert stale.status_code == 412
    unknown = await network.supervisor.ask(
        "POST", f"/teams/{team['id']}/members", {"joining": [network.programme_id]}, version=2
    )
    assert unknown.status_code == 404
    assert (await network.nurse.ask("GET", f"/teams/{team['id']}")).json() == changed


async def test_a_programme_proves_conditions_and_can_close(network: Network, guard: GuardDouble) -> None:
    path = f"/programmes/{network.programme_id}"
    body: dict[str, Any] = {"policy_flags": ["documentation_required"], "name": "Bridges North"}
    changed = await network.administrator.ask("PATCH", path, body, version=1)
    assert (changed.json()["policy_flags"], changed.json()["name"]) == (["documentation_required"], "Bridges North")
    await network.nurse.made("/tasks", network.task(attested_conditions=["person_owns_plan"]))
    assert guard.asked[0].facts.conditions_met == ("documentation_required", "person_owns_plan")
    change = {"active": False, "duty_owner_worker_id": network.nurse_id, "protocol_code": "demo"}
    assert (await network.administrator.ask("PATCH", path, change, version=2)).json()["protocol_code"] == "demo"
    assert (await network.administrator.ask("PATCH", path, change, version=2)).status_code == 412
    closed = await network.nurse.ask("POST", "/tasks", network.task())
    assert closed.json()["errors"] == [{"pointer": "/programme_id", "code": "programme_inactive"}]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"time_zone": "America/Nowhere"}, "/time_zone", "time_zone_unknown"),
        ({"jurisdiction": "Virginia"}, "/jurisdiction", "string_pattern_mismatch"),
        ({"protocol_code": "no_such"}, "/protocol_code", "protocol_unknown"),
        ({"setting": "moon"}, "/setting", "enum"),
        ({"name": " "}, "/name", "string_too_short"),
        ({"policy_flags": ["Not A Code"]}, "/policy_flags/0", "string_pattern_mismatch"),
    ],
)
async def test_programmes_that_cannot_be(change: dict[str, Any], pointer: str, code: str, network: Network) -> None:
    body = {
        "organization_id": network.organization_id,
        "name": "P",
        "setting": "outpatient",
        "jurisdiction": "US-VA",
        "time_zone": "America/New_York",
        "integration_model": "co_located",
        "duty_owner_worker_id": network.supervisor_id,
        "protocol_code": "standard",
    }
    answer = await network.administrator.ask("POST", "/programmes", body | change)
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"pointer": pointer, "code": code}])


async def test_duty_is_not_given_to_somebody_who_has_left(network: Network) -> None:
    new = {"organization_id": network.organization_id, "display_name": "Left Example", "practice_role": "nurse"}
    gone = (await network.administrator.made("/workers", new))["id"]
    change = {"duty_owner_worker_id": gone}
    path = f"/programmes/{network.programme_id}"
    await network.administrator.ask("PATCH", f"/workers/{gone}", {"active": False}, version=1)
    refused = await network.administrator.ask("PATCH", path, change, version=1)
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"pointer": "/duty_owner_worker_id", "code": "worker_has_left"}]
    programme = (await network.administrator.ask("GET", path)).json()
    copied = ("organization_id", "setting", "jurisdiction", "time_zone", "integration_model", "protocol_code")
    body = {name: programme[name] for name in copied} | {"name": "Another", "duty_owner_worker_id": gone}
    assert (await network.administrator.ask("POST", "/programmes", body)).json()["errors"] == refused.json()["errors"]


async def test_a_duty_owner_leaves_once_somebody_else_is_named(network: Network) -> None:
    path, programme = f"/workers/{network.supervisor_id}", f"/programmes/{network.programme_id}"
    refused = await network.administrator.ask("PATCH", path, {"active": False}, version=1)
    assert (refused.status_code, refused.json()["errors"]) == (
        422,
        [{"pointer": "/active", "code": "duty_owner_of_a_programme"}],
    )
    assert (await network.administrator.ask("GET", path)).json()["active"]
    change = {"duty_owner_worker_id": network.nurse_id}
    assert (await network.administrator.ask("PATCH", programme, change, version=1)).status_code == 200
    left = await network.administrator.ask("PATCH", path, {"active": False}, version=1)
    assert left.status_code == 200, left.text


async def test_somebody_says_how_they_want_to_be_called(network: Network) -> None:
    body = {"given_name": "Robin", "family_name": "Example", "birth_date": "1990-05-05", "pronouns": "they/them"}
    made = await network.nurse.made("/people", body)
    change = {"preferred_name": "Rob", "contact_preference": "text", "language": "es"}
    changed = await network.nurse.ask("PATCH", f"/people/{made['id']}", change, version=1)
    assert changed.json() == made | change | {"version": 2}
    assert (await network.nurse.ask("PATCH", f"/people/{made['id']}", change, version=1)).status_code == 412
    tomorrow = (TODAY + timedelta(days=2)).isoformat()
    unborn = await network.nurse.ask("POST", "/people", body | {"birth_date": tomorrow})
    assert unborn.json()["errors"] == [{"pointer": "/birth_date", "code": "not_plausible"}]

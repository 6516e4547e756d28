"""What cannot be meant is refused plainly, as problem+json, and leaves nothing behind."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.services.referrals.referral_world import ReferralWorld

FUTURE = (datetime.now(UTC) + timedelta(hours=2)).isoformat()

WRONG: list[tuple[dict[str, Any], int, str, str]] = [
    ({"person_id": str(uuid4())}, 404, "/person_id", "not_found"),
    ({"programme_id": str(uuid4())}, 404, "/programme_id", "not_found"),
    ({"recipient_worker_id": str(uuid4())}, 404, "/recipient_worker_id", "not_found"),
    ({"recipient_team_id": str(uuid4()), "recipient_worker_id": None}, 404, "/recipient_team_id", "not_found"),
    ({"transition_id": str(uuid4())}, 404, "/transition_id", "not_found"),
    ({"recipient_worker_id": None}, 422, "/recipient_worker_id", "recipient_required"),
    ({"occurred_at": FUTURE}, 422, "/occurred_at", "in_the_future"),
    ({"occurred_at": "1999-01-01T00:00:00Z"}, 422, "/occurred_at", "too_long_ago"),
    ({"kind": "clinical"}, 422, "/recipient_worker_id", "not_qualified"),
    ({"kind": "miracle"}, 422, "/kind", "enum"),
    ({"need": "Peer Support!"}, 422, "/need", "string_pattern_mismatch"),
    ({"status": "accepted"}, 422, "/status", "literal_error"),
    ({"practice_role": "nurse"}, 422, "", "extra_forbidden"),
    ({"parent_follows": True}, 422, "/parent_follows", "literal_error"),
]


async def test_a_referral_that_cannot_be(referral_world: ReferralWorld) -> None:
    right = await referral_world.wish()
    for change, status, pointer, code in WRONG:
        answer = await referral_world.nurse.ask("POST", "/referrals", right | change)
        assert answer.headers["content-type"] == "application/problem+json", change
        found = (answer.status_code, answer.json()["errors"][0])
        assert found == (status, {"pointer": pointer, "code": code}), change
    assert await referral_world.listed(referral_world.nurse) == []


async def test_recipients_that_cannot_take_it(referral_world: ReferralWorld) -> None:
    world = referral_world
    administrator = world.network.administrator
    empty = await world.team("Nobody yet", world.partner_id)
    others = await world.team("Only nurses", world.partner_id, world.network.nurse_id)
    left = await world.worker("Gone Example", "peer_support_specialist", world.partner_id)
    assert (await administrator.ask("PATCH", f"/workers/{left}", {"active": False}, version=1)).status_code == 200
    cases = [
        ({"recipient_team_id": empty}, "nobody_qualified_in_team"),
        ({"recipient_team_id": others}, "nobody_qualified_in_team"),
        ({"recipient_worker_id": left}, "worker_left"),
        ({"recipient_worker_id": world.psychiatrist_id, "kind": "clinical"}, "recipient_is_requester"),
    ]
    for change, code in cases:
        caller = world.psychiatrist if code == "recipient_is_requester" else world.nurse
        answer = await caller.ask("POST", "/referrals", await world.wish(**change))
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    somebody_else = await world.person()
    transition = await world.nurse.made(
        "/transitions",
        {"person_id": somebody_else, "programme_id": await world.programme("transitional"), "status": "discharged"},
    )
    answer = await world.nurse.ask("POST", "/referrals", await world.wish(transition_id=transition["id"]))
    assert answer.json()["errors"][0]["code"] == "transition_of_somebody_else"
    assert await world.listed(world.nurse) == []


async def test_an_account_without_a_worker_refers_nobody(referral_world: ReferralWorld) -> None:
    answer = await referral_world.network.administrator.ask("POST", "/referrals", await referral_world.wish())
    assert (answer.status_code, answer.json()["code"]) == (403, "worker_required")


COMMANDS: list[tuple[str, dict[str, Any], str]] = [
    ("reject", {"what_next": "nothing"}, "/reason"),
    ("reject", {"reason": "cant_right_now"}, "/what_next"),
    ("reject", {"reason": "rerouted", "what_next": "nothing"}, "/reason"),
    ("reject", {"reason": "cant_right_now", "what_next": "offer_later"}, "/offer_again_at"),
    ("cancel", {}, "/reason"),
    ("accept", {"occurred_at": FUTURE}, "/occurred_at"),
    ("schedule", {}, "/scheduled_at"),
]


async def test_a_command_without_its_words(referral_world: ReferralWorld) -> None:
    made = await referral_world.referred()
    for command, body, pointer in COMMANDS:
        answer = await referral_world.command(referral_world.peer, made["id"], command, body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), command
    assert (await referral_world.seen(made["id"]))["version"] == 1


async def test_versions_guard_against_lost_updates(referral_world: ReferralWorld) -> None:
    world = referral_world
    made = await world.referred()
    path = f"/referrals/{made['id']}/accept"
    assert (await world.peer.ask("POST", path, {})).status_code == 428
    stale = await world.peer.ask("POST", path, {}, version=7)
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"1"')
    await world.done(world.peer, made["id"], "accept")
    illegal = await world.command(world.peer, made["id"], "resume")
    assert (illegal.status_code, illegal.json()["state"], illegal.json()["command"]) == (409, "accepted", "resume")
    not_theirs = await world.command(world.nurse, made["id"], "start")
    assert (not_theirs.status_code, not_theirs.json()["belongs_to"]) == (403, ["recipient"])
    assert (await world.command(world.peer, str(uuid4()), "start", version=1)).status_code == 404


async def test_the_same_request_twice_has_one_effect(referral_world: ReferralWorld) -> None:
    world = referral_world
    wish = await world.wish()
    first = await world.nurse.ask("POST", "/referrals", wish, key="once")
    second = await world.nurse.ask("POST", "/referrals", wish, key="once")
    assert (second.json(), second.headers["Idempotent-Replayed"]) == (first.json(), "true")
    other = await world.nurse.ask("POST", "/referrals", wish | {"need": "housing"}, key="once")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await world.listed(world.nurse) == [first.json()["id"]]
    peer = world.peer
    for _ in range(2):
        answer = await world.command(peer, first.json()["id"], "accept", version=1, key="yes")
        assert (answer.status_code, answer.json()["version"]) == (200, 2)
    rerouted = [
        (await world.command(world.nurse, made["id"], "reroute", body, version=1, key="r")).json()["id"]
        for made in [await world.referred()]
        for body in [{"recipient_worker_id": world.other_peer_id}] * 2
    ]
    assert rerouted[0] == rerouted[1]

"""The journey as its callers see it: plan, introduction, discharge, acceptance, first contact, close; and its side ways."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from shared.contracts.codes import AccessRole
from tests.fixtures.tokens import TokenFor
from tests.services.referrals.conftest import Network
from tests.services.referrals.handoff_world import HandoffWorld, build_handoff_world

TEXT = {"how": "phone", "outcome": "reached"}


@pytest.fixture
async def world(network: Network, client: httpx2.AsyncClient, token_for: TokenFor) -> HandoffWorld:
    return await build_handoff_world(network, client, token_for)


def kinds(handoff: dict[str, Any]) -> list[str]:
    return [fact["kind"] for fact in handoff["timeline"]]


async def accepted(world: HandoffWorld) -> tuple[str, str, str]:
    """(transition id, handoff id, acceptor's worker id) of a handoff that somebody accepted."""
    begun = await world.discharged()
    handoff_id = begun["handoff_id"]
    peer = await world.offered_to(handoff_id)
    await world.done(world.peer(peer), handoff_id, "accept")
    return begun["id"], handoff_id, peer


async def test_the_whole_journey(world: HandoffWorld) -> None:
    begun = await world.planned()
    transition_id, handoff_id = begun["id"], begun["handoff_id"]
    assert (begun["status"], begun["version"], begun["handoff_state"]) == ("planned", 1, "preparing")
    suggested = (await world.handoff(handoff_id))["suggested_worker_id"]
    assert suggested in world.peers

    met = await world.done(world.nurse, handoff_id, "introduction", {"how": "bedside"})
    assert met["state"] == "preparing"

    left = await world.move(world.nurse, transition_id, "discharge")
    assert left.status_code == 200
    assert left.json()["handoff_state"] == "offered"
    assert left.headers["ETag"] == f'"{left.json()["version"]}"'
    offered = await world.handoff(handoff_id)
    assert offered["next"]["who"] == "offeree"
    assert offered["next"]["worker_id"] == suggested
    assert offered["next"]["clock"] == "owner_accepts"

    yes = await world.done(world.peer(suggested), handoff_id, "accept")
    assert yes["state"] == "introduced"
    assert yes["owner_worker_id"] == world.network.nurse_id, "custody stays with the sender until the first contact"
    assert yes["next"]["act"] == "first_contact"

    attempt = await world.done(
        world.peer(suggested), handoff_id, "first-contact", {"how": "phone", "outcome": "not_reached"}
    )
    assert (attempt["state"], attempt["owner_worker_id"]) == ("introduced", world.network.nurse_id)
    reached = await world.done(
        world.peer(suggested), handoff_id, "first-contact", {"how": "video", "outcome": "reached"}
    )
    assert (reached["state"], reached["owner_worker_id"]) == ("contacted", suggested)
    assert reached["next"]["clock"] == "follow_up_call"

    call = {"how": "phone", "outcome": "reached", "milestone": "day_7"}
    await world.done(world.peer(suggested), handoff_id, "follow-up", call)
    closed = await world.done(
        world.peer(suggested), handoff_id, "close", {"outcome": "got_help", "reported_by": "person"}
    )
    assert (closed["state"], closed["next"]) == ("closed", None)

    handoff = await world.handoff(handoff_id)
    assert kinds(handoff) == [
        "planned",
        "suggested",
        "introduced",
        "discharged",
        "offered",
        "accepted",
        "contact_attempted",
        "first_contact",
        "custody_moved",
        "followed_up",
        "closed",
    ]
    states = {milestone["code"]: milestone["state"] for milestone in handoff["milestones"]}
    assert states == {
        "introduction": "met",
        "owner_accepts": "met",
        "first_contact": "met",
        "follow_up_call": "lifted",
        "day_7": "met",
        "day_30": "lifted",
        "day_90": "lifted",
    }
    transition = await world.transition(transition_id)
    assert [line["to_worker_id"] for line in transition["custody"]] == [world.network.nurse_id, suggested]
    assert transition["loop_closed_at"] is not None


async def test_a_declined_handoff_goes_to_the_next_peer_and_then_to_the_duty_owner(world: HandoffWorld) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    asked = []
    for reason in ("cant_right_now", "outside_my_role", "cant_right_now"):
        peer = await world.offered_to(handoff_id)
        asked.append(peer)
        answer = await world.done(world.peer(peer), handoff_id, "decline", {"reason": reason})
        assert answer["next"] is None, "who is asked next is not the decliner's to know"
        assert (await world.peer(peer).ask("GET", f"/handoffs/{handoff_id}")).status_code == 404
    assert sorted(asked) == sorted(world.peers)
    handoff = await world.handoff(handoff_id)
    assert handoff["next"] | {"due_at": None} == {
        "who": "supervisor",
        "worker_id": world.network.supervisor_id,
        "act": "answer",
        "clock": "owner_accepts",
        "due_at": None,
        "late": False,
    }
    assert kinds(handoff).count("outside_role_reported") == 1
    refused = await world.command(world.supervisor, handoff_id, "decline", {"reason": "cant_right_now"})
    assert (refused.status_code, refused.json()["code"]) == (409, "nobody_left_to_ask")
    taken = await world.done(world.supervisor, handoff_id, "accept")
    assert taken["state"] == "accepted"


async def test_a_peer_who_declined_is_told_plainly_when_he_answers_again(world: HandoffWorld) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    peer = await world.offered_to(handoff_id)
    await world.done(world.peer(peer), handoff_id, "decline", {"reason": "cant_right_now"})
    late = await world.command(world.peer(peer), handoff_id, "accept")
    assert (late.status_code, late.json()["code"]) == (409, "no_longer_offered")
    colleague = await world.offered_to(handoff_id)
    await world.done(world.peer(colleague), handoff_id, "accept")
    later = await world.command(world.peer(peer), handoff_id, "accept")
    assert (later.status_code, later.json()["title"]) == (409, "A colleague is already on it")
    again = await world.command(world.peer(colleague), handoff_id, "accept")
    assert (again.status_code, again.json()["title"]) == (409, "You have already accepted this")


async def test_a_stranger_does_not_learn_that_a_handoff_exists(world: HandoffWorld) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    offered = await world.offered_to(handoff_id)
    stranger = world.peer(next(peer for peer in world.peers if peer != offered))
    for answer in (
        await stranger.ask("GET", f"/handoffs/{handoff_id}"),
        await stranger.ask("POST", f"/handoffs/{handoff_id}/accept", version=2),
        await stranger.ask("POST", f"/handoffs/{handoff_id}/decline", {"reason": "cant_right_now"}, version=2),
        await stranger.ask("POST", f"/handoffs/{handoff_id}/close", {"outcome": "no_capacity"}, version=2),
    ):
        assert answer.status_code == 404
    assert (await stranger.ask("GET", "/handoffs")).json()["items"] == []


async def test_a_version_must_be_named_and_must_be_the_newest(world: HandoffWorld) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    peer = world.peer(await world.offered_to(handoff_id))
    unnamed = await peer.ask("POST", f"/handoffs/{handoff_id}/accept")
    assert (unnamed.status_code, unnamed.json()["code"]) == (428, "if_match_required")
    stale = await peer.ask("POST", f"/handoffs/{handoff_id}/accept", version=1)
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')
    assert (await world.handoff(handoff_id))["state"] == "offered"


async def test_the_same_key_gives_the_same_answer_once(world: HandoffWorld) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    peer = world.peer(await world.offered_to(handoff_id))
    first = await peer.ask("POST", f"/handoffs/{handoff_id}/accept", version=2, key="yes-1")
    second = await peer.ask("POST", f"/handoffs/{handoff_id}/accept", version=2, key="yes-1")
    assert (first.status_code, second.status_code) == (200, 200)
    assert (second.json(), second.headers["ETag"]) == (first.json(), first.headers["ETag"])
    assert kinds(await world.handoff(handoff_id)).count("accepted") == 1
    other = await peer.ask("POST", f"/handoffs/{handoff_id}/accept", version=3, key="yes-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_times_may_lie_in_the_past_and_not_in_the_future(world: HandoffWorld) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    begun = await world.discharged(occurred_at=yesterday.isoformat())
    assert datetime.fromisoformat(begun["discharged_at"]) == yesterday
    handoff = await world.handoff(begun["handoff_id"])
    due = {one["code"]: datetime.fromisoformat(one["due_at"]) for one in handoff["milestones"]}
    assert due["first_contact"] == yesterday + timedelta(hours=24)
    assert datetime.fromisoformat(handoff["offers"][0]["respond_by"]) > datetime.now(UTC), "asked now, not yesterday"
    peer = world.peer(await world.offered_to(begun["handoff_id"]))
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    refused = await world.command(peer, begun["handoff_id"], "accept", {"occurred_at": tomorrow})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"pointer": "/occurred_at", "code": "in_the_future"}]


@pytest.mark.parametrize(
    "stage", ["preparing", "offered", "accepted", "introduced", "contacted", "closed", "withdrawn"]
)
async def test_a_retraction_unwinds_every_state(world: HandoffWorld, stage: str) -> None:
    begun = await world.planned()
    transition_id, handoff_id = begun["id"], begun["handoff_id"]
    if stage != "preparing":
        await world.move(world.nurse, transition_id, "discharge")
    if stage == "withdrawn":
        await world.done(world.nurse, handoff_id, "withdraw", {"reason": "person_declined"})
    if stage in {"accepted", "introduced", "contacted", "closed"}:
        peer = world.peer(await world.offered_to(handoff_id))
        await world.done(peer, handoff_id, "accept")
        if stage == "introduced":
            await world.done(peer, handoff_id, "introduction", {"how": "phone"})
        if stage in {"contacted", "closed"}:
            await world.done(peer, handoff_id, "first-contact", TEXT)
        if stage == "closed":
            await world.done(peer, handoff_id, "close", {"outcome": "got_help"})
    assert (await world.handoff(handoff_id))["state"] == stage
    retracted = await world.move(world.nurse, transition_id, "retract", {"reason": "discharge_cancelled"})
    assert retracted.status_code == 200, retracted.text
    body = retracted.json()
    assert (body["status"], body["handoff_state"]) == ("retracted", "withdrawn")
    assert body["owner_worker_id"] == world.network.nurse_id
    handoff = await world.handoff(handoff_id)
    assert not [one for one in handoff["milestones"] if one["state"] in {"due", "missed"}]
    assert not [one for one in handoff["offers"] if one["status"] == "open"]
    again = await world.move(world.nurse, transition_id, "retract", {"reason": "discharge_cancelled"})
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
    assert (await world.planned(person_id=body["person_id"]))["status"] == "planned", "the visit is free again"


async def test_an_answer_after_withdrawal_is_refused_plainly(world: HandoffWorld) -> None:
    begun = await world.discharged()
    peer = world.peer(await world.offered_to(begun["handoff_id"]))
    await world.move(world.nurse, begun["id"], "retract", {"reason": "discharge_cancelled"})
    for name, body in (("decline", {"reason": "cant_right_now"}), ("accept", None)):
        answer = await world.command(peer, begun["handoff_id"], name, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "no_longer_offered")


async def test_a_plan_can_be_moved_and_dropped(world: HandoffWorld) -> None:
    begun = await world.planned(visit_reference="V-1")
    later = datetime.now(UTC) + timedelta(days=2)
    moved = await world.move(world.nurse, begun["id"], "replan", {"expected_at": later.isoformat()})
    assert datetime.fromisoformat(moved.json()["expected_at"]) == later
    due = (await world.handoff(begun["handoff_id"]))["milestones"]
    assert [(one["code"], datetime.fromisoformat(one["due_at"])) for one in due] == [("introduction", later)]
    twice = await world.nurse.ask(
        "POST",
        "/transitions",
        {
            "person_id": begun["person_id"],
            "programme_id": begun["programme_id"],
            "status": "discharged",
            "visit_reference": "V-1",
        },
    )
    assert (twice.status_code, twice.json()["code"]) == (409, "open_duplicate")
    dropped = await world.move(world.nurse, begun["id"], "cancel", {"reason": "plan_changed"})
    assert (dropped.json()["status"], dropped.json()["handoff_state"]) == ("cancelled", "withdrawn")


async def test_without_a_sender_the_duty_owner_holds_it(world: HandoffWorld) -> None:
    body = {"person_id": await world.person(), "programme_id": world.network.programme_id, "status": "discharged"}
    begun = await world.network.administrator.made("/transitions", body)
    assert begun["sender_worker_id"] is None
    assert begun["owner_worker_id"] == world.network.supervisor_id


async def test_a_clinician_cannot_make_a_colleague_accountable_unasked(world: HandoffWorld) -> None:
    body = {
        "person_id": await world.person(),
        "programme_id": world.network.programme_id,
        "status": "discharged",
        "sender_worker_id": world.network.supervisor_id,
    }
    refused = await world.nurse.ask("POST", "/transitions", body)
    assert refused.json()["errors"] == [{"pointer": "/sender_worker_id", "code": "only_yourself"}]
    assert (await world.supervisor.made("/transitions", body))["sender_worker_id"] == world.network.supervisor_id


async def test_nobody_to_ask_goes_to_the_duty_owner_at_once(world: HandoffWorld) -> None:
    await world.change_team(leaving=world.peers)
    handoff = await world.handoff((await world.discharged())["handoff_id"])
    assert handoff["next"]["who"] == "supervisor"
    assert handoff["offers"][0]["kind"] == "supervisor_escalation"


async def test_a_peer_sees_the_handoff_but_not_who_else_was_asked(world: HandoffWorld) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    first = await world.offered_to(handoff_id)
    await world.done(world.peer(first), handoff_id, "decline", {"reason": "outside_my_role"})
    second = await world.offered_to(handoff_id)
    seen = await world.handoff(handoff_id, by=world.peer(second))
    assert [offer["worker_id"] for offer in seen["offers"]] == [second]
    assert first not in str(seen)
    assert seen["person"]["called"] == "Robin E."
    lines = (await world.peer(second).ask("GET", "/handoffs", params={"worker": "me"})).json()["items"]
    assert [(line["id"], line["called"]) for line in lines] == [(handoff_id, "Robin E.")]


async def test_got_help_needs_a_first_contact(world: HandoffWorld) -> None:
    transition_id, handoff_id, peer = await accepted(world)
    refused = await world.command(world.peer(peer), handoff_id, "close", {"outcome": "got_help"})
    assert refused.json()["errors"] == [{"pointer": "/outcome", "code": "first_contact_needed"}]
    closed = await world.done(world.peer(peer), handoff_id, "close", {"outcome": "could_not_contact"})
    assert closed["owner_worker_id"] == world.network.nurse_id, "who never met the person never held the person"
    assert [line["sequence"] for line in (await world.transition(transition_id))["custody"]] == [1]


async def test_only_the_acceptor_makes_the_first_contact(world: HandoffWorld) -> None:
    _, handoff_id, _ = await accepted(world)
    for caller in (world.nurse, world.supervisor):
        refused = await world.command(caller, handoff_id, "first-contact", TEXT)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")


async def test_another_tenant_sees_nothing(world: HandoffWorld, build_network: Any) -> None:
    begun = await world.discharged()
    elsewhere: Network = await build_network()
    for path in (f"/handoffs/{begun['handoff_id']}", f"/transitions/{begun['id']}"):
        assert (await elsewhere.supervisor.ask("GET", path)).status_code == 404
    taking = await elsewhere.supervisor.ask("POST", f"/handoffs/{begun['handoff_id']}/accept", version=2)
    assert taking.status_code == 404
    body = {"person_id": begun["person_id"], "programme_id": elsewhere.programme_id, "status": "discharged"}
    refused = await elsewhere.nurse.ask("POST", "/transitions", body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (404, "/person_id")
    for path in ("/handoffs", "/transitions"):
        assert (await elsewhere.supervisor.ask("GET", path)).json()["items"] == []


async def test_privacy_officers_have_no_part_in_handoffs(world: HandoffWorld) -> None:
    begun = await world.discharged()
    officer = world.caller(AccessRole.PRIVACY_OFFICER)
    assert (await officer.ask("GET", f"/handoffs/{begun['handoff_id']}")).status_code == 403


async def test_lists_go_page_by_page_and_filter(world: HandoffWorld) -> None:
    made = [(await world.discharged())["handoff_id"] for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": 2, "state": "offered"} | ({} if cursor is None else {"cursor": cursor})
        body = (await world.supervisor.ask("GET", "/handoffs", params=params)).json()
        seen += [line["id"] for line in body["items"]]
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]
    planned = await world.planned()
    listed = (await world.supervisor.ask("GET", "/transitions", params={"status": "planned"})).json()["items"]
    assert [line["id"] for line in listed] == [planned["id"]]
    foreign = await world.supervisor.ask("GET", "/transitions", params={"cursor": "nonsense"})
    assert (foreign.status_code, foreign.json()["code"]) == (400, "cursor_invalid")

"""Who may see and change a handoff, which version they must name, and how lists go on."""

from typing import Any
from uuid import uuid4

from shared.contracts.codes import AccessRole
from tests.services.referrals.conftest import Network
from tests.services.referrals.handoff_world import HandoffWorld, accepted, kinds

TEXT = {"how": "phone", "outcome": "reached"}


async def test_nobody_is_bound_who_does_not_work_here(world: HandoffWorld) -> None:
    """A token outlives a departure by minutes, and an account may name a worker whom nobody registered."""
    handoff_id = (await world.discharged())["handoff_id"]
    asked = await world.offered_to(handoff_id)
    await world.network.administrator.ask("PATCH", f"/workers/{asked}", {"active": False}, version=1)
    refused = [await world.command(world.peer(asked), handoff_id, "accept")]
    for peer in world.peers:  # until the duty owner is asked, and every supervisor may answer
        if (await world.offered_to(handoff_id)) in world.peers:
            await world.done(world.peer(peer), handoff_id, "decline", {"reason": "cant_right_now"})
    unknown = world.caller(AccessRole.SUPERVISOR, str(uuid4()))
    refused.append(await world.command(unknown, handoff_id, "accept"))
    codes = [(one.status_code, one.json()["code"]) for one in refused]
    assert codes == [(403, "worker_required"), (404, "not_found")], "whoever works nowhere has no part in it"
    handoff = await world.handoff(handoff_id)
    assert (handoff["state"], handoff["accepted_by"]) == ("offered", None)


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


async def test_a_peer_lists_the_transitions_he_is_accountable_for(world: HandoffWorld) -> None:
    transition_id, handoff_id, peer = await accepted(world)
    acceptor = world.peer(peer)
    assert (await acceptor.ask("GET", "/transitions")).json()["items"] == []
    await world.done(acceptor, handoff_id, "first-contact", TEXT)
    listed = (await acceptor.ask("GET", "/transitions", params={"owner_worker_id": world.network.nurse_id})).json()
    assert [line["id"] for line in listed["items"]] == [transition_id]


async def test_a_person_is_shown_to_the_peer_who_is_asked_and_to_no_other(world: HandoffWorld) -> None:
    begun = await world.discharged()
    path = f"/people/{begun['person_id']}"
    asked = await world.offered_to(begun["handoff_id"])
    seen = {peer: (await world.peer(peer).ask("GET", path)).status_code for peer in world.peers}
    assert seen == {peer: 200 if peer == asked else 404 for peer in world.peers}
    await world.done(world.peer(asked), begun["handoff_id"], "decline", {"reason": "cant_right_now"})
    assert (await world.peer(asked).ask("GET", path)).status_code == 404

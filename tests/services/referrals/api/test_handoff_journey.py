"""The journey as its callers see it: plan, introduction, discharge, acceptance, first contact, close; and its side ways."""

from tests.services.referrals.handoff_world import HandoffWorld, accepted, kinds


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
        "match_suggested": "met",
        "consent_asked": "lifted",
        "bedside_visit": "met",
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


async def test_nobody_to_ask_goes_to_the_duty_owner_at_once(world: HandoffWorld) -> None:
    await world.change_team(leaving=world.peers)
    handoff = await world.handoff((await world.discharged())["handoff_id"])
    assert handoff["next"]["who"] == "supervisor"
    assert handoff["offers"][0]["kind"] == "supervisor_escalation"


async def test_got_help_needs_a_first_contact(world: HandoffWorld) -> None:
    transition_id, handoff_id, peer = await accepted(world)
    refused = await world.command(world.peer(peer), handoff_id, "close", {"outcome": "got_help"})
    assert refused.json()["errors"] == [{"pointer": "/outcome", "code": "first_contact_needed"}]
    closed = await world.done(world.peer(peer), handoff_id, "close", {"outcome": "could_not_contact"})
    assert closed["owner_worker_id"] == world.network.nurse_id, "who never met the person never held the person"
    assert [line["sequence"] for line in (await world.transition(transition_id))["custody"]] == [1]

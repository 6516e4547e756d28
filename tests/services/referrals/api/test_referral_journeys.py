"""One journey for each integration model, from the asking to the person's own word, on a real database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.services.referrals import guard_double
from tests.services.referrals.guard_double import GuardDouble
from tests.services.referrals.referral_world import ReferralWorld


def an_hour_ago() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat()


async def test_co_located_services_refer_and_meet_the_same_day(referral_world: ReferralWorld) -> None:
    """Referral between services, introduced in person today, no chart shared, closed by the recipient."""
    world = referral_world
    made = await world.referred(recipient_team_id=world.team_id)
    assert (made["status"], made["model"]) == ("requested", "co_located")
    seen = await world.seen(made["id"], world.other_peer)
    assert (seen["identified"], seen["person"]["called"], seen["chart_sharing"]) == (True, "Robin", "none")
    accepted = await world.done(world.other_peer, made["id"], "accept")
    assert accepted["recipient"] == {
        "organization_id": world.partner_id,
        "worker_id": world.other_peer_id,
        "team_id": world.team_id,
    }
    assert datetime.fromisoformat(accepted["introduce_by"]) - datetime.now(UTC) <= timedelta(days=1)
    assert accepted["goodbye_by"] is None
    await world.done(world.nurse, made["id"], "introduce")
    await world.done(world.other_peer, made["id"], "start")
    await world.done(world.other_peer, made["id"], "schedule", {"scheduled_at": "2099-01-01T15:00:00Z"})
    await world.done(world.other_peer, made["id"], "no-show")
    feedback = await world.other_peer.ask(
        "POST", f"/referrals/{made['id']}/feedback", {"text": "We will try again on Thursday"}
    )
    assert feedback.status_code == 201
    await world.done(world.other_peer, made["id"], "complete", {"closing_word": "got_help"})
    word = {"word": "got_what_i_wanted", "own_words": "Somebody had time for me"}
    await world.done(world.nurse, made["id"], "person-word", word)
    closed = await world.seen(made["id"])
    assert (closed["status"], closed["business_status"], closed["closing_word"]) == ("completed", "none", "got_help")
    assert closed["introduced_at"] is not None
    assert [(note["kind"], note["reported_by"]) for note in closed["notes"]] == [
        ("feedback", "staff"),
        ("person_words", "person"),
    ]
    assert [step["command"] for step in closed["history"]] == [
        *("request", "accept", "introduce", "start", "schedule", "no-show", "complete", "person-word")
    ]


async def test_an_integrated_team_assigns_directly_by_the_guards_word(
    referral_world: ReferralWorld, guard: GuardDouble
) -> None:
    """Direct assignment inside the team, judged every time; the huddle talks about it."""
    world = referral_world
    programme = await world.programme("integrated_team")
    wish = await world.wish(
        programme_id=programme,
        recipient_worker_id=world.network.peer_id,
        recipient_team_id=world.clinic_team_id,
        activity="community_accompaniment",
        text="Walk along to the housing office",
    )
    made = await world.nurse.made("/referrals", wish)
    assert (made["status"], made["version"], UUID(made["decision_id"])) == (
        "accepted",
        2,
        next(iter(guard.decided.values())).decision_id,
    )
    assert guard.asked[0].facts.practice_role == "peer_support_specialist"
    assert guard.asked[0].facts.integration_model == "integrated_team"
    guard.judge = guard_double.out_of_scope
    refused = await world.nurse.ask("POST", "/referrals", wish | {"text": "Adjust the dose"})
    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_scope")
    assert refused.json()["alternative"]["text"] == "help prepare questions"
    assert guard.boundary_events == 1
    huddle = await world.network.peer.ask("GET", f"/teams/{world.clinic_team_id}/huddle")
    assert [line["id"] for line in huddle.json()["items"]] == [made["id"]]
    assert (await world.peer.ask("GET", f"/teams/{world.clinic_team_id}/huddle")).status_code == 404
    seen = await world.seen(made["id"], world.network.peer)
    assert (seen["chart_sharing"], seen["text"]) == ("shared_plan", "Walk along to the housing office")
    back = await world.done(world.network.peer, made["id"], "unaccept", {"reason": "stepped_back"})
    assert (back["status"], back["status_reason"]) == ("failed", "stepped_back")
    (again,) = await world.listed(world.nurse, status="requested")
    fresh = await world.seen(again)
    assert (fresh["follows"], fresh["follows_because"], fresh["recipient"]["worker_id"], fresh["decision_id"]) == (
        made["id"],
        "stepped_back",
        None,
        None,
    )


async def test_transitional_support_is_born_from_a_transition_and_ends_with_a_goodbye(
    referral_world: ReferralWorld,
) -> None:
    """Linked to the transition, falling over nine months, ended with a planned goodbye."""
    world = referral_world
    person = await world.person()
    programme = await world.programme("transitional")
    planned = {"person_id": person, "programme_id": programme, "status": "planned"}
    planned["expected_at"] = (datetime.now(UTC) + timedelta(hours=5)).isoformat()
    transition = await world.nurse.made("/transitions", planned)
    wish = await world.wish(programme_id=programme, person_id=person)
    without = await world.nurse.ask("POST", "/referrals", wish)
    assert (without.status_code, without.json()["errors"]) == (
        422,
        [{"pointer": "/transition_id", "code": "transition_required"}],
    )
    made = await world.nurse.made("/referrals", wish | {"transition_id": transition["id"]})
    await world.done(world.peer, made["id"], "accept", {"occurred_at": an_hour_ago()})
    seen = await world.seen(made["id"], world.peer)
    assert [phase["contact_every_days"] for phase in seen["phases"]] == [7, 14, 30]
    assert seen["goodbye_by"] is not None
    early = await world.command(world.peer, made["id"], "complete", {"closing_word": "got_help"})
    assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "goodbye_first")
    assert (await world.seen(made["id"]))["version"] == 2
    await world.done(world.peer, made["id"], "say-goodbye")
    done = await world.done(world.peer, made["id"], "complete", {"closing_word": "got_help"})
    assert done["status"] == "completed"


async def test_a_peer_run_partner_learns_who_it_is_only_by_acceptance_and_consent(
    referral_world: ReferralWorld,
) -> None:
    """De-identified offer with a named clinical backup; without a consent record nobody is told a name."""
    world = referral_world
    programme = await world.programme("peer_run_partner", world.partner_id)
    person = await world.person(agreed=False, preferred_name="Wren")
    wish = await world.wish(programme_id=programme, person_id=person, recipient_team_id=world.team_id)
    missing = await world.nurse.ask("POST", "/referrals", wish)
    assert (missing.status_code, missing.json()["errors"][0]["code"]) == (422, "clinical_backup_required")
    await world.backup(programme)
    made = await world.nurse.made("/referrals", wish)
    assert made["clinical_backup"]["worker_id"] == world.psychiatrist_id

    async def told(caller: object) -> str:
        read = await caller.ask("GET", f"/referrals/{made['id']}")  # type: ignore[attr-defined]
        listed = await caller.ask("GET", "/referrals")  # type: ignore[attr-defined]
        return str(read.text + listed.text)

    for caller in (world.peer, world.other_peer, world.lead, world.network.administrator):
        text = await told(caller)
        assert made["id"] in text
        assert person not in text
        assert "Wren" not in text
    assert "Wren" in await told(world.nurse)
    accepted = await world.command(world.peer, made["id"], "accept")
    assert accepted.status_code == 200
    assert person not in accepted.text
    assert person not in await told(world.peer), "no consent covers it yet"
    assert (await world.peer.ask("GET", f"/people/{person}")).status_code == 404
    assert await world.listed(world.peer, person_id=person) == []
    assert await world.listed(world.nurse, person_id=person) == [made["id"]]
    await world.done(world.nurse, made["id"], "close", {"closing_word": "got_help", "reported_by": "person"})
    closed = await world.seen(made["id"])
    assert (closed["status"], closed["closed_by"]) == ("completed", "person")

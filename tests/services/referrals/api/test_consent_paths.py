"""Every route of referrals that reads, walked for everybody of the partner's house: before, with, after a consent.

The routes are taken from the application itself: one that is added is walked too, or this says what it needs to be.
"""

from collections.abc import Awaitable, Callable

import httpx2
import pytest
from fastapi.routing import APIRoute

from services.referrals.domain.redisclosure import STATEMENT
from services.referrals.main import ROUTERS
from services.referrals.use_cases.referral_ports import ReferralOrder
from tests.services.referrals.conftest import Caller
from tests.services.referrals.consent_world import FAMILY, PREFERRED, SECRETS, ConsentWorld
from tests.services.referrals.referral_world import in_days


def reading_paths() -> list[str]:
    """Every path that can be read here, internal ones left out."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return sorted(
        {route.path for route in routes if "GET" in (route.methods or ()) and not route.path.startswith("/internal")}
    )


def asked_paths(world: ConsentWorld) -> list[str]:
    """The same with the ids of what there is, and every list also by person."""
    known = {
        "referral_id": world.referral_id,
        "person_id": world.person_id,
        "programme_id": world.programme_id,
        "team_id": world.referrals.team_id,
        "worker_id": world.referrals.peer_id,
        "organization_id": world.referrals.partner_id,
    } | world.known
    nothing = world.referral_id  # a route about something else finds nothing under this id
    paths = []
    for path in reading_paths():
        names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
        filled = path
        for name in names:
            filled = filled.replace(f"{{{name}}}", known.get(name, nothing))
        paths.append(filled)
    by_person = [f"{path}?person_id={world.person_id}" for path in ("/referrals", "/tasks")]
    return [*paths, *by_person, "/referrals?owner=me", "/referrals?order=due"]


async def told(world: ConsentWorld) -> dict[tuple[str, str], httpx2.Response]:
    """What everybody of the partner's house reads anywhere."""
    answers = {}
    for name, caller in world.outsiders().items():
        for path in asked_paths(world):
            answers[name, path] = await caller.ask("GET", path)
    return answers


def leaks(answers: dict[tuple[str, str], httpx2.Response], world: ConsentWorld) -> list[tuple[str, str, str]]:
    """Where anything leads to the person."""
    words = (*SECRETS, world.person_id)
    return [
        (*place, word)
        for place, answer in answers.items()
        for word in words
        if word in answer.text or word in str(answer.headers)
    ]


def test_the_routes_walked_are_those_that_exist() -> None:
    paths = reading_paths()
    assert {
        "/referrals",
        "/referrals/{referral_id}",
        "/teams/{team_id}/huddle",
        "/people",
        "/people/{person_id}",
    } <= set(paths)
    assert len(paths) > 20


After = Callable[[ConsentWorld], Awaitable[None]]


async def never(world: ConsentWorld) -> None:
    """Nobody has asked the person."""


async def revoked(world: ConsentWorld) -> None:
    """Given, used, and taken back."""
    consent = await world.consented()
    assert (await world.referrals.seen(world.referral_id, world.peer))["identified"] is True
    await world.revoked(consent)


async def expired(world: ConsentWorld) -> None:
    """Given, used, and over."""
    consent = await world.consented()
    assert (await world.referrals.seen(world.referral_id, world.peer))["identified"] is True
    await world.expired(consent)


@pytest.mark.parametrize("what", [never, revoked, expired], ids=lambda what: str(what.__name__))
async def test_nothing_leaves_without_a_consent_in_force(consent_world: ConsentWorld, what: After) -> None:
    world = consent_world
    await world.accepted()
    await world.worked_on()
    await what(world)
    answers = await told(world)
    assert leaks(answers, world) == []
    assert not [place for place, answer in answers.items() if answer.status_code >= 500]
    for name in ("peer", "lead"):
        assert world.referral_id in answers[name, "/referrals"].text, "they still know that there is one"
        assert answers[name, f"/tasks/{world.known['task_id']}"].status_code == 200, "and that there is something to do"
    assert world.known["transition_id"] in answers["lead", "/transitions"].text
    assert answers["colleague", f"/tasks/{world.known['task_id']}"].status_code == 404


async def test_nothing_leaves_before_acceptance(consent_world: ConsentWorld) -> None:
    world = consent_world
    await world.consented()
    assert leaks(await told(world), world) == []


async def test_with_consent_the_one_who_took_it_is_told_and_every_telling_carries_the_notice(
    consent_world: ConsentWorld,
) -> None:
    world = consent_world
    await world.consented()
    await world.accepted()
    await world.worked_on()
    answers = await told(world)
    found = {place[:2] for place in leaks(answers, world)}
    assert {("peer", f"/referrals/{world.referral_id}"), ("peer", "/referrals"), ("peer", "/people")} <= found
    assert {("peer", "/tasks"), ("peer", f"/tasks?person_id={world.person_id}")} <= found
    assert {("lead", "/referrals"), ("lead", "/tasks")} <= found, "who answers for the work knows too"
    assert not [place for place in found if place[0] == "colleague"], "a colleague who has not taken it does not"
    for place in found:
        if "/consents" not in place[1]:
            assert STATEMENT in answers[place].text, place
    assert PREFERRED in answers["peer", "/referrals"].text
    assert FAMILY not in answers["peer", "/referrals"].text
    rows = await world.rows("SELECT DISTINCT to_worker_id FROM disclosures")
    assert {str(row["to_worker_id"]) for row in rows} == {world.referrals.peer_id, world.referrals.partner_lead_id}


async def test_a_list_by_person_is_no_way_to_find_out(consent_world: ConsentWorld) -> None:
    """Whoever knows the register could ask, name by name, whom the offer is about."""
    world = consent_world
    await world.accepted()
    await world.worked_on()
    for caller in world.outsiders().values():
        assert await world.referrals.listed(caller, person_id=world.person_id) == []
        assert (await caller.ask("GET", f"/tasks?person_id={world.person_id}")).json()["items"] == []
    wish = await world.referrals.wish(person_id=world.person_id, recipient_worker_id=world.referrals.other_peer_id)
    guessed = await world.referrals.lead.ask("POST", "/referrals", wish)
    assert (guessed.status_code, guessed.json()["errors"][0]["pointer"]) == (404, "/person_id"), "nor by referring them"
    assert (await _refer(world.nurse, wish))["duplicate_of"] is not None


@pytest.mark.parametrize("order", list(ReferralOrder))
async def test_no_order_of_a_list_by_person_says_whom_an_offer_is_about(
    consent_world: ConsentWorld, order: ReferralOrder
) -> None:
    """Before anybody answers: the offer waits, without a name."""
    world = consent_world
    if order is ReferralOrder.OFFER_AGAIN:
        declined = {"reason": "cant_right_now", "what_next": "offer_later", "offer_again_at": in_days(1)}
        await world.referrals.done(world.peer, world.referral_id, "reject", declined)
    if order is ReferralOrder.AT_RISK:
        await world.rows("UPDATE referrals SET respond_by = now() WHERE id = $1 RETURNING id", world.referral_id)
    asked = {"order": order.value, "person_id": world.person_id}
    assert await world.referrals.listed(world.nurse, **asked) == [world.referral_id]
    for caller in (world.peer, world.referrals.lead):
        assert await world.referrals.listed(caller, order=order.value) == [world.referral_id]
        assert await world.referrals.listed(caller, **asked) == []


async def _refer(caller: Caller, wish: dict[str, object]) -> dict[str, object]:
    return dict(await caller.made("/referrals", wish))

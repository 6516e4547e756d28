"""Every route of referrals, for staff of a house that has no part in what another one does: nothing is learned, nothing moves.

The routes are taken from the application itself. One that changes something has to stand in `CHANGES`, with a good body
about what is the clinic's, or in `THEIR_OWN`; one that is added and stands in neither fails here. Administrators and
privacy officers speak for the whole network (docs/decisions/0015) and are not walked.
"""

from collections.abc import Callable, Mapping
from typing import Any

import httpx2
from fastapi.routing import APIRoute

from services.referrals.main import ROUTERS
from tests.services.referrals.api.test_consent_paths import reading_paths
from tests.services.referrals.api.test_own_house import nurse_there
from tests.services.referrals.clinic_world import ClinicWorld
from tests.services.referrals.conftest import Caller
from tests.services.referrals.referral_world import in_days

Body = Callable[[ClinicWorld], Mapping[str, Any]]
Places = dict[tuple[str, str], httpx2.Response]

THEIR_OWN = {
    "POST /people": "somebody of their own house",
    "POST /teams/{team_id}/colleagues": "which colleagues may do something, and nothing about anybody they walk with",
    "PUT /workers/me/lived-experience": "of the caller's own life",
}
"""Routes that change or ask nothing of another house, whatever is sent."""


def _nothing(_: ClinicWorld) -> Mapping[str, Any]:
    return {}


def _always(**body: Any) -> Body:
    return lambda _: body


def _about_them(**more: Any) -> Body:
    return lambda world: {name: world.ids[name] for name in ("person_id", "programme_id")} | more


def _to_their_peer(world: ClinicWorld) -> Mapping[str, Any]:
    return {"recipient_worker_id": world.referrals.peer_id}


def _referral(world: ClinicWorld) -> Mapping[str, Any]:
    more = {"need": "peer_support", "kind": "peer_service"}
    return {**_about_them()(world), **_to_their_peer(world), **more}


def _consent(world: ClinicWorld) -> Mapping[str, Any]:
    """By the house that is not the clinic: it may tell the clinic."""
    clinic = [world.ids["organization_id"]]
    return world.referrals.signed(organization_id=world.referrals.partner_id, recipient_organization_ids=clinic)


def _task(world: ClinicWorld) -> Mapping[str, Any]:
    return world.referrals.network.task(assignee_worker_id=world.referrals.peer_id, person_id=world.ids["person_id"])


def _team(world: ClinicWorld) -> Mapping[str, Any]:
    return {"organization_id": world.ids["organization_id"], "name": "Ours", "member_worker_ids": []}


def _of_their_peer(world: ClinicWorld, **more: Any) -> Mapping[str, Any]:
    return {"worker_id": world.referrals.peer_id, **more}


_CREDENTIAL = {"issuer": "B", "number": "2", "jurisdiction": "US-VA", "stage": "full", "issued_on": "2025-01-01"}
_SHIFT = {"duty": "peer", "starts_at": in_days(1), "ends_at": in_days(2)}
_FACT = {"kind": "died", "source_key": "digest-of-visit-0009", "event_at": in_days(-0.1)}
_WISHES = {"wishes": {"reported_by": "person", "content": {"words": "Something else"}}}
_CONTACT = {"how": "phone", "outcome": "reached"}
_BUSY = {"reason": "cant_right_now"}
_HELPED = {"closing_word": "got_help"}

CHANGES: Mapping[str, Body] = {
    "POST /consents/{consent_id}/revoke": _always(method="spoken"),
    "POST /directory/organizations/{entry_id}/partner": _nothing,
    "POST /dual-relationships/{entry_id}/end": _nothing,
    "POST /handoffs/{handoff_id}/accept": _nothing,
    "POST /handoffs/{handoff_id}/close": _always(outcome="no_capacity"),
    "POST /handoffs/{handoff_id}/decline": _always(**_BUSY),
    "POST /handoffs/{handoff_id}/first-contact": _always(**_CONTACT),
    "POST /handoffs/{handoff_id}/follow-up": _always(**_CONTACT),
    "POST /handoffs/{handoff_id}/introduction": _always(how="phone"),
    "POST /handoffs/{handoff_id}/preparation": _always(step="consent_asked"),
    "POST /handoffs/{handoff_id}/withdraw": _always(reason="person_declined"),
    "PATCH /handoffs/{handoff_id}/sheet": _always(**_WISHES),
    "POST /organizations": _always(name="Another"),
    "PATCH /people/{person_id}": _always(given_name="Taken"),
    "POST /people/{person_id}/consents": _consent,
    "PUT /people/{person_id}/wish": _always(codes=[]),
    "POST /programmes": _nothing,
    "PATCH /programmes/{programme_id}": _always(name="Taken"),
    "POST /programmes/{programme_id}/capacity-terms": _always(effective_from="2030-01-01"),
    "PUT /programmes/{programme_id}/clinical-backup": lambda world: {
        "team_id": world.referrals.team_id,
        "worker_id": world.referrals.peer_id,
    },
    "POST /programmes/{programme_id}/dual-relationships": lambda world: _of_their_peer(
        world, person_id=world.ids["person_id"]
    ),
    "POST /programmes/{programme_id}/matches": lambda world: {"person_id": world.ids["person_id"]},
    "POST /programmes/{programme_id}/shifts": lambda world: _of_their_peer(world, **_SHIFT),
    "POST /programmes/{programme_id}/shifts/{shift_id}/end": _nothing,
    "POST /referrals": _referral,
    "POST /referrals/{referral_id}/pass-on": _referral,
    "POST /referrals/{referral_id}/request": _to_their_peer,
    "POST /referrals/{referral_id}/reroute": _to_their_peer,
    "POST /referrals/{referral_id}/accept": _nothing,
    "POST /referrals/{referral_id}/unaccept": _always(**_BUSY),
    "POST /referrals/{referral_id}/reject": _always(**_BUSY, what_next="nothing"),
    "POST /referrals/{referral_id}/start": _nothing,
    "POST /referrals/{referral_id}/hold": _always(**_BUSY),
    "POST /referrals/{referral_id}/resume": _nothing,
    "POST /referrals/{referral_id}/complete": _always(**_HELPED),
    "POST /referrals/{referral_id}/fail": _always(**_BUSY),
    "POST /referrals/{referral_id}/cancel": _always(**_BUSY),
    "POST /referrals/{referral_id}/close": _always(**_HELPED),
    "POST /referrals/{referral_id}/mark-error": _nothing,
    "POST /referrals/{referral_id}/schedule": _always(scheduled_at=in_days(1)),
    "POST /referrals/{referral_id}/no-show": _nothing,
    "POST /referrals/{referral_id}/cancel-appointment": _nothing,
    "POST /referrals/{referral_id}/ask-for-information": _nothing,
    "POST /referrals/{referral_id}/give-information": _nothing,
    "POST /referrals/{referral_id}/waitlist": _nothing,
    "POST /referrals/{referral_id}/ask-to-cancel": _nothing,
    "POST /referrals/{referral_id}/introduce": _nothing,
    "POST /referrals/{referral_id}/say-goodbye": _nothing,
    "POST /referrals/{referral_id}/person-word": _always(word="got_what_i_wanted"),
    "POST /referrals/{referral_id}/feedback": _always(text="How is it going?"),
    "POST /tasks": _task,
    "POST /tasks/{task_id}/start": _nothing,
    "POST /tasks/{task_id}/hold": _always(**_BUSY),
    "POST /tasks/{task_id}/resume": _nothing,
    "POST /tasks/{task_id}/complete": _nothing,
    "POST /tasks/{task_id}/decline": _always(**_BUSY),
    "POST /tasks/{task_id}/fail": _always(**_BUSY),
    "POST /tasks/{task_id}/cancel": _always(reason="no_longer_needed"),
    "POST /tasks/{task_id}/review": _always(decision="approve", reason="fits_the_role", words="It fits"),
    "POST /teams": _team,
    "POST /teams/{team_id}/members": lambda world: {"joining": [world.referrals.peer_id]},
    "POST /transitions": _about_them(status="discharged"),
    "POST /transitions/source-events": _about_them(**_FACT),
    "POST /transitions/{transition_id}/cancel": _always(reason="plan_changed"),
    "POST /transitions/{transition_id}/discharge": _nothing,
    "POST /transitions/{transition_id}/replan": _always(expected_at=in_days(2)),
    "POST /transitions/{transition_id}/retract": _always(reason="entered_in_error"),
    "POST /workers": _nothing,
    "PATCH /workers/{worker_id}": _always(active=False),
    "PUT /workers/{worker_id}/supervision": _always(last_supervised_on="2025-01-01", supervision_cadence_days=7),
    "POST /workers/{worker_id}/credentials": _always(**_CREDENTIAL),
    "PUT /workers/{worker_id}/credentials/{credential_id}": _always(
        stage="full", expires_on=None, suspended_on="2025-02-02"
    ),
    "POST /workers/{worker_id}/absences": _nothing,
    "POST /workers/{worker_id}/absences/{absence_id}/end": _nothing,
    "POST /workers/me/dual-relationships": _about_them(),
}

LOOKED_FOR = (
    "/referrals?person_id={person_id}",
    "/referrals?order=due&person_id={person_id}",
    "/referrals?team_id={team_id}",
    "/referrals?owner={worker_id}",
    "/tasks?person_id={person_id}",
    "/tasks?assignee_worker_id={worker_id}",
    "/numbers/handoffs?programme_id={programme_id}",
    "/numbers/follow-up?programme_id={programme_id}",
    "/follow-up/at-risk?programme_id={programme_id}",
)
"""What can be looked for in a list, by ids of the clinic's."""


def changing_routes() -> set[str]:
    """Every route that can change something, internal ones left out: what systems ask, no token of a person opens."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return {
        f"{method} {route.path}"
        for route in routes
        for method in route.methods or ()
        if method != "GET" and not route.path.startswith("/internal")
    }


def test_every_route_is_classified() -> None:
    assert changing_routes() == CHANGES.keys() | THEIR_OWN.keys()
    assert not CHANGES.keys() & THEIR_OWN.keys()


async def staff_there(world: ClinicWorld) -> dict[str, Caller]:
    """One of each kind whom another house employs (to this service a case manager is as a nurse)."""
    referrals = world.referrals
    return {"peer": referrals.peer, "lead": referrals.lead, "nurse": await nurse_there(referrals)}


async def read(world: ClinicWorld, staff: Mapping[str, Caller]) -> Places:
    places = [path.format_map(_Known(world.ids)) for path in (*reading_paths(), *LOOKED_FOR)]
    return {(who, path): await caller.ask("GET", path) for who, caller in staff.items() for path in places}


async def tried(world: ClinicWorld, staff: Mapping[str, Caller]) -> Places:
    answers: Places = {}
    for who, caller in staff.items():
        for route, body in CHANGES.items():
            method, path = route.split(" ")
            sent = dict(body(world))
            answers[who, route] = await caller.ask(method, path.format_map(_Known(world.ids)), sent, version=1)
    return answers


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        raise AssertionError(f"{name}: the clinic's world has none, so a route about one is not walked")


def wrongly(answers: Places, world: ClinicWorld, *, refused: bool) -> list[tuple[object, ...]]:
    """Where something was told, or an answer was not the one that says nothing."""
    told = [
        (*place, answer.status_code, word)
        for place, answer in answers.items()
        for word in world.secrets
        if word in answer.text or word in str(answer.headers)
    ]
    expected = (403, 404) if refused else (200, 403, 404)
    odd = [
        (*place, answer.status_code, answer.text)
        for place, answer in answers.items()
        if answer.status_code not in expected
    ]
    return told + odd


async def test_another_house_learns_and_moves_nothing(clinic_world: ClinicWorld) -> None:
    """Before there is a consent, and after: a consent says who may be told, and tells nobody who has no part in it."""
    world, staff = clinic_world, await staff_there(clinic_world)
    for agreed in (False, True):
        if agreed:
            await world.referrals.nurse.made(f"/people/{world.ids['person_id']}/consents", world.referrals.signed())
        before = await world.fingerprint()
        assert wrongly(await read(world, staff), world, refused=False) == []
        assert wrongly(await tried(world, staff), world, refused=True) == []
        after = await world.fingerprint()
        assert {table for table in after if after[table] != before[table]} == set()


async def test_the_house_itself_reads_what_the_other_does_not(clinic_world: ClinicWorld) -> None:
    """The counterpart: without it, a walk through nothing would pass."""
    world = clinic_world
    answers = await read(world, {"supervisor": world.referrals.network.supervisor})
    shown = {word for word in world.secrets for answer in answers.values() if word in answer.text}
    assert shown == set(world.secrets)

"""Passing a part of a referral on: who is offered it, what is sent, and what is said when it cannot be sent."""

from itertools import product
from typing import Any

import pytest

from services.console.domain.referral_steps import may
from services.console.domain.told_referral import Referral
from services.console.use_cases.ports import Refused
from services.referrals.api.referral_schemas import PassOnRequest
from services.referrals.domain.referral_states import WORKING, ReferralParty, ReferralStatus
from services.referrals.use_cases import pass_on_referral
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import NURSE, PROGRAMME, session_of
from tests.services.console.fakes_referring import TEAM, referral

FORM = {"csrf": "csrf-of-this-session", "key": "a-key-of-this-form", "version": "4"}
PART = FORM | {"to": "team", "team_id": str(TEAM), "kind": "clinical", "need": "housing", "text": "Look at the lease"}


def _taken(**changes: Any) -> Referral:
    return referral(**{"status": "accepted"} | changes)


def test_passing_on_is_offered_to_exactly_those_who_may() -> None:
    parties = [party for party in ReferralParty if party is not ReferralParty.SYSTEM]
    for status, party in product(ReferralStatus, parties):
        legal = status in WORKING and party in pass_on_referral._MAY
        assert may(referral(status=status.value, you_are=(party.value,)), "pass-on") is legal, (status, party)
    assert not may(_taken(person=None, identified=False), "pass-on"), "whoever is not told whom it is about"


async def test_whoever_has_it_passes_a_part_on_about_the_same_person(house: House) -> None:
    transition = new_id()
    one = _taken(need="housing", priority="urgent", transition_id=transition)
    house.referring.known = [one]
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        whole = (await browser.get(f"/referrals/{one.id}")).text
        form = (await browser.get(f"/referrals/{one.id}/pass-on")).text
        sent = await browser.post(
            f"/referrals/{one.id}/pass-on",
            data=PART
            | {
                "follows": "yes",
                "attested": "consent_on_file",
                "programme_id": str(new_id()),
                "person_id": str(new_id()),
            },
        )
    assert f'href="/referrals/{one.id}/pass-on"' in whole
    assert "Wren T." in form
    assert 'value="housing" selected' in form
    assert 'name="priority" value="urgent" checked' in form
    assert 'name="follows" value="yes">' in form, "mine follows only where that is asked for"
    assert (sent.status_code, sent.headers["location"].endswith("?done=referral_sent")) == (303, True)
    assert one.person is not None
    body = {
        "programme_id": str(PROGRAMME),
        "person_id": str(one.person.person_id),
        "need": "housing",
        "priority": "routine",
        "text": "Look at the lease",
        "attested_conditions": ["consent_on_file"],
        "parent_follows": True,
        "transition_id": str(transition),
        "kind": "clinical",
        "recipient_team_id": str(TEAM),
    }
    assert house.referring.commands == [(f"/{one.id}/pass-on", body, 0, "a-key-of-this-form")]
    assert PassOnRequest.model_validate(body).wish().person_id == one.person.person_id, "referrals takes it as it is"


async def test_a_colleague_is_asked_for_what_their_role_takes(house: House) -> None:
    one = _taken()
    house.referring.known = [one]
    asked = FORM | {"to": "worker", "worker_id": str(NURSE), "need": "health_care"}
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        await browser.post(f"/referrals/{one.id}/pass-on", data=asked)
    ((_, body, _, _),) = house.referring.commands
    assert (body["recipient_worker_id"], body["kind"], body["parent_follows"]) == (str(NURSE), "clinical", False)
    assert "recipient_team_id" not in body
    assert "transition_id" not in body


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"team_id": ""}, "Please choose the team."),
        ({"kind": "nothing"}, "Please choose what kind of help."),
        ({"need": ""}, "Please choose what is needed."),
        ({"to": "worker"}, "Please choose a colleague who takes referrals."),
    ],
)
async def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    house: House, missing: dict[str, str], words: str
) -> None:
    one = _taken()
    house.referring.known = [one]
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = await browser.post(f"/referrals/{one.id}/pass-on", data=PART | {"follows": "yes"} | missing)
    assert page.status_code == 422
    assert words in page.text
    assert "Look at the lease" in page.text
    assert 'name="follows" value="yes" checked' in page.text
    assert house.referring.commands == []


@pytest.mark.parametrize(
    ("status", "code", "errors", "words"),
    [
        (422, "invalid_request", ["cycle_of_intermediaries"], "It came by way of them already"),
        (422, "invalid_request", ["nobody_qualified_in_team"], "Nobody in this team may take this kind"),
        (409, "out_of_scope", [], "lies outside the role"),
        (409, "not_permitted_yet", [], "needs something that is not there yet"),
    ],
)
async def test_why_it_was_not_taken_is_said_beside_the_form(
    house: House, status: int, code: str, errors: list[str], words: str
) -> None:
    one = _taken()
    house.referring.known = [one]
    document = {"errors": [{"code": error, "pointer": ""} for error in errors]}
    house.referring.refuse = Refused("referrals", status=status, code=code, document=document)
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = await browser.post(f"/referrals/{one.id}/pass-on", data=PART)
    assert page.status_code == 422
    assert words in page.text
    assert "Look at the lease" in page.text


@pytest.mark.parametrize(("status", "code"), [(409, "illegal_move"), (403, "not_yours"), (404, "not_found")])
async def test_what_changed_meanwhile_leads_back_to_the_referral(house: House, status: int, code: str) -> None:
    one = _taken()
    house.referring.known = [one]
    house.referring.refuse = Refused("referrals", status=status, code=code, document={})
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        answer = await browser.post(f"/referrals/{one.id}/pass-on", data=PART)
    assert answer.headers["location"] == f"/referrals/{one.id}?trouble=moved_on"


@pytest.mark.parametrize("changes", [{"status": "requested"}, {"you_are": ("requester",)}, {"person": None}])
async def test_whoever_may_not_is_led_back_and_is_shown_no_link(house: House, changes: dict[str, Any]) -> None:
    one = _taken(**changes)
    house.referring.known = [one]
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        whole = (await browser.get(f"/referrals/{one.id}")).text
        form = await browser.get(f"/referrals/{one.id}/pass-on")
        sent = await browser.post(f"/referrals/{one.id}/pass-on", data=PART)
    assert "pass-on" not in whole
    assert {form.headers["location"], sent.headers["location"]} == {f"/referrals/{one.id}?trouble=moved_on"}
    assert house.referring.commands == []


async def test_a_part_says_through_whom_it_came_in_both_languages(house: House) -> None:
    part = referral(part_of=new_id(), intermediary={"worker_id": NURSE, "team_id": None})
    mine = _taken()
    house.referring.known = [part, mine]
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        english = (await browser.get(f"/referrals/{part.id}")).text
    async with house.browser(session_of(AccessRole.PEER), language="es") as browser:
        spanish = (await browser.get(f"/referrals/{mine.id}/pass-on")).text
    assert "Passed on by" in english
    assert "Pasar una parte a otros" in spanish

"""What a peer keeps for themselves, whom they know from elsewhere, and what a person wishes for."""

import pytest

from services.console.adapters.word_files import read_words
from services.console.domain.told_matching import Acquaintance, StillHeld
from services.console.domain.told_team import Absence
from services.console.domain.words import Language
from services.console.use_cases.ports import Refused
from services.referrals.adapters.matching_files import load_lived_experience
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import NOW, NURSE, PEER, PROGRAMME, handoff, session_of
from tests.services.console.fakes_referring import referral
from tests.services.console.fakes_sheets import sheet

FORM = {"csrf": "csrf-of-this-session", "key": "a-key-of-this-form", "version": "2"}


def acquaintance(**changes: object) -> Acquaintance:
    """The visitor knows somebody from elsewhere."""
    content = {"id": new_id(), "version": 2, "person_id": new_id(), "programme_id": PROGRAMME, "recorded_at": NOW}
    return Acquaintance.model_validate(content | {"ended_at": None} | changes)


async def test_a_peer_s_own_page_shows_what_was_said_and_keeps_all_of_it_anew(house: House) -> None:
    house.matching.known = [acquaintance(), acquaintance(ended_at=NOW)]
    own = "/about-me/lived-experience"
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get("/about-me")).text
        kept = await browser.post(own, data=FORM | {"codes": ["parenting", "reentry"], "use_for_matching": "yes"})
        await browser.post(own, data=FORM)
    assert 'value="parenting" checked' in page
    assert 'value="yes" checked' not in page
    assert "Nobody. Not your supervisor" in page
    assert page.count("This no longer counts") == 1
    assert "Somebody you do not walk with now" in page
    assert kept.headers["location"] == "/about-me?done=lived_experience"
    assert [body for _, body in house.matching.kept] == [
        {"codes": ("parenting", "reentry"), "use_for_matching": True},
        {"codes": (), "use_for_matching": False},
    ]


@pytest.mark.parametrize("role", [AccessRole.CLINICIAN, AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR])
async def test_nobody_else_has_such_a_page(house: House, role: AccessRole) -> None:
    one = handoff()
    house.referrals.known[one.id] = one
    async with house.browser(session_of(role, worker_id=NURSE)) as browser:
        assert (await browser.get("/about-me")).status_code == 403
        assert (await browser.get(f"/handoffs/{one.id}/known-elsewhere")).status_code == 403
        own = await browser.get("/contact-points", follow_redirects=True)
    assert "About me" not in own.text


async def test_a_peer_says_on_the_page_of_an_invitation_that_they_know_somebody(house: House) -> None:
    one, other = handoff(), referral()
    house.referrals.known[one.id] = one
    house.referring.known = [other]
    assert other.person is not None
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        invitation = (await browser.get(f"/handoffs/{one.id}")).text
        ask = (await browser.get(f"/handoffs/{one.id}/known-elsewhere")).text
        said = await browser.post(f"/handoffs/{one.id}/known-elsewhere", data=FORM)
        referred = await browser.post(f"/referrals/{other.id}/known-elsewhere", data=FORM)
    assert f'href="/handoffs/{one.id}/known-elsewhere"' in invitation
    assert "Do you know Juniper T. from elsewhere?" in ask
    assert "goes to the next colleague at once" in ask
    assert "step_back" not in ask
    assert said.headers["location"] == referred.headers["location"] == "/inbox?done=known"
    people = [one.person.person_id if one.person else None, other.person.person_id]
    assert [body["person_id"] for _, body in house.matching.kept] == people


async def test_what_a_peer_holds_already_stays_until_they_step_back(house: House) -> None:
    one = handoff(state="contacted", accepted_by=PEER, next=None)
    house.referrals.known[one.id] = one
    house.matching.still_held = (StillHeld(kind="handoff", id=one.id),)
    page = f"/handoffs/{one.id}/known-elsewhere"
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        ask = (await browser.get(page)).text
        kept = await browser.post(page, data=FORM)
        let_go = await browser.post(page, data=FORM | {"step_back": "yes"})
        assert one.person is not None
        about = {"person_id": str(one.person.person_id), "programme_id": str(one.programme_id)}
        house.referrals.known.clear()
        after = await browser.post("/about-me/known/let-go", data=FORM | about)
        unknown = await browser.post("/about-me/known/let-go", data=FORM)
    assert "stays with you until you step back" in ask
    assert kept.status_code == 200
    assert "You are not asked about Juniper T. any more" in kept.text
    assert f'<a href="/handoffs/{one.id}">Walking along</a>' in kept.text
    assert 'action="/about-me/known/let-go"' in kept.text
    assert all(f'name="{name}" value="{value}"' in kept.text for name, value in about.items())
    assert "nobody asks you why" in kept.text
    assert let_go.headers["location"] == "/inbox?done=known"
    assert after.headers["location"] == "/inbox?done=known_let_go", "also where the page they were asked on is gone"
    assert unknown.status_code == 404
    assert [body["step_back"] for _, body in house.matching.kept] == [False, True, True]


async def test_a_person_who_is_not_named_yet_cannot_be_known(house: House) -> None:
    hidden, unnamed = referral(person=None, identified=False), handoff(person=None)
    house.referring.known = [hidden]
    house.referrals.known[unnamed.id] = unnamed
    house.sheets.known[unnamed.id] = sheet()
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        offer = await browser.get(f"/handoffs/{unnamed.id}")
        on_paper = await browser.get(f"/handoffs/{unnamed.id}/sheet")
        assert (await browser.get(f"/handoffs/{unnamed.id}/known-elsewhere")).status_code == 404
        page = (await browser.get(f"/referrals/{hidden.id}")).text
        assert (await browser.get(f"/referrals/{hidden.id}/known-elsewhere")).status_code == 404
    assert "known-elsewhere" not in page
    assert (offer.status_code, on_paper.status_code) == (200, 404)
    assert "known-elsewhere" not in offer.text


async def test_an_entry_is_taken_off_the_list(house: House) -> None:
    one = acquaintance()
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        ended = await browser.post(f"/about-me/known/{one.id}/end", data=FORM)
        house.matching.refuse = Refused("referrals", status=412, code="stale", document={})
        late = await browser.post(f"/about-me/known/{one.id}/end", data=FORM)
    assert ended.headers["location"] == "/about-me?done=known_ended"
    assert late.headers["location"] == "/about-me?trouble=moved_on"
    assert house.matching.kept == [(f"/dual-relationships/{one.id}/end", {"version": 2})]


async def test_a_peer_steps_back_and_comes_back_without_a_reason(house: House) -> None:
    away = Absence(id=new_id(), version=2, worker_id=PEER, starts_at=NOW, ends_at=None)
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        free = (await browser.get("/about-me")).text
        gone = await browser.post("/about-me/break", data=FORM)
        await browser.post("/about-me/break", data=FORM | {"until": "2999-01-05"})
        past = await browser.post("/about-me/break", data=FORM | {"until": "2020-01-05"})
        house.teams.away = [away]
        resting = (await browser.get("/about-me")).text
        back = await browser.post(f"/about-me/break/{away.id}/end", data=FORM)
        late = await browser.post(f"/about-me/break/{new_id()}/end", data=FORM)
    assert "Step back now" in free
    assert "I am back" not in free
    assert gone.headers["location"] == "/about-me?done=break"
    assert past.headers["location"] == "/about-me?trouble=break_day"
    assert "I am back" in resting
    assert "Step back now" not in resting
    assert back.headers["location"] == "/about-me?done=break_over"
    assert late.headers["location"] == "/about-me?trouble=moved_on"
    assert house.teams.kept[:2] == [("absence", {}), ("absence", {"ends_at": "2999-01-06T00:00:00-05:00"})]


async def test_staff_write_down_what_a_person_wishes_for(house: House) -> None:
    house.matching.wished = ("reentry",)
    person = new_id()
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = (await browser.get(f"/people/{person}/wish")).text
        kept = await browser.post(f"/people/{person}/wish", data=FORM | {"codes": ["parenting"]})
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        assert (await browser.get(f"/people/{person}/wish")).status_code == 403
    assert 'value="reentry" checked' in page
    assert kept.headers["location"] == f"/people/{person}/wish?done=wish"
    assert house.matching.kept == [(f"/people/{person}/wish", {"codes": ("parenting",)})]


def test_every_life_has_words_in_spanish() -> None:
    spanish = read_words()[Language.SPANISH]
    known = load_lived_experience()
    assert len(known) > 5
    assert [words for words in known.values() if spanish.sentence(words) is None] == []

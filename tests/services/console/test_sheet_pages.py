"""The sheet of a handoff: beside the handoff, part by part, and on paper."""

import re
from typing import Any
from uuid import UUID

import pytest

from services.console.domain.moments import zone_named
from services.console.domain.told_sheet import PARTS
from services.console.use_cases.ports import Refused
from services.console.use_cases.sheet_fields import fields_of, read_fields
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import PEER, handoff, session_of
from tests.services.console.fakes_sheets import WHOLE, sheet

PERSON = new_id()
KEY = {"csrf": "csrf-of-this-session", "key": "a-key-of-this-form", "version": "2"}
ZONE = zone_named("America/New_York")
STALE = Refused("referrals", status=412, code="stale_version", document={})


def placed(house: House, **changes: Any) -> UUID:
    """A handoff that the peer has accepted, with this sheet."""
    one = handoff(state="accepted", accepted_by=PEER, next=None, offers=[])
    house.referrals.known[one.id] = one
    house.sheets.known[one.id] = sheet(**changes)
    return one.id


async def test_who_accepted_reads_strengths_first_then_their_words_the_place_and_safe_times(house: House) -> None:
    handoff_id = placed(house)
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get(f"/handoffs/{handoff_id}")).text
    places = [
        page.index(words)
        for words in (
            "I know every bus line",
            "To sleep in my own bed",
            "The bench by the side door",
            "+1 202 555 0143",
            "Monday to Friday, 4:00 pm – 7:00 pm",
            "Say only the agreed words",
            "A walk to the harbor",
            "2 Example Street",
            "Not to my landlord",
        )
    ]
    assert places == sorted(places)
    assert "in their own words" in page


async def test_who_is_only_asked_sees_the_offer_and_no_sheet(house: House) -> None:
    one = handoff()
    house.referrals.known[one.id] = one
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = await browser.get(f"/handoffs/{one.id}")
        assert page.status_code == 200
        assert 'id="sheet"' not in page.text
        for path in ("sheet", "sheet/wishes", "sheet/nonsense"):
            assert (await browser.get(f"/handoffs/{one.id}/{path}")).status_code == 404


async def test_what_is_missing_is_a_kind_list_that_leads_to_its_part(house: House) -> None:
    handoff_id = placed(house, parts={}, missing=["wishes", "safe_times", "meeting_place"])
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get(f"/handoffs/{handoff_id}")).text
    assert "Would help before they go home, if there is time" in page
    for part in ("wishes", "contact", "first_meeting"):
        assert f'href="/handoffs/{handoff_id}/sheet/{part}"' in page


async def test_what_a_consent_does_not_cover_is_not_offered_and_the_notice_stands_there(house: House) -> None:
    notice = {
        "consent_id": str(new_id()),
        "statement": "42 CFR part 2 prohibits",
        "scope": "The person has agreed that your organisation is told",
    }
    parts = {name: content for name, content in WHOLE.items() if name != "contact"}
    handoff_id = placed(house, parts=parts, withheld=["contact"], notice=notice)
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get(f"/handoffs/{handoff_id}")).text
        assert "42 CFR part 2 prohibits" in page
        assert "sheet/contact" not in page
        assert (await browser.get(f"/handoffs/{handoff_id}/sheet/contact")).status_code == 404
        following = await browser.post(
            f"/handoffs/{handoff_id}/sheet/strengths", data=KEY | {"lines": "Patience", "then": "next"}
        )
    assert following.headers["location"] == f"/handoffs/{handoff_id}/sheet/first_meeting"


@pytest.mark.parametrize("part", PARTS)
async def test_a_form_shows_what_stands_there_and_keeps_the_same(house: House, part: str) -> None:
    handoff_id = placed(house)
    address = f"/handoffs/{handoff_id}/sheet/{part}"
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = await browser.get(address)
        assert page.status_code == 200
        given = fields_of(part, house.sheets.known[handoff_id], zone=ZONE).given
        for name in given:
            assert f'name="{name}"' in page.text
        kept = await browser.post(address, data=KEY | dict(given) | {"then": "back"})
    assert (kept.status_code, kept.headers["location"]) == (303, f"/handoffs/{handoff_id}?done=sheet_kept")
    ((body, version, key),) = house.sheets.kept
    assert (set(body), version, key) == ({part}, 2, "a-key-of-this-form")
    assert body[part]["reported_by"] == "person"
    again = sheet(parts=WHOLE | {part: body[part]["content"]})
    assert again.said(part) == house.sheets.known[handoff_id].said(part), "nothing is lost on the way"


async def test_an_empty_form_is_a_step_further_and_an_emptied_part_is_taken_back(house: House) -> None:
    handoff_id = placed(house, parts={"strengths": WHOLE["strengths"]})
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        on = await browser.post(f"/handoffs/{handoff_id}/sheet/wishes", data=KEY | {"then": "next", "words": "  "})
        assert on.headers["location"] == f"/handoffs/{handoff_id}/sheet/strengths"
        assert house.sheets.kept == []
        await browser.post(f"/handoffs/{handoff_id}/sheet/strengths", data=KEY | {"lines": "", "reported_by": "person"})
    assert house.sheets.kept[0][0] == {"strengths": {"reported_by": "person", "content": None}}


@pytest.mark.parametrize(
    ("part", "typed", "wrong"),
    [
        ("contact", {"good_since_0": "19:00", "good_until_0": "16:00"}, {"good_since_0"}),
        ("contact", {"not_since_1": "noon", "not_until_1": "16:00"}, {"not_since_1"}),
        ("first_meeting", {"day": "2030-01-01"}, {"day"}),
        ("first_meeting", {"day": "soon", "clock": "10:00"}, {"day"}),
        ("appointments", {"place_0": "2 Example Street"}, {"with_whom_0"}),
        ("appointments", {"with_whom_1": "Dr. Sample", "phone_1": "call me"}, {"phone_1"}),
        ("what_to_do_if", {"situation_0": "When it rains"}, {"what_helps_0"}),
        ("sharing", {"about_0": "When we meet"}, {"who_0"}),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    house: House, part: str, typed: dict[str, str], wrong: set[str]
) -> None:
    handoff_id = placed(house, parts={})
    assert set(read_fields(part, typed, zone=ZONE).errors) == wrong
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = await browser.post(f"/handoffs/{handoff_id}/sheet/{part}", data=KEY | typed)
    assert page.status_code == 422
    for name, value in typed.items():
        assert f'name="{name}"' in page.text
        assert f'value="{value}"' in page.text
    assert house.sheets.kept == []


async def test_a_colleague_on_another_part_is_in_nobodys_way_and_on_the_same_part_nothing_is_lost(house: House) -> None:
    handoff_id = placed(house, version=5, said_in=1)
    address, typed = f"/handoffs/{handoff_id}/sheet/wishes", {"words": "A key of my own", "then": "back"}
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        house.sheets.refusals = [STALE]
        assert (await browser.post(address, data=KEY | typed)).status_code == 303
        assert house.sheets.kept[0][1] == 5, "tried once more on the newest version"
        house.sheets.known[handoff_id] = sheet(version=6, said_in=6)
        house.sheets.refusals = [STALE]
        page = await browser.post(address, data=KEY | typed)
    assert page.status_code == 422
    assert "A key of my own" in page.text
    assert 'name="version" value="6"' in page.text
    assert len(house.sheets.kept) == 1


async def test_the_paper_says_who_where_what_and_whom_to_call_and_not_their_number(house: House) -> None:
    consent = {
        "recipients": ["Open Door House"],
        "recipient_class": None,
        "information": ["identity", "request"],
        "expires_at": None,
        "revocation_how": "Tell anybody",
    }
    handoff_id = placed(house, consents=[consent])
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = await browser.get(f"/handoffs/{handoff_id}/sheet")
        spanish = await browser.get(f"/handoffs/{handoff_id}/sheet?language=es")
        other = await browser.get(f"/handoffs/{handoff_id}/sheet?language=fr")
    paper = article(page.text)
    for words in (
        "Fay Sample walks with you.",
        "The bench by the side door",
        "Mon 4 Mar, 10:00 am",
        "Nurse Nell will bring you two together.",
        "To sleep in my own bed",
        "Call or text 988 at any time",
        "Call us: (202) 555-0188",
        "To change it, call 202-555-0199",
        "We do not call at these times:",
        "Open Door House: who you are, what you want help with",
        "You can change your mind at any time.",
        "Who feeds Biscuit until then?",
    ):
        assert words in paper, words
    assert "555 0143" not in page.text
    assert "Fay from the library" not in page.text
    assert 'lang="es"' in spanish.text
    assert "Fay Sample le acompaña." in article(spanish.text)
    assert other.status_code == 404


async def test_an_empty_paper_has_lines_to_fill_in_by_hand(house: House) -> None:
    one = handoff(state="preparing", next=None, offers=[], person={"person_id": PERSON, "called": "Juniper T.", "language": "es-MX", "contact_preference": "call"})  # fmt: skip
    house.referrals.known[one.id] = one
    house.sheets.known[one.id] = sheet(version=1, parts={}, help_line=None)
    async with house.browser(session_of(AccessRole.CLINICIAN)) as browser:
        page = (await browser.get(f"/handoffs/{one.id}/sheet")).text
        english = (await browser.get(f"/handoffs/{one.id}/sheet?language=en")).text
    paper = article(page)
    assert paper.count('class="paper__blank"') > 12
    assert "Llame o mande un texto al 988" in paper, "their own language comes by itself"
    assert "We are asking someone now." in article(english)


@pytest.mark.parametrize(("language", "ours", "nobody"), [("en", "You signed that we may know", "you have not signed"), ("es", "Usted firmó que podemos saber", "usted no ha firmado")])  # fmt: skip
async def test_a_paper_of_the_house_that_was_told_names_the_consent_it_was_told_by(
    house: House, language: str, ours: str, nobody: str
) -> None:
    one = handoff()
    house.referrals.known[one.id] = one
    notice = {"statement": "Statement", "scope": "Scope"}
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        papers = []
        for changes in ({"notice": notice}, {"notice": notice, "withheld": ["contact"]}, {}):
            house.sheets.known[one.id] = sheet(**changes)
            papers.append(article((await browser.get(f"/handoffs/{one.id}/sheet?language={language}")).text))
    told, partly, at_home = papers
    assert ours in told
    assert ours in partly
    assert nobody not in told + partly
    assert nobody in at_home
    assert ours not in at_home


async def test_a_language_that_no_sheet_speaks_is_said_to_staff_and_not_printed(house: House) -> None:
    one = handoff(person={"person_id": PERSON, "called": "Juniper T.", "language": "vi", "contact_preference": "call"})
    house.referrals.known[one.id] = one
    house.sheets.known[one.id] = sheet()
    async with house.browser(session_of(AccessRole.CLINICIAN)) as browser:
        page = (await browser.get(f"/handoffs/{one.id}/sheet")).text
    assert "please read it with somebody who speaks it" in page
    assert "please read it with" not in article(page)


def article(page: str) -> str:
    """What is printed."""
    found = re.search(r"<article.*?</article>", page, re.DOTALL)
    assert found is not None
    return found[0]

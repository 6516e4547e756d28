"""The directory of help: looked for without a trace in addresses, shown as it is, and referred to where it is a partner."""

import pytest

from services.console.adapters.word_files import read_words
from services.console.domain.help_hours import hours
from services.console.domain.told_help import HelpSchedule
from services.console.domain.words import Language
from services.console.use_cases.find_help import web_address
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import NURSE, session_of
from tests.services.console.fakes_consents import ALLIANCE
from tests.services.console.fakes_help import PLACE, SERVICE, STRANGER
from tests.services.console.fakes_referring import TEAM

FORM = {"csrf": "csrf-of-this-session", "key": "a-key-of-this-form", "version": "1"}


async def test_what_is_looked_for_is_asked_and_stands_in_no_address(house: House) -> None:
    house.help.more = "next-thirty"
    looked = {"search": "meals", "near": "232", "language": "es", "taxonomy_term": "food", "other": "x"}
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        empty = (await browser.get("/directory")).text
        answer = await browser.post("/directory", data=FORM | looked)
        await browser.post("/directory", data=FORM | {"search": "meals", "cursor": "next-thirty"})
        nothing = (await browser.post("/directory", data=FORM | {"search": "moon"})).text
    asked = {name: text for name, text in looked.items() if name != "other"}
    assert house.help.asked == [(asked, None), ({"search": "meals"}, "next-thirty"), ({"search": "moon"}, None)]
    assert "What fits" not in empty
    assert "Warm meals" in answer.text
    assert 'value="next-thirty"' in answer.text
    assert "?search" not in answer.text
    assert "Nothing fits all of it" in nothing


async def test_a_service_tells_hours_and_who_can_come_and_can_be_referred_to(house: House) -> None:
    house.teams.run_by = ALLIANCE
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get(f"/directory/services/{SERVICE['id']}")).text
        first = (await browser.get(f"/referrals/new?team_id={TEAM}")).text
        assert (await browser.get(f"/directory/services/{new_id()}")).status_code == 404
    async with house.browser(session_of(AccessRole.PEER), language="es") as browser:
        spanish = (await browser.get(f"/directory/services/{SERVICE['id']}")).text
    for said in ("Mon, Thu, 10:00 am – 6:30 pm", "From 18 years on", "4 seats", "1 Example Street", "extension 7"):
        assert said in page
    assert 'href="tel:+15550100"' in page
    assert 'rel="noreferrer"' in page
    assert f'href="/referrals/new?team_id={TEAM}"' in page
    assert f'name="team_id" value="{TEAM}"' in first
    assert "Español" in spanish
    assert "Desde 18 años" in spanish


async def test_whoever_is_no_partner_can_be_made_one_by_an_administrator(house: House) -> None:
    page = f"/directory/organizations/{STRANGER}"
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        clinicians = (await browser.get(page)).text
        known = (await browser.get(f"/directory/organizations/{ALLIANCE}")).text
        assert (await browser.post(f"{page}/partner", data=FORM)).status_code == 403
    async with house.browser(session_of(AccessRole.ADMINISTRATOR)) as browser:
        administrators = (await browser.get(page)).text
        made = await browser.post(f"{page}/partner", data=FORM)
        again = await browser.post(f"{page}/partner", data=FORM)
        place = (await browser.get(f"/directory/locations/{PLACE['id']}")).text
    assert "They are no partner" in clinicians
    assert "Make them a partner" not in clinicians
    assert "have no team that can be asked yet" in known
    assert "Make them a partner" in administrators
    assert house.help.partners == [STRANGER]
    assert made.headers["location"] == f"{page}?done=partner"
    assert again.headers["location"] == f"{page}?trouble=moved_on"
    assert "step-free" in place


async def test_what_others_wrote_is_shown_and_never_run(house: House) -> None:
    house.help.content |= {"name": "<script>alert(1)</script>", "url": "javascript:alert(1)", "status": "defunct"}
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get(f"/directory/services/{SERVICE['id']}")).text
    assert "<script>alert" not in page
    assert "javascript:" not in page
    assert "No longer there" in page


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        (" https://meals.example/a?b=c ", "https://meals.example/a?b=c"),
        ("http://meals.example", "http://meals.example"),
        ("javascript:alert(1)", ""),
        ("meals.example", ""),
        ('https://meals.example/"onclick="x', ""),
        ("", ""),
    ],
)
def test_only_addresses_of_the_web_become_links(text: str, linked: str) -> None:
    assert web_address(text) == linked


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ({"freq": "WEEKLY", "byday": "MO,FR", "opens_at": "00:00", "closes_at": "12:05"}, "Mon, Fri, 12:00 am – 12:05 pm"),
        ({"freq": "MONTHLY", "byday": "1TU", "opens_at": "09:00"}, "once a month, Tue, from 9:00 am"),
        ({"freq": "MONTHLY", "bymonthday": "2,3"}, "each month on day 2, 3"),
        ({"byday": "XX", "closes_at": "12:05"}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_hours_are_said_as_people_say_them(schedule: dict[str, str], said: str) -> None:
    assert hours(HelpSchedule.model_validate(schedule), words=read_words()[Language.ENGLISH]) == said

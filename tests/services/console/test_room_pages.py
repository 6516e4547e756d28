"""Is there room: asked without naming anybody, answered before somebody is sent, bounded by dated figures."""

from datetime import date

import pytest

from services.console.domain.told_matching import CapacityTerms
from services.console.use_cases.ports import Refused, Unreachable
from shared.contracts.codes import AccessRole
from tests.services.console.conftest import House
from tests.services.console.fakes import NURSE, PROGRAMME, session_of
from tests.services.console.fakes_referring import TEAM

FORM = {"csrf": "csrf-of-this-session", "key": "a-key-of-this-form", "version": "1"}
PAGE = f"/programmes/{PROGRAMME}/room"


async def test_everybody_of_the_care_team_asks_and_nobody_is_named(house: House) -> None:
    for role in (AccessRole.PEER, AccessRole.CLINICIAN, AccessRole.SUPERVISOR):
        async with house.browser(session_of(role, worker_id=NURSE)) as browser:
            page = (await browser.get("/room")).text
        assert "Lakeside Unit Four" in page
        assert "There is room" in page
        assert "Fay Sample" not in page.split("<main")[1]


async def test_that_nobody_can_say_stops_no_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(*_: object, **__: object) -> None:
        raise Unreachable("referrals")

    monkeypatch.setattr(house.teams, "capacity", silent)
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = await browser.get("/room")
    assert page.status_code == 200
    assert "Nobody can say just now" in page.text


async def test_before_somebody_is_sent_the_last_step_says_whether_there_is_room(house: House) -> None:
    who = {"who": "new", "given_name": "Finch", "family_name": "T", "language": "en", "contact_preference": "call"}
    send = FORM | who | {"step": "where", "programme_id": str(PROGRAMME), "left": "now"}
    refer = FORM | who | {"step": "whom", "programme_id": str(PROGRAMME), "to": "team", "team_id": str(TEAM), "kind": "peer_service"}  # fmt: skip
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        sent = (await browser.post("/handoffs/new", data=send)).text
        referred = (await browser.post("/referrals/new", data=refer)).text
    for page in (sent, referred):
        assert "Is there room just now?" in page
        assert "There is room" in page


async def test_bounds_are_shown_with_where_they_were_read(house: House) -> None:
    terms = CapacityTerms(
        effective_from=date(2026, 3, 1),
        caseload=12,
        waitlist=True,
        assessment_first=False,
        supervision_must_be_current=False,
    )
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        before = (await browser.get(PAGE)).text
        house.matching.in_force = house.matching.in_force.model_copy(update={"terms": terms, "caseload": 12})
        page = (await browser.get(PAGE)).text
        refused = await browser.post(PAGE, data=FORM)
    assert "What the state says holds" in before
    assert "No figure is set" in page
    assert "the state&#39;s manual, section 4" in page
    assert "At most 12 people each" in page
    assert "An administrator sets the terms" in page
    assert refused.status_code == 403


async def test_an_administrator_sets_terms_from_a_day_on(house: House) -> None:
    good = FORM | {"effective_from": "2026-12-01", "caseload": "12", "waitlist": "yes"}
    async with house.browser(session_of(AccessRole.ADMINISTRATOR)) as browser:
        kept = await browser.post(PAGE, data=good)
        wrong = await browser.post(PAGE, data=FORM | {"effective_from": "soon", "caseload": "9999"})
        house.matching.refuse = Refused("referrals", status=409, code="already_exists", document={})
        taken = await browser.post(PAGE, data=good)
    assert kept.headers["location"] == f"{PAGE}?done=terms"
    assert house.matching.kept == [
        (
            f"/programmes/{PROGRAMME}/capacity-terms",
            {
                "effective_from": "2026-12-01",
                "caseload": 12,
                "waitlist": True,
                "assessment_first": False,
                "supervision_must_be_current": False,
            },
        )
    ]
    assert wrong.status_code == taken.status_code == 422
    assert "Please enter the day" in wrong.text
    assert "a whole number up to 1000" in wrong.text
    assert "There are terms for this day already" in taken.text

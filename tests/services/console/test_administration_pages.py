"""Teams are formed and changed, programmes registered and set up: looked at before it is kept, and never over somebody else's change."""

import pytest
from aiohttp import web

from services.console.adapters.administration import AdministrationOverHttp
from services.console.use_cases.ports import Refused
from services.console.use_cases.programme_form import NEW, OPTIONAL, STANDING, texts_of
from services.referrals.api.directory_schemas import ProgrammeChangeRequest, ProgrammeRequest
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import HOSPITAL, NURSE, PEER, PROGRAMME, TENANT, session_of
from tests.services.console.fakes_administration import programme_now
from tests.services.console.fakes_referring import TEAM
from tests.services.console.test_neighbour import serving
from tests.services.console.test_words import ENGLISH

FORM = {"csrf": "csrf-of-this-session", "key": "a-key-of-this-form"}
MEMBERS, SETTINGS = f"/teams/{TEAM}/members", f"/programmes/{PROGRAMME}/settings"
NEW_PROGRAMME = FORM | {
    "name": "Harbour Walk-in",
    "organization_id": str(HOSPITAL),
    "setting": "outpatient",
    "integration_model": "co_located",
    "jurisdiction": "US-VA",
    "time_zone": "America/New_York",
    "duty_owner_worker_id": str(NURSE),
    "protocol_code": "standard",
    "calendar_code": "always_open",
    "policy_flags": "one_rule,  another_rule",
}


def refused(status: int, *pointers: str) -> Refused:
    """A no of referrals about these fields."""
    errors = [{"pointer": one, "code": "some_code"} for one in pointers]
    return Refused("referrals", status=status, code="some_code", document={"errors": errors})


def settings(**changes: str) -> dict[str, str]:
    """The form of settings as it stands, with changes."""
    standing = texts_of(programme_now())
    return FORM | {"version": "4"} | {name: standing[name] for name in STANDING} | changes


async def test_a_team_is_formed_and_then_filled(house: House) -> None:
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        assert 'href="/teams/new"' in (await browser.get("/teams")).text
        assert f'href="{MEMBERS}"' in (await browser.get(f"/teams/{TEAM}")).text
        empty = (await browser.get("/teams/new")).text
        made = await browser.post("/teams/new", data=FORM | {"name": " Harbour ", "organization_id": str(HOSPITAL)})
        page = (await browser.get(MEMBERS)).text
        changed = await browser.post(MEMBERS, data=FORM | {"version": "7", "joining": str(NURSE), "leaving": str(PEER)})
    assert f'value="{HOSPITAL}" selected' in empty
    assert made.headers["location"] == f"{MEMBERS}?done=team_formed"
    assert 'name="version" value="7"' in page
    assert page.index("Rosa Sample") < page.index("Who leaves") < page.index("Fay Sample", page.index("Who leaves"))
    assert changed.headers["location"] == f"{MEMBERS}?done=members"
    assert house.administration.kept == [
        ("/teams", {"name": "Harbour", "organization_id": HOSPITAL}, 0),
        ("/members", {"joining": [NURSE], "leaving": [PEER]}, 7),
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refused(403), "team_form.error.not_yours"),
        (refused(422, "/name"), "team_form.error.name"),
        (refused(404, "/organization_id"), "team_form.error.organization"),
    ],
)
async def test_what_is_said_of_a_new_team_stands_beside_its_field(house: House, answer: Refused, words: str) -> None:
    house.administration.refuse = answer
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        page = await browser.post("/teams/new", data=FORM | {"name": "Harbour", "organization_id": str(HOSPITAL)})
        missing = await browser.post("/teams/new", data=FORM)
    assert page.status_code == answer.status
    assert ENGLISH[words] in page.text
    assert 'value="Harbour"' in page.text
    assert missing.status_code == 422
    assert "Please enter a name" in missing.text
    assert "Please choose the organisation" in missing.text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refused(412), "team_form.error.changed"),
        (refused(403), "team_form.error.not_yours"),
        (refused(404, "/joining/0"), "team_form.error.member"),
    ],
)
async def test_ticks_stay_when_members_cannot_be_changed(house: House, answer: Refused, words: str) -> None:
    house.administration.refuse = answer
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        page = await browser.post(MEMBERS, data=FORM | {"version": "6", "joining": str(NURSE)})
        nobody = await browser.post(MEMBERS, data=FORM | {"version": "7", "joining": str(new_id())})
        nowhere = await browser.get(f"/teams/{new_id()}/members")
    assert page.status_code == answer.status
    assert ENGLISH[words] in page.text
    assert f'value="{NURSE}" checked' in page.text
    assert 'name="version" value="7"' in page.text
    assert nobody.status_code == 422
    assert "Please tick who joins" in nobody.text
    assert nowhere.status_code == 404


async def test_a_programme_is_looked_at_before_it_is_registered(house: House) -> None:
    async with house.browser(session_of(AccessRole.ADMINISTRATOR)) as browser:
        assert 'href="/programmes/new"' in (await browser.get("/programmes")).text
        assert 'value="standard"' in (await browser.get("/programmes/new")).text
        check = (await browser.post("/programmes/new", data=NEW_PROGRAMME | {"step": "check"})).text
        again = (await browser.post("/programmes/new", data=NEW_PROGRAMME | {"step": "change"})).text
        assert house.administration.kept == []
        kept = await browser.post("/programmes/new", data=NEW_PROGRAMME | {"step": "keep"})
    shown = check.split("<main")[1]
    for words in (
        "Harbour Walk-in",
        "Lakeside General &amp; Sons",
        "Outpatient",
        "Rosa Sample",
        "one_rule, another_rule",
    ):
        assert words in shown
    assert 'id="name" name="name" value="Harbour Walk-in"' in again
    assert kept.headers["location"] == f"{SETTINGS}?done=registered"
    body = {name: NEW_PROGRAMME[name] for name in NEW if name in NEW_PROGRAMME}
    assert house.administration.kept == [("/programmes", body | {"policy_flags": ["one_rule", "another_rule"]}, 0)]
    ProgrammeRequest.model_validate(house.administration.kept[0][1])  # referrals takes it as it is


async def test_what_is_missing_or_wrong_stands_beside_its_field(house: House) -> None:
    async with house.browser(session_of(AccessRole.ADMINISTRATOR)) as browser:
        empty = await browser.post("/programmes/new", data=FORM)
        house.administration.refuse = refused(422, "/time_zone", "/policy_flags/0")
        wrong = await browser.post("/programmes/new", data=NEW_PROGRAMME | {"step": "keep"})
        house.administration.refuse = refused(403)
        theirs = await browser.post("/programmes/new", data=NEW_PROGRAMME | {"step": "keep"})
        house.administration.refuse = refused(422)
        unforeseen = await browser.post("/programmes/new", data=NEW_PROGRAMME | {"step": "keep"})
    assert empty.status_code == wrong.status_code == 422
    for name in set(NEW) - OPTIONAL:
        assert ENGLISH[f"programme_form.missing.{name}"] in empty.text
    for name in ("time_zone", "policy_flags"):
        assert f'id="{name}-error">{ENGLISH[f"programme_form.wrong.{name}"]}' in wrong.text
    assert 'value="Harbour Walk-in"' in wrong.text
    assert theirs.status_code == 403
    assert "Nothing was changed" in theirs.text
    assert unforeseen.status_code == 422
    assert ENGLISH["programme_form.error.other"] in unforeseen.text


async def test_settings_show_what_changes_and_send_only_that(house: House) -> None:
    changes = settings(name="Lakeside Unit Five", active="no")
    async with house.browser(session_of(AccessRole.ADMINISTRATOR)) as browser:
        assert f'href="{SETTINGS}"' in (await browser.get(f"/programmes/{PROGRAMME}")).text
        page = (await browser.get(SETTINGS)).text
        check = (await browser.post(SETTINGS, data=changes | {"step": "check"})).text
        same = (await browser.post(SETTINGS, data=settings() | {"step": "check"})).text
        emptied = await browser.post(SETTINGS, data=settings(help_line="") | {"step": "check"})
        taken_away = await browser.post(SETTINGS, data=settings(help_line="") | {"step": "keep"})
        kept = await browser.post(SETTINGS, data=changes | {"step": "keep"})
    assert 'value="540-555-0100"' in page
    assert "What stays" in page
    assert 'name="setting"' not in page
    assert "Lakeside Unit Five" in check
    assert "It rests" in check
    assert "Help line" not in check.split("<main")[1]
    assert "Nothing would be different" in same
    assert 'value="keep"' not in same
    assert emptied.status_code == 200
    assert ENGLISH["programme_form.none"] in emptied.text
    assert taken_away.headers["location"] == kept.headers["location"]
    assert kept.headers["location"] == f"{SETTINGS}?done=settings"
    for _, body, _ in house.administration.kept:
        ProgrammeChangeRequest.model_validate(body)
    assert house.administration.kept == [
        (f"/programmes/{PROGRAMME}", {"help_line": ""}, 4),
        (f"/programmes/{PROGRAMME}", {"name": "Lakeside Unit Five", "active": False}, 4),
    ]


@pytest.mark.parametrize("step", ["check", "change", "keep"])
async def test_nobody_overwrites_what_they_have_not_seen(house: House, step: str) -> None:
    house.administration.stands = programme_now(version=5, help_line="540-555-0199")
    async with house.browser(session_of(AccessRole.ADMINISTRATOR)) as browser:
        page = await browser.post(SETTINGS, data=settings(name="Lakeside Unit Five") | {"step": step})
    assert page.status_code == 412
    assert "Somebody changed this programme in the meantime" in page.text
    assert "<dd>540-555-0199</dd>" in page.text
    assert 'value="Lakeside Unit Five"' in page.text
    assert 'value="540-555-0100"' in page.text
    assert 'name="version" value="5"' in page.text


async def test_who_may_not_is_told_so(house: House) -> None:
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        assert 'href="/teams/new"' not in (await browser.get("/teams")).text
        for address in ("/teams/new", MEMBERS, "/programmes/new", SETTINGS):
            assert (await browser.get(address)).status_code == 403
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        page = (await browser.get("/programmes")).text
        assert (await browser.get(SETTINGS)).status_code == 403
        assert (await browser.post("/programmes/new", data=NEW_PROGRAMME)).status_code == 403
    assert "An administrator registers programmes" in page
    assert 'href="/programmes/new"' not in page


async def test_a_programme_that_rests_can_be_found_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def resting(*_: object) -> list[object]:
        return [programme_now(active=False)]

    monkeypatch.setattr(house.referrals, "programmes", resting)
    async with house.browser(session_of(AccessRole.ADMINISTRATOR), language="es") as browser:
        page = (await browser.get("/programmes")).text
    assert "En pausa" in page
    assert f'href="{SETTINGS}"' in page


def test_every_setting_of_the_contract_is_on_the_form() -> None:
    assert set(NEW) == set(ProgrammeRequest.model_fields)
    assert set(STANDING) == set(ProgrammeChangeRequest.model_fields)
    for name in (*NEW, *STANDING):
        assert {f"programme_form.label.{name}", f"programme_form.wrong.{name}"} <= set(ENGLISH)


async def test_a_change_names_its_version_and_is_seen_at_once() -> None:
    heard: list[tuple[str, str, str]] = []
    forgotten: list[object] = []
    stands = programme_now().model_dump(mode="json")

    async def answer(request: web.Request) -> web.Response:
        heard.append((request.method, request.path, request.headers.get("If-Match", "")))
        return web.json_response(stands)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    by = session_of(AccessRole.ADMINISTRATOR)
    async with serving(app) as neighbour:
        over_http = AdministrationOverHttp(neighbour=neighbour, forget=forgotten.append)
        assert await over_http.programme(PROGRAMME, by=by) == programme_now()
        assert forgotten == []
        await over_http.change_programme(PROGRAMME, {"name": "x"}, version=4, key="a-key", by=by)
        await over_http.change_members(TEAM, joining=[PEER], leaving=[], version=7, key="a-key", by=by)
        await over_http.register_programme({"name": "x"}, key="a-key", by=by)
        await over_http.form_team("Harbour", organization_id=HOSPITAL, key="a-key", by=by)
        assert (await over_http.team(TEAM, by=by)).version == 4
    assert forgotten == [TENANT] * 4
    assert heard[1:3] == [("PATCH", f"/programmes/{PROGRAMME}", '"4"'), ("POST", f"/teams/{TEAM}/members", '"7"')]

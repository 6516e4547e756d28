"""In, out, and what protects the door."""

import asyncio
import re

import pytest

from services.console.adapters.session_cookie import SessionCookie
from services.console.api.gate import COOKIE
from services.console.api.headers import POLICY
from shared.contracts.codes import AccessRole
from tests.services.console.conftest import KEY, House
from tests.services.console.fakes import PASSWORD, handoff, session_of


def test_a_cookie_opens_only_as_it_was_sealed() -> None:
    cookies, session = SessionCookie(KEY), session_of(AccessRole.PEER)
    sealed = cookies.seal(session)
    assert cookies.open(sealed) == session
    assert session.access_token not in sealed
    assert session.name not in sealed
    assert SessionCookie("another" * 8).open(sealed) is None
    for place in (3, len(sealed) // 2, len(sealed) - 5):
        other = "A" if sealed[place] != "A" else "B"
        assert cookies.open(sealed[:place] + other + sealed[place + 1 :]) is None
    assert cookies.open("") is None
    assert cookies.open("x" * 5000) is None


async def test_whoever_is_not_signed_in_gets_the_form(house: House) -> None:
    async with house.browser() as browser:
        for path in ("/", "/inbox", "/people", "/discharges", "/today"):
            answer = await browser.get(path)
            assert answer.status_code == 401
            assert 'name="password"' in answer.text


async def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use(house: House) -> None:
    async with house.browser() as browser:
        answer = await browser.post(
            "/sign-in", data={"email": "fay@clinic.example", "password": PASSWORD, "after": "/people"}
        )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/people"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(COOKIE + "=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("after", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "x"])
async def test_signing_in_never_leads_elsewhere(house: House, after: str) -> None:
    async with house.browser() as browser:
        answer = await browser.post("/sign-in", data={"email": "a@b.example", "password": PASSWORD, "after": after})
    assert answer.headers["location"] == "/inbox"


async def test_a_wrong_password_says_so_and_keeps_the_address_only(house: House) -> None:
    async with house.browser() as browser:
        answer = await browser.post("/sign-in", data={"email": "a@b.example", "password": "not this one"})
    assert answer.status_code == 422
    assert "a@b.example" in answer.text
    assert "not this one" not in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_role_without_pages_is_told_so_and_leaves_no_session(house: House) -> None:
    house.identity.role = AccessRole.PRIVACY_OFFICER
    async with house.browser() as browser:
        answer = await browser.post("/sign-in", data={"email": "a@b.example", "password": PASSWORD})
    assert answer.status_code == 422
    assert house.identity.signed_out == 1


async def test_signing_out_ends_the_session_here_and_there(house: House) -> None:
    session = session_of(AccessRole.PEER)
    async with house.browser(session) as browser:
        answer = await browser.post("/sign-out", data={"csrf": session.csrf})
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert house.identity.signed_out == 1


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        ({}, {}),
        ({"csrf": "a guess"}, {}),
        ({"csrf": "csrf-of-this-session"}, {"Origin": "https://elsewhere.example"}),
        ({"csrf": "csrf-of-this-session"}, {"Origin": "null"}),
        ({"csrf": "csrf-of-this-session"}, {"Sec-Fetch-Site": "cross-site"}),
        ({"csrf": "ünicode"}, {}),
    ],
)
async def test_a_form_from_elsewhere_does_nothing(house: House, data: dict[str, str], headers: dict[str, str]) -> None:
    one = handoff()
    house.referrals.known[one.id] = one
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        answer = await browser.post(f"/handoffs/{one.id}/accept", data=data | {"version": "3"}, headers=headers)
    assert answer.status_code == 403
    assert house.referrals.commands == []


async def test_requests_that_come_together_renew_the_session_once(house: House) -> None:
    async with house.browser(session_of(AccessRole.PEER, expires_in=5)) as browser:
        answers = await asyncio.gather(*(browser.get("/inbox") for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert house.identity.refreshed == 1
    assert all(answer.headers["set-cookie"].startswith(COOKIE) for answer in answers)


async def test_a_session_that_identity_ended_leads_to_the_sign_in_and_the_text_is_kept(house: House) -> None:
    house.identity.refuses = True
    session = session_of(AccessRole.CLINICIAN, expires_in=5)
    async with house.browser(session) as browser:
        answer = await browser.post("/tasks/new", data={"csrf": session.csrf, "title": "Go along to the library"})
    assert answer.status_code == 401
    assert 'name="kept.title" value="Go along to the library"' in answer.text
    house.identity.refuses, house.identity.role = False, AccessRole.CLINICIAN
    async with house.browser() as browser:
        form = {"email": "a@b.example", "password": PASSWORD, "after": "/tasks/new", "kept.title": "Go along <there>"}
        again = await browser.post("/sign-in", data=form)
    assert again.status_code == 200
    assert "Go along &lt;there&gt;" in again.text
    assert re.search(r'name="csrf" value="[^"]+"', again.text)
    assert house.referrals.commands == []


async def test_every_answer_carries_the_protective_headers(house: House) -> None:
    async with house.browser() as browser:
        for path in ("/sign-in", "/nowhere", "/health/live", "/design"):
            answer = await browser.get(path)
            assert answer.headers["content-security-policy"] == POLICY
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
    assert "unsafe" not in POLICY


async def test_no_page_has_a_script_or_style_of_its_own(house: House) -> None:
    async with house.browser() as browser:
        for path in ("/sign-in", "/design"):
            text = (await browser.get(path)).text
            assert not re.search(r"<script(?![^>]*\bsrc=)", text)
            assert "<style" not in text
            assert not re.search(r"\son[a-z]+=", text)
            assert not re.search(r"\sstyle=", text)


async def test_the_language_is_kept_and_every_page_speaks_it(house: House) -> None:
    async with house.browser() as browser:
        chosen = await browser.post("/language", data={"language": "es", "after": "/sign-in"})
        assert chosen.headers["location"] == "/sign-in"
        page = await browser.get("/sign-in", headers={"Cookie": "handrail-language=es"})
    assert '<html lang="es">' in page.text
    assert "Iniciar sesión" in page.text

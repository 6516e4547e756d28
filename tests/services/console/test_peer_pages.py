"""What a peer sees and does."""

import asyncio
import re
from contextlib import aclosing
from datetime import timedelta
from uuid import UUID

import pytest

from services.console.api.routes.inbox import _stream
from services.console.use_cases.ports import Refused
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import NOW, NURSE, PEER, TENANT, handoff, session_of

KEY = {"csrf": "csrf-of-this-session", "key": "a-key-of-this-form", "version": "3"}


async def test_the_inbox_shows_who_waits_and_only_a_first_name(house: House) -> None:
    one = handoff()
    house.referrals.known[one.id] = one
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = await browser.get("/inbox")
        part = await browser.get("/inbox", headers={"HX-Request": "true"})
    assert "Walk with Juniper T." in page.text
    assert "Lakeside Unit Four" in page.text
    assert "Walk with Juniper T." in part.text
    assert "<html" not in part.text


async def test_without_notifications_what_waits_is_still_there(house: House) -> None:
    one = handoff()
    house.referrals.known[one.id] = one
    house.notifications.away = True
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = await browser.get("/inbox")
    assert page.status_code == 200
    assert "Walk with Juniper T." in page.text
    assert "Some news cannot be shown" in page.text


async def test_the_three_answers_look_the_same(house: House) -> None:
    one = handoff()
    house.referrals.known[one.id] = one
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get(f"/handoffs/{one.id}")).text
    buttons = page.split('<div class="answers" id="answers">')[1].split('<div class="hold"')[0]
    assert buttons.count('<button class="usa-button answer" type="submit">') == 3


async def test_what_happened_stands_in_the_order_in_which_it_happened(house: House) -> None:
    # a sweep writes down that a time passed after people have gone on
    told = [("contacted", 3), ("milestone_missed", 1)]
    one = handoff(
        timeline=[
            {
                "kind": kind,
                "occurred_at": NOW + timedelta(hours=hours),
                "by_worker_id": None,
                "worker_id": PEER,
                "code": "introduced" if kind == "milestone_missed" else None,
            }
            for kind, hours in told
        ]
    )
    house.referrals.known[one.id] = one
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get(f"/handoffs/{one.id}")).text
    instants = re.findall(r'<time class="quiet" datetime="([^"]+)"', page.split('<ol class="timeline">')[1])
    assert instants[:2] == [(NOW + timedelta(hours=hours)).isoformat() for hours in (1, 3)]


@pytest.mark.parametrize(
    ("command", "form", "body", "leads_to"),
    [
        ("accept", {}, {}, "/handoffs/{id}?done=accepted"),
        ("decline", {"reason": "cant_right_now"}, {"reason": "cant_right_now"}, "/inbox?done=declined"),
        ("decline", {"reason": "outside_my_role"}, {"reason": "outside_my_role"}, "/inbox?done=declined"),
    ],
)
async def test_an_answer_names_version_and_key(
    house: House, command: str, form: dict[str, str], body: dict[str, str], leads_to: str
) -> None:
    one = handoff()
    house.referrals.known[one.id] = one
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        answer = await browser.post(f"/handoffs/{one.id}/{command}", data=KEY | form)
    assert answer.status_code == 303
    assert answer.headers["location"] == leads_to.format(id=one.id)
    assert house.referrals.commands == [(f"/handoffs/{one.id}/{command}", body, 3, "a-key-of-this-form")]


@pytest.mark.parametrize(
    ("status", "code", "accepted_by", "leads_to"),
    [
        (409, "already_accepted", NURSE, "/handoffs/{id}?trouble=colleague"),
        (409, "already_accepted", PEER, "/handoffs/{id}?done=accepted"),
        (409, "no_longer_offered", None, "/inbox?trouble=not_waiting"),
        (412, "stale_version", None, "/handoffs/{id}?trouble=moved_on"),
        (403, "not_yours", None, "/handoffs/{id}?trouble=not_waiting"),
    ],
)
async def test_who_comes_second_reads_how_it_stands(
    house: House, status: int, code: str, accepted_by: UUID | None, leads_to: str
) -> None:
    one = handoff(accepted_by=accepted_by)
    house.referrals.known[one.id] = one
    house.referrals.refuse = Refused("referrals", status=status, code=code, document={})
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        answer = await browser.post(f"/handoffs/{one.id}/accept", data=KEY)
    assert answer.headers["location"] == leads_to.format(id=one.id)


async def test_who_may_see_it_no_more_reads_in_the_inbox_that_a_colleague_is_on_it(house: House) -> None:
    house.referrals.refuse = Refused("referrals", status=409, code="already_accepted", document={})
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        answer = await browser.post(f"/handoffs/{handoff().id}/accept", data=KEY)
    assert answer.headers["location"] == "/inbox?trouble=colleague"


async def test_only_codes_of_ours_are_told_from_an_address(house: House) -> None:
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = await browser.get("/inbox?done=You+owe+us+money&trouble=colleague")
    assert "You owe us money" not in page.text
    assert "A colleague is already on it" in page.text


async def test_a_follow_up_goes_to_the_clock_that_runs(house: House) -> None:
    step = {"who": "acceptor", "worker_id": PEER, "act": "follow_up", "clock": "day_7", "due_at": None, "late": False}
    one = handoff(state="contacted", accepted_by=PEER, next=step, offers=[])
    house.referrals.known[one.id] = one
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        tapped = await browser.get(f"/handoffs/{one.id}/contact")
        assert tapped.text.count('name="contact"') == 8
        await browser.post(f"/handoffs/{one.id}/contact", data=KEY | {"contact": "phone.reached"})
    body = {"how": "phone", "outcome": "reached", "milestone": "day_7"}
    assert house.referrals.commands == [(f"/handoffs/{one.id}/follow-up", body, 3, "a-key-of-this-form")]


async def test_a_peer_has_no_pages_of_other_roles(house: House) -> None:
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        for path in ("/discharges", "/handoffs/new", "/tasks/new", "/today", "/boundary-events", "/deliveries"):
            assert (await browser.get(path)).status_code == 403


async def test_what_a_visitor_may_not_know_of_is_not_there(house: House) -> None:
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        for path in (f"/handoffs/{new_id()}", f"/tasks/{new_id()}", "/handoffs/not-an-id"):
            assert (await browser.get(path)).status_code == 404


async def test_while_referrals_is_away_the_page_says_what_to_do(house: House) -> None:
    house.referrals.away = True
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        answer = await browser.get("/inbox")
    assert answer.status_code == 503
    assert "whoever holds a person now keeps holding them" in answer.text


async def test_the_stream_says_nothing_but_look_again(house: House) -> None:
    parts, session = house.app.state.parts, session_of(AccessRole.PEER)
    async with aclosing(_stream(session, parts)) as stream:
        assert await anext(stream) == b"event: inbox-changed\ndata: \n\n"
        assert house.hints.open_streams == 1
        following = asyncio.create_task(anext(stream))
        await asyncio.sleep(0)
        house.hints.wake(f"inbox-changed:{TENANT}:{new_id()}")
        await asyncio.sleep(0)
        assert not following.done()
        house.hints.wake(f"inbox-changed:{TENANT}:{PEER}")
        assert await following == b"event: inbox-changed\ndata: \n\n"
    assert house.hints.open_streams == 0


@pytest.mark.parametrize("state", ["offered", "accepted"])
async def test_a_handoff_may_name_nobody_yet(house: House, state: str) -> None:
    """Another organisation's peer reads every page of it before there is a consent."""
    one = handoff(person=None, state=state)
    house.referrals.known[one.id] = one
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        pages = [
            await browser.get(path)
            for path in ("/inbox", "/people", *(f"/handoffs/{one.id}{rest}" for rest in ("", "/contact", "/close")))
        ]
    assert {page.status_code for page in pages} <= {200, 303}
    assert pages[0 if state == "offered" else 1].text.count("Somebody")
    assert "The person is not named yet" in pages[2].text
    assert "Juniper" not in "".join(page.text for page in pages)

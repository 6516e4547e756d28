"""Links from messages: nothing before signing in, then once to what waits."""

from datetime import UTC, datetime

import pytest

from services.console.domain import told
from services.console.use_cases.ports import Refused
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import session_of


def item(subject_kind: str = "handoff") -> told.InboxItem:
    return told.InboxItem(
        item_id=new_id(),
        kind="handoff_offered",
        subject_kind=subject_kind,
        subject_id=new_id(),
        state="open",
        created_at=datetime.now(UTC),
        respond_by=None,
        seen_at=None,
        ended_reason=None,
    )


async def test_whoever_is_not_signed_in_uses_nothing_up_and_comes_back_after_signing_in(house: House) -> None:
    async with house.browser() as browser:
        page = await browser.get("/claim/abc")
    assert page.status_code == 401
    assert 'name="after" value="/claim/abc"' in page.text
    assert house.notifications.claimed == []


@pytest.mark.parametrize(("kind", "page"), [("handoff", "handoffs"), ("task", "tasks"), ("referral", "referrals")])
async def test_a_link_leads_to_what_waits(house: House, kind: str, page: str) -> None:
    house.notifications.items = [item(kind)]
    one = house.notifications.items[0]
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        answer = await browser.get("/claim/abc")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/{page}/{one.subject_id}?item={one.item_id}"
    assert house.notifications.claimed == ["abc"]


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose"])
async def test_a_browser_that_guesses_uses_nothing_up(house: House, header: str) -> None:
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        answer = await browser.get("/claim/abc", headers={header: "prefetch;prerender"})
    assert answer.status_code == 503
    assert house.notifications.claimed == []


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (409, "link_used", "This link has been used already"),
        (410, "link_expired", "This link is over"),
        (404, "link_unknown", "This link was not sent to you"),
        (422, "link_unknown", "This link was not sent to you"),
    ],
)
async def test_a_link_that_leads_nowhere_says_so_over_the_inbox(
    house: House, status: int, code: str, words: str
) -> None:
    house.notifications.refuse = Refused("notifications", status=status, code=code, document={})
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        answer = await browser.get("/claim/abc")
        page = await browser.get(answer.headers["location"])
    assert answer.headers["location"] == f"/inbox?trouble={code}"
    assert words in page.text

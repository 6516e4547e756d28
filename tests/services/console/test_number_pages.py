"""Numbers with what they are a share of, small cells withheld, drawn beside their table; and who will miss by Friday."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from services.console.domain import told
from services.console.domain.small_numbers import may_show
from services.console.use_cases.ports import Refused
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import NOW, NURSE, PEER, PROGRAMME, handoff, session_of
from tests.services.console.fakes_numbers import at_risk, handoff_numbers, share


def delivery(channel: str, state: str, *, days_ago: int = 1) -> told.Delivery:
    """Something that was sent, or was not."""
    content: dict[str, Any] = dict.fromkeys(told.Delivery.model_fields)
    content |= {"delivery_id": new_id(), "kind": "handoff_offered", "worker_id": PEER, "subject_kind": "handoff"}
    content |= {"subject_id": new_id(), "channel": channel, "state": state, "due_at": NOW, "attempts": 1}
    return told.Delivery.model_validate(content | {"changed_at": NOW - timedelta(days=days_ago)})


def cells(page: str, name: str) -> str:
    """The row of a table that begins with a name, as it is read."""
    row = next(one for one in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if name in one)
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


async def test_every_share_stands_with_its_denominator_and_is_drawn_beside_it(house: House) -> None:
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        page = (await browser.get("/numbers")).text
    assert cells(page, "Somebody said yes").endswith("34 of 40 85 %")
    assert cells(page, "First contact in time").endswith("20 of 30 67 %")
    assert cells(page, "Nobody answered in time").endswith("8 of 38 21 %")
    assert cells(page, "Until somebody said yes").endswith("25 minutes 50 minutes 14 hours 34")
    assert cells(page, "within 7 days").endswith("within 7 days 12 of 24 50 % 14")
    assert page.count('role="img"') == 3
    assert "As of" in page
    assert "40 people left from" in page


async def test_what_is_small_is_withheld_wherever_it_stands(house: House) -> None:
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        page = (await browser.get("/numbers")).text
        house.numbers.handoff_counts = handoff_numbers(accepted=share(3, 4), discharges=None)
        small = (await browser.get("/numbers")).text
    # two are missing from 38 of 40, and three people waited: both would point at somebody
    assert cells(page, "Closed with a word").endswith("too few to show, of 40 –")
    assert cells(page, "Until the first contact").endswith(
        "too few to show too few to show too few to show too few to show"
    )
    assert cells(page, "within 30 days").endswith("too few to show, of 9 – too few to show")
    assert "38 of" not in page.replace("8 of 38", "")
    assert cells(small, "Somebody said yes").endswith("too few to show –")


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 0, True), (0, 40, True), (40, 40, True), (5, 10, True), (4, 40, False), (37, 40, False), (0, 4, False), (4, 4, False)],
)  # fmt: skip
def test_a_share_is_shown_when_neither_side_is_few(part: int, whole: int, shown: bool) -> None:
    assert may_show(part, whole=whole) is shown


async def test_messages_are_counted_by_channel_as_far_as_they_are_of_these_days(house: House) -> None:
    made = [delivery("email", "delivered") for _ in range(12)] + [delivery("email", "failed") for _ in range(6)]
    made += [delivery("email", "planned"), delivery("sms", "delivered"), delivery("email", "cancelled")]
    made += [delivery("email", "failed", days_ago=40) for _ in range(9)]
    house.notifications.deliveries_made = made
    async with house.browser(session_of(AccessRole.ADMINISTRATOR)) as browser:
        page = (await browser.get("/numbers")).text
        house.notifications.deliveries_made = []
        quiet = (await browser.get("/numbers")).text
    assert "12 of 18 67 % 1–4" in cells(page, "E-mail")
    assert "too few to show" in cells(page, "Text message")
    assert "Nothing" in quiet


async def test_one_programme_and_a_period_are_asked_for_and_a_wrong_one_is_said(house: House) -> None:
    asked = f"/numbers?programme_id={PROGRAMME}&from=2026-01-01&to=2026-02-01"
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        page = (await browser.get(asked)).text
        await browser.get("/numbers?programme_id=nonsense&from=soon")
        house.numbers.refuse = Refused("referrals", status=422, code="longer_than_a_year", document={})
        wrong = await browser.get("/numbers?from=2020-01-01")
    assert f'value="{PROGRAMME}" selected' in page
    assert "Messages by channel" not in page
    assert house.numbers.asked[:2] == [(PROGRAMME, date(2026, 1, 1), date(2026, 2, 1))] * 2
    assert house.numbers.asked[2] == (None, None, None)
    assert wrong.headers["location"] == "/numbers?trouble=period"


async def test_numbers_are_for_those_who_answer_for_them(house: House) -> None:
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        assert (await browser.get("/numbers")).status_code == 403
        assert (await browser.get("/numbers/at-risk")).status_code == 403
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        assert (await browser.get("/numbers")).status_code == 403
        assert (await browser.get("/numbers/at-risk")).status_code == 200


async def test_who_will_miss_by_friday_leads_to_the_next_step(house: House) -> None:
    one = handoff()
    house.numbers.lines = [
        at_risk(handoff_id=one.id),
        at_risk(roles=["nurse"], may_not_count="age_not_known"),
    ]
    house.numbers.left_off = 2
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        page = (await browser.get("/numbers/at-risk?by=2026-11-30")).text
        house.numbers.lines = []
        nobody = (await browser.get("/numbers/at-risk")).text
    assert f'<a href="/handoffs/{one.id}">Juniper T.</a>' in page
    assert "Fri 27 Nov" in page
    assert "A contact by a peer counts." in page
    assert "A clinician is needed." in page
    assert "the contact is owed all the same" in page
    assert "2 more are not shown" in page
    assert house.numbers.asked[0] == (None, None, date(2026, 11, 30))
    assert "Good." in nobody


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"worker_id": None}, "With nobody yet"),
        ({"worker_id": PEER}, "With <strong>"),
        ({"called": None}, ">Somebody</a>"),
        ({"called": "Wren T."}, ">Wren T.</a>"),
    ],
)
async def test_who_has_it_and_whom_it_is_about_are_said_as_far_as_referrals_tells(
    house: House, changes: dict[str, Any], said: str
) -> None:
    house.numbers.lines = [at_risk(**changes)]
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        assert said in (await browser.get("/numbers/at-risk")).text

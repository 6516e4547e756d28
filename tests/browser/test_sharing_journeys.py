"""A consent from the paper to the day on which the person takes it back, in real browsers."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import DESK, Visit
from tests.browser.living import Living

SCRIPTS = pytest.mark.parametrize("js", [True, False], ids=["scripts", "no-scripts"])


@SCRIPTS
async def test_a_consent_is_written_down_and_taken_back(visit: Visit, handrail: Living, js: bool) -> None:
    met = await handrail.met()
    page = await visit("mika", f"/handoffs/{met}/person", js=js, size=DESK)
    await page.get_by_role("link", name="All of it, and take something back").click()
    before = await page.locator(".panel--good").count()
    await page.get_by_role("link", name="Write down a new consent").click()
    await page.get_by_label("What may be told, in the person’s words").fill("My first name")
    await page.get_by_role("button", name="Keep it").click()
    await expect(page.get_by_text("Please tick who is told").first).to_be_visible()
    await expect(page.get_by_label("What may be told, in the person’s words")).to_have_value("My first name")
    await page.locator("#recipient_organization_ids").get_by_label("Open Door Peer Alliance").check()
    await page.get_by_label("Who they are").check()
    await page.get_by_label("Arranging support together").check()
    await page.get_by_label("When the referral ends").check()
    await page.get_by_label("How it can be taken back").fill("Tell anybody of the team")
    await page.get_by_label("That it can be taken back at any time").check()
    await page.get_by_label("On paper").check()
    await page.get_by_label("Day of signing").fill("2026-01-05")
    await page.get_by_role("button", name="Keep it").click()
    await expect(page.get_by_text("It counts from now on")).to_be_visible()
    kept = page.locator(".panel--good").first
    await expect(kept).to_contain_text("Morningside Community Center (demo) may tell Open Door Peer Alliance (demo)")
    await kept.get_by_role("link", name="Take this back").click()
    await expect(page.get_by_role("heading", name="What stops at once")).to_be_visible()
    await page.get_by_role("button", name="Take it back now").click()
    await expect(page.get_by_text("somebody still holds the person")).to_be_visible()
    await expect(page.locator(".panel--good")).to_have_count(before)

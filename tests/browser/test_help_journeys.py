"""From looking for help to referring somebody there, in real browsers."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.help_around import take_in
from tests.browser.living import Living

SCRIPTS = pytest.mark.parametrize("js", [True, False], ids=["scripts", "no-scripts"])


@SCRIPTS
async def test_a_peer_finds_help_and_refers_there(visit: Visit, handrail: Living, js: bool) -> None:
    await take_in(handrail)
    page = await visit("fay", "/referrals", js=js)
    await page.get_by_role("link", name="Look in the directory of help").click()
    await page.get_by_label("What for").fill("meal")
    await page.get_by_label("Postal code").fill("232 1")
    await page.get_by_label("Spoken there").select_option(label="Spanish")
    await page.get_by_role("button", name="Look", exact=True).click()
    assert "meal" not in page.url
    await page.get_by_role("link", name="Warm meals").click()
    await expect(page.get_by_text("Mon, Thu, 10:00 am – 6:30 pm").first).to_be_visible()
    await page.get_by_role("link", name="Refer here").first.click()
    await expect(page.get_by_role("heading", name="Send a referral")).to_be_visible()
    team = page.locator('input[name="team_id"]')
    assert await team.get_attribute("value") == handrail.registry.teams["community_team"]


@SCRIPTS
async def test_the_last_step_says_whether_there_is_room(visit: Visit, js: bool) -> None:
    page = await visit("mika", "/handoffs/new", js=js)
    await page.get_by_label("Somebody new").check()
    await page.get_by_label("First name").fill("Finch")
    await page.get_by_label("Last name").fill("Testcase")
    await page.get_by_role("button", name="Next").click()
    await page.locator("#programme_id").select_option(label="Morningside Community Team")
    await page.get_by_label("They have left").check()
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_text("Is there room just now?")).to_be_visible()

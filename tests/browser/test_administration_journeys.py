"""A team is formed and a programme renamed, in real browsers."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import DESK, Visit

SCRIPTS = pytest.mark.parametrize("js", [True, False], ids=["scripts", "no-scripts"])


@SCRIPTS
async def test_a_team_is_formed_and_somebody_joins_and_leaves_it(visit: Visit, js: bool) -> None:
    page = await visit("silas", "/teams", js=js, size=DESK)
    await page.get_by_role("link", name="Form a team").click()
    await page.get_by_label("Name of the team").fill("Harbour team")
    await page.get_by_role("button", name="Form the team").click()
    await page.get_by_role("group", name="Who joins").get_by_label("Fay Sample").check()
    await page.get_by_role("button", name="Keep it").click()
    await page.get_by_role("group", name="Who leaves").get_by_label("Fay Sample").check()
    await page.get_by_role("button", name="Keep it").click()
    await expect(page.get_by_text("Nobody is in this team yet")).to_be_visible()


@SCRIPTS
async def test_a_programme_gets_a_help_line_after_a_look_at_the_change(visit: Visit, js: bool) -> None:
    number = "540-555-0101" if js else "540-555-0102"
    page = await visit("admin", "/programmes", js=js, size=DESK)
    await page.get_by_role("link", name="Morningside Front Door").click()
    await page.get_by_role("link", name="Settings").click()
    await page.get_by_label("Help line").fill(number)
    await page.get_by_role("button", name="Look at your answers").click()
    await expect(page.get_by_text("From now on")).to_be_visible()
    await page.get_by_role("button", name="Keep the changes").click()
    await expect(page.get_by_label("Help line")).to_have_value(number)

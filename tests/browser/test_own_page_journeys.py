"""What a peer says for themselves alone, in real browsers."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import DESK, Visit
from tests.browser.living import Living

SCRIPTS = pytest.mark.parametrize("js", [True, False], ids=["scripts", "no-scripts"])


@SCRIPTS
async def test_a_peer_knows_somebody_from_elsewhere_and_only_they_read_it(
    visit: Visit, handrail: Living, js: bool
) -> None:
    offered = await handrail.offer("Heron")
    page = await visit(offered.peer, f"/handoffs/{offered.handoff_id}", js=js)
    await page.get_by_role("link", name="I know Heron T. from elsewhere").click()
    await page.get_by_role("button", name="Yes, I know them").click()
    await expect(page.get_by_text("You are not asked about this person any more")).to_be_visible()
    standing = await handrail.handoff(offered.handoff_id)
    assert standing["next"]["worker_id"] != handrail.registry.workers[offered.peer]
    asker = await visit("mika", f"/handoffs/{offered.handoff_id}/person", js=js, size=DESK)
    assert "elsewhere" not in await asker.locator("main").inner_text()
    await page.locator("a.head__name").click()
    await page.get_by_role("link", name="About me").click()
    entries = page.locator(".answers-list li")  # the newest comes first
    await expect(entries.first).to_be_visible()
    known_so_far = await entries.count()
    await entries.first.get_by_role("button", name="This no longer counts").click()
    await expect(page.get_by_text("You can be asked about this person again")).to_be_visible()
    await expect(entries).to_have_count(known_so_far - 1)


@SCRIPTS
async def test_a_peer_takes_a_break_and_comes_back(visit: Visit, js: bool) -> None:
    page = await visit("gus", "/about-me", js=js)
    await page.get_by_role("button", name="Step back now").click()
    await expect(page.get_by_text("Take good care")).to_be_visible()
    supervisor = await visit("silas", "/programmes", js=js, size=DESK)
    await supervisor.get_by_role("link", name="Morningside Community Team").click()
    away = supervisor.locator("section", has=supervisor.locator("#absences"))
    await expect(away.get_by_role("heading", name="Gus Sample")).to_be_visible()
    await page.get_by_role("button", name="I am back").click()
    await expect(page.get_by_text("Good to have you back")).to_be_visible()


@SCRIPTS
async def test_lived_experience_is_kept_and_taken_back(visit: Visit, js: bool) -> None:
    page = await visit("gus", "/about-me", js=js)
    await page.get_by_label("Being a parent").check()
    await page.get_by_label("This may be used to find people").check()
    await page.get_by_role("button", name="Keep it").click()
    await expect(page.get_by_text("Kept, for you alone")).to_be_visible()
    await expect(page.get_by_label("Being a parent")).to_be_checked()
    await page.get_by_label("Being a parent").uncheck()
    await page.get_by_role("button", name="Keep it").click()
    await expect(page.get_by_label("Being a parent")).not_to_be_checked()

"""A referral from the asking to the closing word, and two who claim at once, in real browsers."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import DESK, Visit
from tests.browser.living import Living
from tests.browser.places import to_last_step

SCRIPTS = pytest.mark.parametrize("js", [True, False], ids=["scripts", "no-scripts"])


async def claim(page: Page, *, js: bool) -> None:
    """Take it; with scripts the answer is held first, and can be sent at once."""
    await page.get_by_role("button", name="I’ll take it").click()
    if js:
        await page.get_by_role("button", name="Undo").click()
        await page.get_by_role("button", name="I’ll take it").click()
        await page.get_by_role("button", name="Send now").click()


@SCRIPTS
async def test_a_clinician_refers_a_peer_claims_and_completes_and_the_closing_word_is_read(
    visit: Visit, handrail: Living, js: bool
) -> None:
    asker = await visit("mika", "/referrals", js=js, size=DESK)
    await to_last_step(asker)
    if js:
        await expect(asker.locator("#hint")).to_contain_text("fits the role", timeout=15_000)
    await asker.get_by_role("button", name="Send the referral").click()
    await expect(asker.get_by_text("Below is who acts next")).to_be_visible()
    await expect(asker.locator(".next__line")).to_contain_text("may take it")
    address = asker.url.split("?")[0]
    referral_id = address.rsplit("/", 1)[1]
    peer = await visit("fay", "/referrals?show=free", js=js)
    row = peer.locator(f"#referral-{referral_id}")
    await expect(row).to_contain_text("Finch")
    await row.get_by_role("link").click()
    await claim(peer, js=js)
    await expect(peer.get_by_text("It is yours now")).to_be_visible()
    await peer.get_by_role("button", name="I have begun").click()
    await peer.get_by_role("link", name="Finish").click()
    await peer.get_by_role("button", name="Finish").click()
    await expect(peer.get_by_text("Please choose how it ended").first).to_be_visible()
    await peer.get_by_label("Got help").check()
    await peer.get_by_role("button", name="Finish").click()
    await expect(peer.get_by_text("Who asked reads how it ended")).to_be_visible()
    await asker.goto(address)
    await expect(asker.locator(".next__line")).to_contain_text("Got help")
    await asker.get_by_label("I got what I wanted").check()
    await asker.get_by_role("button", name="Keep it").click()
    await expect(asker.get_by_text("in the person’s own words")).to_be_visible()


async def test_two_claim_at_once_and_the_second_reads_who_is_on_it(visit: Visit, handrail: Living) -> None:
    referral_id = await handrail.referral()
    pages = [await visit(peer, f"/referrals/{referral_id}", js=False) for peer in ("fay", "gus")]
    await asyncio.gather(*(page.get_by_role("button", name="I’ll take it").click() for page in pages))
    said = [await page.locator("main").inner_text() for page in pages]
    assert sum("It is yours now" in one for one in said) == 1
    assert sum("is already on it. Thank you for looking" in one for one in said) == 1


async def test_whoever_has_it_passes_a_part_on_and_both_pages_lead_to_each_other(
    visit: Visit, handrail: Living
) -> None:
    referral_id = await handrail.referral()
    page = await visit("fay", f"/referrals/{referral_id}", js=False)
    await claim(page, js=False)
    await page.get_by_role("link", name="Pass a part of it on").click()
    await page.get_by_label("A colleague").check()
    await page.locator("#worker_id").select_option(value=handrail.registry.workers["gus"])
    await page.get_by_label("What you ask for").fill("Go with them to the library")
    await page.get_by_role("button", name="Ask them").click()
    await expect(page.get_by_text("Sent. Below is who acts next")).to_be_visible()
    await page.get_by_role("link", name="The whole referral").click()
    await expect(page).to_have_url(f"{page.url.split('/referrals/')[0]}/referrals/{referral_id}")
    await expect(page.get_by_role("link", name="Part 1")).to_be_visible()

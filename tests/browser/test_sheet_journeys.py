"""A sheet is filled in with and without scripts, lands beside the handoff, and prints on two pages at most."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.living import Living

SCRIPTS = pytest.mark.parametrize("js", [True, False], ids=["scripts", "no-scripts"])


@SCRIPTS
async def test_a_clinician_asks_what_matters_and_the_peer_who_accepted_reads_it(
    visit: Visit, handrail: Living, js: bool
) -> None:
    offered = await handrail.offer("Finch")
    address = f"/handoffs/{offered.handoff_id}"
    clinician = await visit("mika", address, js=js, size=DESK)
    await clinician.get_by_role("link", name="Begin the sheet").click()
    await clinician.get_by_label("What does Finch T. want next?").fill("A quiet first morning")
    await clinician.get_by_role("button", name="Keep it and go on").click()
    await clinician.get_by_label("What is Finch T. good at").fill("Bread\nPatience")
    await clinician.get_by_role("button", name="Keep it and go on").click()
    await clinician.get_by_label("From").first.fill("19:00")
    await clinician.get_by_label("To", exact=True).first.fill("16:00")
    await clinician.get_by_role("button", name="Keep it", exact=True).click()
    await expect(clinician.get_by_text("the earlier time first").first).to_be_visible()
    await clinician.get_by_label("To", exact=True).first.fill("20:00")
    await clinician.get_by_role("button", name="Keep it", exact=True).click()
    await expect(clinician.get_by_text("Kept. Thank you.")).to_be_visible()
    peer = await visit(offered.peer, address, js=js, size=PHONE)
    await expect(peer.get_by_role("button", name="Accept")).to_be_visible()
    assert await peer.get_by_text("A quiet first morning").count() == 0
    await peer.get_by_role("button", name="Accept").click()
    if js:
        await peer.get_by_role("button", name="Send now").click()
    await expect(peer.get_by_text("A quiet first morning")).to_be_visible()
    await expect(peer.get_by_text("Every day, 7:00 pm – 8:00 pm")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "es"])
async def test_the_paper_has_two_pages_at_most_and_nothing_of_the_screen(
    visit: Visit, handrail: Living, language: str
) -> None:
    page = await visit("mika", f"/handoffs/{await handrail.with_sheet()}/sheet?language={language}", size=DESK)
    printed = await page.pdf(prefer_css_page_size=False, format="Letter")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) in (1, 2)
    await page.emulate_media(media="print")
    for frame in (".head", ".strip", ".foot", ".not-printed"):
        await expect(page.locator(frame).first).to_be_hidden()
    await expect(page.locator("article.paper")).to_be_visible()

"""What happens when two are quick, a session is over, a button is pressed twice, a service is away."""

import os
import signal

from playwright.async_api import expect

from handrail.demo.network import MAIL_DOMAIN, PASSWORD
from services.console.api.gate import COOKIE
from tests.browser.conftest import DESK, Visit
from tests.browser.living import Living, eventually


async def test_who_answers_second_reads_that_it_is_taken_care_of(visit: Visit, handrail: Living) -> None:
    offered = await handrail.offer()
    first, second = [await visit(offered.peer, f"/handoffs/{offered.handoff_id}", js=False) for _ in range(2)]
    await first.get_by_role("button", name="Can’t right now").click()
    await expect(first.get_by_text("The next colleague is asked now")).to_be_visible()
    await second.get_by_role("button", name="Accept").click()
    await expect(second.get_by_text("no longer waits for your answer")).to_be_visible()
    assert (await handrail.handoff(offered.handoff_id))["accepted_by"] is None


async def test_of_two_people_who_accept_at_once_one_reads_that_a_colleague_is_on_it(
    visit: Visit, handrail: Living
) -> None:
    offered = await handrail.offer()
    was_asked = await visit(offered.peer, f"/handoffs/{offered.handoff_id}", js=False)
    at_her_desk = await visit(offered.peer, f"/handoffs/{offered.handoff_id}", js=False, size=DESK)
    await at_her_desk.get_by_role("button", name="Can’t right now").click()
    colleague = "gus" if offered.peer == "fay" else "fay"
    is_asked = await visit(colleague, f"/handoffs/{offered.handoff_id}", js=False)
    # both pages now offer the same button, and both people press it
    await expect(was_asked.get_by_role("button", name="Accept")).to_be_visible()
    await is_asked.get_by_role("button", name="Accept").click()
    await expect(is_asked.get_by_text("You walk with this person now")).to_be_visible()
    await was_asked.get_by_role("button", name="Accept").click()
    await expect(was_asked.get_by_text("A colleague is already on it")).to_be_visible()
    await expect(was_asked.get_by_role("heading", name="Inbox")).to_be_visible()
    accepted_by = (await handrail.handoff(offered.handoff_id))["accepted_by"]
    assert handrail.registry.worker_key(accepted_by) == colleague


async def test_pressing_twice_happens_once(visit: Visit, handrail: Living) -> None:
    offered = await handrail.offer()
    page = await visit(offered.peer, f"/handoffs/{offered.handoff_id}", js=False)
    await page.get_by_role("button", name="Accept").dblclick()
    await expect(page.get_by_text("You walk with this person now")).to_be_visible()
    facts = [fact["kind"] for fact in (await handrail.handoff(offered.handoff_id))["timeline"]]
    assert facts.count("accepted") == 1


async def test_back_shows_how_it_stands_now(visit: Visit, handrail: Living) -> None:
    offered = await handrail.offer()
    page = await visit(offered.peer, f"/handoffs/{offered.handoff_id}", js=False)
    await page.get_by_role("button", name="Accept").click()
    await expect(page.get_by_text("You walk with this person now")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("button", name="Accept")).to_have_count(0)


async def test_a_text_survives_the_end_of_the_session(visit: Visit) -> None:
    page = await visit("mika", "/tasks/new", size=DESK)
    await page.get_by_label("Programme").select_option(label="Morningside Community Team")
    await page.get_by_label("Whom do you ask?").select_option(label="Gus Sample")
    await page.get_by_label("What do you ask for?").fill("Go with her to the library and help her get a card")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(page.get_by_text("What you wrote is kept")).to_be_visible()
    await page.fill("#email", f"dora@{MAIL_DOMAIN}")
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text("Go with her to the library")).to_be_visible()
    await page.get_by_role("button", name="Send it now").click()
    await expect(page.get_by_role("heading", name="Go with her to the library")).to_be_visible()


async def test_leaving_the_site_signs_out_and_leaves_no_way_back(visit: Visit) -> None:
    page = await visit(None, "/sign-in")
    await page.route(
        "https://www.weather.gov/**", lambda route: route.fulfill(body="weather", content_type="text/html")
    )
    await page.fill("#email", f"dora@{MAIL_DOMAIN}")
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Discharges and handoffs")).to_be_visible()
    await page.get_by_role("link", name="Leave this site").click()
    await page.wait_for_url("https://www.weather.gov/")

    async def is_signed_out() -> bool:
        return COOKIE not in {cookie["name"] for cookie in await page.context.cookies()}

    await eventually("the cookie is gone", is_signed_out)
    await page.go_back()
    await expect(page.get_by_role("heading", name="Discharges and handoffs")).to_have_count(0)


async def test_while_a_service_hangs_the_page_says_so_and_recovers(visit: Visit, handrail: Living) -> None:
    page = await visit("fay", "/inbox", js=False)
    referrals = handrail.process_of("referrals-api")
    os.kill(referrals, signal.SIGSTOP)
    try:
        await page.goto("/inbox")
        await expect(page.get_by_role("heading", name="We cannot reach a part of Handrail")).to_be_visible()
    finally:
        os.kill(referrals, signal.SIGCONT)
    await page.get_by_role("link", name="Try again").click()
    await expect(page.get_by_role("heading", name="Inbox")).to_be_visible()

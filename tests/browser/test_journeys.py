"""The three journeys, with and without scripts."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import DESK, Visit
from tests.browser.living import Living, eventually
from tests.browser.places import MIXED, UNCLEAR

SCRIPTS = pytest.mark.parametrize("js", [True, False], ids=["scripts", "no-scripts"])


@SCRIPTS
async def test_a_peer_accepts_and_logs_a_contact_in_two_taps(visit: Visit, handrail: Living, js: bool) -> None:
    offered = await handrail.offer()
    page = await visit(offered.peer, "/inbox", js=js)
    link = page.locator(f"#handoff-{offered.handoff_id} a")
    await expect(link).to_have_text("Walk with Lark T.")
    await link.click()
    await page.get_by_role("button", name="Accept").click()
    if js:
        await expect(page.get_by_text("goes out in 10 seconds")).to_be_visible()
        assert (await handrail.handoff(offered.handoff_id))["state"] == "offered"
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("button", name="Accept")).to_be_focused()
        await page.get_by_role("button", name="Accept").click()
        await page.get_by_role("button", name="Send now").click()
    await expect(page.get_by_text("You walk with this person now")).to_be_visible()
    assert (await handrail.handoff(offered.handoff_id))["state"] == "accepted"
    await page.goto("/people")
    row = page.locator("li.card", has=page.locator(f'a[href="/handoffs/{offered.handoff_id}"]'))
    await row.get_by_role("link", name="Log a contact").click()
    await page.get_by_role("button", name="We talked by phone").click()
    await expect(page.get_by_text("Good that you were in touch")).to_be_visible()
    assert (await handrail.handoff(offered.handoff_id))["state"] == "contacted"


@SCRIPTS
@pytest.mark.parametrize("answer", ["Can’t right now", "Outside my role"])
async def test_saying_no_is_as_easy(visit: Visit, handrail: Living, js: bool, answer: str) -> None:
    offered = await handrail.offer()
    page = await visit(offered.peer, f"/handoffs/{offered.handoff_id}", js=js)
    await page.get_by_role("button", name=answer).click()
    if js:
        await page.get_by_role("button", name="Send now").click()
    await expect(page.get_by_text("The next colleague is asked now")).to_be_visible()
    offers = (await handrail.handoff(offered.handoff_id))["offers"]
    assert offers[0]["status"] == "declined"
    assert len(offers) == 2


async def test_leaving_the_page_sends_an_answer_that_was_held(visit: Visit, handrail: Living) -> None:
    offered = await handrail.offer()
    page = await visit(offered.peer, f"/handoffs/{offered.handoff_id}")
    await page.get_by_role("button", name="Accept").click()
    await page.goto("/people")

    async def is_accepted() -> bool:
        return bool((await handrail.handoff(offered.handoff_id))["state"] == "accepted")

    await eventually("the held answer arrives", is_accepted)


async def test_a_locked_telephone_sends_an_answer_that_was_held(visit: Visit, handrail: Living) -> None:
    """It stops counting the seconds, and leaves no page."""
    offered = await handrail.offer()
    page = await visit(offered.peer, f"/handoffs/{offered.handoff_id}")
    await page.get_by_role("button", name="Accept").click()
    becomes = """state => setTimeout(() => {
        Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }, 300)"""  # later, as the page is another one once it has happened
    await page.evaluate(becomes, "hidden")

    async def is_accepted() -> bool:
        return bool((await handrail.handoff(offered.handoff_id))["state"] == "accepted")

    await eventually("the held answer arrives", is_accepted)
    await page.evaluate(becomes, "visible")
    await expect(page.get_by_role("button", name="Undo")).to_have_count(0)  # shown anew, as it stands now


async def test_an_open_inbox_follows_by_itself_and_keeps_the_focus(visit: Visit, handrail: Living) -> None:
    pages = {peer: await visit(peer, "/inbox") for peer in ("fay", "gus")}
    for page in pages.values():
        async with page.expect_response("**/inbox/stream"):
            await page.reload()
        await page.get_by_role("link", name="Check again").focus()
    offered = await handrail.offer()
    page = pages[offered.peer]
    await expect(page.locator(f"#handoff-{offered.handoff_id}")).to_be_visible(timeout=20_000)
    assert await page.evaluate("document.activeElement.textContent") == "Check again."


@SCRIPTS
async def test_a_clinician_sends_a_handoff_in_three_steps(visit: Visit, handrail: Living, js: bool) -> None:
    page = await visit("mika", "/handoffs/new", js=js, size=DESK)
    await page.get_by_label("Somebody new").check()
    await page.get_by_label("First name").fill("Sage")
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_text("Please look at this again")).to_be_visible()
    await expect(page.get_by_label("First name")).to_have_value("Sage")
    await page.get_by_label("Last name").fill("Sampleton")
    await page.get_by_role("button", name="Next").click()
    await page.get_by_label("Programme").select_option(label="Morningside Community Team")
    await page.get_by_label("They have left just now").check()
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_text("Sage Sampleton")).to_be_visible()
    await page.get_by_role("button", name="Send the handoff").click()
    await expect(page.get_by_role("heading", name="Walking with Sage S.")).to_be_visible()
    await expect(page.get_by_text("A colleague is being asked now")).to_be_visible()


@SCRIPTS
async def test_a_mixed_task_is_refused_kindly_and_split_in_place(visit: Visit, js: bool) -> None:
    page = await visit("mika", "/tasks/new", js=js, size=DESK)
    await page.get_by_label("Programme").select_option(label="Morningside Community Team")
    await page.get_by_label("Whom do you ask?").select_option(label="Fay Sample")
    await page.get_by_label("What do you ask for?").fill(MIXED)
    if js:
        await expect(page.locator("#hint")).to_contain_text("outside the role", timeout=15_000)
    await page.get_by_role("button", name="Ask", exact=True).click()
    for line in ("What was not sent", "Why", "Who can do it", "In the role instead"):
        await expect(page.locator("dt", has_text=line).first).to_be_visible()
    await expect(page.get_by_label("What do you ask for?")).to_have_value(MIXED)
    await page.get_by_role("button", name="Ask Fay Sample for this part").first.click()
    await expect(page.get_by_text("Your colleague has it now")).to_be_visible()
    supervisor = await visit("silas", "/boundary-events", js=js, size=DESK)
    await supervisor.locator('a[href^="/boundary-events/"]').first.click()
    await expect(supervisor.get_by_role("heading", name="Why it was not sent")).to_be_visible()
    await expect(supervisor.get_by_role("heading", name="Peer: no medication handling").first).to_be_visible()
    await expect(supervisor.locator("mark.mark--no").first).to_be_visible()


@SCRIPTS
async def test_a_supervisor_sees_what_waits_and_what_was_sent(visit: Visit, handrail: Living, js: bool) -> None:
    offered = await handrail.offer()
    page = await visit("silas", "/today", js=js, size=DESK)
    await expect(page.locator(f'a[href="/handoffs/{offered.handoff_id}"]')).to_be_visible()
    await page.get_by_role("link", name="Deliveries").click()
    await expect(page.get_by_role("heading", name="Deliveries")).to_be_visible()


@SCRIPTS
async def test_a_second_person_approves_and_the_peer_has_the_task(visit: Visit, handrail: Living, js: bool) -> None:
    asked = await handrail.ask_for(UNCLEAR)
    assert asked["status"] == "proposed"
    page = await visit("silas", "/review", js=js, size=DESK)
    await page.locator(f'a[href="/tasks/{asked["id"]}"]').click()
    await page.get_by_role("button", name="Record my decision").click()
    await expect(page.get_by_text("Please choose what you say").first).to_be_visible()
    await page.get_by_label("Approve. It fits the role.").check()
    await page.get_by_label("Why?").fill("We have talked about it in supervision")
    await page.get_by_role("button", name="Record my decision").click()
    await expect(page.get_by_text("Your colleague has the task now")).to_be_visible()
    peer = await visit("fay", f"/tasks/{asked['id']}", js=js)
    await expect(peer.get_by_text("Silas Sample")).to_be_visible()
    await expect(peer.get_by_role("button", name="I’ll do it")).to_be_visible()


@SCRIPTS
async def test_the_person_page_tells_who_holds_them(visit: Visit, handrail: Living, js: bool) -> None:
    offered = await handrail.offer()
    page = await visit("mika", f"/handoffs/{offered.handoff_id}", js=js, size=DESK)
    await page.get_by_role("link", name="Who holds Lark T.").click()
    await expect(page.get_by_role("heading", name="Lark Testcase")).to_be_visible()
    await expect(page.get_by_role("heading", name="Who held them when")).to_be_visible()
    await expect(page.get_by_text("began the handoff")).to_be_visible()


@SCRIPTS
async def test_quiet_hours_are_kept(visit: Visit, js: bool) -> None:
    page = await visit("gus", "/inbox", js=js)
    await page.locator("a.head__name").click()
    await page.locator("#quiet_start").fill("22:00")
    await page.locator("#quiet_end").fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("both times, or neither").first).to_be_visible()
    await page.locator("#quiet_end").fill("06:30")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("The next message uses this")).to_be_visible()
    await expect(page.locator("#quiet_end")).to_have_value("06:30")

"""axe on every page at three widths, what axe cannot see, and a proof that the gate bites."""

import itertools

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import PHONE, Visit
from tests.browser.living import Living

PAGES = {
    None: ["/sign-in", "/design", "/nowhere"],
    "fay": [
        "/inbox",
        "/people",
        "/tasks",
        "OFFERED",
        "CONTACT",
        "CLOSE",
        "/contact-points",
        "REFERRED",
        "/referrals?show=free",
        "DECLINED",
        "FINISHED",
    ],
    "mika": [
        "/discharges",
        "/handoffs/new",
        "/tasks/new",
        "/tasks",
        "PLANNED",
        "PERSON",
        "REFUSED",
        "/referrals",
        "REFER",
        "TIMELINE",
        "MATCHING",
    ],
    "silas": [
        "/today",
        "/boundary-events",
        "DECISION",
        "/deliveries",
        "/review",
        "REVIEW",
        "/contact-points",
        "/teams",
        "TEAM",
        "/programmes",
        "PROGRAMME",
    ],
}
WIDTHS = {"light": (320, 390, 1280), "dark": (390,)}
"""Colours are all that the dark sheet changes, so one width tells of them."""
EVERYBODY = list(PAGES)


MIXED = "Sit with him and listen over a coffee, and administer his evening medication"
UNCLEAR = "Take care of the blue folder as we said"


async def open_each(page: Page, path: str, handrail: Living) -> None:
    """Go to a page by its address, or by what stands on it."""
    if path == "OFFERED":
        names = itertools.cycle(("Wren", "Linden", "Rowan"))
        offered = await handrail.offer(next(names))
        while offered.peer != "fay":  # the matcher takes turns, so she is asked soon
            offered = await handrail.offer(next(names))
        await page.goto(f"/handoffs/{offered.handoff_id}")
    elif path in ("CONTACT", "CLOSE"):
        await page.goto("/people")
        address = await page.locator(".card__title a").first.get_attribute("href")
        await page.goto(f"{address}/{path.lower()}")
    elif path == "PLANNED":
        await page.goto("/discharges")
        await page.locator("tbody a").first.click()
    elif path == "PERSON":
        await page.goto(f"/handoffs/{await handrail.met()}/person")
    elif path in ("REFERRED", "DECLINED", "FINISHED"):
        await open_referral(page, path, handrail)
    elif path == "REFER":
        await to_last_step(page)
    elif path == "TIMELINE":
        await page.goto(f"/handoffs/{await handrail.met()}/timeline")
    elif path == "MATCHING":
        await page.goto(f"/handoffs/{(await handrail.offer()).handoff_id}/matching")
    elif path == "TEAM":
        await page.goto(f"/teams/{handrail.registry.teams['community_team']}")
        await page.get_by_label("What is to be done?").fill("Go with them to the library")
        await page.get_by_label("Programme").select_option(label="Morningside Community Team")
        await page.get_by_role("button", name="Ask").click()
    elif path == "PROGRAMME":
        await page.goto(f"/programmes/{handrail.registry.programmes['community']}")
        for summary in await page.locator("summary").all():
            await summary.click()
    elif path == "REVIEW":
        asked = await handrail.ask_for(UNCLEAR)
        await page.goto(f"/tasks/{asked['id']}")
    elif path == "DECISION":
        refused = await handrail.ask_for(MIXED)
        await page.goto(f"/boundary-events/{refused['decision_id']}")
    elif path == "REFUSED":
        await page.goto("/tasks/new")
        await page.get_by_label("Programme").select_option(label="Morningside Community Team")
        await page.get_by_label("Whom do you ask?").select_option(label="Fay Sample")
        await page.get_by_label("What do you ask for?").fill("Adjust the dose of her medication")
        await page.get_by_role("button", name="Ask", exact=True).click()
        await expect(page.get_by_role("heading", name="This was not sent")).to_be_visible()
    else:
        await page.goto(path)


async def open_referral(page: Page, path: str, handrail: Living) -> None:
    """The page of a referral to one's team, or a page that asks for words."""
    referral_id = await handrail.referral()
    if path == "FINISHED":
        await page.goto(f"/referrals/{referral_id}")
        await page.get_by_role("button", name="I’ll take it").click()
        await page.get_by_role("button", name="Send now").click()
        await expect(page.get_by_text("It is yours now")).to_be_visible()
    await page.goto(f"/referrals/{referral_id}" + {"DECLINED": "/decline", "FINISHED": "/finish"}.get(path, ""))


async def to_last_step(page: Page) -> None:
    """Send a referral, up to what it is for."""
    await page.goto("/referrals/new")
    await page.get_by_label("Somebody new").check()
    await page.get_by_label("First name").fill("Finch")
    await page.get_by_label("Last name").fill("Testcase")
    await page.get_by_label("In which programme").select_option(label="Morningside Front Door")
    await page.get_by_role("button", name="Next").click()
    await page.locator("#team_id").select_option(index=1)
    await page.get_by_role("button", name="Next").click()
    await page.locator("#need").select_option(label="Peer support")
    await page.get_by_label("What you ask for").fill("Go with them to the library")


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("colours", WIDTHS)
async def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    visit: Visit, handrail: Living, who: str | None, colours: str
) -> None:
    page = await visit(who, "/sign-in" if who is None else "/", dark=colours == "dark")
    found: dict[str, list[str]] = {}
    for path in PAGES[who]:
        await open_each(page, path, handrail)
        assert (await page.title()).endswith("· Handrail")
        assert await page.get_by_text("Something went wrong").count() == 0, path
        for width in WIDTHS[colours]:
            await page.set_viewport_size({"width": width, "height": 800})
            problems = await violations(page)
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                problems.append("wider than the screen")
            if problems:
                found[f"{path} at {width}"] = problems
    assert found == {}


async def test_the_gate_bites(visit: Visit) -> None:
    page = await visit(None, "/sign-in")
    await page.evaluate(
        "() => { document.querySelector('label').remove();"
        " const faint = document.createElement('p'); faint.textContent = 'hard to read'; faint.className = 'faint';"
        " faint.style.color = '#ccc'; document.querySelector('main').append(faint); }"
    )
    rules = {line.split(":")[0] for line in await violations(page)}
    assert {"label", "color-contrast"} <= rules


SMALL = """min => [...document.querySelectorAll('main a, main button, header a, header button, .strip a, footer button, summary')]
  .filter(one => one.checkVisibility() && !(one.tagName === 'A' && getComputedStyle(one).display === 'inline'))
  .map(one => [one.textContent.trim().slice(0, 40), one.getBoundingClientRect()])
  .filter(([, box]) => box.height < min || box.width < min).map(([text, box]) => `${text} ${box.width}x${box.height}`)"""


@pytest.mark.parametrize("path", ["/inbox", "/people"])
async def test_targets_are_large_enough_for_a_thumb(visit: Visit, path: str) -> None:
    page = await visit("fay", path, size=PHONE)
    assert await page.evaluate(SMALL, 24) == []
    for button in await page.locator("main .usa-button").all():
        box = await button.bounding_box()
        assert box is not None
        assert box["height"] >= 44


async def test_everything_works_by_keyboard_and_the_focus_is_always_seen(visit: Visit, handrail: Living) -> None:
    offered = await handrail.offer()
    page = await visit(offered.peer, f"/handoffs/{offered.handoff_id}")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to the main part"
    for _ in range(40):
        await page.keyboard.press("Tab")
        shown = await page.evaluate(
            "() => { const style = getComputedStyle(document.activeElement);"
            " return [document.activeElement.textContent.trim(), parseFloat(style.outlineWidth), style.outlineStyle]; }"
        )
        assert shown[1] >= 2, shown
        assert shown[2] != "none", shown
        if shown[0] == "Accept":
            break
    else:
        pytest.fail("Accept cannot be reached by keyboard")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Undo")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You walk with this person now")).to_be_visible()
    assert await page.evaluate("document.activeElement.getAttribute('role')") == "status"


async def test_text_can_be_twice_as_large(visit: Visit) -> None:
    page = await visit("fay", "/inbox", size=(640, 800))
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def test_help_stands_at_the_same_place_on_every_page(visit: Visit) -> None:
    page = await visit("silas", "/today")
    places = set()
    for path in ("/today", "/boundary-events", "/deliveries", "/discharges", "/inbox", "/nowhere"):
        await page.goto(path)
        box = await page.get_by_role("link", name="Call or text 988").bounding_box()
        assert box is not None
        places.add((round(box["x"]), round(box["y"])))
    assert len(places) == 1


async def test_choices_can_be_seen(visit: Visit) -> None:
    page = await visit(None, "/design")
    edge, ground = await page.evaluate(
        "() => { const one = document.querySelector('.choice input:not(:checked)');"
        " const style = getComputedStyle(one); return [style.borderColor, style.backgroundColor]; }"
    )
    assert _contrast(edge, ground) >= 3


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2: relative luminance of two colours `rgb(r, g, b)`."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in colour[4:-1].split(",")]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


async def test_spanish_is_as_complete(visit: Visit) -> None:
    page = await visit("fay", "/inbox", language="es-US")
    assert await page.locator("html").get_attribute("lang") == "es"
    await expect(page.get_by_role("heading", name="Bandeja")).to_be_visible()
    assert await violations(page) == []

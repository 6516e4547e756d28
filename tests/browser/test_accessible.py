"""axe on every page at three widths, what axe cannot see, and a proof that the gate bites."""

import re
from functools import partial
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIRoute
from playwright.async_api import Frame, expect
from starlette.routing import Match

from services.console.api.routes import routers
from tests.browser.axe import violations
from tests.browser.conftest import PHONE, Visit
from tests.browser.living import Living, eventually
from tests.browser.places import NO_PAGES, PAGES, ROUTES, open_each

WIDTHS = {"light": (320, 390, 1280), "dark": (390,)}
"""Colours are all that the dark sheet changes, so one width tells of them."""
EVERYBODY = list(PAGES)


READ = [
    route
    for router in routers(demo=True)
    for route in router.routes
    if isinstance(route, APIRoute) and "GET" in route.methods
]


def page_at(address: str) -> str | None:
    """The console's own name of what stands at an address: the path of its route, if it has one."""
    scope = {"type": "http", "method": "GET", "path": urlsplit(address).path, "headers": []}
    return next((route.path for route in READ if route.matches(scope)[0] is Match.FULL), None)


def test_every_page_is_walked_through() -> None:
    walked = {ROUTES.get(place) or page_at(place) for places in PAGES.values() for place in places}
    assert {route.path for route in READ} - NO_PAGES.keys() - walked == set()


async def _is_in(seen: list[str | None], route: str | None) -> bool:
    """Whether a place has led to its page; a place that is an address is where it is."""
    return route is None or route in seen


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("colours", WIDTHS)
async def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    visit: Visit, handrail: Living, who: str | None, colours: str
) -> None:
    page = await visit(who, "/sign-in" if who is None else "/", dark=colours == "dark")
    found: dict[str, list[str]] = {}
    seen: list[str | None] = []

    def note(frame: Frame) -> None:
        seen.append(page_at(frame.url))

    page.on("framenavigated", note)
    for path in PAGES[who]:
        seen.clear()
        await open_each(page, path, handrail)
        await eventually(f"{path} leads where it says", partial(_is_in, seen, ROUTES.get(path)))
        await expect(page).to_have_title(re.compile("· Handrail$"))
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

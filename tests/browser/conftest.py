"""Real browsers on real services: started once for the run, in one worker (xdist group `browser`)."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from handrail.demo.network import MAIL_DOMAIN, PASSWORD
from tests.browser import living
from tests.browser.living import Living

FLAGS = [
    "--no-sandbox",  # as root there is no other way; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = (390, 844), (1280, 900)

Visit = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them take long; that one worker starts everything is the scheduler's doing."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's browser; without it these tests skip, and say so."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("there is no chromium here: apt-get install chromium")
    return found


@pytest.fixture(scope="session")
async def handrail(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Living]:
    """The whole system."""
    folder = tmp_path_factory.mktemp("handrail-browser")
    try:
        running = await living.start(folder)
        yield running
        await running.api.__aexit__(None, None, None)
    finally:
        living.run("down", folder)


@pytest.fixture(scope="session")
async def chrome(chromium: str) -> AsyncIterator[Browser]:
    """One browser; every visit has a profile of its own in it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def visit(chrome: Browser, handrail: Living) -> AsyncIterator[Visit]:
    """`page = await visit("fay", "/inbox", js=False, size=PHONE)`; complaints of the browser fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def open_page(
        who: str | None,
        path: str = "/",
        *,
        js: bool = True,
        size: tuple[int, int] = PHONE,
        dark: bool = False,
        language: str = "en-US",
    ) -> Page:
        context = await chrome.new_context(
            base_url=handrail.console,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=js,
            color_scheme="dark" if dark else "light",
            locale=language,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _is_policy(said.text) else None)
        if who is not None:
            await _enter(context, page, who, handrail)
        await page.goto(path)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert complaints == []


def _is_policy(text: str) -> bool:
    return "Content Security Policy" in text


async def _enter(context: BrowserContext, page: Page, who: str, handrail: Living) -> None:
    """Sign in once per account and run; later visits bring the cookie."""
    if who in handrail.cookies:
        await context.add_cookies(handrail.cookies[who])
        return
    await page.goto("/sign-in")
    await page.fill("#email", f"{who}@{MAIL_DOMAIN}")
    await page.fill("#password", PASSWORD)
    await page.click("main button[type=submit]")
    await page.wait_for_selector("nav.tabs")
    handrail.cookies[who] = await context.cookies()

"""Asks axe-core (axe.min.js beside this file, version 4.14.1, MPL-2.0) what it finds on a page."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

SCRIPT = Path(__file__).with_name("axe.min.js")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def violations(page: Page) -> list[str]:
    """One line per violation: rule and the first place."""
    await page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", _RULES
    )
    assert found["testEngine"]["name"] == "axe-core"
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]

"""Pictures of every page for the guide: `HANDRAIL_PICTURES=1 pytest tests/browser/test_pictures.py` renews docs/guide/.

Without the variable they are taken all the same, into a temporary folder, so that a page that cannot be pictured is
noticed.
"""

import os
from pathlib import Path

import pytest

from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.living import Living
from tests.browser.test_accessible import open_each

GUIDE = Path(__file__).parents[2] / "docs/guide"
SHOWN = {
    None: {"/sign-in": "sign-in", "/design": "design"},
    "fay": {"OFFERED": "handoff", "/inbox": "inbox", "/people": "people", "CONTACT": "contact"},
    "mika": {
        "/discharges": "discharges",
        "PLANNED": "planned-handoff",
        "/handoffs/new": "send",
        "REFUSED": "refusal",
        "/tasks": "tasks",
    },
    "silas": {"/today": "today", "/boundary-events": "boundary-events", "/deliveries": "deliveries"},
}


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desktop"])
@pytest.mark.parametrize("who", list(SHOWN))
async def test_every_page_has_its_picture(
    visit: Visit, handrail: Living, tmp_path: Path, who: str | None, size: tuple[int, int]
) -> None:
    folder = GUIDE if os.environ.get("HANDRAIL_PICTURES") == "1" else tmp_path
    page = await visit(who, "/sign-in" if who is None else "/", size=size)
    for path, name in SHOWN[who].items():
        await open_each(page, path, handrail)
        file = folder / f"{name}-{'phone' if size is PHONE else 'desktop'}.png"
        await page.screenshot(path=file, full_page=True)
        assert file.stat().st_size > 10_000

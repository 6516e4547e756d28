"""Pictures of every page for the guide: `make pictures` renews docs/guide/.

Without the variable nothing is taken: the walk of test_accessible.py opens the same pages anyway.
"""

import os
from pathlib import Path

import pytest

from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.living import Living
from tests.browser.places import open_each

GUIDE = Path(__file__).parents[2] / "docs/guide"
SHOWN = {
    None: {"/sign-in": "sign-in", "/design": "design"},
    "fay": {
        "OFFERED": "handoff",
        "/inbox": "inbox",
        "/people": "people",
        "CONTACT": "contact",
        "/contact-points": "contact-points",
        "REFERRED": "referral",
        "/referrals?show=free": "referrals",
        "DECLINED": "referral-decline",
        "FINISHED": "referral-finish",
        "/about-me": "about-me",
        "KNOWN": "known-elsewhere",
        "HELP": "help-service",
        "/room": "room",
        "BESIDE": "sheet-beside",
        "PROTOCOL": "protocol",
        "/directory": "directory",
    },
    "mika": {
        "/discharges": "discharges",
        "PLANNED": "planned-handoff",
        "PERSON": "person",
        "/handoffs/new": "send",
        "REFUSED": "refusal",
        "/tasks": "tasks",
        "REFER": "refer",
        "TIMELINE": "timeline",
        "MATCHING": "matching",
        "SHARING": "sharing",
        "CONSENT": "consent",
        "SHEET": "sheet",
        "SHEET contact": "sheet-contact",
        "SHEET history": "sheet-history",
        "WISH": "wish",
    },
    "silas": {
        "/today": "today",
        "/boundary-events": "boundary-events",
        "DECISION": "decision",
        "/deliveries": "deliveries",
        "REVIEW": "review-decision",
        "/review": "review",
        "TEAM": "team",
        "PROGRAMME": "programme",
        "/numbers": "numbers",
        "MEMBERS": "team-members",
        "ROOM": "programme-room",
    },
    "admin": {
        "/programmes/new": "programme-new",
        "SETTINGS": "programme-settings",
        "CHECK": "programme-check",
    },
}


@pytest.mark.skipif(os.environ.get("HANDRAIL_PICTURES") != "1", reason="pictures are made when HANDRAIL_PICTURES=1")
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desktop"])
@pytest.mark.parametrize("who", list(SHOWN))
async def test_every_page_has_its_picture(
    visit: Visit, handrail: Living, who: str | None, size: tuple[int, int]
) -> None:
    page = await visit(who, "/sign-in" if who is None else "/", size=size)
    for path, name in SHOWN[who].items():
        await open_each(page, path, handrail)
        file = GUIDE / f"{name}-{'phone' if size is PHONE else 'desktop'}.png"
        await page.screenshot(path=file, full_page=True)
        assert file.stat().st_size > 10_000

"""Where the pages are: by their address, or by what stands on them; each is walked through and shown in the guide."""

import itertools

from playwright.async_api import Page, expect

from tests.browser.help_around import take_in
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
        "PASSED_ON",
        "/about-me",
        "KNOWN",
        "HELD",
        "/directory",
        "HELP",
        "/room",
        "BESIDE",
        "/protocols",
        "PROTOCOL",
        "HOUSE",
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
        "SHARING",
        "CONSENT",
        "REVOKE",
        "WISH",
        "HELPERS",
        "SHEET",
        "SHEET contact",
        "SHEET what_to_do_if",
        "SHEET history",
        "REROUTE",
    ],
    "silas": [
        "/today",
        "/boundary-events",
        "DECISION",
        "/deliveries",
        "/review",
        "REVIEW",
        "/contact-points",
        "COLLEAGUE",
        "/teams",
        "TEAM",
        "/teams/new",
        "MEMBERS",
        "/programmes",
        "PROGRAMME",
        "ROOM",
        "/numbers",
        "/numbers/at-risk",
    ],
    "admin": ["/programmes", "/programmes/new", "SETTINGS", "CHECK"],
}

ROUTES = {
    "OFFERED": "/handoffs/{handoff_id}",
    "KNOWN": "/{asked_on}/{subject_id}/known-elsewhere",
    "CONTACT": "/handoffs/{handoff_id}/contact",
    "CLOSE": "/handoffs/{handoff_id}/close",
    "PLANNED": "/handoffs/{handoff_id}",
    "BESIDE": "/handoffs/{handoff_id}",
    "SHEET": "/handoffs/{handoff_id}/sheet",
    "SHEET contact": "/handoffs/{handoff_id}/sheet/{part}",
    "SHEET what_to_do_if": "/handoffs/{handoff_id}/sheet/{part}",
    "SHEET history": "/handoffs/{handoff_id}/sheet/history",
    "PERSON": "/handoffs/{handoff_id}/person",
    "TIMELINE": "/handoffs/{handoff_id}/timeline",
    "MATCHING": "/handoffs/{handoff_id}/matching",
    "REFERRED": "/referrals/{referral_id}",
    "DECLINED": "/referrals/{referral_id}/{page}",
    "FINISHED": "/referrals/{referral_id}/{page}",
    "REROUTE": "/referrals/{referral_id}/reroute",
    "PASSED_ON": "/referrals/{referral_id}/pass-on",
    "REFER": "/referrals/new",
    "SHARING": "/people/{person_id}/sharing",
    "CONSENT": "/people/{person_id}/consents/new",
    "REVOKE": "/consents/{consent_id}/revoke",
    "WISH": "/people/{person_id}/wish",
    "HELP": "/directory/services/{entry_id}",
    "HELPERS": "/directory/organizations/{entry_id}",
    "HOUSE": "/directory/locations/{entry_id}",
    "PROTOCOL": "/protocols/{code}",
    "ROOM": "/programmes/{programme_id}/room",
    "TEAM": "/teams/{team_id}",
    "MEMBERS": "/teams/{team_id}/members",
    "PROGRAMME": "/programmes/{programme_id}",
    "SETTINGS": "/programmes/{programme_id}/settings",
    "CHECK": "/programmes/{programme_id}/settings",
    "COLLEAGUE": "/contact-points/{worker_id}",
    "REVIEW": "/tasks/{task_id}",
    "DECISION": "/boundary-events/{decision_id}",
    "REFUSED": "/tasks/new",
}
"""Of each place that is no address, the page that stands there."""

NO_PAGES = {
    "/": "leads to the first page of whoever comes",
    "/claim/{token}": "leads to what a message was about",
    "/inbox/stream": "hints for the inbox, read by a script",
    "/static/{name}": "styles, scripts and pictures",
}

MIXED = "Sit with him and listen over a coffee, and administer his evening medication"
UNCLEAR = "Take care of the blue folder as we said"


async def open_each(page: Page, path: str, handrail: Living) -> None:
    """Go to a page by its address, or by what stands on it."""
    if path in ("OFFERED", "KNOWN"):
        names = itertools.cycle(("Wren", "Linden", "Rowan"))
        offered = await handrail.offer(next(names))
        while offered.peer != "fay":  # the matcher takes turns, so she is asked soon
            offered = await handrail.offer(next(names))
        await page.goto(f"/handoffs/{offered.handoff_id}" + ("/known-elsewhere" if path == "KNOWN" else ""))
    elif path == "HELD":
        await open_each(page, "OFFERED", handrail)
        address = page.url
        await page.get_by_role("button", name="Accept").click()
        await page.goto(f"{address}/known-elsewhere")
        await page.get_by_role("button", name="Yes, I know them").click()
        await expect(page.get_by_role("button", name="Let go of it")).to_be_visible()
    elif path in ("CONTACT", "CLOSE"):
        await page.goto("/people")
        address = await page.locator(".card__title a").first.get_attribute("href")
        await page.goto(f"{address}/{path.lower()}")
    elif path == "PLANNED":
        await page.goto("/discharges")
        await page.locator("tbody a").first.click()
    elif path == "BESIDE":
        await page.goto(f"/handoffs/{await handrail.with_sheet(peer='fay')}")
    elif path.startswith("SHEET"):
        await page.goto(f"/handoffs/{await handrail.with_sheet()}/{path.lower().replace(' ', '/')}")
    elif path == "PERSON":
        await page.goto(f"/handoffs/{await handrail.met()}/person")
    elif path in ("REFERRED", "DECLINED", "FINISHED", "PASSED_ON", "REROUTE"):
        await open_referral(page, path, handrail)
    elif path == "REFER":
        await to_last_step(page)
    elif path == "TIMELINE":
        await page.goto(f"/handoffs/{await handrail.met()}/timeline")
    elif path == "MATCHING":
        await page.goto(f"/handoffs/{(await handrail.offer()).handoff_id}/matching")
    elif path in ("SHARING", "CONSENT", "REVOKE", "WISH"):
        await open_consent(page, path, handrail)
    elif path in ("HELP", "HELPERS", "HOUSE"):
        await open_help(page, path, handrail)
    elif path == "PROTOCOL":
        await page.goto("/protocols/standard_inpatient")
    elif path == "ROOM":
        await page.goto(f"/programmes/{handrail.registry.programmes['community']}/room")
    elif path == "TEAM":
        await page.goto(f"/teams/{handrail.registry.teams['community_team']}")
        await page.get_by_label("What is to be done?").fill("Go with them to the library")
        await page.get_by_label("Programme").select_option(label="Morningside Community Team")
        await page.get_by_role("button", name="Ask").click()
    elif path == "COLLEAGUE":
        await page.goto(f"/contact-points/{handrail.registry.workers['fay']}")
    elif path == "MEMBERS":
        await page.goto(f"/teams/{handrail.registry.teams['community_team']}/members")
    elif path in ("SETTINGS", "CHECK"):
        await page.goto(f"/programmes/{handrail.registry.programmes['community']}/settings")
        if path == "CHECK":
            await page.get_by_label("Name", exact=True).fill("Morningside Team")
            await page.get_by_role("button", name="Look at your answers").click()
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


_REFERRAL_PAGES = {"DECLINED": "/decline", "FINISHED": "/finish", "PASSED_ON": "/pass-on", "REROUTE": "/reroute"}


async def open_referral(page: Page, path: str, handrail: Living) -> None:
    """The page of a referral to one's team, or a page that asks for words."""
    referral_id = await handrail.referral()
    if path in ("FINISHED", "PASSED_ON"):
        await page.goto(f"/referrals/{referral_id}")
        await page.get_by_role("button", name="I’ll take it").click()
        await page.get_by_role("button", name="Send now").click()
        await expect(page.get_by_text("It is yours now")).to_be_visible()
    await page.goto(f"/referrals/{referral_id}" + _REFERRAL_PAGES.get(path, ""))


async def open_consent(page: Page, path: str, handrail: Living) -> None:
    """What somebody has agreed to and wishes for; the form of a new consent as it answers when it is empty."""
    handoff = await handrail.handoff(await handrail.met())
    person_id = handoff["person"]["person_id"]
    if path == "CONSENT":
        await page.goto(f"/people/{person_id}/consents/new")
        await page.get_by_role("button", name="Keep it").click()
        await expect(page.get_by_text("Please enter the day of signing").first).to_be_visible()
        return
    if path == "WISH":
        await page.goto(f"/people/{person_id}/wish")
        return
    consent_id = await handrail.consent(person_id)
    await page.goto(f"/people/{person_id}/sharing" if path == "SHARING" else f"/consents/{consent_id}/revoke")


async def open_help(page: Page, path: str, handrail: Living) -> None:
    """A service of the directory, found by a word; or who offers it; or where."""
    service_id = await take_in(handrail)
    await page.goto("/directory")
    await page.get_by_label("What for").fill("meal")
    await page.get_by_role("button", name="Look", exact=True).click()
    await page.locator(f'a[href="/directory/services/{service_id}"]').click()
    if path != "HELP":
        kind = "organizations" if path == "HELPERS" else "locations"
        await page.locator(f'main a[href^="/directory/{kind}/"]').first.click()


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

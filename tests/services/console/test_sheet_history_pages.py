"""Who wrote what on a sheet, and what stood on it when the person was handed over."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.console.domain.told_sheet import Revision
from services.console.domain.told_timeline import Timeline
from shared.contracts.codes import AccessRole
from tests.services.console.conftest import House
from tests.services.console.fakes import NOW, NURSE, PEER, handoff, session_of
from tests.services.console.fakes_sheets import sheet


def revision(version: int, *, hours: int, said_hours: int | None = None, **part: Any) -> Revision:
    """One that was written down so many hours from now; said then too, unless it is told otherwise."""
    touched = {"part": "wishes", "reported_by": "person", "taken_back": False} | part
    return Revision.model_validate(
        {
            "version": version,
            "parts": [touched],
            "by_worker_id": NURSE,
            "occurred_at": NOW + timedelta(hours=hours if said_hours is None else said_hours),
            "recorded_at": NOW + timedelta(hours=hours),
        }
    )


def accepted_with(house: House, revisions: list[Revision]) -> UUID:
    """Handed over now, with these revisions of its sheet."""
    one = handoff(state="accepted", accepted_by=PEER, next=None, offers=[])
    house.referrals.known[one.id] = one
    house.sheets.known[one.id] = sheet(version=len(revisions))
    house.sheets.revised = revisions
    entry = {"kind": "accepted", "occurred_at": NOW, "recorded_at": NOW, "worker_id": PEER}
    house.referring.told = Timeline.model_validate({"entries": [entry], "custody": [], "gap": None})
    return one.id


async def test_the_version_of_the_handover_is_what_was_written_down_by_then(house: House) -> None:
    later = revision(3, hours=2, said_hours=-5, part="contact", taken_back=True)
    handoff_id = accepted_with(house, [later, revision(2, hours=-1), revision(1, hours=-3, part="strengths")])
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = (await browser.get(f"/handoffs/{handoff_id}/sheet/history")).text
    assert "with version 2" in page
    assert "with version 3" not in page, "it was said before, and nobody could have read it then"
    assert f'href="/handoffs/{handoff_id}/sheet?version=2"' in page
    assert 'Getting in touch safely <span class="quiet">taken back</span>' in page
    assert page.index("Version 3") < page.index("Version 1"), "the newest first"


async def test_a_handover_before_anything_was_written_says_so(house: House) -> None:
    handoff_id = accepted_with(house, [revision(1, hours=1)])
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        assert "before anything was written" in (await browser.get(f"/handoffs/{handoff_id}/sheet/history")).text


async def test_an_earlier_version_says_that_it_is_one_and_leads_to_the_newest(house: House) -> None:
    handoff_id = accepted_with(house, [revision(2, hours=-1), revision(1, hours=-3)])
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        once = (await browser.get(f"/handoffs/{handoff_id}/sheet?version=1")).text
        now = (await browser.get(f"/handoffs/{handoff_id}/sheet")).text
    assert "This is version 1, as it stood then." in once
    assert "as it stood then" not in now


async def test_who_may_not_know_the_history_finds_nothing_and_no_way_to_it(house: House) -> None:
    handoff_id = accepted_with(house, [])
    house.sheets.known[handoff_id] = sheet(withheld=["contact"])
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        assert "sheet/history" not in (await browser.get(f"/handoffs/{handoff_id}")).text
        del house.sheets.known[handoff_id]
        assert (await browser.get(f"/handoffs/{handoff_id}/sheet/history")).status_code == 404

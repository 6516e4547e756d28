"""Changing a sheet in memory: who loses a race reads again, no fact goes out, and nothing is half kept."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import InvalidField, NotFound, NotYours, Stale
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.sheet import PartWords, Revision, Sheet
from services.referrals.domain.sheet_access import Standing
from services.referrals.domain.sheet_parts import SheetPart, Wishes
from services.referrals.use_cases.change_sheet import change_sheet
from services.referrals.use_cases.handoff_ports import Asked
from services.referrals.use_cases.list_sheet_revisions import list_sheet_revisions
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.read_sheet import read_sheet
from services.referrals.use_cases.sheet_ports import ConsentInForce, SheetSeen
from shared.clock import FixedClock
from shared.contracts.codes import ReportedBy
from tests.services.referrals.domain.handoff_stories import NOW, SENDER, planned
from tests.services.referrals.fakes import once
from tests.services.referrals.memory_episodes import MemoryEpisodeWork

SAID = {SheetPart.WISHES: PartWords(content=Wishes(words="A key of my own"), reported_by=ReportedBy.PERSON)}
CONSENT = ConsentInForce(
    recipients=("Open Door",), recipient_class=None, information=(), expires_at=None, revocation_how="Say so"
)


@dataclass
class MemorySheets:
    """One sheet. `faster`: somebody else takes the next version first."""

    standing: Standing = field(default_factory=lambda: Standing(sends=True))
    kept: list[Revision] = field(default_factory=list)
    faster: bool = False

    async def see(self, journey: Journey, *, by: Actor, version: int | None = None) -> SheetSeen:
        """Every part; a reader elsewhere sees none."""
        sheet = Sheet()
        for revision in self.kept:
            sheet = sheet.with_revision(revision) if version is None or revision.version <= version else sheet
        return SheetSeen(sheet=sheet, newest=1 + len(self.kept), standing=self.standing)

    async def around(self, journey: Journey) -> tuple[str | None, Sequence[ConsentInForce]]:
        """One consent."""
        return "202-555-0100", (CONSENT,)

    async def add(self, revision: Revision) -> bool:
        """Unless somebody was faster."""
        if not self.faster:
            self.kept.append(revision)
        return not self.faster

    async def note_told(self, journey: Journey, standing: Standing, *, by: Actor) -> None:
        """Nobody is told here."""

    async def revisions(self, handoff_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Revision]:
        """Newest first."""
        return self.kept[::-1][:limit]


@dataclass
class MemorySheetWork(MemoryEpisodeWork):
    """The journeys with one sheet beside them."""

    sheets: MemorySheets = field(default_factory=MemorySheets)

    @asynccontextmanager
    async def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator["MemorySheetWork"]:
        """Itself: nothing here needs to be undone."""
        yield self


@dataclass
class Story:
    """A handoff in preparation with an empty sheet."""

    work: MemorySheetWork
    handoff_id: UUID

    async def change(self, *, version: int = 1, minutes: float = 0) -> SheetSeen:
        asked = Asked(by=SENDER, expected_version=version, occurred_at=NOW + timedelta(minutes=minutes))
        return await change_sheet(
            self.handoff_id, SAID, asked=asked, works=self.work, clock=FixedClock(NOW), once=once("key")
        )


@pytest.fixture
async def story() -> Story:
    work, journey = MemorySheetWork(), planned()
    await work.handoffs.add(journey)
    return Story(work, journey.handoff.id)


async def test_a_change_is_one_revision_with_both_times_and_tells_nobody(story: Story) -> None:
    after = await story.change(minutes=-30)
    assert (after.sheet.version, after.newest) == (2, 2)
    (kept,) = story.work.sheets.kept
    assert (kept.at.occurred_at, kept.at.recorded_at, kept.by_worker_id) == (
        NOW - timedelta(minutes=30),
        NOW,
        SENDER.worker_id,
    )
    assert story.work.announced == []
    assert story.work.answered == [after]
    reading = await read_sheet(story.handoff_id, by=SENDER, works=story.work)
    assert (reading.consents, reading.help_line) == ((CONSENT,), "202-555-0100")


async def test_who_was_slower_is_told_the_version_to_read(story: Story) -> None:
    with pytest.raises(Stale) as old:
        await story.change(version=7)
    story.work.sheets.faster = True
    with pytest.raises(Stale) as lost:
        await story.change()
    assert (old.value.current, lost.value.current) == (1, 2)
    assert (story.work.sheets.kept, story.work.answered) == ([], [])


async def test_what_was_said_cannot_have_been_said_tomorrow(story: Story) -> None:
    with pytest.raises(InvalidField) as wrong:
        await story.change(minutes=60 * 24)
    assert wrong.value.code == "in_the_future"
    assert story.work.sheets.kept == []


@pytest.mark.parametrize("standing", [Standing(), Standing(receives=True)], ids=["nowhere", "next door"])
async def test_elsewhere_nothing_is_changed_and_no_history_is_shown(story: Story, standing: Standing) -> None:
    await story.change()
    story.work.sheets.standing = standing
    with pytest.raises((NotFound, NotYours)):
        await story.change(version=2)
    with pytest.raises(NotFound):
        await list_sheet_revisions(story.handoff_id, by=SENDER, works=story.work, after=None, limit=5)
    with pytest.raises(NotFound):
        await read_sheet(story.handoff_id, by=SENDER, works=story.work, version=2)
    assert len(story.work.sheets.kept) == 1

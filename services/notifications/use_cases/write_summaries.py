"""Write the weekly summaries that are due. Any number of beats write each once: its row is held, and its week is its key."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from services.notifications.domain.contact_points import zone_named
from services.notifications.domain.summaries import last_summary, next_summary
from services.notifications.use_cases.letter_ports import Summaries
from shared.clock import Clock

BATCH = 50
WEEK = timedelta(days=7)
STALE = timedelta(days=1)
"""A summary of a Monday that an outage kept from being written is left out after a day: the next one comes soon enough."""


async def write_summaries(*, summaries: Summaries, clock: Clock) -> int:
    """How many rows were dealt with."""
    now = clock.now()
    async with summaries.working() as work:
        due = await work.take_due(now=now, limit=BATCH)
        for one in due:
            zone = zone_named(one.time_zone) or ZoneInfo("UTC")
            # In the zone where the reader is now: had he moved west, his Monday is yet to come, and this is no longer due.
            monday = last_summary(now, zone=zone)
            if one.wanted and one.organization_id is not None and now - monday < STALE:
                counts = await work.counts(
                    one.reader, organization_id=one.organization_id, since=monday - WEEK, until=monday
                )
                week = monday.astimezone(zone).date().isoformat()
                await work.write(one.reader, week=week, counts=counts, now=now)
            await work.set_next(one.reader, due_at=next_summary(now, zone=zone))
    return len(due)

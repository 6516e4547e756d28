"""Weekly summaries: on Monday at nine wherever the reader is, and no number that could point at anybody."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.domain.summaries import WeekCounts, last_summary, next_summary, summary_text
from tests.services.notifications.domain.test_words import HEALTH_WORDS

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
START = datetime(2024, 1, 1, tzinfo=UTC)
instants = st.integers(0, 12 * 366 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


@settings(max_examples=500, deadline=None)
@given(instant=instants, name=st.sampled_from(ZONES))
def test_the_next_one_is_the_first_monday_at_nine_on_the_wall(instant: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    due = next_summary(instant, zone=zone)
    wall = due.astimezone(zone)
    assert (wall.weekday(), wall.hour, wall.minute, wall.second) == (0, 9, 0, 0)
    assert instant < due
    before = last_summary(instant, zone=zone)
    assert before <= instant
    # Nothing lies between the two: weeks are 7 days, an hour or so more or less where clocks are changed.
    assert abs(due - before - timedelta(days=7)) <= timedelta(hours=2)
    assert next_summary(before, zone=zone) == due


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2026-03-02T14:00:00+00:00", "2026-03-09T13:00:00+00:00"),  # clocks go forward on the 8th: an hour less
        ("2026-10-26T13:00:00+00:00", "2026-11-02T14:00:00+00:00"),  # and back on 1 November: an hour more
    ],
)
def test_new_york_when_clocks_are_changed(after: str, due: str) -> None:
    zone = ZoneInfo("America/New_York")
    assert next_summary(datetime.fromisoformat(after), zone=zone) == datetime.fromisoformat(due)


@st.composite
def weeks(draw: st.DrawFn) -> WeekCounts:
    answered, unanswered, others = (draw(st.integers(0, 40)) for _ in range(3))
    return WeekCounts(
        offered=answered + unanswered + others,
        answered=answered,
        unanswered=unanswered,
        first_contacts=draw(st.integers(0, 40)),
    )


@settings(max_examples=1000)
@given(weeks())
def test_no_small_number_stands_there_or_can_be_worked_out(counts: WeekCounts) -> None:
    text = summary_text(counts)
    exact = re.sub(r"[Ff]ewer than 5", "few", text)
    assert all(int(number) >= 5 for number in re.findall(r"\d+", exact))
    parts = [
        int(found[1])
        for found in (re.search(r"(\d+) were answered", exact), re.search(r"(\d+) waited", exact))
        if found
    ]
    offered = re.search(r"Last week (\d+) handoffs", exact)
    if offered and parts:
        assert parts in ([counts.answered, counts.unanswered], [counts.answered], [counts.unanswered])
        assert all(rest == 0 or rest >= 5 for rest in (int(offered[1]) - part for part in [*parts, sum(parts)]))
    assert not HEALTH_WORDS.search(text)


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ((0, 0, 0, 0), "Last week no handoff was offered. Sign in to see more.\n"),
        (
            (42, 42, 0, 12),
            "Last week 42 handoffs were offered. Every one was answered in time. 12 first contacts were made."
            " None waited for an answer too long. Sign in to see more.\n",
        ),
        (
            (42, 30, 12, 3),
            "Last week 42 handoffs were offered. 30 were answered in time. First contacts made: fewer than 5."
            " 12 waited for an answer too long. Sign in to see more.\n",
        ),
        (
            (42, 40, 2, 0),
            "Last week 42 handoffs were offered. Most were answered in time."
            " Fewer than 5 waited for an answer too long. Sign in to see more.\n",
        ),
    ],
)
def test_examples(counts: tuple[int, int, int, int], text: str) -> None:
    offered, answered, unanswered, contacts = counts
    week = WeekCounts(offered=offered, answered=answered, unanswered=unanswered, first_contacts=contacts)
    assert summary_text(week) == text

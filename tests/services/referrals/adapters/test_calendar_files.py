"""The calendars on disk load, and one that cannot be used is named with the key that is wrong."""

from pathlib import Path

import pytest

from services.referrals.adapters.calendar_files import FOLDER, load_calendars
from services.referrals.domain.calendar_shelf import CalendarUnavailable
from services.referrals.domain.calendars import CalendarInvalid

GOOD = (FOLDER / "weekdays.yaml").read_text(encoding="utf-8")


def test_the_calendars_of_the_project_load() -> None:
    shelf = load_calendars()
    assert shelf.codes == ("always_open", "weekdays")
    assert shelf.choose("weekdays", time_zone="America/Chicago").time_zone == "America/Chicago"
    with pytest.raises(CalendarUnavailable):
        shelf.choose("moon", time_zone="UTC")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("code: weekdays", "code: weekdays\ntime_zone: Mars/Olympus", "`Mars/Olympus` is not a time zone"),
        ('monday: ["08:00-17:00"]', 'monday: ["08:00-25:00"]', "weekly[0].hours.monday[0]"),
        ('monday: ["08:00-17:00"]', 'monday: ["17:00-08:00"]', "weekly[0] on weekday 0 closes before it opens"),
        ('monday: ["08:00-17:00"]', 'monday: ["08:00-17:00", "16:00-18:00"]', "overlap"),
        ("month: 7, day: 4", "month: 7, day: 32", "holidays[5].day"),
        ("month: 7, day: 4", "month: 2, day: 30", "holidays[5]`: day"),
        ("month: 7, day: 4", "month: 7", "holidays[5]`: give either"),
        ("weekday: monday, nth: -1", "weekday: monday, nth: 9", "`nth` is 1 to 5"),
        ("weekly:\n", "weekly:\n  - hours: {}\n", "weekly[0] is never open"),
        ("weekly:\n", 'weekly:\n  - hours: {monday: ["08:00-12:00"]}\n', "two weekly hours are in force"),
        ("holidays:", "holydays:", "`holydays`"),
        ("code: weekdays", "code: [", "cannot be used"),
    ],
)
def test_a_calendar_that_cannot_be_used_is_named_with_its_key(
    tmp_path: Path, before: str, after: str, says: str
) -> None:
    assert before in GOOD
    (tmp_path / "broken.yaml").write_text(GOOD.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(CalendarInvalid) as caught:
        load_calendars(folder=tmp_path)
    assert says in str(caught.value)


def test_a_calendar_is_there_once(tmp_path: Path) -> None:
    for name in ("one.yaml", "other.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(CalendarInvalid, match="`weekdays` is there twice"):
        load_calendars(folder=tmp_path)

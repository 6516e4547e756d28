"""Times as people say them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.console.adapters.word_files import read_words
from services.console.domain.moments import moment
from services.console.domain.words import Language

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "instant", "clock", "deadline"),
    [
        (Language.ENGLISH, datetime(2026, 11, 25, 5, 0, tzinfo=UTC), "Wed 25 Nov, 12:00 am", "end of Tue 24 Nov"),
        (Language.ENGLISH, datetime(2026, 11, 25, 17, 0, tzinfo=UTC), "Wed 25 Nov, 12:00 pm", "Wed 25 Nov, 12:00 pm"),
        (Language.ENGLISH, datetime(2026, 11, 25, 5, 1, tzinfo=UTC), "Wed 25 Nov, 12:01 am", "Wed 25 Nov, 12:01 am"),
    ],
)
def test_what_is_due_by_midnight_is_due_on_the_day_that_ends(
    language: Language, instant: datetime, clock: str, deadline: str
) -> None:
    shown = moment(instant, now=NOW, zone=NEW_YORK, words=read_words()[language])
    assert (shown.clock, shown.deadline) == (clock, deadline)


def test_the_end_of_a_day_is_said_in_spanish_too() -> None:
    midnight = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
    assert moment(midnight, now=NOW, zone=NEW_YORK, words=read_words()[Language.SPANISH]).deadline.startswith(
        "fin del mar"
    )

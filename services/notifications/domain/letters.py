"""Messages that tell of no single item. They go by e-mail, never at quiet hours, and carry counts and nothing else."""

from collections.abc import Mapping
from enum import StrEnum

from services.notifications.domain.summaries import WeekCounts, summary_text
from services.notifications.domain.wording import Words


class LetterKind(StrEnum):
    """What a letter is about."""

    WEEKLY_SUMMARY = "weekly_summary"
    ENDPOINT_PAUSED = "endpoint_paused"


def letter_words(kind: LetterKind, *, counts: Mapping[str, int]) -> Words:
    """Subject and body of a letter."""
    if kind is LetterKind.WEEKLY_SUMMARY:
        return Words(subject="Your week in numbers", body=summary_text(WeekCounts(**counts)))
    return Words(subject="A connection was paused", body="A connection was paused. Sign in to see it.\n")

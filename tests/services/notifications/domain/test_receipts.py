"""A receipt never moves back, in whatever order and however often a provider says its words (I7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.receipts import FINAL_RECEIPTS, Receipt, advanced, receipt_named
from services.notifications.domain.replies import Reply, reply_in

RANKS = {Receipt.QUEUED: 0, Receipt.SENT: 1} | dict.fromkeys(FINAL_RECEIPTS, 2)


def after_all(reports: list[Receipt]) -> list[Receipt | None]:
    """What is known after each report."""
    known: Receipt | None = None
    course = []
    for reported in reports:
        known = advanced(known, reported=reported) or known
        course.append(known)
    return course


@given(st.lists(st.sampled_from(list(Receipt)), min_size=1, max_size=12))
def test_never_back(reports: list[Receipt]) -> None:
    course = [receipt for receipt in after_all(reports) if receipt is not None]
    ranks = [RANKS[receipt] for receipt in course]
    assert ranks == sorted(ranks)
    assert ranks[-1] == max(RANKS[reported] for reported in reports)
    final = [reported for reported in reports if reported in FINAL_RECEIPTS]
    assert not final or course[-1] is final[0]


@given(st.permutations([Receipt.QUEUED, Receipt.SENT, Receipt.DELIVERED, Receipt.SENT, Receipt.QUEUED]))
def test_one_story_in_any_order_and_twice_ends_the_same(reports: list[Receipt]) -> None:
    assert after_all(reports)[-1] is Receipt.DELIVERED


@pytest.mark.parametrize(
    ("word", "receipt"),
    [
        ("queued", Receipt.QUEUED),
        (" Sent ", Receipt.SENT),
        ("UNDELIVERED", Receipt.UNDELIVERED),
        ("paid", None),
        ("", None),
    ],
)
def test_words_of_providers(word: str, receipt: Receipt | None) -> None:
    assert receipt_named(word) is receipt


@pytest.mark.parametrize(
    ("text", "reply"),
    [("STOP", Reply.STOP), (" stop. ", Reply.STOP), ("Unsubscribe", Reply.STOP), ("start", Reply.START),
     ("please stop", None), ("", None), ("I accept", None)],
)  # fmt: skip
def test_only_whole_replies_are_understood(text: str, reply: Reply | None) -> None:
    assert reply_in(text) is reply

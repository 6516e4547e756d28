"""What a provider says about a text after it took it. It never moves back: not by a late word, a repeated one, or one out
of order (invariant I7). A forged one never gets this far; see `signatures.py`."""

from enum import StrEnum


class Receipt(StrEnum):
    """In the provider's words; the last three are final."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


FINAL_RECEIPTS = frozenset({Receipt.DELIVERED, Receipt.UNDELIVERED, Receipt.FAILED})
DID_NOT_ARRIVE = frozenset({Receipt.UNDELIVERED, Receipt.FAILED})

_WORDS = {
    "accepted": Receipt.QUEUED,
    "queued": Receipt.QUEUED,
    "scheduled": Receipt.QUEUED,
    "sending": Receipt.QUEUED,
    "sent": Receipt.SENT,
    "delivered": Receipt.DELIVERED,
    "read": Receipt.DELIVERED,
    "undelivered": Receipt.UNDELIVERED,
    "undeliverable": Receipt.UNDELIVERED,
    "expired": Receipt.UNDELIVERED,
    "failed": Receipt.FAILED,
    "rejected": Receipt.FAILED,
    "canceled": Receipt.FAILED,
}
_RANK = {Receipt.QUEUED: 0, Receipt.SENT: 1} | dict.fromkeys(FINAL_RECEIPTS, 2)


def receipt_named(word: str) -> Receipt | None:
    """The receipt that a provider means by this word, or None."""
    return _WORDS.get(word.strip().lower())


def advanced(known: Receipt | None, *, reported: Receipt) -> Receipt | None:
    """The receipt after this report, or None where nothing changes: the first final word is the last."""
    if known is not None and _RANK[reported] <= _RANK[known]:
        return None
    return reported

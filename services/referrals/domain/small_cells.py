"""Counts so small that they could point at somebody, and what would let a reader work them out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

SMALLEST = 5
"""CMS suppresses counts up to ten in what it publishes; these stay in the house, for people who may ask for lists."""

KeyT = TypeVar("KeyT")


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """So many of so many. `None` where it is withheld; a share of nothing has no rate."""

    numerator: int | None
    denominator: int | None
    withheld: bool = False

    @property
    def rate(self) -> float | None:
        """Between 0 and 1."""
        if not self.denominator or self.numerator is None:
            return None
        return round(self.numerator / self.denominator, 4)


def is_small(count: int) -> bool:
    """Whether a count speaks of too few people; none at all points at nobody."""
    return 0 < count < SMALLEST


def withheld_share(share: Share) -> Share:
    """The share without what is too small: also where those who are missing from it are too few."""
    if share.numerator is None or share.denominator is None:
        return share
    if is_small(share.denominator):
        return Share(numerator=None, denominator=None, withheld=True)
    if is_small(share.numerator) or is_small(share.denominator - share.numerator):
        return Share(numerator=None, denominator=share.denominator, withheld=True)
    return share


def withheld_counts(counts: Mapping[KeyT, int]) -> dict[KeyT, int | None]:
    """Parts of one whole: one small part withholds all, since the others and the whole would give it away."""
    small = any(is_small(count) for count in counts.values())
    return {key: None if small else count for key, count in counts.items()}

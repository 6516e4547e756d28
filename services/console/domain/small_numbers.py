"""Counts on dashboards: what is small is shown as a range, so that a number never points at somebody."""

SMALLEST_SHOWN = 5


def shown(count: int) -> str:
    """`0`, `1–4`, or the number itself."""
    return f"1–{SMALLEST_SHOWN - 1}" if is_small(count) else str(count)


def is_small(count: int) -> bool:
    """Whether a count speaks of so few that it could point at somebody; none at all points at nobody."""
    return 0 < count < SMALLEST_SHOWN


def may_show(part: int, *, whole: int) -> bool:
    """Whether so many of so many can be said: neither they nor those who are missing from it are too few."""
    return not (is_small(whole) or is_small(part) or is_small(whole - part))

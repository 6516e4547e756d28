"""Counts on dashboards: what is small is shown as a range, so that a number never points at somebody."""

SMALLEST_SHOWN = 5


def shown(count: int) -> str:
    """`0`, `1–4`, or the number itself."""
    return f"1–{SMALLEST_SHOWN - 1}" if 0 < count < SMALLEST_SHOWN else str(count)

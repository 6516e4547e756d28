"""What there is after a storm: rows of three databases, inbox pages as their owners see them, and mail. Nothing is judged here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]

OFFERS = ("handoff_offered", "handoff_escalated")
"""Kinds of inbox item that ask somebody to answer."""


@dataclass(kw_only=True)
class Evidence:
    """Ids are strings. `pages` are open items by worker, from the API; `broken` are codes of referrals' own invariants.

    `waiting` are rows that should have gone on by now: where, id, since when. `chain` is the answer of `/decision-log/verify`
    to a head that was noted outside, during the storm, at position `noted`; `sealed` and `decided` count decisions.
    """

    now: datetime
    transitions: Sequence[Row] = ()
    handoffs: Sequence[Row] = ()
    offers: Sequence[Row] = ()
    facts: Sequence[Row] = ()
    tasks: Sequence[Row] = ()
    decisions: Mapping[str, Row] = field(default_factory=dict)
    boundary_events: Counter[str] = field(default_factory=Counter)
    items: Sequence[Row] = ()
    pages: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    messages: Sequence[Row] = ()
    waiting: Sequence[Row] = ()
    broken: Sequence[tuple[str, str]] = ()
    chain: Mapping[str, Any] = field(default_factory=dict)
    noted: int = 0
    decided: int = 0
    sealed: int = 0
    receipts: Mapping[str, str] = field(default_factory=dict)
    """Of texts whose provider said `delivered` and spoke again later: message id -> what we believe."""

    def transitions_of(self, reference: str) -> list[Row]:
        """By the visit's reference, which the client made up."""
        return [row for row in self.transitions if row["visit_reference"] == reference]

    def tasks_of(self, person: str) -> list[Row]:
        """By the person, who is another for each task."""
        return [row for row in self.tasks if row["person_id"] == person]

"""Numbers in memory: what they tell can be set."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_numbers import AtRiskList, FollowUpNumbers, HandoffNumbers
from services.console.use_cases.ports import Refused
from shared.identifiers import new_id
from tests.services.console.fakes import NOW, PEER, PROGRAMME


def share(part: int | None, whole: int | None) -> dict[str, Any]:
    """So many of so many, as referrals tells it; without a part it is withheld."""
    rate = None if part is None or not whole else part / whole
    return {"numerator": part, "denominator": whole, "rate": rate, "withheld": part is None}


def spread(count: int, *, median: int | None) -> dict[str, Any]:
    """Whole minutes, the longest twice as long as the usual."""
    longest = None if median is None else median * 2
    total = None if median is None else median * count
    return {"count": count, "median": median, "p90": longest, "total": total, "withheld": False}


PERIOD: dict[str, Any] = {"as_of": NOW, "from_day": NOW.date() - timedelta(days=30), "to_day": NOW.date()}


def handoff_numbers(**changes: Any) -> HandoffNumbers:
    """Forty people left."""
    numbers = {
        "discharges": 40,
        "accepted": share(34, 40),
        "time_to_accept": spread(34, median=25),
        "contacted_in_time": share(20, 30),
        "silent": share(8, 38),
        "custody_gap": spread(40, median=0),
        "waited": spread(3, median=300),
        "loop_closed": share(38, 40),
    }
    return HandoffNumbers.model_validate(PERIOD | {"numbers": numbers | changes})


MEASURE: dict[str, Any] = {
    "code": "fuh",
    "year": 2026,
    "discharges": 44,
    "excluded": {"died": 0, "admitted_again": 6},
    "windows": {
        "day_7": {"share": share(12, 24), "running": 14, "met_early": 6},
        "day_30": {"share": share(None, 9), "running": None, "met_early": None},
    },
}


def at_risk(**changes: Any) -> dict[str, Any]:
    """Somebody whose seven days end soon."""
    line = {
        "handoff_id": new_id(),
        "programme_id": PROGRAMME,
        "measure": "fuh",
        "year": 2026,
        "window": "day_7",
        "first_day": date(2026, 11, 20),
        "last_day": date(2026, 11, 27),
        "roles": ["nurse", "peer_support_specialist"],
        "channels": ["in_person", "phone", "not_recorded"],
        "may_not_count": None,
        "called": "Juniper T.",
        "worker_id": PEER,
    }
    return line | changes


@dataclass
class FakeNumbers:
    """`asked` has the programme and the days of every question."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    left_off: int = 0
    measures: tuple[dict[str, Any], ...] = (MEASURE,)
    handoff_counts: HandoffNumbers = field(default_factory=handoff_numbers)
    asked: list[tuple[UUID | None, date | None, date | None]] = field(default_factory=list)
    refuse: Refused | None = None

    def _ask(self, programme_id: UUID | None, first: date | None, last: date | None) -> None:
        self.asked.append((programme_id, first, last))
        if self.refuse is not None:
            raise self.refuse

    async def handoffs(
        self, by: Session, *, programme_id: UUID | None, first: date | None, last: date | None
    ) -> HandoffNumbers:
        self._ask(programme_id, first, last)
        return self.handoff_counts

    async def follow_up(
        self, by: Session, *, programme_id: UUID | None, first: date | None, last: date | None
    ) -> FollowUpNumbers:
        self._ask(programme_id, first, last)
        return FollowUpNumbers.model_validate(PERIOD | {"measures": self.measures})

    async def at_risk(self, by: Session, *, programme_id: UUID | None, until: date | None) -> AtRiskList:
        self._ask(programme_id, None, until)
        return AtRiskList.model_validate({"as_of": NOW, "items": self.lines, "left_off": self.left_off})

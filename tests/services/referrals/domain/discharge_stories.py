"""Short ways to a discharge with what became of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.referrals.adapters.measure_files import load_measures
from services.referrals.domain.discharges import AdmissionTold, Discharge, Reached
from services.referrals.domain.measures import Channel, Measure, MeasureCode
from shared.contracts.codes import PracticeRole, Setting

MEASURES = load_measures()
PROGRAMME = UUID(int=7)
NEW_YORK = "America/New_York"
LEFT = datetime(2026, 3, 2, 20, tzinfo=UTC)
PEER = PracticeRole.PEER_SUPPORT_SPECIALIST


def measure(code: str, year: int = 2026) -> Measure:
    """One of the project's own."""
    return next(one for one in MEASURES.measures if (one.code, one.year) == (MeasureCode(code), year))


def discharge(**changes: Any) -> Discharge:
    """Somebody of forty who left a psychiatric ward in New York on a Monday afternoon."""
    fields: dict[str, Any] = {
        "handoff_id": uuid4(),
        "programme_id": PROGRAMME,
        "setting": Setting.INPATIENT_PSYCHIATRIC,
        "time_zone": NEW_YORK,
        "calendar_code": "always_open",
        "left_at": LEFT,
        "birth_date": date(1986, 3, 1),
    }
    return Discharge(**(fields | changes))


def reached(at: datetime, role: PracticeRole | None = PEER, channel: Channel = Channel.PHONE) -> Reached:
    """A contact."""
    return Reached(occurred_at=at, role=role, channel=channel)


def days(number: float) -> datetime:
    """So many times 24 hours after the leaving."""
    return LEFT + timedelta(days=number)


def admitted(number: float, setting: Setting | None) -> AdmissionTold:
    """An admission so many days after the leaving."""
    return AdmissionTold(occurred_at=days(number), setting=setting)

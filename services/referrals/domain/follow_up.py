"""How the clocks of a measure stand for one discharge. Windows are whole days of the programme's wall clock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.referrals.domain.discharges import AdmissionTold, Discharge, Reached
from services.referrals.domain.local_times import end_of_day
from services.referrals.domain.measures import Exclusion, Measure, Window


class ClockState(StrEnum):
    """A clock is met, still running or missed."""

    MET = "met"
    RUNNING = "running"
    MISSED = "missed"


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpClock:
    """`is_over` once its last day is over there, whether it was met or not."""

    window: Window
    state: ClockState
    first_day: date
    last_day: date
    is_over: bool


def exclusion_of(measure: Measure, discharge: Discharge) -> Exclusion | None:
    """Why this discharge does not count, the weightiest reason first; None where it does."""
    if discharge.died:
        return Exclusion.DIED
    admitted = _admitted(measure, discharge)
    if admitted is not None:
        return admitted
    age = discharge.age_on_leaving()
    if age is None:
        return Exclusion.AGE_NOT_KNOWN
    return Exclusion.TOO_YOUNG if age < measure.minimum_age else None


def clocks_of(measure: Measure, discharge: Discharge, *, as_of: datetime) -> tuple[FollowUpClock, ...]:
    """Its 7- and 30-day clocks as they stood at `as_of`."""
    return tuple(_clock(measure, discharge, window=window, as_of=as_of) for window in Window)


def counts(measure: Measure, contact: Reached) -> bool:
    """Whether it is a contact of the kind that the measure asks for, by whoever it asks for."""
    return contact.role in measure.roles and contact.channel in measure.channels


def _clock(measure: Measure, discharge: Discharge, *, window: Window, as_of: datetime) -> FollowUpClock:
    days = measure.windows[window]
    last_day = discharge.left_on + timedelta(days=days.last_day)
    is_over = as_of >= end_of_day(last_day, time_zone=discharge.time_zone)
    met = any(
        discharge.left_at <= contact.occurred_at <= as_of
        and days.has(discharge.day_of(contact.occurred_at))
        and counts(measure, contact)
        for contact in discharge.contacts
    )
    state = ClockState.MET if met else ClockState.MISSED if is_over else ClockState.RUNNING
    return FollowUpClock(
        window=window,
        state=state,
        first_day=discharge.left_on + timedelta(days=days.first_day),
        last_day=last_day,
        is_over=is_over,
    )


def _admitted(measure: Measure, discharge: Discharge) -> Exclusion | None:
    """Of several admissions within the time the first one decides: what comes after it belongs to that stay."""
    within = sorted(
        (one for one in discharge.admissions if _is_within(measure, discharge, one)), key=lambda one: one.occurred_at
    )
    meant = (_meaning(measure, one) for one in within)
    return next((exclusion for exclusion in meant if exclusion is not None), None)


def _is_within(measure: Measure, discharge: Discharge, admission: AdmissionTold) -> bool:
    soon = discharge.day_of(admission.occurred_at) <= measure.admitted_within.days
    return discharge.left_at <= admission.occurred_at and soon


def _meaning(measure: Measure, admission: AdmissionTold) -> Exclusion | None:
    """Back in hospital without a word of where: whatever the measure makes of acute care."""
    if admission.setting is not None:
        return measure.admissions.get(admission.setting)
    return min(measure.admissions.values(), key=list(Exclusion).index, default=None)

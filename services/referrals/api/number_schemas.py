"""How numbers are shown: each with what it is a share of, and as known when. Ids of handoffs only in the worklist."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Self
from uuid import UUID

from services.referrals.api.consent_schemas import NoticeView
from services.referrals.api.fields import View
from services.referrals.domain.follow_up_numbers import AtRisk
from services.referrals.domain.measures import Channel, Exclusion, MeasureCode, Window
from services.referrals.domain.small_cells import SMALLEST
from services.referrals.use_cases.handoff_ports import HandoffLine
from services.referrals.use_cases.number_ports import Period
from shared.contracts.codes import PracticeRole


class ShareView(View):
    """So many of so many; `withheld` where too few people are behind it."""

    numerator: int | None
    denominator: int | None
    rate: float | None
    withheld: bool


class SpreadView(View):
    """Whole minutes over `count` handoffs."""

    count: int | None
    median: int | None
    p90: int | None
    total: int | None
    withheld: bool


class _Known(View):
    """`from_day` and `to_day` are days of leaving at the programme, both included."""

    as_of: datetime
    from_day: date
    to_day: date
    programme_id: UUID | None
    cells_below_are_withheld: int = SMALLEST


class _HandoffCounts(View):
    discharges: int | None
    accepted: ShareView
    time_to_accept: SpreadView
    contacted_in_time: ShareView
    silent: ShareView
    custody_gap: SpreadView
    waited: SpreadView
    loop_closed: ShareView


class HandoffNumbersView(_Known):
    """How handing over went."""

    numbers: _HandoffCounts

    @classmethod
    def of(cls, numbers: object, *, asked: Period, programme_id: UUID | None) -> Self:
        """With what was asked."""
        return cls(numbers=_HandoffCounts.model_validate(numbers), **_known(asked, programme_id))


class WindowView(View):
    """`share`: met, of those whose window is over; `running`: whose is not, and how many of them are met already."""

    share: ShareView
    running: int | None
    met_early: int | None


class MeasureView(View):
    """One measure in one measure year: HEDIS-style, and no rate to report to anybody."""

    code: MeasureCode
    year: int
    discharges: int | None
    excluded: dict[Exclusion, int | None]
    windows: dict[Window, WindowView]


class FollowUpNumbersView(_Known):
    """Follow-up by measure."""

    measures: tuple[MeasureView, ...]

    @classmethod
    def of(cls, numbers: Sequence[object], *, asked: Period, programme_id: UUID | None) -> Self:
        """With what was asked."""
        measures = tuple(MeasureView.model_validate(one) for one in numbers)
        return cls(measures=measures, **_known(asked, programme_id))


def _known(asked: Period, programme_id: UUID | None) -> dict[str, object]:
    return {"as_of": asked.as_of, "from_day": asked.first, "to_day": asked.last, "programme_id": programme_id}


class AtRiskView(View):
    """A clock that nothing has met; what would, is a contact by somebody in one of `roles`, in one of these ways.

    `called` is absent while the reader may not know who it is, `worker_id` while nobody has the handoff.
    """

    handoff_id: UUID
    programme_id: UUID
    measure: MeasureCode
    year: int
    window: Window
    first_day: date
    last_day: date
    roles: tuple[PracticeRole, ...]
    channels: tuple[Channel, ...]
    may_not_count: Exclusion | None
    called: str | None
    worker_id: UUID | None
    redisclosure_notice: NoticeView | None

    @classmethod
    def of(cls, line: AtRisk, *, handoff: HandoffLine) -> Self:
        """A line of the worklist, with its handoff as its reader may know it."""
        given = {one.name: getattr(line, one.name) for one in fields(line)}
        return cls(
            **given | {"roles": tuple(sorted(line.roles)), "channels": tuple(sorted(line.channels))},
            called=handoff.called,
            worker_id=handoff.worker_id,
            redisclosure_notice=NoticeView.of(handoff.basis),
        )


class AtRiskList(View):
    """The earliest end first; `left_off` says how many more there are."""

    as_of: datetime
    items: tuple[AtRiskView, ...]
    left_off: int

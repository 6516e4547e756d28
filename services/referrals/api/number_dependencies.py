"""What the routes of numbers are given, and who may ask for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import AwareDatetime

from services.referrals.api.dependencies import ReferralsParts
from services.referrals.api.fields import Day
from services.referrals.domain.measures import MeasureShelf
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.use_cases.number_ports import Discharges, Period, period
from shared.contracts.codes import AccessRole
from shared.contracts.tokens import TokenClaims
from shared.tokens import allow


@dataclass(frozen=True, kw_only=True)
class NumberParts:
    """The parts that main.py put together."""

    discharges: Discharges
    measures: MeasureShelf
    protocols: ProtocolShelf


async def _number_parts(request: Request) -> NumberParts:
    return cast(NumberParts, request.app.state.number_parts)


Counting = Annotated[NumberParts, Depends(_number_parts)]
Answering = Annotated[
    TokenClaims,
    Depends(allow(AccessRole.CLINICIAN, AccessRole.CASE_MANAGER, AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR)),
]
"""Those who answer for how it goes: for the whole network, or for the programmes of their own organisation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Which programme, which days of leaving, and as known when."""

    programme_id: UUID | None
    first: Day | None
    last: Day | None
    as_of: datetime | None

    def period(self, parts: ReferralsParts, *, days: int) -> Period:
        """Without days of its own the last `days`. Raises InvalidField."""
        return period(self.first, self.last, as_of=self.as_of, days=days, clock=parts.clock)


async def _asked(
    programme_id: Annotated[UUID | None, Query()] = None,
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    as_of: Annotated[AwareDatetime | None, Query()] = None,
) -> Asked:
    return Asked(programme_id=programme_id, first=first, last=last, as_of=as_of)


Which = Annotated[Asked, Depends(_asked)]

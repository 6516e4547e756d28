"""What the routes of transitions and handoffs are given, beside what every route has."""

from dataclasses import dataclass
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.use_cases.episode_ports import EpisodeWork
from services.referrals.use_cases.handoff_ports import EntitlementSubjects, PlanningWork
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.sheet_ports import SheetWork


class WalkWork(EpisodeWork, PlanningWork, Protocol):
    """All that the routes of this part hold while their transaction is open."""


@dataclass(frozen=True, kw_only=True)
class HandoffParts:
    """The parts that main.py put together."""

    works: WorkSource[WalkWork]
    sheets: WorkSource[SheetWork]
    protocols: ProtocolShelf
    subjects: EntitlementSubjects


async def _handoff_parts(request: Request) -> HandoffParts:
    return cast(HandoffParts, request.app.state.handoff_parts)


Walk = Annotated[HandoffParts, Depends(_handoff_parts)]

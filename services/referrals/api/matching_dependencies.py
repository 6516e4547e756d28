"""What the routes of matching are given, beside what every route has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from services.referrals.domain.ceilings import CeilingShelf
from shared.contracts.codes import AccessRole
from shared.contracts.tokens import TokenClaims
from shared.tokens import allow


@dataclass(frozen=True, kw_only=True)
class MatchingParts:
    """The parts that main.py put together. `lived_experience`: code -> plain words."""

    ceilings: CeilingShelf
    lived_experience: Mapping[str, str]


async def _matching_parts(request: Request) -> MatchingParts:
    return cast(MatchingParts, request.app.state.matching_parts)


Rules = Annotated[MatchingParts, Depends(_matching_parts)]
Peers = Annotated[TokenClaims, Depends(allow(AccessRole.PEER))]
Supervisors = Annotated[TokenClaims, Depends(allow(AccessRole.SUPERVISOR))]
PeersAndSupervisors = Annotated[TokenClaims, Depends(allow(AccessRole.PEER, AccessRole.SUPERVISOR))]

"""What the routes of referrals are given, beside what every route has."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from services.referrals.use_cases.address_referral import Referring
from services.referrals.use_cases.conflict_ports import ConflictWork
from services.referrals.use_cases.consent_ports import ConsentWork
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import BackupWork


@dataclass(frozen=True, kw_only=True)
class ReferralParts:
    """The parts that main.py put together."""

    works: WorkSource[BackupWork]
    consents: WorkSource[ConsentWork]
    conflicts: WorkSource[ConflictWork]
    tools: Referring


async def _referral_parts(request: Request) -> ReferralParts:
    return cast(ReferralParts, request.app.state.referral_parts)


Refer = Annotated[ReferralParts, Depends(_referral_parts)]

"""Discharges coming, and handoffs under way."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import Intake, Parts, directory_for
from services.console.domain.session import CLINICAL
from services.console.use_cases.discharges import read_coming, read_under_way

router = APIRouter()


@router.get("/discharges")
async def get_discharges(request: Request, session: Intake, parts: Parts, show: str = "") -> Response:
    """Who holds each person, what is missing, by when."""
    mine = show == "mine" or (show == "" and session.role in CLINICAL)
    referrals = parts.neighbours.referrals
    (coming, more_coming), (under_way, more_under_way), directory = await asyncio.gather(
        read_coming(session, mine=mine, referrals=referrals),
        read_under_way(session, mine=mine, referrals=referrals),
        directory_for(session, parts),
    )
    return parts.pages.html(
        request,
        "pages/discharges.html",
        directory=directory,
        mine=mine,
        coming=coming,
        under_way=under_way,
        more=more_coming or more_under_way,
    )

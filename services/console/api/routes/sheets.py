"""The sheet of a handoff: filled in part by part, and printed for the person."""

import asyncio
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from services.console.api.dependencies import (
    CareTeam,
    ConsoleParts,
    Parts,
    directory_for,
    key_in,
    texts,
    version_in,
)
from services.console.api.pages import see
from services.console.domain import told
from services.console.domain.session import Session
from services.console.domain.told_sheet import PARTS, Sheet
from services.console.domain.words import Language, spoken_language
from services.console.use_cases.directory import Directory
from services.console.use_cases.handoff_sheet import keep_part, part_after
from services.console.use_cases.ports import Refused
from services.console.use_cases.sheet_fields import DAYS, LINE, MESSAGES, OWN_WORDS, PartForm, fields_of, read_fields
from services.console.use_cases.sheet_history import read_sheet_history

router = APIRouter()


@router.get("/handoffs/{handoff_id}/sheet")
async def get_sheet(
    handoff_id: UUID,
    request: Request,
    session: CareTeam,
    parts: Parts,
    language: Language | None = None,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """The person's own copy, to read and to print, in their language unless another is chosen; or as it stood once."""
    handoff, sheet, directory = await asyncio.gather(
        parts.neighbours.referrals.handoff(handoff_id, by=session),
        parts.neighbours.sheets.sheet(handoff_id, by=session, version=version),
        directory_for(session, parts),
    )
    if handoff.person is None:
        raise HTTPException(404)  # there is nobody to print it for
    spoken = spoken_language(handoff.person.language)
    words = parts.pages.words[language or spoken or Language.ENGLISH]
    return parts.pages.html(
        request,
        "pages/sheet.html",
        directory=directory,
        handoff=handoff,
        sheet=sheet,
        s=words,
        day=parts.pages.moments(words, zone=directory.zone(handoff.programme_id)),
        wall=parts.pages.wall_clocks(words),
        not_spoken_here=spoken is None,
        once=version,
    )


@router.get("/handoffs/{handoff_id}/sheet/history")
async def get_history(handoff_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Who wrote which part and when, and what stood there when the person was handed over."""
    history, directory = await asyncio.gather(
        read_sheet_history(handoff_id, by=session, neighbours=parts.neighbours), directory_for(session, parts)
    )
    return parts.pages.html(request, "pages/sheet_history.html", directory=directory, view=history)


@router.get("/handoffs/{handoff_id}/sheet/{part}")
async def get_part(handoff_id: UUID, part: str, request: Request, session: CareTeam, parts: Parts) -> Response:
    """The few fields of one part."""
    opened = await _open(handoff_id, part, by=session, parts=parts)
    form = fields_of(part, opened.sheet, zone=opened.zone)
    return opened.shown(form, version=opened.sheet.version, request=request, parts=parts)


@router.post("/handoffs/{handoff_id}/sheet/{part}")
async def post_part(handoff_id: UUID, part: str, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Keep it, and on to the next part or back to the handoff. A part emptied is taken back."""
    opened = await _open(handoff_id, part, by=session, parts=parts)
    given = await texts(request)
    form, version = read_fields(part, given, zone=opened.zone), version_in(given)
    if not form.errors and (form.content is not None or opened.stands):
        saying = {"reported_by": "person" if form["reported_by"] == "person" else "staff", "content": form.content}
        try:
            changed = await keep_part(
                handoff_id,
                part,
                saying,
                version=version,
                key=key_in(given),
                by=session,
                sheets=parts.neighbours.sheets,
            )
        except Refused as refused:
            if refused.status == 409:
                return see(f"/handoffs/{handoff_id}", trouble="moved_on")
            if refused.status != 422:
                raise
            form = form.wrong("sheet.error.not_kept")
        else:
            if changed is not None:
                form, version = form.wrong("sheet.error.changed"), changed.version
    if form.errors:
        return opened.shown(form, version=version, request=request, parts=parts)
    if given.get("then") == "next" and opened.following is not None:
        return see(f"/handoffs/{handoff_id}/sheet/{opened.following}")
    return see(f"/handoffs/{handoff_id}", done="sheet_kept")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Opened:
    """One part, with everything its page shows beside the fields."""

    handoff: told.Handoff
    sheet: Sheet
    directory: Directory
    part: str

    @property
    def zone(self) -> ZoneInfo:
        return self.directory.zone(self.handoff.programme_id)

    @property
    def stands(self) -> bool:
        said = self.sheet.said(self.part)
        return said is not None and said.content is not None

    @property
    def following(self) -> str | None:
        return part_after(self.part, sheet=self.sheet)

    def shown(self, form: PartForm, *, version: int, request: Request, parts: ConsoleParts) -> Response:
        return parts.pages.html(
            request,
            "pages/sheet_part.html",
            status=422 if form.errors else 200,
            directory=self.directory,
            handoff=self.handoff,
            part=self.part,
            number=PARTS.index(self.part) + 1,
            number_of_parts=len(PARTS),
            following=self.following,
            form=form,
            version=version,
            days=DAYS,
            messages=MESSAGES,
            line=LINE,
            own_words=OWN_WORDS,
        )


async def _open(handoff_id: UUID, part: str, *, by: Session, parts: ConsoleParts) -> _Opened:
    if part not in PARTS:
        raise HTTPException(404)
    handoff, sheet, directory = await asyncio.gather(
        parts.neighbours.referrals.handoff(handoff_id, by=by),
        parts.neighbours.sheets.sheet(handoff_id, by=by),
        directory_for(by, parts),
    )
    if part in sheet.withheld or handoff.person is None:
        raise HTTPException(404)
    return _Opened(handoff=handoff, sheet=sheet, directory=directory, part=part)

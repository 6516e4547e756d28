"""The inbox, and the stream that says no more than "look again"."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from services.console.api.dependencies import CareTeam, ConsoleParts, Parts, directory_for
from services.console.domain.session import Session
from services.console.use_cases.inbox import read_inbox

router = APIRouter()

CHANGED = b"event: inbox-changed\ndata: \n\n"
BREATH = b": \n\n"
_BREATH_SECONDS = 25.0
_LONGEST_SECONDS = 15 * 60.0
"""A stream ends before its session could outlive a sign-out by much; the page opens the next one by itself."""


@router.get("/inbox")
async def get_inbox(request: Request, session: CareTeam, parts: Parts) -> Response:
    """The page, or for an open page its changing part."""
    view = await read_inbox(session, neighbours=parts.neighbours)
    directory = await directory_for(session, parts)
    block = "waiting" if "hx-request" in request.headers else None
    return parts.pages.html(request, "pages/inbox.html", block=block, directory=directory, view=view)


@router.get("/inbox/stream")
async def get_stream(request: Request, session: CareTeam, parts: Parts) -> Response:
    """Server-sent events without content."""
    if session.worker_id is None:
        return Response(status_code=204)
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(session, parts), media_type="text/event-stream", headers=headers)


async def _stream(session: Session, parts: ConsoleParts) -> AsyncIterator[bytes]:
    assert session.worker_id is not None
    async with parts.hints.waiting(tenant_id=session.tenant_id, worker_id=session.worker_id) as changed:
        yield CHANGED  # whatever happened between the page and this stream is caught up with
        ends = asyncio.get_running_loop().time() + _LONGEST_SECONDS
        while asyncio.get_running_loop().time() < ends:
            try:
                async with asyncio.timeout(_BREATH_SECONDS):
                    await changed.wait()
            except TimeoutError:
                yield BREATH
                continue
            changed.clear()
            yield CHANGED

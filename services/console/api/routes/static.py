"""Style sheet, scripts and fonts."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from services.console.api.dependencies import Parts
from shared.tokens import OPEN_TO_ALL

router = APIRouter()

_FOR_EVER = "public, max-age=31536000, immutable"


@router.get("/static/{name}", dependencies=[OPEN_TO_ALL])
async def get_asset(name: str, request: Request, parts: Parts) -> Response:
    """A built file; packed where the browser takes it so."""
    asset = parts.assets.find(name)
    if asset is None:
        raise HTTPException(404)
    headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
    if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(asset.content, media_type=asset.media_type, headers=headers)

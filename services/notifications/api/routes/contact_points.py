"""How a worker wants to be reached. Everybody starts at version 1 with nothing set, so there is no creating."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.notifications.api.dependencies import TheParts, caller
from services.notifications.api.schemas import ContactPointsBody
from services.notifications.use_cases.read_contact_points import read_contact_points
from services.notifications.use_cases.set_contact_points import set_contact_points
from shared.contracts.tokens import TokenClaims
from shared.etags import IfMatch, etag
from shared.tokens import PEOPLE, allow

router = APIRouter()


@router.get("/workers/{worker_id}/contact-points")
async def read(
    worker_id: UUID, parts: TheParts, claims: Annotated[TokenClaims, Depends(allow(*PEOPLE))], response: Response
) -> ContactPointsBody:
    """A worker's own, or anybody's for supervisors and administrators."""
    points = await read_contact_points(worker_id, by=caller(claims), book=parts.contact_book)
    response.headers["ETag"] = etag(points.version)
    return ContactPointsBody.of(points)


@router.put("/workers/{worker_id}/contact-points")
async def replace(
    worker_id: UUID,
    body: ContactPointsBody,
    seen_version: IfMatch,
    parts: TheParts,
    claims: Annotated[TokenClaims, Depends(allow(*PEOPLE))],
    response: Response,
) -> ContactPointsBody:
    """Replace all of them; the next e-mail uses them."""
    by = caller(claims)
    points = await set_contact_points(
        body.as_points(tenant_id=by.tenant_id, worker_id=worker_id),
        seen_version=seen_version,
        by=by,
        book=parts.contact_book,
        plans=parts.number_plans,
        clock=parts.clock,
    )
    response.headers["ETag"] = etag(points.version)
    return ContactPointsBody.of(points)

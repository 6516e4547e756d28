"""How the visitor wants to be reached; supervisors may see to it for colleagues."""

from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from services.console.api.dependencies import CareTeam, ConsoleParts, Parts, directory_for, texts, version_in
from services.console.api.pages import see
from services.console.domain.session import SUPERVISING, Session
from services.console.use_cases.contact_points import ContactForm, errors_of
from services.console.use_cases.ports import Refused

router = APIRouter()


@router.get("/contact-points")
async def get_own(session: CareTeam) -> Response:
    """The visitor's own."""
    if session.worker_id is None:
        raise HTTPException(404)
    return see(f"/contact-points/{session.worker_id}")


@router.get("/contact-points/{worker_id}")
async def get_contact_points(worker_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Addresses, quiet hours; for supervisors the colleagues too."""
    points, version = await parts.neighbours.notifications.contact_points(worker_id, by=session)
    return await _show(worker_id, ContactForm(points=points), version=version, request=request, by=session, parts=parts)


@router.post("/contact-points/{worker_id}")
async def post_contact_points(worker_id: UUID, request: Request, session: CareTeam, parts: Parts) -> Response:
    """Keep them; the next message uses them."""
    given = await texts(request)
    notifications = parts.neighbours.notifications
    kept, version = await notifications.contact_points(worker_id, by=session)
    form = ContactForm.read(given, kept=kept)
    if not form.errors:
        try:
            await notifications.set_contact_points(worker_id, form.points, version=version_in(given), by=session)
        except Refused as refused:
            if refused.status == 412:
                return see(f"/contact-points/{worker_id}", trouble="moved_on")
            form = ContactForm(points=form.points, errors=errors_of(refused.document))
            if refused.status != 422 or not form.errors:
                raise
        else:
            return see(f"/contact-points/{worker_id}", done="contact_points")
    return await _show(worker_id, form, version=version, request=request, by=session, parts=parts, status=422)


async def _show(
    worker_id: UUID,
    form: ContactForm,
    *,
    version: int,
    request: Request,
    by: Session,
    parts: ConsoleParts,
    status: int = 200,
) -> Response:
    directory = await directory_for(by, parts)
    return parts.pages.html(
        request,
        "pages/contact_points.html",
        status=status,
        directory=directory,
        form=form,
        version=version,
        worker_id=worker_id,
        colleagues=directory.colleagues() if by.role in SUPERVISING else [],
    )

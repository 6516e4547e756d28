"""Set how a worker wants to be reached."""

from dataclasses import replace

from services.notifications.domain.contact_points import ContactPoints
from services.notifications.domain.errors import ContactPointsChanged, ContactPointsInvalid
from services.notifications.use_cases.ports import ContactBook, NumberPlans
from services.notifications.use_cases.read_contact_points import Caller, check_access, read_contact_points
from shared.clock import Clock


async def set_contact_points(
    wanted: ContactPoints, *, seen_version: int, by: Caller, book: ContactBook, plans: NumberPlans, clock: Clock
) -> ContactPoints:
    """Replace all of them. Raises ContactPointsInvalid, ContactPointsChanged, NotYourContactPoints."""
    check_access(wanted.worker_id, by=by)
    wanted.check()
    wrong = plans(wanted.phone) if wanted.phone is not None else None
    if wrong is not None:
        raise ContactPointsInvalid("phone", wrong)
    points = replace(wanted, tenant_id=by.tenant_id, version=seen_version + 1, changed_at=clock.now())
    if not await book.replace(points, seen_version=seen_version, by=by.subject):
        current = await read_contact_points(wanted.worker_id, by=by, book=book)
        raise ContactPointsChanged(wanted.worker_id, current_version=current.version)
    return points

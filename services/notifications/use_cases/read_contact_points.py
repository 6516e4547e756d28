"""Read how a worker wants to be reached."""

from dataclasses import dataclass
from uuid import UUID

from services.notifications.domain.contact_points import ContactPoints
from services.notifications.domain.errors import NotYourContactPoints
from services.notifications.use_cases.ports import ContactBook, Recipient
from shared.contracts.codes import AccessRole

FOR_OTHERS = frozenset({AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks."""

    tenant_id: UUID
    worker_id: UUID | None
    access_role: AccessRole
    subject: str


def check_access(worker_id: UUID, *, by: Caller) -> Recipient:
    """A worker for himself; supervisors and administrators for anybody of their tenant. Raises NotYourContactPoints."""
    if worker_id != by.worker_id and by.access_role not in FOR_OTHERS:
        raise NotYourContactPoints()
    return Recipient(by.tenant_id, worker_id)


async def read_contact_points(worker_id: UUID, *, by: Caller, book: ContactBook) -> ContactPoints:
    """What is set, or what everybody starts with."""
    recipient = check_access(worker_id, by=by)
    found = await book.read(recipient)
    return found or ContactPoints(tenant_id=recipient.tenant_id, worker_id=worker_id)

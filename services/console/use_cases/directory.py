"""Who is who and what is where: names for the ids that other answers carry."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from services.console.domain import told
from services.console.domain.moments import zone_named
from services.console.domain.session import Session
from services.console.use_cases.ports import Referrals
from shared.contracts.codes import AccessRole, PracticeRole


@dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """Colleagues and programmes by id."""

    workers: Mapping[UUID, told.Worker]
    programmes: Mapping[UUID, told.Programme]

    def name_of(self, worker_id: UUID | None) -> str:
        """A colleague's name; empty for nobody, and for somebody whom the directory no longer has."""
        found = self.workers.get(worker_id) if worker_id is not None else None
        return found.display_name if found else ""

    def organization_of(self, worker_id: UUID | None) -> UUID | None:
        """Where a colleague works."""
        found = self.workers.get(worker_id) if worker_id is not None else None
        return found.organization_id if found else None

    def acts_for(self, organization_id: UUID, *, by: Session) -> bool:
        """Whether what an organisation runs is theirs to change: for its own people, and for administrators of the network."""
        return by.role is AccessRole.ADMINISTRATOR or self.organization_of(by.worker_id) == organization_id

    def programme_name(self, programme_id: UUID | None) -> str:
        """A programme's name, or nothing."""
        found = self.programmes.get(programme_id) if programme_id is not None else None
        return found.name if found else ""

    def zone(self, programme_id: UUID | None = None) -> ZoneInfo:
        """The zone of a programme, or of the network's first one."""
        found = self.programmes.get(programme_id) if programme_id is not None else None
        first = found or next(iter(self.programmes.values()), None)
        return zone_named(first.time_zone if first else "UTC")

    def active_programmes(self) -> list[told.Programme]:
        """Programmes to choose from, by name."""
        return sorted((one for one in self.programmes.values() if one.active), key=lambda one: one.name)

    def resting_programmes(self) -> list[told.Programme]:
        """Those that do not run, by name."""
        return sorted((one for one in self.programmes.values() if not one.active), key=lambda one: one.name)

    def colleagues(self) -> list[told.Worker]:
        """Workers to choose from: peers first, then by role and name."""
        active = [one for one in self.workers.values() if one.active]
        return sorted(active, key=lambda one: (not _is_peer(one), one.practice_role.value, one.display_name))

    def with_roles(self, roles: Sequence[PracticeRole]) -> list[told.Worker]:
        """Colleagues in one of these roles."""
        return [one for one in self.colleagues() if one.practice_role in roles]


def _is_peer(worker: told.Worker) -> bool:
    return worker.practice_role is PracticeRole.PEER_SUPPORT_SPECIALIST


async def read_directory(by: Session, *, referrals: Referrals) -> Directory:
    """Both lists at once; usually they are known already."""
    workers, programmes = await asyncio.gather(referrals.workers(by), referrals.programmes(by))
    return Directory(workers={one.id: one for one in workers}, programmes={one.id: one for one in programmes})

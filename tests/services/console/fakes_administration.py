"""Forming teams and setting up programmes, in memory: what stands can be set, what was asked for can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_administration import ProgrammeNow, TeamNow
from services.console.use_cases.ports import Refused
from tests.services.console.fakes import HOSPITAL, NURSE, PEER, PROGRAMME
from tests.services.console.fakes_referring import TEAM


def programme_now(**changes: Any) -> ProgrammeNow:
    """The hospital's unit as it stands."""
    content: dict[str, Any] = {
        "id": PROGRAMME,
        "version": 4,
        "organization_id": HOSPITAL,
        "name": "Lakeside Unit Four",
        "setting": "inpatient_psychiatric",
        "jurisdiction": "US-VA",
        "time_zone": "America/New_York",
        "integration_model": "transitional",
        "duty_owner_worker_id": NURSE,
        "protocol_code": "standard",
        "policy_flags": ("documentation_required",),
        "calendar_code": "always_open",
        "help_line": "540-555-0100",
        "active": True,
    }
    return ProgrammeNow.model_validate(content | changes)


@dataclass
class FakeAdministration:
    """`kept` has (path, body, version) of everything that was asked for; `refuse` answers the next one."""

    formed: TeamNow = field(
        default_factory=lambda: TeamNow(
            id=TEAM, organization_id=HOSPITAL, name="Bridge team", version=7, member_worker_ids=(PEER,)
        )
    )
    stands: ProgrammeNow = field(default_factory=programme_now)
    kept: list[tuple[str, dict[str, Any], int]] = field(default_factory=list)
    refuse: Refused | None = None

    def _keep(self, path: str, body: dict[str, Any], version: int) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.kept.append((path, body, version))

    async def team(self, team_id: UUID, *, by: Session) -> TeamNow:
        if team_id != self.formed.id:
            raise Refused("referrals", status=404, code="not_found", document={})
        return self.formed

    async def form_team(self, name: str, *, organization_id: UUID, key: str, by: Session) -> TeamNow:
        self._keep("/teams", {"name": name, "organization_id": organization_id}, 0)
        return self.formed

    async def change_members(
        self,
        team_id: UUID,
        *,
        joining: Sequence[UUID],
        leaving: Sequence[UUID],
        version: int,
        key: str,
        by: Session,
    ) -> None:
        self._keep("/members", {"joining": list(joining), "leaving": list(leaving)}, version)

    async def programme(self, programme_id: UUID, *, by: Session) -> ProgrammeNow:
        if programme_id != self.stands.id:
            raise Refused("referrals", status=404, code="not_found", document={})
        return self.stands

    async def register_programme(self, body: Mapping[str, Any], *, key: str, by: Session) -> ProgrammeNow:
        self._keep("/programmes", dict(body), 0)
        return self.stands

    async def change_programme(
        self, programme_id: UUID, body: Mapping[str, Any], *, version: int, key: str, by: Session
    ) -> None:
        self._keep(f"/programmes/{programme_id}", dict(body), version)
        if version != self.stands.version:
            raise Refused("referrals", status=412, code="stale", document={})

"""What matters for matching, in memory: what it tells can be set, what it was told can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_matching import (
    Acquaintance,
    Ceilings,
    Choice,
    LivedExperience,
    Noted,
    StillHeld,
    Wish,
)
from services.console.use_cases.ports import Refused

CHOICES = (
    Choice(code="reentry", words="coming home from jail or prison"),
    Choice(code="parenting", words="being a parent"),
)


@dataclass
class FakeMatching:
    """`kept` has (path, body) of everything that was asked for; `refuse` answers the next one."""

    known: list[Acquaintance] = field(default_factory=list)
    wished: tuple[str, ...] = ()
    said: LivedExperience = field(
        default_factory=lambda: LivedExperience(codes=("parenting",), use_for_matching=False, choices=CHOICES)
    )
    kept: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuse: Refused | None = None
    still_held: tuple[StillHeld, ...] = ()
    in_force: Ceilings = field(
        default_factory=lambda: Ceilings(
            caseload=25,
            group=12,
            peers_of_a_supervisor=None,
            supervision_must_be_current=True,
            source="the state's manual, section 4",
            terms=None,
        )
    )

    def _keep(self, path: str, body: dict[str, Any]) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.kept.append((path, body))

    async def lived_experience(self, by: Session) -> LivedExperience:
        return self.said

    async def share_lived_experience(self, codes: Sequence[str], *, use_for_matching: bool, by: Session) -> None:
        self._keep("/lived-experience", {"codes": tuple(codes), "use_for_matching": use_for_matching})

    async def acquaintances(self, by: Session) -> list[Acquaintance]:
        return self.known

    async def declare_acquaintance(
        self, person_id: UUID, *, programme_id: UUID, step_back: bool, key: str, by: Session
    ) -> Noted:
        self._keep("/dual-relationships", {"person_id": person_id, "step_back": step_back})
        return Noted(still_held=() if step_back else self.still_held)

    async def end_acquaintance(self, entry_id: UUID, *, version: int, key: str, by: Session) -> None:
        self._keep(f"/dual-relationships/{entry_id}/end", {"version": version})

    async def wish(self, person_id: UUID, *, by: Session) -> Wish:
        return Wish(codes=self.wished, choices=CHOICES)

    async def record_wish(self, person_id: UUID, codes: Sequence[str], *, by: Session) -> None:
        self._keep(f"/people/{person_id}/wish", {"codes": tuple(codes)})

    async def ceilings(self, programme_id: UUID, *, by: Session) -> Ceilings:
        return self.in_force

    async def set_terms(self, programme_id: UUID, body: Mapping[str, Any], *, key: str, by: Session) -> None:
        self._keep(f"/programmes/{programme_id}/capacity-terms", dict(body))

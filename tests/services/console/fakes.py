"""People, handoffs and tasks in memory: what they tell can be set, what they were told can be read."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.console.domain import told
from services.console.domain.session import Session
from services.console.domain.told_custody import HeldTransition
from services.console.use_cases.ports import Assigned, NotSent, Refused, Unreachable
from shared.contracts.codes import AccessRole
from shared.contracts.paging import Page
from shared.identifiers import new_id

TENANT, PEER, NURSE = new_id(), new_id(), new_id()
PROGRAMME, HOSPITAL = new_id(), new_id()
NOW = datetime.now(UTC)
PASSWORD = "a long enough password"


def session_of(role: AccessRole, *, worker_id: UUID | None = PEER, expires_in: int = 600) -> Session:
    """Somebody signed in."""
    return Session(
        access_token="token-" + "x" * 900,
        refresh_token=f"refresh-{new_id()}",
        expires_at=int(time.time()) + expires_in,
        role=role,
        tenant_id=TENANT,
        worker_id=worker_id,
        name="Fay Sample",
        csrf="csrf-of-this-session",
    )


def handoff(**changes: Any) -> told.Handoff:
    """A handoff that waits for the peer's answer."""
    content = {
        "id": new_id(),
        "transition_id": new_id(),
        "programme_id": PROGRAMME,
        "state": "offered",
        "version": 3,
        "owner_worker_id": NURSE,
        "next": {
            "who": "offeree",
            "worker_id": PEER,
            "act": "answer",
            "clock": "owner_accepts",
            "due_at": NOW + timedelta(hours=1),
            "late": False,
        },
        "person": {"person_id": new_id(), "called": "Juniper T.", "language": "en", "contact_preference": "call"},
        "accepted_by": None,
        "introduced_at": None,
        "contacted_at": None,
        "outcome": None,
        "suggested_worker_id": None,
        "attention": None,
        "milestones": [],
        "offers": [
            {
                "offer_number": 1,
                "worker_id": PEER,
                "kind": "peer_offer",
                "status": "open",
                "reason": None,
                "because": [],
                "offered_at": NOW,
                "respond_by": NOW + timedelta(hours=1),
                "answered_at": None,
            }
        ],
        "timeline": [],
    }
    return told.Handoff.model_validate(content | changes)


def line_of(one: told.Handoff) -> told.HandoffLine:
    """The same in a list."""
    return told.HandoffLine(
        id=one.id,
        transition_id=one.transition_id,
        programme_id=one.programme_id,
        called=one.person.called if one.person else None,
        state=one.state,
        version=one.version,
        worker_id=PEER,
        respond_by=one.next.due_at if one.next else None,
        accepted_at=None,
        contacted_at=None,
        attention=None,
    )


def _worker(worker_id: UUID, name: str, role: str) -> told.Worker:
    return told.Worker.model_validate(
        {"id": worker_id, "organization_id": HOSPITAL, "display_name": name, "practice_role": role, "active": True}
    )


@dataclass
class FakeReferrals:
    """`commands` has (path, body, version, key) of everything that was asked for; `refuse` answers the next one."""

    known: dict[UUID, told.Handoff] = field(default_factory=dict)
    stored_tasks: list[told.Task] = field(default_factory=list)
    commands: list[tuple[str, dict[str, Any], int, str]] = field(default_factory=list)
    refuse: Refused | None = None
    away: bool = False
    judgement: told.Judgement | None = None
    held: dict[UUID, HeldTransition] = field(default_factory=dict)

    def _look(self) -> None:
        if self.away:
            raise Unreachable("referrals")

    def _note(self, path: str, body: Mapping[str, Any], version: int, key: str) -> None:
        self._look()
        if self.refuse is not None:
            raise self.refuse
        self.commands.append((path, dict(body), version, key))

    async def handoffs(self, by: Session, *, state: str | None = None, **_: Any) -> Page[told.HandoffLine]:
        self._look()
        return Page(items=[line_of(one) for one in self.known.values() if state in (None, one.state)])

    async def handoff(self, handoff_id: UUID, *, by: Session) -> told.Handoff:
        self._look()
        if handoff_id not in self.known:
            raise Refused("referrals", status=404, code="not_found", document={})
        return self.known[handoff_id]

    async def handoff_command(
        self, handoff_id: UUID, command: str, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> None:
        self._note(f"/handoffs/{handoff_id}/{command}", body, version, key)

    async def transitions(self, by: Session, **_: Any) -> Page[told.Transition]:
        self._look()
        return Page(items=[])

    async def transition(self, transition_id: UUID, *, by: Session) -> told.Transition:
        raise Refused("referrals", status=404, code="not_found", document={})

    async def held_transition(self, transition_id: UUID, *, by: Session) -> HeldTransition:
        if transition_id not in self.held:
            raise Refused("referrals", status=404, code="not_found", document={})
        return self.held[transition_id]

    async def transition_command(
        self, transition_id: UUID, command: str, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> None:
        self._note(f"/transitions/{transition_id}/{command}", body, version, key)

    async def plan(self, body: Mapping[str, Any], *, key: str, by: Session) -> told.Planned:
        self._note("/transitions", body, 0, key)
        return told.Planned(
            id=new_id(),
            version=1,
            status="planned",
            person_id=UUID(body["person_id"]) if "person_id" in body else new_id(),
            programme_id=PROGRAMME,
            sender_worker_id=NURSE,
            owner_worker_id=NURSE,
            owner_since=NOW,
            expected_at=None,
            discharged_at=None,
            handoff_id=new_id(),
        )

    async def people(self, by: Session, *, limit: int = 200) -> Page[told.Person]:
        self._look()
        return Page(items=[])

    async def person(self, person_id: UUID, *, by: Session) -> told.Person:
        return told.Person(id=person_id, given_name="Juniper", family_name="Testcase")

    async def workers(self, by: Session) -> list[told.Worker]:
        return [
            _worker(PEER, "Fay Sample", "peer_support_specialist"),
            _worker(NURSE, "Rosa Sample", "nurse"),
        ]

    async def programmes(self, by: Session) -> list[told.Programme]:
        return [
            told.Programme(
                id=PROGRAMME,
                organization_id=HOSPITAL,
                name="Lakeside Unit Four",
                setting="inpatient_psychiatric",
                jurisdiction="US-VA",
                time_zone="America/New_York",
                integration_model="transitional",
                protocol_code="standard",
                active=True,
            )
        ]

    async def tasks(self, by: Session, *, status: str | None = None, **_: Any) -> Page[told.Task]:
        self._look()
        return Page(items=[one for one in self.stored_tasks if status in (None, one.status)])

    async def task(self, task_id: UUID, *, by: Session) -> told.Task:
        for one in self.stored_tasks:
            if one.id == task_id:
                return one
        raise Refused("referrals", status=404, code="not_found", document={})

    async def task_command(
        self, task_id: UUID, command: str, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> None:
        self._note(f"/tasks/{task_id}/{command}", body, version, key)

    async def assign(self, body: Mapping[str, Any], *, key: str, by: Session) -> Assigned | NotSent:
        self._note("/tasks", body, 0, key)
        assert self.judgement is not None
        return NotSent(self.judgement)

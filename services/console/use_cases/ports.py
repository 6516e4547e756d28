"""What pages need of the outside: four neighbours, each asked in the visitor's name."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.console.domain import told
from services.console.domain.session import Session
from services.console.domain.told_contact import ContactPoints
from services.console.domain.told_custody import HeldTransition
from services.console.use_cases.administration_ports import Administration
from services.console.use_cases.consent_ports import Consents
from services.console.use_cases.help_ports import HelpDirectory
from services.console.use_cases.matching_ports import Matching
from services.console.use_cases.number_ports import Numbers
from services.console.use_cases.referring_ports import Referring, Teams
from services.console.use_cases.sheet_ports import Sheets
from shared.contracts.paging import Page
from shared.contracts.scope import BoundaryEventView


class NeighbourFailed(Exception):  # noqa: N818 - names what is the case
    """A question to a neighbour got no usable answer. `service` says which one."""

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


class Unreachable(NeighbourFailed):
    """No answer in time, or one that makes no sense. Trying again later may help."""


class Refused(NeighbourFailed):
    """A clear no (4xx): `status`, the problem's `code`, and the problem document itself."""

    def __init__(self, service: str, *, status: int, code: str, document: Mapping[str, Any]) -> None:
        super().__init__(service)
        self.status = status
        self.code = code
        self.document = document


@dataclass(frozen=True, slots=True)
class Assigned:
    """The task was assigned, or proposed where `task.status` says so."""

    task: told.Task


@dataclass(frozen=True, slots=True)
class NotSent:
    """Outside the role of the worker: nothing was stored."""

    judgement: told.Judgement


class Identity(Protocol):
    """Accounts and sessions."""

    async def sign_in(self, email: str, *, password: str, address: str | None) -> Session: ...

    async def refresh(self, session: Session) -> Session: ...

    async def sign_out(self, session: Session) -> None: ...


class Referrals(Protocol):
    """People, handoffs, tasks. Commands name the version they were made on and a key that lets them happen once."""

    async def handoffs(
        self,
        by: Session,
        *,
        state: str | None = None,
        mine: bool = False,
        attention: bool = False,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[told.HandoffLine]: ...

    async def handoff(self, handoff_id: UUID, *, by: Session) -> told.Handoff: ...

    async def handoff_command(
        self, handoff_id: UUID, command: str, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> None: ...

    async def transitions(
        self, by: Session, *, status: str | None = None, owner: UUID | None = None, limit: int = 100
    ) -> Page[told.Transition]: ...

    async def transition(self, transition_id: UUID, *, by: Session) -> told.Transition: ...

    async def held_transition(self, transition_id: UUID, *, by: Session) -> HeldTransition: ...

    async def transition_command(
        self, transition_id: UUID, command: str, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> None: ...

    async def plan(self, body: Mapping[str, Any], *, key: str, by: Session) -> told.Planned: ...

    async def people(self, by: Session, *, limit: int = 200) -> Page[told.Person]: ...

    async def person(self, person_id: UUID, *, by: Session) -> told.Person: ...

    async def workers(self, by: Session) -> Sequence[told.Worker]: ...

    async def programmes(self, by: Session) -> Sequence[told.Programme]: ...

    async def tasks(
        self,
        by: Session,
        *,
        status: str | None = None,
        assignee: UUID | None = None,
        person: UUID | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[told.Task]: ...

    async def task(self, task_id: UUID, *, by: Session) -> told.Task: ...

    async def task_command(
        self, task_id: UUID, command: str, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> None: ...

    async def assign(self, body: Mapping[str, Any], *, key: str, by: Session) -> Assigned | NotSent: ...


class ScopeGuard(Protocol):
    """Previews, the log of decisions, boundary events."""

    async def preview(self, body: Mapping[str, Any], *, by: Session) -> told.Judgement: ...

    async def decision(self, decision_id: UUID, *, by: Session) -> told.Judgement: ...

    async def boundary_events(
        self, by: Session, *, since: datetime, most: int = 1000
    ) -> Sequence[BoundaryEventView]: ...


class Notifications(Protocol):
    """The visitor's inbox, what was delivered, and how workers want to be reached."""

    async def inbox(
        self, by: Session, *, state: str = "open", limit: int = 100, cursor: str | None = None
    ) -> Page[told.InboxItem]: ...

    async def claim(self, token: str, *, by: Session) -> told.InboxItem: ...

    async def contact_points(self, worker_id: UUID, *, by: Session) -> tuple[ContactPoints, int]: ...

    async def set_contact_points(
        self, worker_id: UUID, points: ContactPoints, *, version: int, by: Session
    ) -> None: ...

    async def seen(self, item_id: UUID, *, by: Session) -> None: ...

    async def deliveries(
        self,
        by: Session,
        *,
        state: str | None = None,
        subject: UUID | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[told.Delivery]: ...


class SealedSessions(Protocol):
    """Sessions as text that nobody else can read or change."""

    def seal(self, session: Session) -> str: ...

    def open(self, value: str | None) -> Session | None: ...


class Hints(Protocol):
    """Wakes open pages; a hint has no content."""

    def waiting(self, *, tenant_id: UUID, worker_id: UUID) -> AbstractAsyncContextManager[asyncio.Event]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbours:
    """All four; referrals by several ports, one for each group of pages."""

    identity: Identity
    referrals: Referrals
    referring: Referring
    teams: Teams
    administration: Administration
    consents: Consents
    matching: Matching
    sheets: Sheets
    help: HelpDirectory
    numbers: Numbers
    scope_guard: ScopeGuard
    notifications: Notifications

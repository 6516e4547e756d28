"""Fictional records for tests of rules."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.referrals.domain.assignment import Parties, Wish, pose
from services.referrals.domain.credential import Credential, CredentialStage
from services.referrals.domain.directory import Programme, Worker
from services.referrals.domain.task import Task
from services.referrals.domain.task_states import TaskStatus
from shared.contracts.codes import IntegrationModel, PracticeRole, Setting

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
"""The evening of 21 November in New York."""
TENANT = UUID(int=1)
ORGANIZATION = UUID(int=2)
PROGRAMME = UUID(int=3)
NURSE = UUID(int=4)
PEER = UUID(int=5)
TASK = UUID(int=6)


def a_worker(worker_id: UUID = PEER, role: PracticeRole = PracticeRole.PEER_SUPPORT_SPECIALIST, **more: Any) -> Worker:
    """An active worker."""
    fields: dict[str, Any] = {
        "tenant_id": TENANT,
        "id": worker_id,
        "version": 1,
        "recorded_at": NOW,
        "organization_id": ORGANIZATION,
        "display_name": "Pat Example",
        "practice_role": role,
    }
    return Worker(**(fields | more))


def a_programme(**more: Any) -> Programme:
    """A programme in New York's time and Virginia's law."""
    fields: dict[str, Any] = {
        "tenant_id": TENANT,
        "id": PROGRAMME,
        "version": 1,
        "recorded_at": NOW,
        "organization_id": ORGANIZATION,
        "name": "Bridges",
        "setting": Setting.OUTPATIENT,
        "jurisdiction": "US-VA",
        "time_zone": "America/New_York",
        "integration_model": IntegrationModel.CO_LOCATED,
        "duty_owner_worker_id": NURSE,
        "protocol_code": "standard",
    }
    return Programme(**(fields | more))


def a_credential(**more: Any) -> Credential:
    """A full credential of Virginia, from 2025 on, without end."""
    fields: dict[str, Any] = {
        "tenant_id": TENANT,
        "id": UUID(int=7),
        "version": 1,
        "recorded_at": NOW,
        "worker_id": PEER,
        "issuer": "Board",
        "number": "1",
        "jurisdiction": "US-VA",
        "stage": CredentialStage.FULL,
        "issued_on": date(2025, 1, 1),
    }
    return Credential(**(fields | more))


def a_wish(**more: Any) -> Wish:
    """A nurse's wish."""
    return Wish(**({"programme_id": PROGRAMME, "assignee_worker_id": PEER, "title": "Walk along"} | more))


def some_parties(**more: Any) -> Parties:
    """Everybody is there."""
    fields: dict[str, Any] = {
        "programme": a_programme(),
        "assignee": a_worker(),
        "assigner": a_worker(NURSE, PracticeRole.NURSE),
        "team_roles": (PracticeRole.NURSE, PracticeRole.PEER_SUPPORT_SPECIALIST),
    }
    return Parties(**(fields | more))


def a_task(**more: Any) -> Task:
    """A task that has just been asked for."""
    fields: dict[str, Any] = {
        "tenant_id": TENANT,
        "id": TASK,
        "version": 1,
        "recorded_at": NOW,
        "programme_id": PROGRAMME,
        "assignee_worker_id": PEER,
        "assigner_worker_id": NURSE,
        "title": "Walk along",
        "question": pose(a_wish(), parties=some_parties(), tenant_id=TENANT, repeats=str(TASK), now=NOW),
        "status": TaskStatus.PROPOSED,
        "occurred_at": NOW,
    }
    return Task(**(fields | more))

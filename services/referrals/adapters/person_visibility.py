"""Whom a worker is party to: each part of the service adds how its own tables make somebody a party."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.referrals.adapters.handoff_visibility import has_a_handoff_about
from services.referrals.adapters.referral_visibility import has_a_referral_about
from services.referrals.adapters.task_tables import tasks
from services.referrals.adapters.worker_disclosure import told_across, work_together
from services.referrals.domain.consent_words import Information
from services.referrals.domain.task_states import WITH_ASSIGNEE

_OF_A_PERSON = (Information.IDENTITY, Information.CONTACT)
"""What a person's own record shows."""

PartyCondition = Callable[[sa.Table, UUID], sa.ColumnElement[bool]]


def has_a_task_about(people: sa.Table, worker_id: UUID) -> sa.ColumnElement[bool]:
    """The worker has a task that is theirs now, it is about this person, and the worker may know who it is."""
    tell: dict[str, Any] = {
        "sender_id": tasks.c.assigner_worker_id,
        "tenant_id": tasks.c.tenant_id,
        "row": tasks,
    }
    return sa.exists().where(
        tasks.c.tenant_id == people.c.tenant_id,
        tasks.c.person_id == people.c.id,
        tasks.c.assignee_worker_id == worker_id,
        tasks.c.status.in_([status.value for status in WITH_ASSIGNEE]),
        sa.or_(
            work_together(tasks.c.assignee_worker_id, **tell),
            told_across(tasks.c.person_id, tasks.c.assignee_worker_id, information=_OF_A_PERSON, **tell).is_not(None),
        ),
    )


PARTY_CONDITIONS: tuple[PartyCondition, ...] = (has_a_task_about, has_a_handoff_about, has_a_referral_about)


def is_party_to(people: sa.Table, worker_id: UUID) -> sa.ColumnElement[bool]:
    """Whether any of the service's parts makes the worker a party to a person."""
    return sa.or_(*(condition(people, worker_id) for condition in PARTY_CONDITIONS))

"""Everything open for one person in one programme, in one statement: what a team that has them together looks at.

Only what the reader's own house has begun is in it: another house's words about the person are told by a consent, where
they stand.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.referrals.adapters.handoff_tables import SENDS, handoff_milestones, handoffs, transitions
from services.referrals.adapters.matching_tables import dual_relationships
from services.referrals.adapters.referral_tables import referral_parties, referrals
from services.referrals.adapters.referral_visibility import organization_of
from services.referrals.adapters.task_tables import tasks
from services.referrals.adapters.worker_disclosure import work_together
from services.referrals.domain import handoff_states
from services.referrals.domain.actor import Actor
from services.referrals.domain.referral_states import OPEN
from services.referrals.domain.shared_plan import PlanLine
from services.referrals.domain.task_states import TaskStatus
from shared.contracts.codes import SubjectKind

_OPEN_TASKS = (TaskStatus.PROPOSED, TaskStatus.ASSIGNED, TaskStatus.IN_PROGRESS, TaskStatus.ON_HOLD)
_NO_WORDS = sa.null().cast(sa.Text)
_NOBODY = sa.null().cast(sa.Uuid)


def plan_query(person_id: UUID, *, programme_id: UUID, by: Actor, limit: int) -> sa.Select[Any]:
    """The lines of the plan, the soonest due first."""
    worker = sa.literal(by.worker_id, type_=sa.Uuid)
    lines = sa.union_all(
        _tasks(person_id, programme_id=programme_id, by=by, worker=worker),
        _referrals(person_id, programme_id=programme_id, by=by),
        _handoffs(person_id, programme_id=programme_id, by=by, worker=worker),
    ).subquery("lines")
    return sa.select(lines).order_by(lines.c.due_at.asc().nulls_last(), lines.c.id).limit(limit)


def knows_elsewhere(person_id: UUID, *, by: Actor) -> sa.Select[Any]:
    """Whether the reader knows the person from elsewhere."""
    table = dual_relationships
    return sa.select(table.c.id).where(
        table.c.tenant_id == by.tenant_id,
        table.c.worker_id == by.worker_id,
        table.c.person_id == person_id,
        table.c.ended_at.is_(None),
    )


def line_of(row: Any) -> PlanLine:
    """One row of `plan_query`."""
    return PlanLine(**dict(row._mapping) | {"kind": SubjectKind(row.kind)})


def _tasks(person_id: UUID, *, programme_id: UUID, by: Actor, worker: sa.ColumnElement[Any]) -> sa.Select[Any]:
    table = tasks
    return sa.select(
        _kind(SubjectKind.TASK),
        table.c.id,
        table.c.status,
        table.c.title,
        _NO_WORDS.label("need"),
        table.c.assignee_worker_id.label("worker_id"),
        table.c.team_id,
        table.c.due_at,
    ).where(
        table.c.tenant_id == by.tenant_id,
        table.c.person_id == person_id,
        table.c.programme_id == programme_id,
        table.c.status.in_([status.value for status in _OPEN_TASKS]),
        work_together(worker, sender_id=table.c.assigner_worker_id, tenant_id=table.c.tenant_id, row=table),
    )


def _referrals(person_id: UUID, *, programme_id: UUID, by: Actor) -> sa.Select[Any]:
    table, asked, asking = referrals, referral_parties.alias("asked"), referral_parties.alias("asking")
    with_recipient = table.outerjoin(
        asked,
        sa.and_(asked.c.tenant_id == table.c.tenant_id, asked.c.referral_id == table.c.id, asked.c.role == "recipient"),
    )
    in_house = sa.exists().where(
        asking.c.tenant_id == table.c.tenant_id,
        asking.c.referral_id == table.c.id,
        asking.c.role == "requester",
        asking.c.organization_id == organization_of(by),
    )
    return (
        sa.select(
            _kind(SubjectKind.REFERRAL),
            table.c.id,
            table.c.status,
            _NO_WORDS.label("title"),
            table.c.need,
            asked.c.worker_id,
            asked.c.team_id,
            sa.func.coalesce(table.c.scheduled_at, sa.case((table.c.accepted_at.is_(None), table.c.respond_by))).label(
                "due_at"
            ),
        )
        .select_from(with_recipient)
        .where(
            table.c.tenant_id == by.tenant_id,
            table.c.person_id == person_id,
            table.c.programme_id == programme_id,
            table.c.status.in_([status.value for status in OPEN]),
            sa.not_(table.c.deidentified),
            in_house,
        )
    )


def _handoffs(person_id: UUID, *, programme_id: UUID, by: Actor, worker: sa.ColumnElement[Any]) -> sa.Select[Any]:
    step = handoff_milestones
    next_due = (
        sa.select(sa.func.min(step.c.due_at))
        .where(
            step.c.tenant_id == handoffs.c.tenant_id,
            step.c.handoff_id == handoffs.c.id,
            step.c.met_at.is_(None),
            step.c.lifted_at.is_(None),
        )
        .correlate(handoffs)
        .scalar_subquery()
    )
    of_transition = sa.and_(
        handoffs.c.tenant_id == transitions.c.tenant_id, handoffs.c.transition_id == transitions.c.id
    )
    return (
        sa.select(
            _kind(SubjectKind.HANDOFF),
            handoffs.c.id,
            handoffs.c.state.label("status"),
            _NO_WORDS.label("title"),
            _NO_WORDS.label("need"),
            sa.func.coalesce(handoffs.c.accepted_by, handoffs.c.worker_id).label("worker_id"),
            _NOBODY.label("team_id"),
            next_due.label("due_at"),
        )
        .select_from(transitions.join(handoffs, of_transition))
        .where(
            transitions.c.tenant_id == by.tenant_id,
            transitions.c.person_id == person_id,
            transitions.c.programme_id == programme_id,
            handoffs.c.state.not_in([state.value for state in handoff_states.ENDED]),
            work_together(worker, sender_id=SENDS, tenant_id=transitions.c.tenant_id, row=transitions),
        )
    )


def _kind(kind: SubjectKind) -> sa.ColumnElement[str]:
    return sa.literal(kind.value, type_=sa.Text).label("kind")

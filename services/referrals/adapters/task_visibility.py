"""Who may know of a task, and who of its readers is told whom it is about: decided in the query.

Whoever asked knows, and whoever works where they do. Who was asked, and those who answer for them in another house,
know that there is a task; the person and the words written about them only by a consent (decision record 0015).
"""

from typing import Any

import sqlalchemy as sa

from services.referrals.adapters.referral_disclosure import basis_of
from services.referrals.adapters.referral_visibility import organization_of
from services.referrals.adapters.tables import workers
from services.referrals.adapters.task_rows import task_of
from services.referrals.adapters.task_tables import tasks
from services.referrals.adapters.worker_disclosure import told_across, work_together
from services.referrals.domain.actor import Actor
from services.referrals.domain.task import TaskSeen
from shared.contracts.codes import AccessRole


def seen_by(by: Actor) -> sa.Select[Any]:
    """The tasks that the caller may know of, as they find each."""
    itself, told = _knows_by_itself(by), _told_by_consent(by)
    basis = sa.case((itself, None), else_=told)
    query = sa.select(tasks, at_home(by).label("at_home"), itself.label("itself"), basis.label("basis"))
    return query.where(tasks.c.tenant_id == by.tenant_id, _knows_of(by))


def knows_whom(by: Actor) -> sa.ColumnElement[bool]:
    """Whether the caller may know whom the task in the row at hand is about."""
    return sa.or_(_knows_by_itself(by), _told_by_consent(by).is_not(None))


def seen_of(row: Any) -> TaskSeen:
    """One row of `seen_by`."""
    basis = None if row.basis is None else basis_of(row.basis)
    return TaskSeen(task=task_of(row._mapping), at_home=row.at_home, itself=row.itself, basis=basis)


def at_home(by: Actor) -> sa.ColumnElement[bool]:
    """Whether who asked or who was asked works where the caller does. Administrators are at home in the whole network."""
    if by.access_role is AccessRole.ADMINISTRATOR:
        return sa.true()
    house = sa.select(workers.c.id).where(
        workers.c.tenant_id == by.tenant_id, workers.c.organization_id == organization_of(by)
    )
    return sa.or_(tasks.c.assigner_worker_id.in_(house), tasks.c.assignee_worker_id.in_(house))


def _knows_of(by: Actor) -> sa.ColumnElement[bool]:
    """As `Task.visible_to` has it."""
    theirs = sa.and_(tasks.c.assignee_worker_id == by.worker_id, tasks.c.assigned_at.is_not(None))
    reasons = [theirs, tasks.c.assigner_worker_id == by.worker_id]
    return sa.or_(*reasons, at_home(by)) if by.sees_whole_tenant else sa.or_(*reasons)


def _knows_by_itself(by: Actor) -> sa.ColumnElement[bool]:
    if by.access_role is AccessRole.ADMINISTRATOR:
        return sa.true()
    worker = sa.literal(by.worker_id, type_=sa.Uuid)
    return work_together(worker, sender_id=tasks.c.assigner_worker_id, tenant_id=tasks.c.tenant_id, row=tasks)


def _told_by_consent(by: Actor) -> sa.ColumnElement[Any]:
    """The consent on which a reader elsewhere is told by the assigner's house, as JSON; NULL where there is none."""
    worker = sa.literal(by.worker_id, type_=sa.Uuid)
    return told_across(
        tasks.c.person_id, worker, sender_id=tasks.c.assigner_worker_id, tenant_id=tasks.c.tenant_id, row=tasks
    )

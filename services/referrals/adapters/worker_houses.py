"""Who works with a house: its own people, and those of other houses who are on one of its teams."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.referrals.adapters.tables import team_members, teams, workers


def works_in_the_house_of(table: sa.Table, worker_id: UUID) -> sa.ColumnElement[bool]:
    """Whether the worker in the row at hand works with the organisation of this one."""
    return _works_with(table.c.id, table=table, worker_id=worker_id)


def is_about_the_house_of(table: sa.Table, worker_id: UUID) -> sa.ColumnElement[bool]:
    """Whether the record in the row at hand is about somebody who works with the organisation of this worker."""
    return _works_with(table.c.worker_id, table=table, worker_id=worker_id)


def _works_with(one: sa.ColumnElement[Any], *, table: sa.Table, worker_id: UUID) -> sa.ColumnElement[bool]:
    asker, colleague = workers.alias("asker"), workers.alias("colleague")
    own = (
        sa.select(asker.c.organization_id)
        .where(asker.c.tenant_id == table.c.tenant_id, asker.c.id == worker_id)
        .correlate(table)
        .scalar_subquery()
    )
    employed = sa.exists().where(
        colleague.c.tenant_id == table.c.tenant_id, colleague.c.id == one, colleague.c.organization_id == own
    )
    on_a_team = sa.exists().where(
        team_members.c.tenant_id == table.c.tenant_id,
        team_members.c.worker_id == one,
        teams.c.tenant_id == team_members.c.tenant_id,
        teams.c.id == team_members.c.team_id,
        teams.c.organization_id == own,
    )
    return sa.or_(employed, on_a_team)

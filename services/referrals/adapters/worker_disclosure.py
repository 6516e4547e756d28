"""The same decision between two workers: handoffs and tasks have a sender and whoever they lie with, and no parties.

The columns that are asked about are those of `row` and `beside`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from services.referrals.adapters.consent_tables import consents
from services.referrals.adapters.referral_disclosure import (
    WIDEST_FIRST,
    basis_document,
    between,
    covers_telling,
    in_force,
)
from services.referrals.adapters.tables import workers
from services.referrals.domain.consent_words import Information


def fell_away(
    person_id: sa.ColumnElement[Any],
    worker_id: sa.ColumnElement[Any],
    *,
    sender_id: sa.ColumnElement[Any],
    tenant_id: sa.ColumnElement[Any],
    row: sa.FromClause,
    beside: Sequence[sa.FromClause] = (),
) -> sa.ColumnElement[bool]:
    """Whether a consent once let the sender's organisation tell the worker's of the person, and none does any more.

    The columns are those of `row` and `beside`. Where there never was a consent, nothing has fallen away.
    """

    def one(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        found = _of_two_workers(_one, condition, person_id, worker_id, sender_id=sender_id, tenant_id=tenant_id)
        return found.limit(1).correlate(row, *beside).scalar_subquery().is_not(None)

    return sa.and_(one(sa.not_(in_force())), sa.not_(one(in_force())))


def work_together(
    worker_id: sa.ColumnElement[Any],
    *,
    sender_id: sa.ColumnElement[Any],
    tenant_id: sa.ColumnElement[Any],
    row: sa.FromClause,
    beside: Sequence[sa.FromClause] = (),
) -> sa.ColumnElement[bool]:
    """Whether both are of one organisation, where nobody has to be told by consent."""
    teller, told = workers.alias("teller"), workers.alias("told")
    found: sa.Select[tuple[int]] = (
        sa.select(sa.literal_column("1"))
        .select_from(teller.join(told, told.c.tenant_id == teller.c.tenant_id))
        .where(teller.c.tenant_id == tenant_id, teller.c.id == sender_id, told.c.id == worker_id)
        .where(teller.c.organization_id == told.c.organization_id)
    )
    return found.limit(1).correlate(row, *beside).scalar_subquery().is_not(None)


def told_across(
    person_id: sa.ColumnElement[Any],
    worker_id: sa.ColumnElement[Any],
    *,
    sender_id: sa.ColumnElement[Any],
    tenant_id: sa.ColumnElement[Any],
    row: sa.FromClause,
    beside: Sequence[sa.FromClause] = (),
    information: Sequence[Information] = (Information.IDENTITY,),
    ends: sa.FromClause | None = None,
) -> sa.ColumnElement[Any]:
    """The consent in force on which a worker of another organisation is told by the sender's, as JSON; or NULL.

    `ends` is what a consent "until it ends" ends with, a row with an `ended_at`.
    """
    condition = sa.and_(covers_telling(information), in_force(ends))
    found = _of_two_workers(basis_document, condition, person_id, worker_id, sender_id=sender_id, tenant_id=tenant_id)
    return found.order_by(*WIDEST_FIRST).limit(1).correlate(row, *beside).scalar_subquery()


def _one(_: sa.FromClause, __: sa.FromClause) -> sa.ColumnElement[Any]:
    return sa.literal_column("1")


def _of_two_workers(
    shown: Callable[[sa.FromClause, sa.FromClause], sa.ColumnElement[Any]],
    condition: sa.ColumnElement[bool],
    person_id: sa.ColumnElement[Any],
    worker_id: sa.ColumnElement[Any],
    *,
    sender_id: sa.ColumnElement[Any],
    tenant_id: sa.ColumnElement[Any],
) -> sa.Select[Any]:
    """Consents that speak of the person between the organisations of a sender and of somebody else's worker."""
    teller, told = workers.alias("teller"), workers.alias("told")
    return (
        sa.select(shown(teller, told))
        .select_from(
            consents.join(teller, teller.c.tenant_id == consents.c.tenant_id).join(
                told, told.c.tenant_id == teller.c.tenant_id
            )
        )
        .where(consents.c.tenant_id == tenant_id, consents.c.person_id == person_id, condition)
        .where(teller.c.id == sender_id, told.c.id == worker_id)
        .where(teller.c.organization_id != told.c.organization_id, between(teller, told, referral=None))
    )

"""Sheets on PostgreSQL. What a reader may not know is not read: the consent is asked in the statement that reads the words."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters import sheet_rows as rows
from services.referrals.adapters.consent_tables import consent_actors, consents
from services.referrals.adapters.disclosure_facts import note_handoffs_told
from services.referrals.adapters.handoff_tables import SENDS, handoffs, transitions
from services.referrals.adapters.referral_disclosure import (
    WIDEST_FIRST,
    basis_document,
    basis_of,
    between,
    covers_telling,
    in_force,
)
from services.referrals.adapters.sheet_tables import handoff_sheet_revisions as revisions
from services.referrals.adapters.tables import organizations, programmes, workers
from services.referrals.domain.actor import Actor
from services.referrals.domain.consent_words import DiscloserClass, Information, RecipientClass
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.sheet import EMPTY, Revision, Sheet
from services.referrals.domain.sheet_access import NEEDS, Standing
from services.referrals.use_cases.sheet_ports import ConsentInForce, SheetSeen

CONSENTS_SHOWN = 20
"""Who sent the person: a new face on the sending side changes nothing of who may read."""


class SheetRepository:
    """The sheets of one tenant, inside one transaction."""

    def __init__(self, connection: AsyncConnection, *, tenant_id: UUID) -> None:
        self._connection = connection
        self._tenant_id = tenant_id

    async def see(self, journey: Journey, *, by: Actor, version: int | None = None) -> SheetSeen:
        """The sheet as it is, or as it was at `version`, with the parts that the reader may know."""
        standing = _standing(journey, by=by).cte("standing")
        said = _said(journey, version=version)
        query = sa.select(standing, said).select_from(standing.outerjoin(said, _may_read(standing, said)))
        found = [row._mapping for row in await self._connection.execute(query)]
        first = found[0]
        newest = first["newest"]
        return SheetSeen(
            sheet=Sheet(
                version=newest if version is None else version,
                said=rows.said_of({str(name): row[name] for name in row} for row in found if row["part"] is not None),
            ),
            newest=newest,
            standing=Standing(
                sends=bool(first["sends"]),
                receives=bool(first["receives"]),
                basis=None if first["basis"] is None else basis_of(first["basis"]),
            ),
        )

    async def around(self, journey: Journey) -> tuple[str | None, Sequence[ConsentInForce]]:
        """The programme's help line, and the consents in force by which the sending organisation may tell somebody."""
        tenant = self._tenant_id
        line = sa.select(programmes.c.help_line).where(
            programmes.c.tenant_id == tenant, programmes.c.id == journey.transition.programme_id
        )
        teller = workers.alias("teller")
        query = (
            sa.select(consents, _recipients())
            .join(teller, teller.c.tenant_id == consents.c.tenant_id)
            .where(
                consents.c.tenant_id == tenant,
                consents.c.person_id == journey.transition.person_id,
                teller.c.id == (journey.transition.sender_worker_id or journey.transition.origin_worker_id),
                _discloses(teller),
                in_force(),
            )
            .order_by(consents.c.id.desc())
            .limit(CONSENTS_SHOWN)
        )
        help_line = (await self._connection.execute(line)).scalar()
        return help_line, [_consent(row) for row in await self._connection.execute(query)]

    async def add(self, revision: Revision) -> bool:
        """Keep a revision at once. Whether it was: not if somebody else made that version first."""
        new = pg.insert(revisions).values(rows.revision_row(revision)).on_conflict_do_nothing()
        return (await self._connection.execute(new.returning(revisions.c.version))).first() is not None

    async def note_told(self, journey: Journey, standing: Standing, *, by: Actor) -> None:
        """Write down that the caller was told, once a day, where a consent lets them know."""
        if standing.sends or standing.basis is None or not standing.parts:
            return
        await note_handoffs_told(self._connection, {journey.handoff.id: standing.basis}, by=by)

    async def revisions(self, handoff_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Revision]:
        """Up to `limit` of them before the one with id `after`, newest first."""
        here = sa.and_(revisions.c.tenant_id == self._tenant_id, revisions.c.handoff_id == handoff_id)
        query = sa.select(revisions).where(here).order_by(revisions.c.version.desc()).limit(limit)
        if after is not None:
            place = sa.select(revisions.c.version).where(here, revisions.c.id == after).scalar_subquery()
            query = query.where(revisions.c.version < place)
        return [rows.revision_of(row._mapping) for row in await self._connection.execute(query)]  # type: ignore[arg-type]


def _standing(journey: Journey, *, by: Actor) -> sa.Select[Any]:
    """One row: where the reader works as seen from this handoff, and the widest consent by which they are told."""
    teller, told, acceptor = (workers.alias(name) for name in ("teller", "told", "acceptor"))
    sends = told.c.organization_id == teller.c.organization_id
    answers_for = sa.and_(sa.literal(by.sees_whole_tenant), told.c.organization_id == acceptor.c.organization_id)
    receives = sa.or_(
        told.c.id.in_([handoffs.c.accepted_by, transitions.c.owner_worker_id]),
        answers_for,
    )
    basis = (
        sa.select(basis_document(teller, told))
        .where(
            consents.c.tenant_id == handoffs.c.tenant_id,
            consents.c.person_id == transitions.c.person_id,
            between(teller, told, referral=None),
            covers_telling((Information.IDENTITY,)),
            in_force(handoffs),
        )
        .order_by(*WIDEST_FIRST)
        .limit(1)
        .correlate(handoffs, transitions, teller, told)
        .scalar_subquery()
    )
    newest = (
        sa.select(sa.func.coalesce(sa.func.max(revisions.c.version), EMPTY))
        .where(revisions.c.tenant_id == handoffs.c.tenant_id, revisions.c.handoff_id == handoffs.c.id)
        .correlate(handoffs)
        .scalar_subquery()
    )
    joined = (
        handoffs.join(
            transitions,
            sa.and_(transitions.c.tenant_id == handoffs.c.tenant_id, transitions.c.id == handoffs.c.transition_id),
        )
        .outerjoin(teller, _is(teller, SENDS))
        .outerjoin(told, _is(told, sa.literal(by.worker_id, type_=sa.Uuid)))
        .outerjoin(acceptor, _is(acceptor, handoffs.c.accepted_by))
    )
    return (
        sa.select(
            sends.label("sends"),
            receives.label("receives"),
            sa.case((sa.and_(receives, sa.not_(sends)), basis), else_=None).label("basis"),
            newest.label("newest"),
        )
        .select_from(joined)
        .where(handoffs.c.tenant_id == by.tenant_id, handoffs.c.id == journey.handoff.id)
    )


def _said(journey: Journey, *, version: int | None) -> sa.Subquery:
    """Of every part the newest words, or those of an earlier version."""
    entry = sa.func.jsonb_each(revisions.c.said).table_valued(
        sa.column("key", sa.Text), sa.column("value", pg.JSONB), name="entry"
    )
    query = (
        sa.select(
            entry.c.key.label("part"),
            entry.c.value.label("document"),
            revisions.c.version.label("said_in"),
            revisions.c.by_worker_id,
            revisions.c.occurred_at,
            revisions.c.recorded_at,
        )
        .select_from(revisions.join(entry, sa.true()))
        .where(
            revisions.c.tenant_id == journey.handoff.tenant_id,
            revisions.c.handoff_id == journey.handoff.id,
            sa.true() if version is None else revisions.c.version <= version,
        )
        .ext(pg.distinct_on(entry.c.key))
        .order_by(entry.c.key, revisions.c.version.desc())
    )
    return query.subquery("said")


def _may_read(standing: sa.CTE, said: sa.Subquery) -> sa.ColumnElement[bool]:
    """All parts for the sending side, for others those that the consent speaks of."""
    told = [
        sa.and_(
            said.c.part.in_([part.value for part, needed in NEEDS.items() if needed is information]),
            standing.c.basis["information"].has_key(information.value),
        )
        for information in sorted(set(NEEDS.values()))
    ]
    return sa.or_(standing.c.sends, sa.and_(standing.c.receives, sa.or_(*told)))


def _is(worker: sa.FromClause, worker_id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(worker.c.tenant_id == handoffs.c.tenant_id, worker.c.id == worker_id)


def _discloses(teller: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether the consent at hand lets this worker's organisation tell."""
    return sa.or_(
        consents.c.organization_id == teller.c.organization_id,
        consents.c.discloser_class == DiscloserClass.NETWORK_ORGANIZATIONS.value,
    )


def _recipients() -> sa.ColumnElement[Any]:
    """The names of the organisations that the consent at hand lets be told."""
    actor = consent_actors
    named = (
        sa.select(sa.func.array_agg(organizations.c.name))
        .select_from(organizations)
        .where(
            organizations.c.tenant_id == consents.c.tenant_id,
            sa.or_(
                organizations.c.id == consents.c.intermediary_organization_id,
                organizations.c.id.in_(
                    sa.select(actor.c.organization_id)
                    .where(actor.c.tenant_id == consents.c.tenant_id, actor.c.consent_id == consents.c.id)
                    .correlate(consents)
                ),
            ),
        )
        .correlate(consents)
    )
    return named.scalar_subquery().label("recipients")


def _consent(row: Any) -> ConsentInForce:
    return ConsentInForce(
        recipients=tuple(sorted(row.recipients or ())),
        recipient_class=None if row.recipient_class is None else RecipientClass(row.recipient_class),
        information=tuple(one for one in Information if one.value in row.information),
        expires_at=row.expires_at,
        revocation_how=row.revocation_how,
    )

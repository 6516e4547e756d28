"""What entitlement questions are about: a handful of statements for any number of questions, over all tenants asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.referrals.adapters.handoff_tables import (
    SENDS,
    handoff_facts,
    handoff_milestones,
    handoff_offers,
    handoffs,
    transitions,
)
from services.referrals.adapters.referral_tables import referral_parties, referrals
from services.referrals.adapters.tables import workers
from services.referrals.adapters.task_tables import tasks
from services.referrals.adapters.worker_disclosure import fell_away
from services.referrals.domain.entitlements import (
    HandoffParties,
    ReferralParties,
    Subject,
    TaskParties,
    TransitionParties,
)
from services.referrals.domain.handoff_facts import FactKind
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.domain.handoffs import OfferStatus
from services.referrals.domain.milestones import clock_id
from services.referrals.domain.task_states import CLOSED, TaskStatus
from services.referrals.domain.transition_states import TransitionStatus
from shared.contracts.codes import OfferKind, SubjectKind
from shared.contracts.entitlements import EntitlementQuestion
from shared.database import among, transaction

SubjectKey = tuple[UUID, str, UUID]
Pair = tuple[UUID, UUID]


class EntitlementQueries:
    """Reads the subjects of a batch of questions."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(
        self, questions: Sequence[EntitlementQuestion]
    ) -> tuple[Mapping[SubjectKey, Subject], frozenset[Pair]]:
        """Subjects by (tenant, kind, id), and the active workers among those asked about by (tenant, worker)."""
        asked: dict[SubjectKind, set[Pair]] = {kind: set() for kind in SubjectKind}
        for question in questions:
            asked[question.subject_kind].add((question.tenant_id, question.subject_id))
        found: dict[SubjectKey, Subject] = {}
        async with transaction(self._engine, tenant_id=None) as connection:
            active = await _active(connection, {(one.tenant_id, one.worker_id) for one in questions})
            for kind, reader in _READERS.items():
                if asked[kind]:
                    subjects = await reader(connection, asked[kind])
                    found |= {(tenant, kind.value, subject): value for (tenant, subject), value in subjects.items()}
            asked_overdue = {(one.tenant_id, one.subject_id) for one in questions if one.overdue}
            for (tenant, handoff_id), told in (await _told_overdue(connection, asked_overdue)).items():
                handoff = found.get((tenant, SubjectKind.HANDOFF.value, handoff_id))
                if isinstance(handoff, HandoffParties):
                    found[tenant, SubjectKind.HANDOFF.value, handoff_id] = replace(handoff, told_overdue=told)
        return found, active


def _among(table: sa.Table, pairs: set[Pair]) -> sa.ColumnElement[bool]:
    return among(table.c.tenant_id, table.c.id, pairs)


async def _active(connection: AsyncConnection, pairs: set[Pair]) -> frozenset[Pair]:
    if not pairs:
        return frozenset()
    query = sa.select(workers.c.tenant_id, workers.c.id).where(_among(workers, pairs), workers.c.active)
    return frozenset((row.tenant_id, row.id) for row in await connection.execute(query))


async def _handoffs(connection: AsyncConnection, pairs: set[Pair]) -> Mapping[Pair, Subject]:
    offers = (
        sa.select(
            sa.func.jsonb_agg(
                sa.func.jsonb_build_array(handoff_offers.c.worker_id, handoff_offers.c.status, handoff_offers.c.kind)
            )
        )
        .where(handoff_offers.c.tenant_id == handoffs.c.tenant_id, handoff_offers.c.handoff_id == handoffs.c.id)
        .correlate(handoffs)
        .scalar_subquery()
    )
    query = (
        sa.select(
            handoffs.c.tenant_id,
            handoffs.c.id,
            handoffs.c.state,
            handoffs.c.accepted_by,
            *_TRANSITION_COLUMNS,
            offers.label("offers"),
            fell_away(
                transitions.c.person_id,
                handoffs.c.worker_id,
                sender_id=SENDS,
                tenant_id=handoffs.c.tenant_id,
                row=handoffs,
                beside=(transitions,),
            ).label("consent_fell_away"),
        )
        .join(
            transitions,
            sa.and_(transitions.c.tenant_id == handoffs.c.tenant_id, transitions.c.id == handoffs.c.transition_id),
        )
        .where(_among(handoffs, pairs))
    )
    return {(row.tenant_id, row.id): _handoff_parties(row) for row in await connection.execute(query)}


def _handoff_parties(row: Any) -> HandoffParties:
    offers = [(UUID(worker), status, kind) for worker, status, kind in row.offers or ()]
    waiting = next(((worker, OfferKind(kind)) for worker, status, kind in offers if status == OfferStatus.OPEN), None)
    return HandoffParties(
        state=HandoffState(row.state),
        transition=_transition_parties(row),
        offered_to=None if waiting is None else waiting[0],
        offer_kind=None if waiting is None else waiting[1],
        accepted_by=row.accepted_by,
        asked_before=frozenset(worker for worker, status, _ in offers if status != OfferStatus.OPEN),
        consent_fell_away=row.consent_fell_away,
    )


_TRANSITION_COLUMNS = (transitions.c.status, transitions.c.origin_worker_id, transitions.c.owner_worker_id)


async def _transitions(connection: AsyncConnection, pairs: set[Pair]) -> Mapping[Pair, Subject]:
    query = sa.select(transitions.c.tenant_id, transitions.c.id, *_TRANSITION_COLUMNS).where(_among(transitions, pairs))
    return {(row.tenant_id, row.id): _transition_parties(row) for row in await connection.execute(query)}


def _transition_parties(row: Any) -> TransitionParties:
    return TransitionParties(
        status=TransitionStatus(row.status), origin_worker_id=row.origin_worker_id, owner_worker_id=row.owner_worker_id
    )


async def _tasks(connection: AsyncConnection, pairs: set[Pair]) -> Mapping[Pair, Subject]:
    columns = (tasks.c.tenant_id, tasks.c.id, tasks.c.status, tasks.c.assignee_worker_id, tasks.c.assigner_worker_id)
    lost = fell_away(
        tasks.c.person_id,
        tasks.c.assignee_worker_id,
        sender_id=tasks.c.assigner_worker_id,
        tenant_id=tasks.c.tenant_id,
        row=tasks,
    )
    return {
        (row.tenant_id, row.id): TaskParties(
            is_open=TaskStatus(row.status) not in CLOSED,
            assignee_worker_id=row.assignee_worker_id,
            assigner_worker_id=row.assigner_worker_id,
            consent_fell_away=row.consent_fell_away,
        )
        for row in await connection.execute(
            sa.select(*columns, lost.label("consent_fell_away")).where(_among(tasks, pairs))
        )
    }


async def _told_overdue(connection: AsyncConnection, pairs: set[Pair]) -> Mapping[Pair, Mapping[UUID, frozenset[UUID]]]:
    """Of each handoff the clocks that are overdue now, each with everybody to whom that missed step was brought."""
    if not pairs:
        return {}
    clocks = handoff_milestones
    brought = sa.and_(
        handoff_facts.c.tenant_id == clocks.c.tenant_id,
        handoff_facts.c.handoff_id == clocks.c.handoff_id,
        handoff_facts.c.kind == FactKind.MILESTONE_MISSED.value,
        handoff_facts.c.code == clocks.c.code,
    )
    query = (
        sa.select(clocks.c.tenant_id, clocks.c.handoff_id, clocks.c.code, handoff_facts.c.worker_id)
        .distinct()
        .join(handoff_facts, brought)
        .where(
            among(clocks.c.tenant_id, clocks.c.handoff_id, pairs),
            clocks.c.missed_at.is_not(None),
            clocks.c.met_at.is_(None),
            clocks.c.lifted_at.is_(None),
            handoff_facts.c.worker_id.is_not(None),
        )
    )
    told: dict[Pair, dict[UUID, frozenset[UUID]]] = {}
    for row in await connection.execute(query):
        of_handoff = told.setdefault((row.tenant_id, row.handoff_id), {})
        clock = clock_id(row.handoff_id, row.code)
        of_handoff[clock] = of_handoff.get(clock, frozenset()) | {row.worker_id}
    return told


async def _referrals(connection: AsyncConnection, pairs: set[Pair]) -> Mapping[Pair, Subject]:
    asked, asker = referral_parties.alias("asked"), referral_parties.alias("asker")
    lost = fell_away(
        referrals.c.person_id,
        asked.c.worker_id,
        sender_id=asker.c.worker_id,
        tenant_id=referrals.c.tenant_id,
        row=referrals,
        beside=(asked, asker),
    )
    query = (
        sa.select(
            referrals.c.tenant_id,
            referrals.c.id,
            asker.c.worker_id.label("requester"),
            asked.c.worker_id.label("recipient"),
            lost.label("consent_fell_away"),
        )
        .outerjoin(asker, _has_role(asker, "requester"))
        .outerjoin(asked, _has_role(asked, "recipient"))
        .where(_among(referrals, pairs))
    )
    return {
        (row.tenant_id, row.id): ReferralParties(
            requester_worker_id=row.requester,
            recipient_worker_id=row.recipient,
            consent_fell_away=row.consent_fell_away,
        )
        for row in await connection.execute(query)
    }


def _has_role(party: sa.FromClause, role: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        party.c.tenant_id == referrals.c.tenant_id, party.c.referral_id == referrals.c.id, party.c.role == role
    )


_READERS = {
    SubjectKind.HANDOFF: _handoffs,
    SubjectKind.TRANSITION: _transitions,
    SubjectKind.TASK: _tasks,
    SubjectKind.REFERRAL: _referrals,
}

"""Referrals on PostgreSQL: read as far as the caller may know of them, changed only by version and under a row's lock."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters import referral_lists, referral_queries, shared_plan
from services.referrals.adapters import referral_rows as rows
from services.referrals.adapters.database_errors import translated
from services.referrals.adapters.disclosure_facts import (
    note_disclosures,
    note_handoffs_told,
    people_handed_on,
    people_told_of,
)
from services.referrals.adapters.referral_disclosure import DisclosureRule
from services.referrals.adapters.referral_tables import (
    clinical_backups,
    referral_history,
    referral_notes,
    referral_parties,
    referrals,
)
from services.referrals.adapters.repositories import stored
from services.referrals.adapters.tables import people, workers
from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound, Stale
from services.referrals.domain.person import Person
from services.referrals.domain.redisclosure import Basis
from services.referrals.domain.referral import Referral, ReferralNote, ReferralStep
from services.referrals.domain.referral_standing import Standing
from services.referrals.domain.referral_states import ReferralCommand, ReferralStatus
from services.referrals.domain.shared_plan import PlanLine
from services.referrals.use_cases.referral_ports import (
    ClinicalBackup,
    HuddleWindow,
    ReferralFilter,
    ReferralLine,
    ReferralReading,
)
from shared.contracts.codes import PracticeRole

WriteLater = Callable[[sa.Table, Mapping[str, Any]], None]

_NEVER_CHANGES = {"tenant_id", "id", "recorded_at", "person_id", "need", "kind"}


class NewReferralRows:
    """Puts new referrals down; what they are written with is the unit of work's to know."""

    def __init__(self, *, write_later: WriteLater) -> None:
        self._write_later = write_later

    def add(self, referral: Referral, *steps: ReferralStep, newcomer: Person | None = None) -> None:
        """Keep a new referral with its parties and the first rows of its history, and somebody new whom it is about."""
        if newcomer is not None:
            self._write_later(people, {field.name: stored(getattr(newcomer, field.name)) for field in fields(newcomer)})
        self._write_later(referrals, rows.referral_row(referral))
        for party in rows.party_rows(referral):
            self._write_later(referral_parties, party)
        for step in steps:
            self._write_later(referral_history, rows.step_row(step))


class ReferralRepository(NewReferralRows):
    """The referrals of one tenant, inside one transaction."""

    def __init__(
        self, connection: AsyncConnection, *, tenant_id: UUID, disclosure: DisclosureRule, write_later: WriteLater
    ) -> None:
        super().__init__(write_later=write_later)
        self._connection = connection
        self._tenant_id = tenant_id
        self._disclosure = disclosure

    async def standing(self, referral_id: UUID, *, by: Actor, lock: bool = False) -> Standing:
        """The referral and who the caller is to it. Raises NotFound."""
        if lock:
            await self._lock(referral_id)
        return await referral_queries.read_standing(self._connection, referral_id, by=by)

    async def told_whom(self, referral_id: UUID, *, by: Actor) -> bool:
        """Whether the caller may know now whom it is about; nothing of it is read."""
        return await referral_queries.is_told_whom(self._connection, referral_id, by=by, disclosure=self._disclosure)

    async def only_ran_late(self, referral: Referral, *, since: int) -> bool:
        """Whether nothing happened after version `since` but that nobody answered in time."""
        table = referral_history
        later = sa.select(table.c.command).where(
            table.c.tenant_id == self._tenant_id, table.c.referral_id == referral.id, table.c.version > since
        )
        return set((await self._connection.execute(later)).scalars()) == {ReferralCommand.OVERDUE.value}

    async def change(self, before: Referral, after: Referral, *steps: ReferralStep) -> None:
        """Keep the next version. Raises Stale when what is stored is not `before` any more."""
        values = {name: value for name, value in rows.referral_row(after).items() if name not in _NEVER_CHANGES}
        unchanged = sa.and_(self._here(after.id), referrals.c.version == before.version)
        changed = await self._connection.execute(sa.update(referrals).where(unchanged).values(values))
        if changed.rowcount == 0:
            version = sa.select(referrals.c.version).where(self._here(after.id))
            raise Stale(current=(await self._connection.execute(version)).scalar_one())
        known = {row["role"]: row for row in rows.party_rows(before)}
        for party in rows.party_rows(after):
            if known.get(party["role"]) != party:
                await self._keep_party(party)
        for step in steps:
            self._write_later(referral_history, rows.step_row(step))

    def note(self, note: ReferralNote) -> None:
        """Keep a text."""
        self._write_later(referral_notes, rows.note_row(note))

    async def parent_of(self, child: Referral) -> tuple[Referral, bool] | None:
        """The referral it was passed on from, locked, and whether every other one passed on from it is completed.

        One that another has taken the place of does not count: the other does.
        """
        if child.part_of is None:
            return None
        await self._lock(child.part_of)
        parent = await referral_queries.read_referral(self._connection, child.part_of, tenant_id=self._tenant_id)
        successor = referrals.alias("successor")
        taken_up_again = sa.exists().where(
            successor.c.tenant_id == self._tenant_id,
            successor.c.part_of == child.part_of,
            successor.c.follows == referrals.c.id,
        )
        unfinished = sa.select(referrals.c.id).where(
            referrals.c.tenant_id == self._tenant_id,
            referrals.c.part_of == child.part_of,
            referrals.c.id != child.id,
            referrals.c.status != ReferralStatus.COMPLETED.value,
            sa.not_(taken_up_again),
        )
        return parent, (await self._connection.execute(unfinished.limit(1))).first() is None

    async def reading(self, referral_id: UUID, *, by: Actor) -> ReferralReading:
        """The referral with everything a reader sees. Raises NotFound."""
        reading = await referral_queries.read_reading(self._connection, referral_id, by=by, disclosure=self._disclosure)
        await note_disclosures(self._connection, {referral_id: reading.basis}, by=by)
        return reading

    async def page(self, wanted: ReferralFilter, *, after: UUID | None, limit: int) -> Sequence[ReferralLine]:
        """Up to `limit` referrals after the one with id `after`, in the order asked for."""
        query = referral_lists.page_query(wanted, disclosure=self._disclosure, after=after, limit=limit)
        return await self._lines(query, by=wanted.by)

    async def huddle(self, team_id: UUID, *, by: Actor, window: HuddleWindow, limit: int) -> Sequence[ReferralLine]:
        """What the team should talk about. Raises NotFound for a team that the caller has nothing to do with."""
        await referral_lists.check_team(self._connection, team_id, by=by)
        query = referral_lists.huddle_query(team_id, by=by, window=window, disclosure=self._disclosure, limit=limit)
        return await self._lines(query, by=by)

    async def plan_of(self, referral: Referral, *, by: Actor, limit: int) -> Sequence[PlanLine]:
        """What is open for its person in its programme. Raises NotFound for whoever has no seat at the team's table."""
        team_id = None if referral.recipient is None else referral.recipient.team_id
        if team_id is None:
            raise NotFound("shared plan")
        await referral_lists.check_team(self._connection, team_id, by=by)
        elsewhere = shared_plan.knows_elsewhere(referral.person_id, by=by)
        if (await self._connection.execute(elsewhere.limit(1))).first() is not None:
            raise NotFound("shared plan")
        query = shared_plan.plan_query(referral.person_id, programme_id=referral.programme_id, by=by, limit=limit)
        return [shared_plan.line_of(row) for row in await self._connection.execute(query)]

    async def told_of(self, person_ids: Collection[UUID], *, by: Actor) -> Mapping[UUID, Basis]:
        """The consents on which the caller, as who has taken a referral or a handoff, may read these people's records."""
        handed = await people_handed_on(self._connection, person_ids, by=by)
        await note_handoffs_told(self._connection, handed, by=by)
        told = await people_told_of(self._connection, person_ids, by=by, disclosure=self._disclosure)
        await note_disclosures(self._connection, told, by=by)
        return {basis.person_id: basis for basis in (*handed.values(), *told.values())}

    async def role_of(self, worker_id: UUID) -> PracticeRole | None:
        """The practice role of an active worker; None for one who has left or is not in this tenant."""
        role = sa.select(workers.c.practice_role).where(
            workers.c.tenant_id == self._tenant_id, workers.c.id == worker_id, workers.c.active
        )
        found = (await self._connection.execute(role)).scalar()
        return None if found is None else PracticeRole(found)

    async def backup_of(self, programme_id: UUID) -> ClinicalBackup | None:
        """The programme's clinical backup, if it has one."""
        table = clinical_backups
        here = table.c.tenant_id == self._tenant_id, table.c.programme_id == programme_id
        row = (await self._connection.execute(sa.select(table).where(*here))).first()
        return None if row is None else ClinicalBackup(**row._mapping)

    async def keep_backup(self, backup: ClinicalBackup) -> None:
        """Name a programme's clinical backup, or another one. Raises NotFound for what is not in this tenant."""
        row = {field.name: getattr(backup, field.name) for field in fields(backup)}
        new = insert(clinical_backups).values(row)
        key = [clinical_backups.c.tenant_id, clinical_backups.c.programme_id]
        changes = {name: new.excluded[name] for name in row if name not in ("tenant_id", "programme_id")}
        with translated("clinical backup"):
            await self._connection.execute(new.on_conflict_do_update(index_elements=key, set_=changes))

    async def _lines(self, query: sa.Select[Any], *, by: Actor) -> Sequence[ReferralLine]:
        lines = await referral_lists.read_lines(self._connection, query)
        await note_disclosures(self._connection, {line.id: line.basis for line in lines}, by=by)
        return lines

    async def _lock(self, referral_id: UUID) -> None:
        """In a statement of its own: what is read after it is what the one before us has committed, parties included."""
        lock = sa.select(referrals.c.id).where(self._here(referral_id)).with_for_update()
        await self._connection.execute(lock)

    async def _keep_party(self, party: Mapping[str, Any]) -> None:
        new = insert(referral_parties).values(party)
        key = [referral_parties.c.tenant_id, referral_parties.c.referral_id, referral_parties.c.role]
        changes = {name: new.excluded[name] for name in ("organization_id", "worker_id", "team_id")}
        await self._connection.execute(new.on_conflict_do_update(index_elements=key, set_=changes))

    def _here(self, referral_id: UUID) -> sa.ColumnElement[bool]:
        return sa.and_(referrals.c.tenant_id == self._tenant_id, referrals.c.id == referral_id)

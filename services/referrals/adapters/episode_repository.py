"""The facts of sources on PostgreSQL: added once each, read all together while nobody else changes the person's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters.consent_tables import consents
from services.referrals.adapters.database_errors import translated
from services.referrals.adapters.episode_tables import episodes, person_aliases, source_facts
from services.referrals.adapters.handoff_tables import transitions
from services.referrals.adapters.matching_tables import dual_relationships, person_wishes
from services.referrals.adapters.referral_tables import referrals
from services.referrals.adapters.tables import people
from services.referrals.adapters.task_tables import tasks
from services.referrals.domain.episodes import Stands, joined_with, survivor_of
from services.referrals.domain.source_facts import Alias, SourceFact, SourceKind
from services.referrals.domain.transition_states import TransitionStatus
from services.referrals.use_cases.episode_ports import Applied, KnownOfPerson, LiveTransition

_AS_IT_IS = ("source_key", "person_id", "programme_id", "event_at", "sequence", "moment")
_REKEYED = (transitions, tasks, referrals, consents, dual_relationships)
"""What hangs on a person's record. Live transitions have been moved by their own rules before."""


class EpisodeRepository:
    """What sources told, of one tenant, inside one transaction."""

    def __init__(self, connection: AsyncConnection, *, tenant_id: UUID) -> None:
        self._connection = connection
        self._tenant_id = tenant_id

    async def learn(self, fact: SourceFact, *, recorded_at: datetime) -> None:
        """Keep a fact, once."""
        row: dict[str, Any] = {name: getattr(fact, name) for name in _AS_IT_IS}
        row |= {
            "tenant_id": self._tenant_id,
            "kind": fact.kind.value,
            "digest": fact.digest,
            "recorded_at": recorded_at,
        }
        with translated("source fact"):
            await self._connection.execute(insert(source_facts).values(row).on_conflict_do_nothing())

    async def join(self, alias: Alias, *, event_at: datetime, recorded_at: datetime) -> None:
        """Keep that two records are one person's, once."""
        row = {
            "tenant_id": self._tenant_id,
            "merged_person_id": alias.merged_person_id,
            "person_id": alias.person_id,
            "event_at": event_at,
            "recorded_at": recorded_at,
        }
        with translated("person"):
            await self._connection.execute(insert(person_aliases).values(row).on_conflict_do_nothing())

    async def people_in(self, source_key: str) -> frozenset[UUID]:
        """Everybody whom facts of this episode name."""
        query = sa.select(source_facts.c.person_id).where(
            source_facts.c.tenant_id == self._tenant_id, source_facts.c.source_key == source_key
        )
        return frozenset((await self._connection.execute(query)).scalars())

    async def known_of(self, person_id: UUID) -> KnownOfPerson:
        """Everything of the person. The records of all who are named are locked first, in one order for everybody."""
        locked = frozenset[UUID]()
        while True:
            aliases = await self._aliases(person_id)
            joined = joined_with(person_id, aliases=aliases)
            facts = await self._facts(joined)
            named = joined | {fact.person_id for fact in facts}
            if named <= locked:
                break
            await self._lock(named)
            locked |= named
        keys = {fact.source_key for fact in facts}
        return KnownOfPerson(
            aliases=aliases, facts=facts, applied=await self._applied(keys), live=await self._live(joined)
        )

    async def keep(self, applied: Sequence[Applied], *, at: datetime) -> None:
        """Note what was made of these episodes."""
        for one in applied:
            row = {
                "tenant_id": self._tenant_id,
                "source_key": one.source_key,
                "person_id": one.person_id,
                "stands": one.stands.value,
                "moment": one.moment,
                "transition_id": one.transition_id,
                "recorded_at": at,
            }
            new = insert(episodes).values(row)
            changed = {name: new.excluded[name] for name in ("person_id", "stands", "moment", "transition_id")}
            await self._connection.execute(
                new.on_conflict_do_update(index_elements=[episodes.c.tenant_id, episodes.c.source_key], set_=changed)
            )

    async def rekey(self, aliases: Sequence[Alias], *, to: UUID) -> None:
        """Move what hangs on given-up records to the one that the person goes by."""
        given_up = {one for alias in aliases for one in (alias.merged_person_id, alias.person_id)} - {to}
        for table in _REKEYED:
            here = sa.and_(table.c.tenant_id == self._tenant_id, table.c.person_id.in_(given_up))
            await self._connection.execute(sa.update(table).where(here).values(person_id=to))
        await self._move_wishes(given_up, to=to)

    async def _move_wishes(self, given_up: set[UUID], *, to: UUID) -> None:
        """A person has one wish: the newest of all their records."""
        theirs = person_wishes.c.tenant_id == self._tenant_id, person_wishes.c.person_id.in_(given_up)
        columns = [column for column in person_wishes.c if column.name != "person_id"]
        newest = (
            sa.select(sa.literal(to, type_=sa.Uuid).label("person_id"), *columns)
            .where(*theirs)
            .order_by(person_wishes.c.recorded_at.desc())
            .limit(1)
        )
        move = insert(person_wishes).from_select(["person_id", *(column.name for column in columns)], newest)
        moved = {name: move.excluded[name] for name in ("codes", "recorded_by_worker_id", "recorded_at")}
        keep = move.on_conflict_do_update(
            index_elements=[person_wishes.c.tenant_id, person_wishes.c.person_id],
            set_=moved,
            where=person_wishes.c.recorded_at < move.excluded.recorded_at,
        )
        await self._connection.execute(keep)
        await self._connection.execute(sa.delete(person_wishes).where(*theirs))

    async def goes_by(self, person_id: UUID) -> UUID:
        """The record that a person goes by now."""
        return survivor_of(person_id, aliases=await self._aliases(person_id))

    async def _aliases(self, person_id: UUID) -> tuple[Alias, ...]:
        """The whole web of joins that the person is in, followed from record to record."""
        found, seen, ahead = set[Alias](), set[UUID](), {person_id}
        while ahead:
            here = sa.or_(person_aliases.c.merged_person_id.in_(ahead), person_aliases.c.person_id.in_(ahead))
            query = sa.select(person_aliases).where(person_aliases.c.tenant_id == self._tenant_id, here)
            found |= {
                Alias(merged_person_id=row.merged_person_id, person_id=row.person_id)
                for row in await self._connection.execute(query)
            }
            seen |= ahead
            ahead = {one for alias in found for one in (alias.merged_person_id, alias.person_id)} - seen
        return tuple(found)

    async def _facts(self, people_ids: frozenset[UUID]) -> tuple[SourceFact, ...]:
        """Of every episode in which any of them is named."""
        table = source_facts
        keys = sa.select(table.c.source_key).where(
            table.c.tenant_id == self._tenant_id, table.c.person_id.in_(people_ids)
        )
        query = sa.select(table).where(table.c.tenant_id == self._tenant_id, table.c.source_key.in_(keys))
        return tuple(
            SourceFact(kind=SourceKind(row.kind), **{name: getattr(row, name) for name in _AS_IT_IS})
            for row in await self._connection.execute(query)
        )

    async def _lock(self, people_ids: frozenset[UUID]) -> None:
        query = (
            sa.select(people.c.id)
            .where(people.c.tenant_id == self._tenant_id, people.c.id.in_(people_ids))
            .order_by(people.c.id)
            .with_for_update(key_share=True)
        )
        await self._connection.execute(query)

    async def _applied(self, keys: set[str]) -> tuple[Applied, ...]:
        query = sa.select(episodes).where(episodes.c.tenant_id == self._tenant_id, episodes.c.source_key.in_(keys))
        return tuple(
            Applied(
                source_key=row.source_key,
                person_id=row.person_id,
                stands=Stands(row.stands),
                moment=row.moment,
                transition_id=row.transition_id,
            )
            for row in await self._connection.execute(query)
        )

    async def _live(self, people_ids: frozenset[UUID]) -> tuple[LiveTransition, ...]:
        going_on = (TransitionStatus.PLANNED.value, TransitionStatus.DISCHARGED.value)
        query = sa.select(transitions.c.id, transitions.c.programme_id, transitions.c.visit_reference).where(
            transitions.c.tenant_id == self._tenant_id,
            transitions.c.person_id.in_(people_ids),
            transitions.c.status.in_(going_on),
            transitions.c.loop_closed_at.is_(None),
        )
        return tuple(
            LiveTransition(transition_id=row.id, programme_id=row.programme_id, visit_reference=row.visit_reference)
            for row in await self._connection.execute(query)
        )

"""Another system tells something of an episode: it is kept, and everything is made to agree with all that is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.episodes import Episode
from services.referrals.domain.errors import InvalidField, Stale
from services.referrals.domain.handoff_errors import ChangedMeanwhile
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.domain.source_facts import Alias, SourceFact, SourceKind
from services.referrals.domain.times import plausible
from services.referrals.use_cases.episode_ports import Applied, EpisodeWork
from services.referrals.use_cases.handoff_turn import MAX_TURNS
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.reconcile_person import reconcile_person
from shared.clock import Clock, in_the_future

OLDEST = timedelta(days=400)
"""Beyond this a fact is history, and would only set off clocks that ran out long ago."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """Two records are one person's."""

    alias: Alias
    event_at: datetime


async def follow_source_event(
    fact: SourceFact | Joined,
    *,
    by: Actor,
    works: WorkSource[EpisodeWork],
    protocols: ProtocolShelf,
    clock: Clock,
    once: Once,
) -> Sequence[tuple[Episode, Applied]]:
    """What stands of every episode of the person now. Any order and any repetition of the same facts ends the same.

    Raises NotFound for an unknown person or programme, InvalidField for a time that cannot be or a record joined with itself, Stale when others keep
    changing the same transitions.
    """
    _check_said(fact, clock=clock)
    now = clock.now()
    for _ in range(MAX_TURNS):
        try:
            async with works.begin(by.tenant_id, once=once) as work:
                at = Moment(occurred_at=min(fact.event_at, now), recorded_at=now)
                result: list[tuple[Episode, Applied]] = []
                for person_id in sorted(await _keep(fact, work=work, now=now), key=str):
                    result += await reconcile_person(person_id, by=by, work=work, protocols=protocols, at=at)
                work.answer(result)
            return result
        except ChangedMeanwhile:
            continue
    raise Stale(current=0)


async def _keep(fact: SourceFact | Joined, *, work: EpisodeWork, now: datetime) -> frozenset[UUID]:
    """Store it; whose transitions it may change."""
    if isinstance(fact, Joined):
        await work.episodes.join(fact.alias, event_at=fact.event_at, recorded_at=now)
        return frozenset({fact.alias.person_id})
    await work.episodes.learn(fact, recorded_at=now)
    return await work.episodes.people_in(fact.source_key)


def _check_said(fact: SourceFact | Joined, *, clock: Clock) -> None:
    _check_happened(fact.event_at, pointer="/event_at", clock=clock)
    if not isinstance(fact, SourceFact):
        if fact.alias.merged_person_id == fact.alias.person_id:
            raise InvalidField("same_record", pointer="/merged_person_id")
        return
    if fact.kind is SourceKind.DISCHARGE_PLANNED:
        if fact.moment is None:
            raise InvalidField("needed_for_a_plan", pointer="/moment")
        plausible(fact.moment, pointer="/moment")
    elif fact.moment is not None:
        _check_happened(fact.moment, pointer="/moment", clock=clock)


def _check_happened(instant: datetime, *, pointer: str, clock: Clock) -> None:
    if in_the_future(instant, clock=clock):
        raise InvalidField("in_the_future", pointer=pointer)
    if instant < clock.now() - OLDEST:
        raise InvalidField("too_long_ago", pointer=pointer)

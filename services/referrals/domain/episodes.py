"""What stands of each episode, derived from the set of all facts: the order in which they came, and how often, is no part of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.referrals.domain.source_facts import Alias, SourceFact, SourceKind


class Stands(StrEnum):
    """What an episode asks of us."""

    NOTHING = "nothing"
    PLANNED = "planned"
    DISCHARGED = "discharged"
    READMITTED = "readmitted"
    """The person left and was admitted again soon after: only the last discharge counts (2-domain-facts, section 3.3)."""
    DIED = "died"

    @property
    def is_live(self) -> bool:
        """Whether a transition speaks of it."""
        return self in (Stands.PLANNED, Stands.DISCHARGED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Episode:
    """`moment` is when the person is expected to leave, or left; `because` the fact that made it so.

    `admitted_at` is set while an admission stands.
    """

    source_key: str
    person_id: UUID
    programme_id: UUID
    stands: Stands = Stands.NOTHING
    moment: datetime | None = None
    because: SourceKind | None = None
    admitted_at: datetime | None = None


def fold_person(
    facts: Iterable[SourceFact], *, aliases: Iterable[Alias], readmitted_within: timedelta
) -> dict[str, Episode]:
    """Every episode of one person (under all of his or her records), by source key."""
    by_key: dict[str, list[SourceFact]] = {}
    for fact in {fact.digest: fact for fact in facts}.values():
        by_key.setdefault(fact.source_key, []).append(fact)
    known = tuple(aliases)
    episodes = {key: _fold(told, aliases=known) for key, told in by_key.items()}
    # an episode may have been corrected to be another person's: what happened in it says nothing of this one
    died = {one.person_id for one in episodes.values() if one.stands is Stands.DIED}
    return {
        key: replace(one, stands=Stands.DIED, because=SourceKind.DIED)
        if one.person_id in died
        else _unless_readmitted(one, episodes, within=readmitted_within)
        for key, one in episodes.items()
    }


def survivor_of(person_id: UUID, *, aliases: Iterable[Alias]) -> UUID:
    """The record that a person goes by: of all that were joined, the one never given up; the smallest id of several."""
    edges = tuple(aliases)
    joined = joined_with(person_id, aliases=edges)
    given_up = {alias.merged_person_id for alias in edges}
    return min(joined - given_up or joined, key=str)


def joined_with(person_id: UUID, *, aliases: Iterable[Alias]) -> frozenset[UUID]:
    """Every record that is this person's, by whatever chain of joins."""
    found, edges = {person_id}, tuple(aliases)
    while True:
        more = {one for alias in edges for one in (alias.merged_person_id, alias.person_id) if _touches(alias, found)}
        if more <= found:
            return frozenset(found)
        found |= more


def _touches(alias: Alias, found: set[UUID]) -> bool:
    return alias.merged_person_id in found or alias.person_id in found


def _fold(facts: list[SourceFact], *, aliases: tuple[Alias, ...]) -> Episode:
    in_order = sorted(facts, key=lambda fact: fact.order)
    last = in_order[-1]
    episode = Episode(
        source_key=last.source_key,
        person_id=survivor_of(last.person_id, aliases=aliases),
        programme_id=last.programme_id,
    )
    for fact in in_order:
        episode = _after(episode, fact)
    return episode


def _after(episode: Episode, fact: SourceFact) -> Episode:
    stands = episode.stands
    if stands is Stands.DIED:
        return episode
    if fact.kind is SourceKind.ADMITTED:
        return replace(episode, admitted_at=fact.event_at)
    if fact.kind is SourceKind.DIED:
        return replace(episode, stands=Stands.DIED, because=fact.kind)
    if fact.kind is SourceKind.ADMISSION_CANCELLED:
        return _nothing(episode, fact, admitted_at=None)
    if fact.kind is SourceKind.DISCHARGED:
        return replace(episode, stands=Stands.DISCHARGED, moment=fact.moment or fact.event_at, because=fact.kind)
    if fact.kind is SourceKind.DISCHARGE_PLANNED and stands is not Stands.DISCHARGED:
        return replace(episode, stands=Stands.PLANNED, moment=fact.moment, because=fact.kind)
    cancels = {SourceKind.PLAN_CANCELLED: Stands.PLANNED, SourceKind.DISCHARGE_CANCELLED: Stands.DISCHARGED}
    if cancels.get(fact.kind) is stands:
        return _nothing(episode, fact, admitted_at=episode.admitted_at)
    return episode


def _nothing(episode: Episode, fact: SourceFact, *, admitted_at: datetime | None) -> Episode:
    return replace(episode, stands=Stands.NOTHING, moment=None, because=fact.kind, admitted_at=admitted_at)


def _unless_readmitted(episode: Episode, episodes: Mapping[str, Episode], *, within: timedelta) -> Episode:
    left = episode.moment
    if episode.stands is not Stands.DISCHARGED or left is None:
        return episode
    back = [
        other.admitted_at
        for key, other in episodes.items()
        if key != episode.source_key and other.person_id == episode.person_id and other.admitted_at is not None
    ]
    if any(left < admitted_at <= left + within for admitted_at in back):
        return replace(episode, stands=Stands.READMITTED)
    return episode

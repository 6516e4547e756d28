"""Make the transitions of one person agree with everything that sources have told of him or her."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from uuid import UUID

from services.referrals.domain import transition_commands, transition_corrections
from services.referrals.domain.actor import Actor
from services.referrals.domain.episodes import Episode, Stands, fold_person, survivor_of
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import HandoffState, WithdrawReason
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.domain.transition_corrections import RETRACTIONS, is_live
from services.referrals.domain.transition_states import TransitionReason, TransitionStatus
from services.referrals.use_cases.episode_ports import Applied, EpisodeWork, LiveTransition
from services.referrals.use_cases.handoff_turn import announce, candidates_for
from services.referrals.use_cases.plan_transition import NewTransition, begin_journey

_FURTHER = list(HandoffState)


@dataclass
class _Desk:
    """The journeys of the person that this unit of work has opened; each is read once and kept once."""

    work: EpisodeWork
    protocols: ProtocolShelf
    by: Actor
    at: Moment
    person_id: UUID
    open: dict[UUID, Journey] = field(default_factory=dict)
    begun: list[Journey] = field(default_factory=list)

    async def journey(self, transition_id: UUID) -> Journey:
        """The journey as it is on the desk."""
        if transition_id not in self.open:
            self.open[transition_id] = await self.work.handoffs.of_transition(transition_id, by=None)
        return self.open[transition_id]

    async def keep(self) -> None:
        """Store what changed: what ended first, so that its visit is free for what begins."""
        for journey in sorted(self.open.values(), key=is_live):
            if journey.facts:
                await self.work.handoffs.change(journey)
                announce(self.work, journey)
        for journey in self.begun:
            await self.work.handoffs.add(journey)
            announce(self.work, journey)


async def reconcile_person(
    person_id: UUID, *, by: Actor, work: EpisodeWork, protocols: ProtocolShelf, at: Moment
) -> Sequence[tuple[Episode, Applied]]:
    """Every episode of the person with what was made of it. Doing it twice changes nothing."""
    known = await work.episodes.known_of(person_id)
    survivor = survivor_of(person_id, aliases=known.aliases)
    desk = _Desk(work=work, protocols=protocols, by=by, at=at, person_id=survivor)
    same = await _collapse(known.live, desk=desk)
    episodes = fold_person(known.facts, aliases=known.aliases, readmitted_within=protocols.readmitted_within)
    applied = {
        one.source_key: replace(one, transition_id=same.get(one.transition_id, one.transition_id))
        for one in known.applied
    }
    free = {one.transition_id for one in known.live} - {one.transition_id for one in applied.values()} - set(same)
    result = []
    theirs = {key: episode for key, episode in episodes.items() if episode.person_id == survivor}
    for key in sorted(theirs, key=lambda key: (theirs[key].stands.is_live, key)):
        before = applied.get(key) or await _adopted(episodes[key], free=free, desk=desk)
        if before.stands.is_live and before.transition_id is not None:
            await _give(before.transition_id, desk=desk)
        result.append((episodes[key], await _apply(episodes[key], before=before, desk=desk)))
    await desk.keep()
    if known.aliases:
        await work.episodes.rekey(known.aliases, to=survivor)
    await work.episodes.keep([applied for _, applied in result], at=at.recorded_at)
    return result


async def _collapse(live: Sequence[LiveTransition], *, desk: _Desk) -> dict[UUID | None, UUID]:
    """Of two live transitions of the same visit the one that got further stays; ended id -> the one that stays."""
    same: dict[UUID | None, UUID] = {}
    in_order = sorted(live, key=lambda one: (str(one.programme_id), one.visit_reference))
    for _, group in groupby(in_order, key=lambda one: (one.programme_id, one.visit_reference)):
        journeys = [await desk.journey(one.transition_id) for one in group]
        stays, *others = sorted(journeys, key=lambda one: (-_FURTHER.index(one.handoff.state), str(one.transition.id)))
        for other in others:
            _take_back(other, TransitionReason.DUPLICATE, desk=desk)
            same[other.transition.id] = stays.transition.id
        await _give(stays.transition.id, desk=desk)
    return same


async def _give(transition_id: UUID, *, desk: _Desk) -> None:
    journey = await desk.journey(transition_id)
    if journey.transition.person_id != desk.person_id and is_live(journey):
        transition_corrections.give_person(journey, person_id=desk.person_id, at=desk.at)


async def _adopted(episode: Episode, *, free: set[UUID], desk: _Desk) -> Applied:
    """What somebody entered by hand for the same stay is the same transition: nobody is asked twice."""
    found = None
    if episode.stands.is_live:
        journeys = [await desk.journey(transition_id) for transition_id in sorted(free, key=str)]
        found = next((one for one in journeys if one.transition.programme_id == episode.programme_id), None)
    if found is None:
        return Applied(
            source_key=episode.source_key,
            person_id=desk.person_id,
            stands=Stands.NOTHING,
            moment=None,
            transition_id=None,
        )
    free.discard(found.transition.id)
    transition = found.transition
    planned = transition.status is TransitionStatus.PLANNED
    return Applied(
        source_key=episode.source_key,
        person_id=desk.person_id,
        stands=Stands.PLANNED if planned else Stands.DISCHARGED,
        moment=transition.expected_at if planned else transition.discharged_at,
        transition_id=transition.id,
    )


async def _apply(episode: Episode, *, before: Applied, desk: _Desk) -> Applied:
    after = replace(before, stands=episode.stands, moment=episode.moment, person_id=desk.person_id)
    journey = None if before.transition_id is None else await desk.journey(before.transition_id)
    if (before.stands, before.moment) == (episode.stands, episode.moment) and _is_there(journey, episode):
        return after
    if episode.stands.is_live and not _can_become(episode, before=before, journey=journey):
        if journey is not None and before.stands.is_live:
            _end(journey, because="moved_on", desk=desk)
        return replace(after, transition_id=(await _begin(episode, desk=desk)).transition.id)
    if journey is None:
        return after
    if episode.stands is Stands.PLANNED:
        assert episode.moment is not None
        transition_commands.replan(journey, expected_at=episode.moment, by=desk.by, at=desk.at)
    elif episode.stands is Stands.DISCHARGED:
        await _discharge(journey, episode, desk=desk)
    elif before.stands.is_live:
        _end(journey, because=_why(episode), desk=desk)
    return after


def _is_there(journey: Journey | None, episode: Episode) -> bool:
    """Whether the transition is of the programme that the source names now."""
    return journey is None or journey.transition.programme_id == episode.programme_id


def _can_become(episode: Episode, *, before: Applied, journey: Journey | None) -> bool:
    """Whether the transition there is can go on to what stands now; otherwise another one begins."""
    if journey is None or not before.stands.is_live or not _is_there(journey, episode):
        return False
    if journey.transition.status is TransitionStatus.PLANNED:
        return is_live(journey)
    # a loop that people closed stays closed: they know of this discharge
    return episode.stands is Stands.DISCHARGED and journey.transition.status is TransitionStatus.DISCHARGED


async def _discharge(journey: Journey, episode: Episode, *, desk: _Desk) -> None:
    assert episode.moment is not None
    at = Moment(occurred_at=episode.moment, recorded_at=desk.at.recorded_at)
    if journey.transition.status is TransitionStatus.DISCHARGED:
        if is_live(journey):
            transition_corrections.correct_discharge(journey, at=at)
        return
    candidates = await candidates_for(desk.work, journey, at=at)
    transition_commands.discharge(journey, candidates=candidates, by=desk.by, at=at)


async def _begin(episode: Episode, *, desk: _Desk) -> Journey:
    planned = episode.stands is Stands.PLANNED
    new = NewTransition(
        person_id=desk.person_id,
        programme_id=episode.programme_id,
        status=TransitionStatus.PLANNED if planned else TransitionStatus.DISCHARGED,
        expected_at=episode.moment if planned else None,
        visit_reference=episode.source_key,
    )
    occurred_at = None if planned else episode.moment
    at = replace(desk.at, occurred_at=occurred_at or desk.at.occurred_at)
    journey = await begin_journey(
        new, sender=None, tenant_id=desk.by.tenant_id, by=None, work=desk.work, protocols=desk.protocols, at=at
    )
    desk.begun.append(journey)
    return journey


def _why(episode: Episode) -> str:
    if episode.stands in (Stands.READMITTED, Stands.DIED):
        return episode.stands.value
    return "moved_on" if episode.because is None else episode.because.value


def _end(journey: Journey, *, because: str, desk: _Desk) -> None:
    discharged = journey.transition.status is TransitionStatus.DISCHARGED
    if discharged and because in ("readmitted", "died"):
        reason = WithdrawReason.PERSON_DIED if because == "died" else WithdrawReason.READMITTED
        if is_live(journey):
            transition_corrections.end_discharged(journey, reason=reason, at=desk.at)
        return
    _take_back(journey, RETRACTIONS.get(because, TransitionReason.PLAN_CHANGED), desk=desk)


def _take_back(journey: Journey, reason: TransitionReason, *, desk: _Desk) -> None:
    if journey.transition.status is TransitionStatus.PLANNED:
        transition_commands.cancel(journey, reason=reason, by=desk.by, at=desk.at)
    elif journey.transition.status is TransitionStatus.DISCHARGED:
        transition_commands.retract(journey, reason=reason, by=desk.by, at=desk.at)

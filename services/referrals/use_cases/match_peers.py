"""Who could be asked, best first, and who not: for a handoff, or for a wish that has none yet. Nothing is kept."""

from dataclasses import dataclass
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.candidates import Need
from services.referrals.domain.errors import InvalidField, NotFound, NotYours
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_offering import need_of
from services.referrals.domain.local_times import local_date
from services.referrals.domain.matcher import Weighing, weigh
from services.referrals.domain.protocol_shelf import ProtocolShelf, ProtocolUnavailable
from services.referrals.use_cases.browse_directory import people_known_to
from services.referrals.use_cases.handoff_ports import HandoffWork
from services.referrals.use_cases.handoff_turn import candidates_for
from services.referrals.use_cases.matching_ports import MatchingWork, PeersAround
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """Somebody to walk with is looked for. Without a language, the person's own; without a person, one is needed."""

    person_id: UUID | None = None
    language: str | None = None


async def match_for_handoff(handoff_id: UUID, *, by: Actor, works: WorkSource[HandoffWork], clock: Clock) -> Weighing:
    """Everybody of the programme's teams as the next offer would see them, for the house that sends the person.

    Reasons speak of what the person asked for, and of consents. Raises NotFound, and NotYours for the house that is asked.
    """
    now = clock.now()
    async with works.begin(by.tenant_id) as work:
        journey = await work.handoffs.of_handoff(handoff_id, by=by)
        if not journey.readable_by(by):
            raise NotFound("handoff")
        if not journey.sent_by_house_of(by):
            raise NotYours(command="read-candidates", belongs_to=("sending_organization",))
        candidates = await candidates_for(work, journey, at=Moment(occurred_at=now, recorded_at=now))
    return weigh(candidates, need=need_of(journey, off_hours=not journey.there.calendar.is_open(now)))


async def match_for_wish(
    programme_id: UUID,
    wish: Wish,
    *,
    by: Actor,
    works: WorkSource[MatchingWork],
    protocols: ProtocolShelf,
    clock: Clock,
) -> Weighing:
    """The same for a programme. Raises NotFound for an unknown programme, and for a person whom the caller's house does
    not know: their language, what they asked for and their consents speak in the reasons. InvalidField without a language.
    """
    now = clock.now()
    async with works.begin(by.tenant_id) as work:
        await _check_known(wish, by=by, work=work)
        around = await work.matching.peers_around(
            programme_id=programme_id, person_id=wish.person_id, sender_worker_id=by.worker_id, on=now
        )
    language = wish.language or around.person_language
    if language is None:
        raise InvalidField("language_or_person_required", pointer="/language")
    time = protocols.programme_time(time_zone=around.time_zone, calendar_code=around.calendar_code)
    need = Need(
        endorsements=endorsements_of(around, protocols=protocols, clock=clock),
        language=language,
        off_hours=not time.calendar.is_open(now),
    )
    return weigh(around.candidates, need=need)


async def _check_known(wish: Wish, *, by: Actor, work: MatchingWork) -> None:
    if wish.person_id is None:
        return
    if not await people_known_to(by, work=work, where={"id": wish.person_id}, after=None, limit=1):
        raise NotFound("person", pointer="/person_id")


def endorsements_of(around: PeersAround, *, protocols: ProtocolShelf, clock: Clock) -> frozenset[str]:
    """Which endorsements cover this setting, by the protocol in force. Raises InvalidField where none is."""
    today = local_date(clock.now(), time_zone=around.time_zone)
    try:
        protocol = protocols.choose(around.protocol_code, setting=around.setting, model=around.model, on=today)
    except ProtocolUnavailable:
        raise InvalidField("protocol_unavailable", pointer="/programme_id") from None
    return protocol.endorsements.get(around.setting, frozenset())

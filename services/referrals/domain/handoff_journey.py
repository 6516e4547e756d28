"""A transition with its handoff, offers and milestones, changed together; what changes is written down as it changes.

Commands are functions in `transition_commands.py` and `handoff_commands.py`. They use the verbs of this class, which
keep the books: one timeline line, one event and one version step for every change, custody settled at the end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.custody import CustodyCause, CustodyClaim, CustodyEntry, settle_custody
from services.referrals.domain.errors import NotFound
from services.referrals.domain.handoff_errors import NoLongerOffered
from services.referrals.domain.handoff_facts import Attention, FactKind, HandoffFact, Moment
from services.referrals.domain.handoff_houses import Side, parties_by_role, sides_of
from services.referrals.domain.handoff_moves import Party
from services.referrals.domain.handoffs import Handoff, Offer, OfferStatus
from services.referrals.domain.milestones import (
    Milestone,
    clock_id,
    clock_version,
    meet,
    plan_milestones,
    taken_back,
)
from services.referrals.domain.offsets import ProgrammeTime
from services.referrals.domain.protocols import Anchor, Protocol
from services.referrals.domain.transition_states import TransitionStatus
from services.referrals.domain.transitions import Transition
from shared.contracts.codes import AccessRole, MilestoneCode, OfferKind, Setting
from shared.contracts.events import (
    CustodyMoved,
    EventData,
    EventType,
    HandoffData,
    HandoffOffered,
    MilestoneData,
    MilestoneLifted,
    MilestoneMet,
    TransitionData,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """An event to be stored in the same commit; `subject` is the aggregate's id."""

    type: EventType
    subject: UUID
    data: EventData


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """What was stored when a journey was loaded: what a write compares itself with."""

    transition: Transition
    handoff: Handoff
    offers: tuple[Offer, ...]
    milestones: dict[str, Milestone]


@dataclass(kw_only=True)
class Journey:
    """What one unit of work loads, changes and stores. The lists hold only what is new since it was loaded."""

    transition: Transition
    handoff: Handoff
    protocol: Protocol
    setting: Setting
    language: str
    there: ProgrammeTime
    duty_owner_worker_id: UUID
    offers: tuple[Offer, ...] = ()
    milestones: dict[str, Milestone] = field(default_factory=dict)
    facts: list[HandoffFact] = field(default_factory=list)
    custody_entries: list[CustodyEntry] = field(default_factory=list)
    house: frozenset[Side] = frozenset()
    """On which sides the house of the account that it was loaded for stands; a house that is not on it has no part."""
    announcements: list[Announcement] = field(default_factory=list)
    stored: Stored | None = None

    @property
    def open_offer(self) -> Offer | None:
        """The one offer that waits for an answer."""
        return next((offer for offer in self.offers if offer.status is OfferStatus.OPEN), None)

    def parties_of(self, actor: Actor) -> frozenset[Party]:
        """What this account is to this journey."""
        found = set(parties_by_role(actor, house=self.house))
        worker = actor.worker_id
        if worker is None:
            return frozenset(found)
        if worker == self.transition.origin_worker_id:
            found.add(Party.SENDER)
        if worker == self.handoff.accepted_by:
            found.add(Party.ACCEPTOR)
        offer = self.open_offer
        escalated = offer is not None and offer.kind is OfferKind.SUPERVISOR_ESCALATION
        answers = escalated and actor.supervises and bool(sides_of(actor, house=self.house))
        if offer is not None and (worker == offer.worker_id or answers):
            found.add(Party.OFFEREE)
        elif any(worker == earlier.worker_id for earlier in self.offers):
            found.add(Party.FORMER_OFFEREE)
        return frozenset(found)

    def readable_by(self, actor: Actor) -> bool:
        """Whether this account may see the record (having been asked earlier is not enough)."""
        return bool(self.parties_of(actor) - {Party.FORMER_OFFEREE})

    def sent_by_house_of(self, actor: Actor) -> bool:
        """Whether they know whom it is about without a consent."""
        return actor.access_role is AccessRole.SYSTEM or Side.SENDS in sides_of(actor, house=self.house)

    def acting_parties(self, actor: Actor, *, kind: str = "handoff") -> frozenset[Party]:
        """What the account may act as. Raises NotFound for strangers, NoLongerOffered for those asked earlier."""
        parties = self.parties_of(actor)
        if not parties:
            raise NotFound(kind)
        if parties == {Party.FORMER_OFFEREE}:
            raise NoLongerOffered
        return parties

    def note(self, kind: FactKind, *, at: Moment, by: UUID | None, **about: Any) -> None:
        """One line on the timeline."""
        self.facts.append(HandoffFact(kind=kind, at=at, version=self.handoff.version, by_worker_id=by, **about))

    def plan(self, anchors: Mapping[Anchor | MilestoneCode, datetime], *, at: Moment) -> None:
        """Set the clocks that count from these instants."""
        planned = plan_milestones(
            self.milestones, protocol=self.protocol, anchors=anchors, there=self.there, known_at=at.recorded_at
        )
        self._take_over(planned, at=at)

    def lift(self, which: Callable[..., dict[str, Milestone]], *, at: Moment) -> None:
        """What `which` of the milestones leaves (`lift_all`, `lift_preparations`) is not owed any more."""
        self._take_over(which(self.milestones, at=at), at=at)

    def meet(self, code: MilestoneCode, *, at: Moment) -> None:
        """The next milestone of this code is met, if one is owed, and announced; clocks that count from it are set."""
        before = self.milestones
        self.milestones = meet(before, code, at=at)
        met = next((one for key, one in self.milestones.items() if one != before[key]), None)
        if met is not None:
            self._announce_clock(EventType.MILESTONE_MET, MilestoneMet, clock=met, at=at)
            self.plan({code: at.occurred_at}, at=at)

    def change_handoff(
        self,
        event: EventType | None,
        *,
        at: Moment,
        concerning: UUID | None = None,
        reason: str | None = None,
        **changes: Any,
    ) -> None:
        """Change the handoff, one version on, and announce it (a change without event is of no interest elsewhere)."""
        self.handoff = replace(self.handoff, version=self.handoff.version + 1, **changes)
        if event is not None:
            data = HandoffData(
                **self._handoff_fields(at),
                worker_id=concerning,
                reason=reason,
                sender_worker_id=self.transition.origin_worker_id,
            )
            self.announcements.append(Announcement(type=event, subject=self.handoff.id, data=data))

    def call_attention(self, why: Attention) -> None:
        """Show it to supervisors. Not a step of the version: nobody's answer should fail because of it."""
        self.handoff = replace(self.handoff, attention=why)

    def announce_offer(self, offer: Offer, *, at: Moment) -> None:
        """Tell the world that this offer now waits."""
        data = HandoffOffered(
            **self._handoff_fields(at),
            worker_id=offer.worker_id,
            offer_kind=offer.kind,
            ladder=offer.ladder,
            milestone=MilestoneCode.OWNER_ACCEPTS,
            respond_by=offer.respond_by,
            sender_worker_id=self.transition.origin_worker_id,
        )
        self.announcements.append(Announcement(type=EventType.HANDOFF_OFFERED, subject=self.handoff.id, data=data))

    def change_transition(self, event: EventType | None, *, at: Moment, **changes: Any) -> None:
        """Change the transition, one version on, and announce it."""
        self.transition = replace(self.transition, version=self.transition.version + 1, **changes)
        if event is not None:
            self.announce_transition(event, at=at)

    def announce_transition(self, event: EventType, *, at: Moment) -> None:
        """Announce the transition as it is now."""
        transition = self.transition
        data = TransitionData(
            tenant_id=transition.tenant_id,
            version=transition.version,
            occurred_at=at.occurred_at,
            recorded_at=at.recorded_at,
            transition_id=transition.id,
            owner_worker_id=transition.owner_worker_id,
            expected_at=transition.expected_at,
            discharged_at=transition.discharged_at,
            handoff_id=self.handoff.id,
        )
        self.announcements.append(Announcement(type=event, subject=transition.id, data=data))

    def settle(self, *, at: Moment, by: UUID | None, back_because: CustodyCause = CustodyCause.RETRACTED) -> None:
        """Let custody follow the facts; every command that changes them ends with this."""
        handoff, transition = self.handoff, self.transition
        claim = CustodyClaim(
            origin_worker_id=transition.origin_worker_id,
            stands=transition.status is TransitionStatus.DISCHARGED,
            accepted_by=handoff.accepted_by,
            accepted_at=handoff.accepted_at,
            contacted_at=handoff.contacted_at,
        )
        custody, entry = settle_custody(transition.custody, claim=claim, by=by, at=at, back_because=back_because)
        if entry is None:
            return
        self.change_transition(None, at=at, custody=custody)
        self.custody_entries.append(entry)
        self.note(FactKind.CUSTODY_MOVED, at=entry.at, by=by, worker_id=entry.to_worker_id, code=entry.cause.value)
        self._announce_custody(entry)

    def answer_open_offer(self, status: OfferStatus, *, at: Moment, reason: str | None = None) -> None:
        """Close the offer that waits, if one does."""
        self.offers = tuple(
            replace(offer, status=status, answered_at=at.occurred_at, reason=reason)
            if offer.status is OfferStatus.OPEN
            else offer
            for offer in self.offers
        )

    def _announce_custody(self, entry: CustodyEntry) -> None:
        assert entry.cause is not CustodyCause.BEGUN, "the first owner is told by the transition's own event"
        data = CustodyMoved(
            tenant_id=self.transition.tenant_id,
            version=self.transition.version,
            occurred_at=entry.at.occurred_at,
            recorded_at=entry.at.recorded_at,
            transition_id=self.transition.id,
            from_worker_id=entry.from_worker_id,
            to_worker_id=entry.to_worker_id,
            reason=entry.cause.value,
        )
        self.announcements.append(Announcement(type=EventType.CUSTODY_MOVED, subject=self.transition.id, data=data))

    def _take_over(self, milestones: dict[str, Milestone], *, at: Moment) -> None:
        """Whoever was told that a step is overdue hears when it is lifted or its clock set anew."""
        before, self.milestones = self.milestones, milestones
        for old in taken_back(before, milestones, known_at=at.recorded_at):
            self._announce_clock(EventType.MILESTONE_LIFTED, MilestoneLifted, clock=old, at=at)

    def _announce_clock(self, event: EventType, data: type[MilestoneData], *, clock: Milestone, at: Moment) -> None:
        told = data(
            tenant_id=self.handoff.tenant_id,
            version=clock_version(clock.due_at, resets=clock.resets),
            occurred_at=at.occurred_at,
            recorded_at=at.recorded_at,
            handoff_id=self.handoff.id,
            transition_id=self.handoff.transition_id,
            milestone=clock.code,
            due_at=clock.due_at,
        )
        subject = clock_id(self.handoff.id, clock.key)
        self.announcements.append(Announcement(type=event, subject=subject, data=told))

    def _handoff_fields(self, at: Moment) -> dict[str, Any]:
        handoff = self.handoff
        return {
            "tenant_id": handoff.tenant_id,
            "version": handoff.version,
            "occurred_at": at.occurred_at,
            "recorded_at": at.recorded_at,
            "handoff_id": handoff.id,
            "transition_id": handoff.transition_id,
            "offer_number": handoff.offer_number,
        }

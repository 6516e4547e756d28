"""One handoff: what its page shows, and which of its steps belong to the visitor."""

from dataclasses import dataclass
from uuid import UUID

from services.console.domain import told
from services.console.domain.session import INTAKE, SUPERVISING, Session
from services.console.use_cases.ports import Referrals

_BEFORE_CONTACT = ("preparing", "offered", "accepted")
_WITH_ACCEPTOR = ("accepted", "introduced", "contacted")


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoffView:
    """The handoff, its transition (for staff) and what the visitor may do now."""

    handoff: told.Handoff
    transition: told.Transition | None
    by: Session

    @property
    def sends(self) -> bool:
        """Whether the visitor's house sends the person: only there does a transition say whom it is about."""
        return self.transition is not None and self.transition.person_id is not None

    @property
    def asks_me(self) -> bool:
        """Whether the visitor's answer is waited for."""
        step = self.handoff.next
        return step is not None and step.act == "answer" and step.worker_id == self.by.worker_id

    @property
    def may_decline(self) -> bool:
        """A supervisor who was asked last has nobody left to pass it on to."""
        offer = self.open_offer
        return self.asks_me and offer is not None and offer.kind == "peer_offer"

    @property
    def is_mine(self) -> bool:
        """Whether the visitor walks with the person."""
        return self.handoff.accepted_by is not None and self.handoff.accepted_by == self.by.worker_id

    @property
    def may_log_contact(self) -> bool:
        """After acceptance, by who accepted."""
        return self.is_mine and self.handoff.state in _WITH_ACCEPTOR

    @property
    def may_note_introduction(self) -> bool:
        """Until the first contact, by the sending side and by who has accepted."""
        if self.handoff.introduced_at is not None or self.handoff.state not in _BEFORE_CONTACT:
            return False
        return self.is_mine or self.sends

    @property
    def may_discharge(self) -> bool:
        """While the discharge is planned, by the sending side."""
        return self.sends and self.transition is not None and self.transition.status == "planned"

    @property
    def may_close(self) -> bool:
        """After acceptance, by who accepted, who sent, or a supervisor of theirs."""
        sent = self.transition is not None and self.transition.sender_worker_id == self.by.worker_id
        return self.handoff.state in _WITH_ACCEPTOR and (
            self.is_mine or sent or (self.sends and self.by.role in SUPERVISING)
        )

    @property
    def open_offer(self) -> told.Offer | None:
        """The offer that waits for an answer."""
        return next((offer for offer in self.handoff.offers if offer.status == "open"), None)

    @property
    def someone_else_has_it(self) -> bool:
        """Whether a colleague has accepted in the meantime."""
        return self.handoff.accepted_by is not None and not self.is_mine

    @property
    def milestones_ahead(self) -> list[told.Milestone]:
        """What is still to come, soonest first; nothing once it is over."""
        over = self.handoff.state in ("closed", "withdrawn")
        return (
            []
            if over
            else [one for one in self.handoff.milestones if one.met_at is None and one.code != "introduction"]
        )


async def read_handoff(handoff_id: UUID, *, by: Session, referrals: Referrals) -> HandoffView:
    """The handoff as this visitor may see it. Raises Refused 404 for what they may not know of."""
    handoff = await referrals.handoff(handoff_id, by=by)
    transition = None
    if by.role in INTAKE:
        transition = await referrals.transition(handoff.transition_id, by=by)
    return HandoffView(handoff=handoff, transition=transition, by=by)

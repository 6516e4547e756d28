"""Who reads and writes a handoff's sheet.

The sending side, whoever is accountable, supervisors of the sending organisation, and the peer who has accepted. A
peer who is only asked reads what the offer shows and not a word of the sheet. An organisation that did not send is told
by the person's consent and no further (docs/decisions/0011), whatever role its staff have.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.referrals.domain.actor import Actor
from services.referrals.domain.consent_words import Information
from services.referrals.domain.errors import IllegalMove, NotFound, NotYours
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_moves import Party
from services.referrals.domain.handoff_states import ENDED
from services.referrals.domain.redisclosure import Basis
from services.referrals.domain.sheet_parts import SheetPart

NEEDS: Mapping[SheetPart, Information] = {
    part: Information.CONTACT if part is SheetPart.CONTACT else Information.REQUEST for part in SheetPart
}
"""What a consent has to cover, beside who the person is, before another organisation reads a part."""

_SENDING_SIDE = frozenset({Party.SENDER, Party.CLINICAL, Party.SUPERVISOR})


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where the reader works, by our own record: an account without a worker works nowhere.

    `sends`: in the organisation that sends. `receives`: is the acceptor or the owner, or answers for them in the same
    organisation. `basis` is the consent by which a receiving organisation that did not send is told.
    """

    sends: bool = False
    receives: bool = False
    basis: Basis | None = None

    @property
    def parts(self) -> frozenset[SheetPart]:
        """The parts that may be read from there."""
        if self.sends:
            return frozenset(SheetPart)
        if not self.receives or self.basis is None:
            return frozenset()
        return frozenset(part for part, needed in NEEDS.items() if needed in self.basis.information)


def check_reader(journey: Journey, *, by: Actor, standing: Standing) -> None:
    """Raise NotFound for whoever has no part in the sheet: whether something stands on it is not told either."""
    parties = journey.parties_of(by)
    walks = Party.ACCEPTOR in parties and journey.handoff.state not in ENDED
    owns = by.worker_id is not None and by.worker_id == journey.transition.owner_worker_id
    if standing.sends and (walks or owns or parties & _SENDING_SIDE):
        return
    if standing.receives and (walks or owns or by.sees_whole_tenant):
        return
    raise NotFound("sheet")


def check_writer(journey: Journey, *, standing: Standing, parts: frozenset[SheetPart]) -> None:
    """Raise IllegalMove once the handoff is over, NotYours for a part that the writer may not read.

    Whoever reads may write: the person says it to whoever is with them.
    """
    if journey.handoff.state in ENDED:
        raise IllegalMove(kind="handoff", state=journey.handoff.state.value, command="change-sheet")
    if parts - standing.parts:
        raise NotYours(command="change-sheet", belongs_to=("sending_organization",))

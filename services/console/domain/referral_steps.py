"""Which steps of a referral the pages offer, to whom and when. Referrals decides; this only spares people a refusal.

`tests/services/console/test_referral_steps.py` holds it equal to the tables that referrals obeys.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.console.domain.referral_next import ENDED, OPEN, WORKING
from services.console.domain.told_referral import Referral
from shared.contracts.codes import PracticeRole

_ASKER = frozenset({"requester"})
_TAKER = frozenset({"recipient"})
_RECEIVING = _TAKER | {"recipient_supervisor"}
_ASKED = _TAKER | {"qualified_team_member"}
_EITHER = _RECEIVING | _ASKER
_MEETING = ("accepted", "in_progress")
_ANY = ("none", "no_show", "appointment_cancelled", "waiting_for_information", "waitlisted", "scheduled")


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """While the referral is in one of `during` (and its business status one of `beside`), to those who are one of `who`."""

    during: tuple[str, ...]
    who: frozenset[str]
    beside: tuple[str, ...] = ()


STEPS: Mapping[str, tuple[Offered, ...]] = {
    "request": (Offered(during=("draft",), who=_ASKER),),
    "accept": (Offered(during=("requested",), who=_ASKED),),
    "reject": (Offered(during=("requested",), who=_ASKED | _RECEIVING),),
    "start": (Offered(during=("accepted",), who=_TAKER),),
    "hold": (Offered(during=_MEETING, who=_RECEIVING),),
    "resume": (Offered(during=("on_hold",), who=_TAKER),),
    "complete": (Offered(during=WORKING, who=_RECEIVING),),
    "fail": (Offered(during=WORKING, who=_RECEIVING),),
    "unaccept": (Offered(during=WORKING, who=_TAKER),),
    "cancel": (Offered(during=("requested",), who=_EITHER), Offered(during=WORKING, who=_RECEIVING)),
    "close": (Offered(during=WORKING, who=_ASKER),),
    "reroute": (Offered(during=("requested", "rejected", "failed"), who=_ASKER),),
    "mark-error": (Offered(during=("draft", *OPEN, "rejected", "completed", "failed", "cancelled"), who=_ASKER),),
}
PROGRESS: Mapping[str, Offered] = {
    "schedule": Offered(during=_MEETING, who=_RECEIVING, beside=_ANY),
    "no-show": Offered(during=_MEETING, who=_RECEIVING, beside=("scheduled",)),
    "cancel-appointment": Offered(during=_MEETING, who=_EITHER, beside=("scheduled",)),
    "ask-for-information": Offered(
        during=OPEN,
        who=_RECEIVING | _ASKED,
        beside=("none", "no_show", "appointment_cancelled", "waitlisted"),
    ),
    "give-information": Offered(during=OPEN, who=_ASKER, beside=("waiting_for_information",)),
    "waitlist": Offered(during=OPEN, who=_RECEIVING | _ASKED, beside=("none", "waiting_for_information")),
    "ask-to-cancel": Offered(during=WORKING, who=_ASKER, beside=_ANY),
}
QUALIFIED: Mapping[str, tuple[PracticeRole, ...]] = {
    "peer_service": (PracticeRole.PEER_SUPPORT_SPECIALIST,),
    "case_management": (PracticeRole.CASE_MANAGER, PracticeRole.SOCIAL_WORKER),
    "clinical": (
        PracticeRole.NURSE,
        PracticeRole.PHYSICIAN,
        PracticeRole.PSYCHIATRIST,
        PracticeRole.THERAPIST,
        PracticeRole.COUNSELOR,
        PracticeRole.SOCIAL_WORKER,
        PracticeRole.CLINICAL_SUPERVISOR,
    ),
}
"""Who may take what; a crisis bridge goes to whom a clinical one may go."""


def may(referral: Referral, step: str) -> bool:
    """Whether the visitor is offered this step now."""
    mine = frozenset(referral.you_are)
    if step in STEPS:
        return any(referral.status in one.during and one.who & mine for one in STEPS[step])
    if step in PROGRESS:
        one = PROGRESS[step]
        return referral.status in one.during and referral.business_status in one.beside and bool(one.who & mine)
    if step == "person-word":
        return referral.status in ENDED and referral.status != "entered_in_error" and bool(_EITHER & mine)
    works = referral.status in WORKING
    if step == "pass-on":
        return works and referral.person is not None and bool(_RECEIVING & mine)
    if step == "introduce":
        return works and referral.introduced_at is None and bool(_EITHER & mine)
    if step == "say-goodbye":
        waits = referral.goodbye_by is not None and referral.goodbye_at is None
        return works and waits and bool(_RECEIVING & mine)
    return step == "feedback" and bool(mine) and referral.status != "draft"


def qualified(role: PracticeRole, kind: str) -> bool:
    """Whether somebody in this role may take a referral of this kind."""
    return role in QUALIFIED.get(kind, QUALIFIED["clinical"])


def kind_for(role: PracticeRole) -> str | None:
    """The kind of referral that a worker in this role is asked for; nothing where they are asked for none."""
    return next((kind for kind, roles in QUALIFIED.items() if role in roles), None)

"""What comes with a command on a referral, how one caller finds it, and whether it is theirs to give."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.directory import Programme
from services.referrals.domain.errors import InvalidField, NotYours
from services.referrals.domain.referral import Referral
from services.referrals.domain.referral_errors import AlreadyClaimed, NoLongerWaiting
from services.referrals.domain.referral_parties import TakenBy, Viewer, parties_of
from services.referrals.domain.referral_progress import ProgressMove
from services.referrals.domain.referral_states import ENDED, WORKING, ReferralMove, ReferralParty
from services.referrals.domain.referral_words import ClosingWord, ReferralReason, WhatNext
from shared.contracts.codes import ReportedBy


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What comes with a command. `what_next` and `offer_again_at` belong to a "no" only."""

    reason: ReferralReason | None = None
    closing_word: ClosingWord | None = None
    what_next: WhatNext | None = None
    offer_again_at: datetime | None = None
    reported_by: ReportedBy = ReportedBy.STAFF


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A referral as one caller finds it: who they are to it, its programme, and who has it."""

    referral: Referral
    viewer: Viewer
    programme: Programme
    taken_by: TakenBy | None = None

    @property
    def time_zone(self) -> str:
        """The IANA zone of its programme."""
        return self.programme.time_zone


def check_free(standing: Standing) -> None:
    """Raise AlreadyClaimed where somebody has it, NoLongerWaiting where it was taken back or has ended."""
    referral, worker = standing.referral, standing.viewer.actor.worker_id
    if referral.status in WORKING:
        taken = standing.taken_by
        raise AlreadyClaimed(
            yours=worker is not None and worker == referral.owner_worker_id,
            first_name=None if taken is None else taken.first_name,
            role=None if taken is None else taken.role,
        )
    if referral.status in ENDED:
        raise NoLongerWaiting


def check_available(standing: Standing) -> None:
    """Raise InvalidField where whoever would take a team's referral cannot be asked now: it waits for the others."""
    recipient = standing.referral.recipient
    if recipient is not None and recipient.worker_id is None and not standing.viewer.available:
        raise InvalidField("not_available", pointer="")


def check_qualified(standing: Standing) -> None:
    """Raise InvalidField where whoever would take it may not: a peer whose credential does not count. Told to them alone."""
    if not standing.viewer.qualified:
        raise InvalidField("not_qualified", pointer="")


def own_moves(moves: tuple[ReferralMove, ...], *, standing: Standing, command: str) -> tuple[ReferralMove, ...]:
    """Those of `moves` that belong to the caller. Raises NotYours where there is none."""
    check_who(moves, standing=standing, command=command)
    parties = parties_of(standing.referral, standing.viewer)
    return tuple(move for move in moves if move.who & parties)


def check_who(moves: Iterable[ReferralMove | ProgressMove], *, standing: Standing, command: str) -> None:
    """Raise NotYours unless the caller is one of those to whom one of `moves` belongs."""
    allowed = frozenset[ReferralParty]().union(*(move.who for move in moves))
    if not allowed & parties_of(standing.referral, standing.viewer):
        raise NotYours(command=command, belongs_to=tuple(sorted(party.value for party in allowed)))

"""What can be done to a referral. Each function gives the referral's next version and the row of history that tells of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.referrals.domain.directory import Programme
from services.referrals.domain.errors import IllegalMove, InvalidField, NotYours
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_errors import AlreadyClaimed, NoLongerWaiting
from services.referrals.domain.referral_models import Model
from services.referrals.domain.referral_parties import TakenBy, Viewer, parties_of
from services.referrals.domain.referral_progress import BusinessStatus, ProgressMove, ProgressStep, progress_move
from services.referrals.domain.referral_states import (
    ENDED,
    WORKING,
    ReferralCommand,
    ReferralGuard,
    ReferralMove,
    ReferralParty,
    ReferralStatus,
    referral_moves,
)
from services.referrals.domain.referral_words import CLOSING_WORD_OF, ClosingWord, PersonWord, ReferralReason, WhatNext
from services.referrals.domain.times import plausible
from shared.contracts.codes import ReportedBy

_WITHOUT_HELP = frozenset(word for word in ClosingWord if word is not ClosingWord.GOT_HELP)


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


def move_referral(
    standing: Standing, command: ReferralCommand, *, said: Said, model: Model, at: Moment
) -> tuple[Referral, ReferralStep]:
    """The referral after a person's command.

    Raises IllegalMove, NotYours, InvalidField (a word that is missing, not wanted or not for this step), and for a
    late "yes" AlreadyClaimed or NoLongerWaiting, which say more.
    """
    referral = standing.referral
    if command is ReferralCommand.ACCEPT:
        check_free(standing)
    moves = referral_moves(referral.status, command)
    check_who(moves, standing=standing, command=command.value)
    _check_words(moves, said)
    move = _guarded(moves, command, referral=referral, said=said, model=model)
    changes = _EFFECTS.get(command, _nothing_more)(standing, said, model, at)
    return moved(referral, move, at=at, said=said, by=standing.viewer.actor.worker_id, **changes)


def progress(
    standing: Standing, step: ProgressStep, *, scheduled_at: datetime | None, said: Said, at: Moment
) -> tuple[Referral, ReferralStep]:
    """The referral after a report of how it goes. Raises IllegalMove, NotYours, InvalidField."""
    referral = standing.referral
    move = progress_move(referral.business_status, step, status=referral.status)
    check_who((move,), standing=standing, command=step.value)
    if (step is ProgressStep.SCHEDULE) != (scheduled_at is not None):
        code = "scheduled_at_required" if scheduled_at is None else "scheduled_at_not_wanted"
        raise InvalidField(code, pointer="/scheduled_at")
    next_version = replace(
        referral,
        business_status=move.next,
        scheduled_at=plausible(scheduled_at, pointer="/scheduled_at"),
        version=referral.version + 1,
    )
    return next_version, step_of(next_version, step.value, at=at, by=standing.viewer.actor.worker_id, said=said)


def introduce(standing: Standing, *, at: Moment) -> tuple[Referral, ReferralStep]:
    """The two have met in person; whoever was there may say so, once. Raises IllegalMove, NotYours, InvalidField."""
    return _note(standing, "introduce", "introduced_at", at=at, who=_BOTH)


def say_goodbye(standing: Standing, *, at: Moment) -> tuple[Referral, ReferralStep]:
    """The planned goodbye was said. Raises IllegalMove, NotYours, InvalidField."""
    if standing.referral.goodbye_by is None:
        raise InvalidField("not_in_this_model", pointer="")
    return _note(standing, "say-goodbye", "goodbye_at", at=at, who=_RECEIVING)


def say_afterwards(standing: Standing, word: PersonWord, *, at: Moment) -> tuple[Referral, ReferralStep]:
    """The person's word once it has ended, written down by either side. Raises IllegalMove, NotYours."""
    referral = standing.referral
    if referral.status not in ENDED or referral.status is ReferralStatus.ENTERED_IN_ERROR:
        raise IllegalMove(kind="referral", state=referral.status.value, command="person-word")
    if not _BOTH & parties_of(referral, standing.viewer):
        raise NotYours(command="person-word", belongs_to=tuple(sorted(party.value for party in _BOTH)))
    changed = replace(referral, version=referral.version + 1, person_word=word, person_word_at=at.occurred_at)
    step = step_of(changed, "person-word", at=at, by=standing.viewer.actor.worker_id)
    return changed, replace(step, reason=word.value, reported_by=ReportedBy.PERSON)


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


def check_who(moves: Iterable[ReferralMove | ProgressMove], *, standing: Standing, command: str) -> None:
    """Raise NotYours unless the caller is one of those to whom one of `moves` belongs."""
    allowed = frozenset[ReferralParty]().union(*(move.who for move in moves))
    if not allowed & parties_of(standing.referral, standing.viewer):
        raise NotYours(command=command, belongs_to=tuple(sorted(party.value for party in allowed)))


def moved(
    referral: Referral, move: ReferralMove, *, at: Moment, by: UUID | None, said: Said | None = None, **changes: Any
) -> tuple[Referral, ReferralStep]:
    """The next version by one row of the table; what ends drops its business status, and says when it ended."""
    said = said or Said()
    stays = move.next is move.state
    values: dict[str, Any] = {"status": move.next, "version": referral.version + 1}
    if not stays:
        values["status_reason"] = said.reason
    if move.next in ENDED and not stays:
        word = said.closing_word or (CLOSING_WORD_OF.get(said.reason) if said.reason else None)
        values |= {"business_status": BusinessStatus.NONE, "scheduled_at": None, "ended_at": at.occurred_at}
        values |= {"closing_word": word, "closed_by": said.reported_by}
    next_version = replace(referral, **(values | changes))
    return next_version, step_of(next_version, move.command.value, at=at, by=by, said=said)


def step_of(referral: Referral, command: str, *, at: Moment, by: UUID | None, said: Said | None = None) -> ReferralStep:
    """The row of history for the version that `referral` has just reached."""
    said = said or Said()
    word = said.reason or said.closing_word
    return ReferralStep(
        tenant_id=referral.tenant_id,
        referral_id=referral.id,
        version=referral.version,
        command=command,
        status=referral.status,
        business_status=referral.business_status,
        by_worker_id=by,
        reason=None if word is None else word.value,
        reported_by=said.reported_by,
        occurred_at=at.occurred_at,
        recorded_at=at.recorded_at,
    )


_RECEIVING = frozenset({ReferralParty.RECIPIENT, ReferralParty.LEAD})
_BOTH = _RECEIVING | {ReferralParty.REQUESTER}


def _note(
    standing: Standing, command: str, name: str, *, at: Moment, who: frozenset[ReferralParty]
) -> tuple[Referral, ReferralStep]:
    referral = standing.referral
    if referral.status not in WORKING:
        raise IllegalMove(kind="referral", state=referral.status.value, command=command)
    if not who & parties_of(referral, standing.viewer):
        raise NotYours(command=command, belongs_to=tuple(sorted(party.value for party in who)))
    if getattr(referral, name) is not None:
        raise InvalidField("already_recorded", pointer="")
    noted: dict[str, Any] = {name: at.occurred_at}
    next_version = replace(referral, version=referral.version + 1, **noted)
    return next_version, step_of(next_version, command, at=at, by=standing.viewer.actor.worker_id)


def _check_words(moves: tuple[ReferralMove, ...], said: Said) -> None:
    move = moves[0]
    for name, given, wanted in (
        ("reason", said.reason, move.reason_required),
        ("closing_word", said.closing_word, move.closing_word),
    ):
        if wanted and given is None:
            raise InvalidField(f"{name}_required", pointer=f"/{name}")
        if given is not None and not wanted:
            raise InvalidField(f"{name}_not_wanted", pointer=f"/{name}")
    if said.reason is not None and said.reason not in move.reasons:
        raise InvalidField("reason_not_for_this_step", pointer="/reason")
    _check_what_next(move, said)


def _check_what_next(move: ReferralMove, said: Said) -> None:
    declines = move.command is ReferralCommand.REJECT
    if said.what_next is not None and not declines:
        raise InvalidField("what_next_not_wanted", pointer="/what_next")
    if said.what_next is None and declines:
        raise InvalidField("what_next_required", pointer="/what_next")
    later = said.what_next is WhatNext.OFFER_LATER
    if later != (said.offer_again_at is not None):
        code = "offer_again_at_required" if later else "offer_again_at_not_wanted"
        raise InvalidField(code, pointer="/offer_again_at")
    plausible(said.offer_again_at, pointer="/offer_again_at")


def _guarded(
    moves: tuple[ReferralMove, ...], command: ReferralCommand, *, referral: Referral, said: Said, model: Model
) -> ReferralMove:
    word = said.closing_word
    holds = {
        ReferralGuard.HELPED: word not in _WITHOUT_HELP,
        ReferralGuard.NOT_HELPED: word in _WITHOUT_HELP,
        ReferralGuard.GOODBYE: word is None
        or referral.goodbye_by is None
        or model.ending.ready(word=word, goodbye_at=referral.goodbye_at),
    }
    for move in moves:
        if move.guard is None or holds[move.guard]:
            return move
    raise InvalidField("goodbye_first", pointer="/closing_word")


def _on_accept(standing: Standing, said: Said, model: Model, at: Moment) -> dict[str, Any]:
    return taken(
        standing.referral, worker_id=standing.viewer.working(), model=model, time_zone=standing.time_zone, at=at
    )


def taken(referral: Referral, *, worker_id: UUID, model: Model, time_zone: str, at: Moment) -> dict[str, Any]:
    """What changes when a worker has it: whose it is, and what its model makes fall due from then on."""
    assert referral.recipient is not None, "what was asked of somebody has a recipient"
    accepted = at.occurred_at
    return {
        "recipient": replace(referral.recipient, worker_id=worker_id),
        "business_status": BusinessStatus.NONE,
        "accepted_at": accepted,
        "introduce_by": model.introduction.due(accepted, time_zone=time_zone),
        "goodbye_by": model.goodbye_due(accepted, kind=referral.kind, time_zone=time_zone),
    }


def _on_reject(standing: Standing, said: Said, model: Model, at: Moment) -> dict[str, Any]:
    return {"what_next": said.what_next, "offer_again_at": said.offer_again_at}


def _nothing_more(standing: Standing, said: Said, model: Model, at: Moment) -> dict[str, Any]:
    return {}


_EFFECTS = {ReferralCommand.ACCEPT: _on_accept, ReferralCommand.REJECT: _on_reject}


def rerouted(standing: Standing, *, at: Moment) -> tuple[Referral, ReferralStep]:
    """The referral whose need is now taken to somebody else: withdrawn while unanswered, unchanged once it has ended."""
    referral = standing.referral
    moves = referral_moves(referral.status, ReferralCommand.REROUTE)
    check_who(moves, standing=standing, command=ReferralCommand.REROUTE.value)
    said = Said(reason=ReferralReason.REROUTED)
    return moved(referral, moves[0], at=at, by=standing.viewer.actor.worker_id, said=said)


def follow(parent: Referral, *, at: Moment) -> tuple[Referral, ReferralStep] | None:
    """The parent after the last of those passed on from it was completed; None where it does not stand open."""
    if parent.status not in WORKING:
        return None
    (move,) = referral_moves(parent.status, ReferralCommand.FOLLOW)
    return moved(parent, move, at=at, by=None, said=Said(closing_word=ClosingWord.GOT_HELP))


def mark_overdue(referral: Referral, *, at: Moment) -> tuple[Referral, ReferralStep] | None:
    """The referral marked as not answered in time, once; None where an answer has come. It can still be answered."""
    if referral.status is not ReferralStatus.REQUESTED or referral.overdue_at is not None:
        return None
    (move,) = referral_moves(referral.status, ReferralCommand.OVERDUE)
    return moved(referral, move, at=at, by=None, overdue_at=at.recorded_at)

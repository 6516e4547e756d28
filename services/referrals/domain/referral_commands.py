"""What can be done to a referral. Each function gives the referral's next version and the row of history that tells of it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from services.referrals.domain.errors import InvalidField
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_models import Model
from services.referrals.domain.referral_progress import ProgressStep, progress_move
from services.referrals.domain.referral_standing import Said, Standing, check_free, check_who, own_moves
from services.referrals.domain.referral_states import (
    WORKING,
    ReferralCommand,
    ReferralGuard,
    ReferralMove,
    ReferralStatus,
    referral_moves,
)
from services.referrals.domain.referral_versions import moved, step_of, taken
from services.referrals.domain.referral_words import ClosingWord, ReferralReason, WhatNext
from services.referrals.domain.times import plausible

_WITHOUT_HELP = frozenset(word for word in ClosingWord if word is not ClosingWord.GOT_HELP)


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
    moves = own_moves(moves, standing=standing, command=command.value)
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
    if said.reason is not None and not any(said.reason in one.reasons for one in moves):
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


def _on_reject(standing: Standing, said: Said, model: Model, at: Moment) -> dict[str, Any]:
    return {"what_next": said.what_next, "offer_again_at": said.offer_again_at}


def _nothing_more(standing: Standing, said: Said, model: Model, at: Moment) -> dict[str, Any]:
    return {}


_EFFECTS = {ReferralCommand.ACCEPT: _on_accept, ReferralCommand.REJECT: _on_reject}


def rerouted(standing: Standing, *, at: Moment) -> tuple[Referral, ReferralStep]:
    """The referral whose need is now taken to somebody else: withdrawn while unanswered, as it was once it has ended.

    What was to be offered again later is being offered, and leaves the list of what is to be.
    """
    referral = standing.referral
    moves = referral_moves(referral.status, ReferralCommand.REROUTE)
    check_who(moves, standing=standing, command=ReferralCommand.REROUTE.value)
    said = Said(reason=ReferralReason.REROUTED)
    by = standing.viewer.actor.worker_id
    return moved(referral, moves[0], at=at, by=by, said=said, offer_again_at=None)


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

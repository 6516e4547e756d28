"""The next version of a referral by one row of its table, and the row of history that tells of it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_models import Model
from services.referrals.domain.referral_progress import BusinessStatus
from services.referrals.domain.referral_standing import Said
from services.referrals.domain.referral_states import ENDED, ReferralMove
from services.referrals.domain.referral_words import CLOSING_WORD_OF


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

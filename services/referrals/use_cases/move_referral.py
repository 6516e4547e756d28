"""Answer a referral, work on it, and end it."""

from functools import partial
from uuid import UUID

from services.referrals.domain import referral_commands as commands
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralNote, ReferralStep
from services.referrals.domain.referral_standing import Said, Standing
from services.referrals.domain.referral_states import ReferralCommand, ReferralStatus
from services.referrals.domain.referral_words import NoteKind, ReferralReason
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralAsked, ReferralRules, ReferralWork
from services.referrals.use_cases.referral_turn import announce, take_referral_turn
from shared.clock import Clock
from shared.identifiers import new_id


async def move_referral(
    referral_id: UUID,
    command: ReferralCommand,
    *,
    said: Said,
    text: str | None,
    asked: ReferralAsked,
    works: WorkSource[ReferralWork],
    rules: ReferralRules,
    clock: Clock,
    once: Once,
) -> Referral:
    """The moved referral; `text` is kept beside it, never in history or facts.

    Raises NotFound, IllegalMove, NotYours, InvalidField, AlreadyClaimed, NoLongerWaiting, Stale.
    """

    def decide(standing: Standing, at: Moment) -> tuple[Referral, ReferralStep]:
        model = rules.models.choose(standing.referral.model)
        return commands.move_referral(standing, command, said=said, model=model, at=at)

    return await take_referral_turn(
        referral_id,
        decide,
        asked=asked,
        works=works,
        clock=clock,
        once=once,
        then=partial(_beside, text=text, said=said),
    )


async def _beside(
    work: ReferralWork, standing: Standing, moved: Referral, at: Moment, *, text: str | None, said: Said
) -> Referral:
    if moved.status is ReferralStatus.IN_PROGRESS:
        await _check_told_again(work, standing)
    if text is not None:
        work.referrals.note(
            ReferralNote(
                tenant_id=moved.tenant_id,
                referral_id=moved.id,
                id=new_id(),
                kind=NoteKind.STATUS_TEXT,
                text=text,
                by_worker_id=standing.viewer.actor.worker_id,
                reported_by=said.reported_by,
                occurred_at=at.occurred_at,
                recorded_at=at.recorded_at,
            )
        )
    if moved.parent_follows and moved.status is ReferralStatus.COMPLETED:
        await _parent_follows(work, moved, at=at)
    return moved


async def _check_told_again(work: ReferralWork, standing: Standing) -> None:
    """What waits because the person took their consent back goes on by another consent, never by the word of who has it."""
    stopped = standing.referral
    if stopped.status_reason is not ReferralReason.CONSENT_REVOKED:
        return
    if not await work.referrals.told_whom(stopped.id, by=standing.viewer.actor):
        raise InvalidField("consent_required", pointer="")


async def _parent_follows(work: ReferralWork, child: Referral, *, at: Moment) -> None:
    """The parent ends well with the last of those passed on from it, because the intermediary asked for that; so may its own."""
    found = await work.referrals.parent_of(child)
    if found is None or not found[1]:
        return
    followed = commands.follow(found[0], at=at)
    if followed is not None:
        await work.referrals.change(found[0], *followed)
        announce(work, *followed)
        if followed[0].parent_follows:
            await _parent_follows(work, followed[0], at=at)

"""What should be told of a referral: to the worker who is asked, and to the worker who asks."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.notifications.domain.codes import EndReason, ItemKind
from services.notifications.domain.facts import Fact
from services.notifications.domain.telling import CALLED_BACK_LADDER, Ending, Telling, notice

_ASKS = frozenset({"request", "assign"})
_ANSWERS = frozenset({"accept", "reject", "complete", "fail", "unaccept", "cancel", "close"})
_LET_GO = "unaccept"
_SILENCE = "overdue"
_ASKS_TO_CANCEL = "ask-to-cancel"
_STOPPED = frozenset({"consent-revoked", "end"})
"""By a rule. Both sides hear that it changed, and not why."""


def tellings_of_referral(facts: Sequence[Fact]) -> list[Telling]:
    """From facts in the order of their versions. Nobody is told of a step of their own."""
    return [telling for fact in facts for telling in _of_step(fact, facts=facts)]


def _of_step(fact: Fact, *, facts: Sequence[Fact]) -> list[Telling]:
    recipient = fact.worker_id if fact.worker_id != fact.by_worker_id else None
    requester = fact.assigner_worker_id if fact.assigner_worker_id not in (fact.by_worker_id, recipient) else None
    if fact.step in _ASKS and recipient is not None:
        return [notice(fact, recipient, ItemKind.REFERRAL_ASKED, ending=_moved_on(facts, fact))]
    if fact.step == _ASKS_TO_CANCEL and recipient is not None:
        return [notice(fact, recipient, ItemKind.REFERRAL_CANCELLATION_ASKED, ending=_moved_on(facts, fact))]
    if fact.step == _LET_GO and fact.by_worker_id is None:
        # by a rule: whoever had it has left, is away or may not go on, and finds on their return that others look after it
        told = [] if recipient is None else [notice(fact, recipient, ItemKind.REFERRAL_CHANGED, ending=None)]
        return told + _answered(fact, requester, facts=facts)
    if fact.step in _ANSWERS:
        return _answered(fact, requester, facts=facts)
    if fact.step in _STOPPED:
        both = [one for one in (recipient, requester) if one is not None]
        return [_changed(fact, one, ending=_moved_on(facts, fact)) for one in both]
    if fact.step == _SILENCE and requester is not None:
        return [notice(fact, requester, ItemKind.REFERRAL_UNANSWERED, ending=_moved_on(facts, fact))]
    return []


def _answered(fact: Fact, requester: UUID | None, *, facts: Sequence[Fact]) -> list[Telling]:
    if requester is None:
        return []
    return [notice(fact, requester, ItemKind.REFERRAL_ANSWERED, ending=_moved_on(facts, fact))]


def _changed(fact: Fact, worker_id: UUID, *, ending: Ending | None) -> Telling:
    """Sent as well as shown: somebody may be about to call, and the other is to speak with the person."""
    return replace(notice(fact, worker_id, ItemKind.REFERRAL_CHANGED, ending=ending), ladder=CALLED_BACK_LADDER)


def _moved_on(facts: Sequence[Fact], before: Fact) -> Ending | None:
    """The next step that changed where the referral stands, or what is asked about it (its business status)."""
    for fact in facts:
        if fact.version > before.version and _stands(fact) != _stands(before):
            return Ending(fact.version, EndReason.REFERRAL_MOVED_ON)
    return None


def _stands(fact: Fact) -> tuple[str | None, bool]:
    return fact.status, fact.reason == "cancellation_requested"

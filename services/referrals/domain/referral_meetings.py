"""What is noted beside the states of a referral: the two have met, goodbye was said, and the person's word afterwards."""

from dataclasses import replace
from typing import Any

from services.referrals.domain.errors import IllegalMove, InvalidField, NotYours
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_parties import parties_of
from services.referrals.domain.referral_standing import Standing
from services.referrals.domain.referral_states import ENDED, WORKING, ReferralParty, ReferralStatus
from services.referrals.domain.referral_versions import step_of
from services.referrals.domain.referral_words import PersonWord
from shared.contracts.codes import ReportedBy

_RECEIVING = frozenset({ReferralParty.RECIPIENT, ReferralParty.LEAD})
_BOTH = _RECEIVING | {ReferralParty.REQUESTER}


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

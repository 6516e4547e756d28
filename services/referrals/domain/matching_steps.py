"""Matching in three steps: who may, who can, who fits. Each is a function of facts with a plain reason.

What is private (a lapsed credential, a day off, supervision, a dual relationship, consent) has one reason only,
`not_available`, and is looked at before anything else: whoever is away and whoever knows the person from elsewhere
cannot be told apart, whatever else is true of them.
"""

from dataclasses import dataclass
from enum import StrEnum

from services.referrals.domain.candidates import Candidate, HeldCredential, Need
from shared.contracts.codes import CredentialState

GOOD_STANDING = frozenset({CredentialState.ACTIVE, CredentialState.INITIAL})
SAME_LOAD_WITHIN = 3
"""Loads in the same step of three count as alike; then whoever waited longest comes next, so that nobody is always first."""


class NotOffered(StrEnum):
    """Why somebody is not among those to ask, as far as anybody may know."""

    NOT_AVAILABLE = "not_available"
    NOT_ON_SHIFT = "not_on_shift"
    ASKED_BEFORE = "asked_before"
    NO_FREE_PLACE = "no_free_place"


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Fit:
    """How well somebody suits, best first; what comes after is a tie, broken in `matcher.py`."""

    preferred: int
    not_on_shift: bool
    no_shared_language: bool
    wish_not_met: bool
    load: int
    new_to_setting: bool


def who_may(candidate: Candidate, *, need: Need) -> NotOffered | None:
    """Whether rules, credentials and relationships allow it: None, or the reason."""
    may = (
        candidate.active
        and candidate.on_team
        and any(_covers(credential, need=need) for credential in candidate.credentials)
        and not candidate.supervision_in_the_way
        and candidate.may_be_asked
        and not candidate.conflict
    )
    return None if may else NotOffered.NOT_AVAILABLE


def who_can(candidate: Candidate, *, need: Need) -> NotOffered | None:
    """Whether there is time and room: None, or the reason.

    A language that is not shared is a reason to bring an interpreter, not to leave somebody alone.
    """
    if candidate.away:
        return NotOffered.NOT_AVAILABLE
    if need.off_hours and not candidate.on_shift:
        return NotOffered.NOT_ON_SHIFT
    if candidate.worker_id in need.asked_before:
        return NotOffered.ASKED_BEFORE
    if candidate.free_places is not None and candidate.free_places < 1:
        return NotOffered.NO_FREE_PLACE
    return None


def who_fits(candidate: Candidate, *, need: Need) -> Fit:
    """How well they would suit each other.

    What was lived through counts only among those who share a language, because whether they do is said aloud: so no
    reason that is shown ever depends on it.
    """
    liked, shared = need.preferred, need.language in candidate.languages
    return Fit(
        preferred=liked.index(candidate.worker_id) if candidate.worker_id in liked else len(liked),
        not_on_shift=not candidate.on_shift,
        no_shared_language=not shared,
        wish_not_met=not (shared and candidate.meets_wish),
        load=candidate.open_load // SAME_LOAD_WITHIN,
        new_to_setting=not candidate.knows_setting,
    )


def _covers(credential: HeldCredential, *, need: Need) -> bool:
    if credential.state not in GOOD_STANDING:
        return False
    return not need.endorsements or credential.endorsement is None or credential.endorsement in need.endorsements

"""Who is asked next, and why: simple, explained, and the same answer for the same facts.

What speaks against somebody (a lapsed credential, a day off) is private: it is used here and told to nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.codes import CredentialState

GOOD_STANDING = frozenset({CredentialState.ACTIVE, CredentialState.INITIAL})
_NEVER_ASKED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldCredential:
    """One credential as it stands today; without an endorsement it is general."""

    state: CredentialState
    endorsement: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A peer as the directory knows him. `open_load` counts handoffs offered to or held by him, and open tasks.

    `on_shift`: the programme's roster has him on duty now.
    """

    worker_id: UUID
    active: bool
    on_team: bool
    credentials: tuple[HeldCredential, ...]
    languages: frozenset[str]
    open_load: int
    last_offered_at: datetime | None
    on_shift: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What this handoff asks for. `asked_before` declined or did not answer; `preferred` are tried first, in order.

    `off_hours`: the programme is closed now. Then only those on shift are asked: nobody is woken who is not on call.
    """

    endorsements: frozenset[str]
    language: str
    asked_before: frozenset[UUID] = frozenset()
    preferred: tuple[UUID, ...] = ()
    off_hours: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Somebody to ask, and why in plain words."""

    worker_id: UUID
    because: tuple[str, ...]


def rank(candidates: Iterable[Candidate], *, need: Need) -> tuple[Match, ...]:
    """Everybody who may be asked, best first.

    Order: preferred; on shift; a shared language; least load; longest since last asked; then by id, so that it never depends
    on chance.
    """
    fitting = [candidate for candidate in candidates if _fits(candidate, need=need)]
    return tuple(
        Match(worker_id=candidate.worker_id, because=_because(candidate, need=need))
        for candidate in sorted(fitting, key=lambda candidate: _order(candidate, need=need))
    )


def _fits(candidate: Candidate, *, need: Need) -> bool:
    return (
        candidate.active
        and candidate.on_team
        and candidate.worker_id not in need.asked_before
        and (candidate.on_shift or not need.off_hours)
        and any(_covers(credential, need=need) for credential in candidate.credentials)
    )


def _covers(credential: HeldCredential, *, need: Need) -> bool:
    if credential.state not in GOOD_STANDING:
        return False
    return not need.endorsements or credential.endorsement is None or credential.endorsement in need.endorsements


def _order(candidate: Candidate, *, need: Need) -> tuple[int, bool, bool, int, datetime, str]:
    preferred = (
        need.preferred.index(candidate.worker_id) if candidate.worker_id in need.preferred else len(need.preferred)
    )
    return (
        preferred,
        not candidate.on_shift,
        need.language not in candidate.languages,
        candidate.open_load,
        candidate.last_offered_at or _NEVER_ASKED,
        str(candidate.worker_id),
    )


def _because(candidate: Candidate, *, need: Need) -> tuple[str, ...]:
    reasons = ["on a team of this programme's organisation", "credential in good standing for this setting"]
    if candidate.on_shift:
        reasons.append("on shift now")
    if candidate.worker_id in need.preferred:
        reasons.append("already suggested or introduced")
    if need.language in candidate.languages:
        reasons.append("speaks the person's language")
    else:
        reasons.append("no shared language on record: an interpreter may be needed")
    reasons.append(f"{candidate.open_load} open handoffs and tasks")
    reasons.append("not asked before" if candidate.last_offered_at is None else "least recently asked among equals")
    return tuple(reasons)

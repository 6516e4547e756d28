"""Who is asked next, and why: simple, explained, and the same answer for the same facts.

What speaks against somebody (a lapsed credential, a day off) is private: it is used here and told to nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.referrals.domain.candidates import Candidate, HeldCredential, Need
from services.referrals.domain.matching_steps import Fit, NotOffered, who_can, who_fits, who_may

__all__ = ["Candidate", "HeldCredential", "Match", "Need", "Passed", "Weighing", "rank", "weigh"]

_NEVER_ASKED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Somebody to ask, and why in plain words."""

    worker_id: UUID
    because: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """Somebody who is not asked now, with as much of the reason as anybody may know."""

    worker_id: UUID
    reason: NotOffered


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighing:
    """Everybody of the programme's teams: those to ask, best first, and the others in order of id."""

    offered: tuple[Match, ...]
    not_offered: tuple[Passed, ...]


def rank(candidates: Iterable[Candidate], *, need: Need) -> tuple[Match, ...]:
    """Everybody who may be asked, best first."""
    return weigh(candidates, need=need).offered


def weigh(candidates: Iterable[Candidate], *, need: Need) -> Weighing:
    """Who may, who can, who fits.

    Order: preferred; on shift; a shared language; what the person asked for; about the same load; the setting is known;
    longest since last asked; least load; then by id, so that it never depends on chance.
    """
    fitting, passed = [], []
    for candidate in candidates:
        reason = who_may(candidate, need=need) or who_can(candidate, need=need)
        if reason is None:
            fitting.append(candidate)
        else:
            passed.append(Passed(worker_id=candidate.worker_id, reason=reason))
    fitting.sort(key=lambda candidate: _order(candidate, need=need))
    return Weighing(
        offered=tuple(Match(worker_id=one.worker_id, because=_because(one, need=need)) for one in fitting),
        not_offered=tuple(sorted(passed, key=lambda one: str(one.worker_id))),
    )


def _order(candidate: Candidate, *, need: Need) -> tuple[Fit, datetime, int, str]:
    asked = candidate.last_offered_at or _NEVER_ASKED
    return (who_fits(candidate, need=need), asked, candidate.open_load, str(candidate.worker_id))


def _because(candidate: Candidate, *, need: Need) -> tuple[str, ...]:
    reasons = ["on a team of this programme's organisation", "credential in good standing for this setting"]
    if candidate.of_another_organization:
        reasons.append(
            "may be told who the person is" if candidate.may_be_told else "asked without being told who the person is"
        )
    if candidate.on_shift:
        reasons.append("on shift now")
    if candidate.worker_id in need.preferred:
        reasons.append("already suggested or introduced")
    if need.language in candidate.languages:
        reasons.append("speaks the person's language")
    else:
        reasons.append("no shared language on record: an interpreter may be needed")
    if candidate.meets_wish is not None:
        reasons += _fit_without_telling(candidate, need=need)
    else:
        reasons += _fairness(candidate)
    return tuple(reasons)


def _fairness(candidate: Candidate) -> list[str]:
    reasons = ["knows this kind of setting"] if candidate.knows_setting else []
    reasons.append(f"{candidate.open_load} open handoffs and tasks")
    reasons.append("not asked before" if candidate.last_offered_at is None else "least recently asked among equals")
    return reasons


def _fit_without_telling(candidate: Candidate, *, need: Need) -> list[str]:
    """The language is part of what was asked for; figures by which the order could be recomputed are left out."""
    return ["a good fit for what the person asked for"] if need.language in candidate.languages else []

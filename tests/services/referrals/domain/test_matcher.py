"""The matcher: who fits, in which order, the same for the same facts, and explained without private reasons."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referrals.domain.matcher import Candidate, HeldCredential, Need, rank
from shared.contracts.codes import CredentialState
from tests.services.referrals.domain.handoff_stories import NOW, PEERS, candidate

NEED = Need(endorsements=frozenset({"mental_health"}), language="en")
A, B, C, D = PEERS


def order(*candidates: Candidate, need: Need = NEED) -> list[UUID]:
    return [match.worker_id for match in rank(candidates, need=need)]


@pytest.mark.parametrize("state", CredentialState)
def test_only_good_standing_fits(state: CredentialState) -> None:
    fits = order(candidate(A, credentials=(HeldCredential(state=state),))) == [A]
    assert fits == (state in {CredentialState.ACTIVE, CredentialState.INITIAL})


@pytest.mark.parametrize(
    ("endorsements", "fits"),
    [((None,), True), (("mental_health",), True), (("recovery_support",), False), (("recovery_support", None), True)],
)
def test_the_endorsement_must_cover_the_setting(endorsements: tuple[str | None, ...], fits: bool) -> None:
    held = tuple(HeldCredential(state=CredentialState.ACTIVE, endorsement=one) for one in endorsements)
    assert (order(candidate(A, credentials=held)) == [A]) is fits
    assert order(candidate(A, credentials=held), need=Need(endorsements=frozenset(), language="en")) == [A]


@pytest.mark.parametrize("change", [{"active": False}, {"on_team": False}, {"credentials": ()}])
def test_who_does_not_fit_is_not_asked(change: dict[str, object]) -> None:
    assert order(candidate(A, **change), candidate(B)) == [B]


def test_who_was_asked_before_is_not_asked_again() -> None:
    need = Need(endorsements=frozenset(), language="en", asked_before=frozenset({A}), preferred=(A, B))
    assert order(candidate(A), candidate(B), need=need) == [B]


def test_order_preferred_then_language_then_load_then_longest_since() -> None:
    recently, long_ago = NOW - timedelta(hours=1), NOW - timedelta(days=9)
    spanish = candidate(A, languages=frozenset({"es"}))
    busy = candidate(B, open_load=3)
    asked_recently = candidate(C, last_offered_at=recently)
    asked_long_ago = candidate(D, last_offered_at=long_ago)
    assert order(spanish, busy, asked_recently, asked_long_ago) == [D, C, B, A]
    need = Need(endorsements=frozenset(), language="en", preferred=(B, A))
    assert order(spanish, busy, asked_recently, asked_long_ago, need=need) == [B, A, D, C]
    assert order(candidate(C, last_offered_at=long_ago), candidate(D)) == [D, C], "never asked comes before long ago"


@given(st.permutations([candidate(one, open_load=load) for one, load in zip(PEERS, (1, 0, 1, 0), strict=True)]))
def test_the_order_of_the_facts_does_not_matter(candidates: list[Candidate]) -> None:
    assert order(*candidates) == [B, D, A, C]


def test_reasons_are_plain_and_never_private() -> None:
    chosen = rank([candidate(A, languages=frozenset({"es"}), open_load=2)], need=NEED)[0]
    assert chosen.because == (
        "on a team of this programme's organisation",
        "credential in good standing for this setting",
        "no shared language on record: an interpreter may be needed",
        "2 open handoffs and tasks",
        "not asked before",
    )
    preferred = Need(endorsements=frozenset(), language="en", preferred=(A,))
    asked = candidate(A, last_offered_at=NOW)
    assert {
        "already suggested or introduced",
        "least recently asked among equals",
        "speaks the person's language",
    } <= set(rank([asked], need=preferred)[0].because)


def test_while_the_programme_is_closed_only_those_on_shift_are_asked() -> None:
    at_home, on_shift = candidate(PEERS[0]), candidate(PEERS[1], on_shift=True)
    night = Need(endorsements=frozenset(), language="en", off_hours=True)
    assert [match.worker_id for match in rank([at_home, on_shift], need=night)] == [PEERS[1]]
    assert rank([at_home], need=night) == ()
    day = Need(endorsements=frozenset(), language="en")
    assert [match.worker_id for match in rank([at_home, on_shift], need=day)] == [PEERS[1], PEERS[0]]

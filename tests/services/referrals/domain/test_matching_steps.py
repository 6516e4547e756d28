"""Who may, who can, who fits: one case for each reason, and what is private looks the same whatever it is."""

from datetime import date, timedelta
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest

from services.referrals.adapters.matching_files import load_ceilings, load_lived_experience, read_ceilings
from services.referrals.domain.candidates import Candidate, HeldCredential, Need
from services.referrals.domain.capacity import CapacityStatus, capacity
from services.referrals.domain.ceilings import NO_CEILINGS, Ceilings, CeilingShelf, CeilingsInvalid, lowest
from services.referrals.domain.matcher import Weighing, weigh
from services.referrals.domain.matching_steps import NotOffered
from shared.contracts.codes import CredentialState
from tests.services.referrals.domain.handoff_stories import NOW, PEERS, candidate

A, B, C, D = PEERS
NEED = Need(endorsements=frozenset(), language="en")
LAPSED = (HeldCredential(state=CredentialState.EXPIRED),)

PRIVATE: tuple[dict[str, object], ...] = (
    {"away": True},
    {"conflict": True},
    {"credentials": LAPSED},
    {"supervision_in_the_way": True},
    {"may_be_told": False},
)
ELSE: tuple[dict[str, object], ...] = (
    {},
    {"free_places": 0},
    {"on_shift": True},
    {"open_load": 9, "meets_wish": True, "knows_setting": True},
    {"languages": frozenset(), "last_offered_at": NOW},
)


def order(*candidates: Candidate, need: Need = NEED) -> list[UUID]:
    return [match.worker_id for match in weigh(candidates, need=need).offered]


def reasons(weighing: Weighing) -> dict[UUID, NotOffered]:
    return {passed.worker_id: passed.reason for passed in weighing.not_offered}


def test_without_a_consent_only_a_partner_that_is_asked_without_a_name_is_offered() -> None:
    elsewhere = {"of_another_organization": True, "may_be_told": False}
    weighing = weigh([candidate(A, **elsewhere), candidate(B, **elsewhere, asked_unnamed=True)], need=NEED)
    assert [match.worker_id for match in weighing.offered] == [B]
    assert "asked without being told who the person is" in weighing.offered[0].because
    assert reasons(weighing) == {A: NotOffered.NOT_AVAILABLE}
    (told,) = weigh([candidate(A, of_another_organization=True)], need=NEED).offered
    assert "may be told who the person is" in told.because


@pytest.mark.parametrize(("beside", "off_hours", "asked"), list(product(ELSE, (False, True), (False, True))))
def test_what_is_private_cannot_be_told_apart(beside: dict[str, object], off_hours: bool, asked: bool) -> None:
    need = Need(
        endorsements=frozenset(),
        language="en",
        off_hours=off_hours,
        asked_before=frozenset({B} if asked else ()),
        preferred=(B,),
    )
    others = [candidate(A), candidate(C, on_shift=True), candidate(D, away=True)]
    explained = {repr(weigh([*others, candidate(B, **(beside | private))], need=need)).encode() for private in PRIVATE}
    assert len(explained) == 1
    found = reasons(weigh([*others, candidate(B, **(beside | PRIVATE[1]))], need=need))
    assert found[B] is NotOffered.NOT_AVAILABLE


def test_each_reason_that_is_not_private() -> None:
    night = Need(endorsements=frozenset(), language="en", off_hours=True)
    assert reasons(weigh([candidate(A), candidate(B, on_shift=True)], need=night)) == {A: NotOffered.NOT_ON_SHIFT}
    again = Need(endorsements=frozenset(), language="en", asked_before=frozenset({A}))
    assert reasons(weigh([candidate(A), candidate(B)], need=again)) == {A: NotOffered.ASKED_BEFORE}
    full = weigh([candidate(A, free_places=0), candidate(B, free_places=1), candidate(C)], need=NEED)
    assert reasons(full) == {A: NotOffered.NO_FREE_PLACE}
    assert [match.worker_id for match in full.offered] == [B, C]


def test_everybody_is_either_offered_or_not_and_the_others_stand_in_order_of_id() -> None:
    found = weigh(
        [candidate(D, away=True), candidate(B, free_places=0), candidate(C), candidate(A, conflict=True)], need=NEED
    )
    assert [match.worker_id for match in found.offered] == [C]
    assert [passed.worker_id for passed in found.not_offered] == [A, B, D]


def test_a_tie_goes_to_whoever_waited_longest_and_then_to_the_lower_load() -> None:
    long_ago, recently = NOW - timedelta(days=5), NOW - timedelta(hours=1)
    assert order(
        candidate(A, open_load=0, last_offered_at=recently), candidate(B, open_load=2, last_offered_at=long_ago)
    ) == [B, A], "two open items more or less are alike; then the one who waited longest"
    assert order(
        candidate(A, open_load=0, last_offered_at=recently), candidate(B, open_load=3, last_offered_at=long_ago)
    ) == [A, B]
    assert order(candidate(A, open_load=2), candidate(B, open_load=1)) == [B, A]
    assert order(candidate(A), candidate(B, knows_setting=True, last_offered_at=recently)) == [B, A]


def test_what_was_lived_through_decides_only_among_those_who_share_the_language() -> None:
    plain, fitting = candidate(A, meets_wish=False), candidate(B, meets_wish=True, open_load=30)
    assert order(plain, fitting) == [B, A]
    assert order(plain, candidate(B, meets_wish=True, languages=frozenset())) == [A, B]


@pytest.mark.parametrize("languages", [frozenset({"en"}), frozenset()])
def test_no_reason_depends_on_what_was_lived_through(languages: frozenset[str]) -> None:
    said = {
        weigh([candidate(A, meets_wish=meets, languages=languages, open_load=load)], need=NEED).offered[0].because
        for meets, load in product((True, False), (0, 4))
    }
    assert len(said) == 1, "neither the attribute nor the figures by which the order could be recomputed"
    assert ("a good fit for what the person asked for" in said.pop()) == bool(languages)


@pytest.mark.parametrize(
    ("peers", "waitlist", "assessment", "expected"),
    [
        ([{}], False, False, CapacityStatus.HAS_CAPACITY),
        ([{"free_places": 0}, {"free_places": 2}], True, False, CapacityStatus.HAS_CAPACITY),
        ([{}], True, True, CapacityStatus.ADDITIONAL_ASSESSMENT_REQUIRED),
        ([{"free_places": 0}], False, False, CapacityStatus.NO_CAPACITY),
        ([{"free_places": -1}], True, True, CapacityStatus.NO_CAPACITY_WITH_WAITLIST),
        ([{"away": True}, {"credentials": LAPSED}], False, True, CapacityStatus.NO_CAPACITY),
        ([], True, False, CapacityStatus.NO_CAPACITY_WITH_WAITLIST),
    ],
)
def test_capacity(peers: list[dict[str, object]], waitlist: bool, assessment: bool, expected: CapacityStatus) -> None:
    known = [candidate(worker_id, **changes) for worker_id, changes in zip(PEERS, peers, strict=False)]
    found = capacity(known, endorsements=frozenset(), waitlist=waitlist, assessment_first=assessment)
    assert found is expected


def test_ceilings_hold_from_their_day_on() -> None:
    first = Ceilings(effective_from=date(2019, 11, 5), source="here", caseload=12)
    later = Ceilings(effective_from=date(2025, 1, 1), source="there", caseload=15)
    shelf = CeilingShelf([("US-XX", (later, first))])
    assert shelf.of("US-XX", on=date(2019, 11, 4)) is NO_CEILINGS
    assert shelf.of("US-XX", on=date(2024, 12, 31)) is first
    assert shelf.of("US-XX", on=date(2025, 1, 1)) is later
    assert shelf.of("US-YY", on=date(2025, 1, 1)) is NO_CEILINGS
    assert lowest(12, None, 8) == 8
    assert lowest(None, None) is None
    with pytest.raises(CeilingsInvalid, match="two versions"):
        CeilingShelf([("US-XX", (first, first))])
    with pytest.raises(CeilingsInvalid, match="twice"):
        CeilingShelf([("US-XX", (first,)), ("US-XX", (later,))])


def test_the_files_that_come_with_it() -> None:
    assert load_ceilings().of("US-NC", on=date(2026, 1, 1)).caseload == 12
    assert load_ceilings().of("US-VA", on=date(2026, 1, 1)).group == 10
    assert all(words for words in load_lived_experience().values())


@pytest.mark.parametrize(
    ("text", "key"), [("jurisdiction: [", "x.yaml"), ("jurisdiction: US-VA\nversions: []", "versions")]
)
def test_a_file_that_cannot_be_meant_is_named(text: str, key: str, tmp_path: Path) -> None:
    folder = tmp_path
    (folder / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CeilingsInvalid, match=key):
        read_ceilings(folder=folder)

"""Who of the team may do it, on fakes: one question for all, and nothing private in the answer."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from services.referrals.domain.directory import Team
from services.referrals.domain.errors import NotFound, WorkerRequired
from services.referrals.domain.verdicts import Unanswered
from services.referrals.use_cases.find_colleagues import Colleague, Search, find_colleagues
from shared.clock import FixedClock
from shared.contracts.codes import CredentialState, PracticeRole
from shared.contracts.scope import ConditionFinding, DecideRequest, Decision, Verdict
from tests.services.referrals.fakes import NURSE_ACTOR, MemoryPreviews, MemoryWorks
from tests.services.referrals.guard_double import Judge, decision, within_scope
from tests.services.referrals.samples import (
    NOW,
    NURSE,
    ORGANIZATION,
    PEER,
    PROGRAMME,
    TENANT,
    a_credential,
    a_programme,
    a_worker,
)

TEAM = UUID(int=20)
OTHER_PEER = UUID(int=21)
SEARCH = Search(team_id=TEAM, programme_id=PROGRAMME, text="Give him his pills")


@pytest.fixture
async def works() -> MemoryWorks:
    """A team of a nurse, a peer in good standing, and a peer whose credential ran out."""
    works = MemoryWorks()
    work = works.work
    await work.programmes.add(a_programme())
    team = Team(tenant_id=TENANT, id=TEAM, version=1, recorded_at=NOW, organization_id=ORGANIZATION, name="Days")
    await work.teams.add(team)
    for worker in (a_worker(NURSE, PracticeRole.NURSE), a_worker(), a_worker(OTHER_PEER)):
        await work.workers.add(worker)
    await work.team_members.add(team_id=TEAM, worker_ids=(NURSE, PEER, OTHER_PEER), at=NOW)
    await work.credentials.add(a_credential())
    await work.credentials.add(
        a_credential(id=UUID(int=30), worker_id=OTHER_PEER, expires_on=date(2026, 1, 1), issued_on=date(2025, 1, 1))
    )
    return works


async def found(works: MemoryWorks, judge: Judge | None, *, search: Search = SEARCH) -> tuple[Colleague, ...]:
    """The answer, which must be one."""
    answer = await find_colleagues(
        search, by=NURSE_ACTOR, works=works, guard=MemoryPreviews(works, judge), clock=FixedClock(NOW)
    )
    assert not isinstance(answer, Unanswered)
    return answer


def nurses_only(question: DecideRequest) -> Decision:
    """Nursing work."""
    may = question.facts.practice_role is PracticeRole.NURSE
    return decision(question, Verdict.WITHIN_SCOPE if may else Verdict.OUT_OF_SCOPE)


def with_policy_and_credential(question: DecideRequest) -> Decision:
    """Wants the programme's policy, and a current credential."""
    current = question.facts.credential_state is CredentialState.ACTIVE
    conditions = (
        ConditionFinding(code="transport_policy", description="programme policy allows it", met=False),
        ConditionFinding(code="credential_current", description="the credential is current", met=current),
    )
    verdict = Verdict.WITHIN_SCOPE_WITH_CONDITIONS if current else Verdict.NEEDS_REVIEW
    return decision(question, verdict, conditions=conditions)


async def test_the_freest_come_first(works: MemoryWorks) -> None:
    assert [(one.worker_id, one.verdict) for one in await found(works, nurses_only)] == [
        (NURSE, Verdict.WITHIN_SCOPE),
        (PEER, Verdict.OUT_OF_SCOPE),
        (OTHER_PEER, Verdict.OUT_OF_SCOPE),
    ]


async def test_a_missing_condition_is_named_and_a_private_reason_never(works: MemoryWorks) -> None:
    by_worker = {one.worker_id: one for one in await found(works, with_policy_and_credential)}
    assert by_worker[PEER].verdict is Verdict.WITHIN_SCOPE_WITH_CONDITIONS
    assert by_worker[OTHER_PEER].verdict is Verdict.NEEDS_REVIEW
    for one in by_worker.values():
        assert [condition.code for condition in one.missing] == ["transport_policy"]


async def test_equal_facts_are_asked_once_and_in_one_question(works: MemoryWorks) -> None:
    for number in range(40, 45):
        await works.work.workers.add(a_worker(UUID(int=number), PracticeRole.PHARMACIST))
        await works.work.team_members.add(team_id=TEAM, worker_ids=(UUID(int=number),), at=NOW)
    guard = MemoryPreviews(works, within_scope)
    answer = await find_colleagues(SEARCH, by=NURSE_ACTOR, works=works, guard=guard, clock=FixedClock(NOW))
    assert not isinstance(answer, Unanswered)
    assert len(answer) == 8
    (question,) = guard.asked
    assert len(question.facts) == len(set(question.facts)) < 8
    assert question.text == SEARCH.text


async def test_who_has_left_is_not_offered(works: MemoryWorks) -> None:
    works.work.workers.kept[OTHER_PEER] = replace(works.work.workers.kept[OTHER_PEER], active=False)
    assert [one.worker_id for one in await found(works, within_scope)] == [NURSE, PEER]


async def test_an_empty_team_asks_nobody(works: MemoryWorks) -> None:
    works.work.team_members.members.clear()
    assert await found(works, None) == ()


async def test_silence_is_no_answer(works: MemoryWorks) -> None:
    answer = await find_colleagues(
        SEARCH, by=NURSE_ACTOR, works=works, guard=MemoryPreviews(works, None), clock=FixedClock(NOW)
    )
    assert answer == Unanswered("timeout")


async def test_an_unknown_team_or_programme_is_not_found(works: MemoryWorks) -> None:
    for search in (replace(SEARCH, team_id=uuid4()), replace(SEARCH, programme_id=uuid4())):
        with pytest.raises(NotFound):
            await found(works, within_scope, search=search)


async def test_an_account_without_a_worker_cannot_ask(works: MemoryWorks) -> None:
    nobody = replace(NURSE_ACTOR, worker_id=None)
    with pytest.raises(WorkerRequired):
        await find_colleagues(
            SEARCH, by=nobody, works=works, guard=MemoryPreviews(works, within_scope), clock=FixedClock(NOW)
        )

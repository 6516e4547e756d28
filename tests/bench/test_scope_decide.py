"""The benchmark of the decision: its three sides answer alike, and its line says what was measured."""

import asyncio

from cedarpy import Entities, is_authorized

from bench.measuring import Result, Rounds
from bench.rule_tables import casbin_enforcer, casbin_request, cedar_policies, cedar_request
from bench.scope_decide import BENCHMARK, questions
from services.scope_guard.domain.judgement import ALLOWING
from tests.services.scope_guard.brain import judge


def test_cedar_and_casbin_answer_as_the_guard_does() -> None:
    enforcer = casbin_enforcer(judge().rulebook)
    policies, entities = cedar_policies(judge().rulebook), Entities.from_json_str("[]")
    answers = set()
    for question in list(questions(judge()))[:200]:
        ours = judge().judge(question).verdict in ALLOWING
        assert is_authorized(cedar_request(question), policies, entities).allowed is ours
        assert enforcer.enforce(*casbin_request(question)) is ours
        answers.add(ours)
    assert answers == {True, False}


def test_the_medians_are_compared_and_a_broken_limit_fails() -> None:
    rates = {"ours": iter([9.0, 30.0, 20.0, 10.0]), "theirs": iter([9.0, 5.0, 5.0, 50.0])}
    order: list[str] = []

    async def side(name: str) -> float:
        order.append(name)
        return next(rates[name])

    rounds = Rounds(benchmark=BENCHMARK, count=3, say=lambda _: None)
    result = asyncio.run(rounds.compare(ours=lambda: side("ours"), theirs=lambda: side("theirs")))
    assert order == ["theirs", "ours", "theirs", "ours", "ours", "theirs", "theirs", "ours"]
    assert (result.ours, result.theirs, result.holds) == (20.0, 5.0, True)
    slow = Result(benchmark=BENCHMARK, ours=20, theirs=5, rounds=3, further={"text_p50_ms": 3.0}, limits_hold=False)
    assert (slow.as_json()["ratio"], slow.as_json()["holds"], slow.as_json()["text_p50_ms"]) == (4.0, False, 3.0)

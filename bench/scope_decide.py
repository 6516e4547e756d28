"""Decide on structured input in this process, against Cedar and casbin on an equivalent table; and read task texts.

All three are asked the same questions, and must agree on every one of them before anything is measured.
"""

import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import cedarpy

from bench.measuring import InProcess, Result, Rounds
from bench.rule_tables import casbin_enforcer, casbin_request, cedar_policies, cedar_request
from services.scope_guard.adapters.policy_files import load_judge
from services.scope_guard.domain.judgement import ALLOWING
from services.scope_guard.domain.rulebook import Rulebook
from services.scope_guard.use_cases.judge import ScopeJudge
from shared.contracts.codes import (
    CredentialState,
    IntegrationModel,
    PracticeRole,
    Responsibility,
    Setting,
    SupervisionState,
)
from shared.contracts.scope import DecideMode, DecideRequest, FactsSnapshot

QUESTIONS = 1000
TEXT_LIMIT_MS = 2.0
JURISDICTIONS = ("XX", "US", "US-VA", "US-NC", "US-TX", "US-OH")
ANYONE = UUID(int=0)
TEXTS = (
    "Listen to how her week went and share a bit of your own recovery over coffee",
    "Please assess Sam for depression and let me know the diagnosis",
    "Go with her to the psychiatrist, who will adjust the dose, and help her write down her questions first",
    "Make sure he takes his pills every morning and call me if he doesn't",
    "Help him fill in the housing application, then walk over to the food pantry together",
    "Do a UDS and a quick MSE before group",
    "Run the Tuesday peer group; do not give advice on medication",
    "Keep an eye on her tonight so she doesn't leave the unit",
    "Check in by phone after the discharge and introduce yourself as her peer specialist",
    "Update the treatment plan, file the insurance claim and drive him home",
    "When you have a minute, show Alex how the bus to the clinic works",
    "Acompáñala a la cita y ayúdale a preparar sus preguntas",
)


async def run(rounds: Rounds) -> Result:
    """Like is compared with like: ours is the packs' ruling (verdict and rules that speak), with no answer kept.

    The whole judgement, which adds sources, conditions and every role that may do it, is told beside it: as it is when
    a question comes for the first time, and when its answer is kept. Also the first must beat both engines.
    """
    judge = load_judge()
    asked = list(questions(judge))
    policies, entities = cedar_policies(judge.rulebook), cedarpy.Entities.from_json_str("[]")
    enforcer = casbin_enforcer(judge.rulebook)
    for_cedar = [cedar_request(one) for one in asked]
    for_casbin = [casbin_request(one) for one in asked]

    def by_packs(request: DecideRequest) -> bool:
        assert request.activity is not None
        ruling = judge.rulebook.rule(request.activity, facts=request.facts, responsibility=request.responsibility)
        return ruling.verdict in ALLOWING

    def by_cedar(request: dict[str, str]) -> bool:
        return cedarpy.is_authorized(request, policies, entities).allowed

    def by_casbin(request: tuple[str, ...]) -> bool:
        return bool(enforcer.enforce(*request))

    for one, cedar, row in zip(asked, for_cedar, for_casbin, strict=True):
        answers = (by_packs(one), by_cedar(cedar), by_casbin(row), judge.judge(one).verdict in ALLOWING)
        if len(set(answers)) != 1:
            raise RuntimeError(f"packs, Cedar, casbin and judge answer {answers} to {row}")

    async def ruling_side() -> float:
        return _each_second(by_packs, asked)

    async def first_time() -> float:
        fresh = ScopeJudge(rulebook=_fresh(judge.rulebook), reader=judge.reader)
        return _each_second(fresh.judge, asked)

    async def again() -> float:
        return _each_second(judge.judge, asked)

    async def cedar_side() -> float:
        return _each_second(by_cedar, for_cedar)

    async def casbin_side() -> float:
        return _each_second(by_casbin, for_casbin)

    medians = await rounds.interleave(
        {
            "ours": ruling_side,
            "judgement": first_time,
            "judgement again": again,
            "cedarpy": cedar_side,
            "casbin": casbin_side,
            "text, us": partial(_text_median, judge),
        }
    )
    text_ms = medians["text, us"] / 1000
    return Result(
        benchmark=rounds.benchmark,
        ours=medians["ours"],
        theirs=max(medians["cedarpy"], medians["casbin"]),
        rounds=rounds.count,
        further={
            "cedarpy": round(medians["cedarpy"], 1),
            "casbin": round(medians["casbin"], 1),
            "judgement": round(medians["judgement"], 1),
            "judgement_again": round(medians["judgement again"], 1),
            "text_p50_ms": round(text_ms, 3),
            "text_goal_ms": TEXT_LIMIT_MS,
        },
        limits_hold=text_ms < TEXT_LIMIT_MS and medians["judgement"] > max(medians["cedarpy"], medians["casbin"]),
    )


def questions(judge: ScopeJudge) -> Iterator[DecideRequest]:
    """As many different ones, drawn evenly (and always the same) from every role, activity and set of facts."""
    space = list(
        itertools.product(
            PracticeRole, judge.activities(), Responsibility, JURISDICTIONS, CredentialState, SupervisionState
        )
    )
    chance = random.Random(8402)
    for role, activity, responsibility, jurisdiction, credential, supervision in chance.sample(space, QUESTIONS):
        facts = FactsSnapshot(
            practice_role=role,
            credential_state=credential,
            credential_endorsement=chance.choice((None, "mental_health")),
            supervision_state=supervision,
            setting=chance.choice(list(Setting)),
            integration_model=chance.choice(list(IntegrationModel)),
            jurisdiction=jurisdiction,
        )
        yield _ask(facts, activity=activity.code, responsibility=responsibility)


def _fresh(book: Rulebook) -> Rulebook:
    """The same packs without any kept answer."""
    return Rulebook(catalogue=book.catalogue, conditions=book.conditions, packs=book.packs, version=book.version)


def _ask(
    facts: FactsSnapshot,
    *,
    activity: str | None = None,
    responsibility: Responsibility = Responsibility.ASSIST,
    text: str = "",
) -> DecideRequest:
    return DecideRequest(
        request_id=ANYONE,
        tenant_id=ANYONE,
        mode=DecideMode.PREVIEW,
        activity=activity,
        responsibility=responsibility,
        text=text,
        facts=facts,
    )


def _each_second(answer: Callable[[Any], object], asked: list[Any]) -> float:
    began = time.perf_counter()
    for one in asked:
        answer(one)
    return len(asked) / (time.perf_counter() - began)


async def _text_median(judge: ScopeJudge) -> float:
    """Microseconds from request to judgement, the median over all sample texts, each read ten times."""
    facts = FactsSnapshot(
        practice_role=PracticeRole.PEER_SUPPORT_SPECIALIST,
        credential_state=CredentialState.ACTIVE,
        supervision_state=SupervisionState.CURRENT,
        setting=Setting.COMMUNITY_MENTAL_HEALTH,
        integration_model=IntegrationModel.INTEGRATED_TEAM,
        jurisdiction="US",
    )
    taken = []
    for text in TEXTS * 10:
        request = _ask(facts, text=text)
        began = time.perf_counter()
        judge.judge(request)
        taken.append((time.perf_counter() - began) * 1_000_000)
    return statistics.median(taken)


BENCHMARK = InProcess(
    name="scope_decide",
    what="a ruling of the packs with the rules behind it, against a yes or no of the faster of Cedar and casbin",
    unit="decisions/s",
    must=1,
    aim=10,
    run=run,
)

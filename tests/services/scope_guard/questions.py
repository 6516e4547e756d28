"""Questions, and a small judge with a policy of four words, for tests of everything around the judgement."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.scope_guard.domain.judgement import Judgement
from shared.contracts.codes import IntegrationModel, PracticeRole, Setting
from shared.contracts.scope import (
    Alternative,
    ConditionFinding,
    DecideRequest,
    FactsSnapshot,
    RuleFinding,
    SourceReference,
    Span,
    TaskPart,
    Verdict,
)
from shared.identifiers import new_id

TENANT = UUID("0192f0c0-0000-7000-8000-00000000000a")
OTHER_TENANT = UUID("0192f0c0-0000-7000-8000-00000000000b")
KEY = b"a key that only the tests of this service use"

FACTS = FactsSnapshot(
    practice_role=PracticeRole.PEER_SUPPORT_SPECIALIST,
    setting=Setting.OUTPATIENT,
    integration_model=IntegrationModel.INTEGRATED_TEAM,
    jurisdiction="US-VA",
    team_roles=(PracticeRole.NURSE, PracticeRole.PEER_SUPPORT_SPECIALIST),
)


def question(text: str = "listen to him over a coffee", **changes: Any) -> DecideRequest:
    """A binding question of TENANT with a fresh request id."""
    content: dict[str, Any] = {"request_id": new_id(), "tenant_id": TENANT, "facts": FACTS, "text": text}
    return DecideRequest(**content | changes)


class WordJudge:
    """Refuses what says `diagnose`, splits what says ` and `, questions what says `maybe`, allows the rest."""

    def __init__(self, policy_version: str = "words-1") -> None:
        self.policy_version = policy_version

    def judge(self, request: DecideRequest) -> Judgement:
        """A judgement by the words alone."""
        verdict, rule = Verdict.WITHIN_SCOPE, "words.listen"
        if "diagnose" in request.text:
            verdict, rule = Verdict.OUT_OF_SCOPE, "words.diagnose"
        elif "maybe" in request.text:
            verdict, rule = Verdict.NEEDS_REVIEW, "words.question"
        elif "crisis" in request.text:
            verdict, rule = Verdict.WITHIN_SCOPE_WITH_CONDITIONS, "words.crisis"
        finding = RuleFinding(
            rule_id=rule,
            activity="listening",
            verdict=verdict,
            reason="the word list says so",
            source=SourceReference(document="000", section="1"),
            spans=(Span(start=0, end=len(request.text)),),
        )
        judgement = Judgement(
            verdict=verdict, policy_version=self.policy_version, reason="the word list says so", rules=(finding,)
        )
        if verdict is Verdict.WITHIN_SCOPE_WITH_CONDITIONS:
            met = "clinician_present" in request.facts.conditions_met
            condition = ConditionFinding(code="clinician_present", description="a clinician is there", met=met)
            return replace(judgement, conditions=(condition,))
        if verdict is not Verdict.OUT_OF_SCOPE:
            return judgement
        return replace(
            judgement,
            who_may=(PracticeRole.PSYCHIATRIST,),
            alternative=Alternative(activity="listening", text="listen instead"),
            split=self._split(request.text),
        )

    def _split(self, text: str) -> tuple[TaskPart, ...]:
        if " and " not in text:
            return ()
        middle = text.index(" and ")
        spans = (Span(start=0, end=middle), Span(start=middle + 5, end=len(text)))
        return tuple(
            TaskPart(
                text=text[span.start : span.end],
                span=span,
                activity=None,
                verdict=Verdict.NEEDS_REVIEW,
                who_may=(),
            )
            for span in spans
        )

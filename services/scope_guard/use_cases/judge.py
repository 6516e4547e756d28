"""Judge one request: the packs decide on the structure, the words can only make the verdict stricter."""

from typing import TypeVar

from services.scope_guard.domain.catalogue import Activity
from services.scope_guard.domain.findings import (
    alternative_of,
    conditions_of,
    findings_of,
    reason_of,
)
from services.scope_guard.domain.judgement import Judgement, stricter, strictest
from services.scope_guard.domain.reading import ClauseReading, Mention, Reading, Stance
from services.scope_guard.domain.rulebook import Rulebook, Ruling
from services.scope_guard.domain.split import parts_of
from services.scope_guard.use_cases.ports import TextReader
from shared.contracts.codes import PracticeRole, Responsibility
from shared.contracts.scope import DecideRequest, FactsSnapshot, Verdict

_KEPT_ANSWERS = 20_000

JudgedMention = tuple[Mention | None, Ruling]

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class ScopeJudge:
    """The guard's judgement: pure, deterministic, without clock or database.

    The same request, packs and word lists (`policy_version`) always give the same `Judgement`.
    """

    def __init__(self, *, rulebook: Rulebook, reader: TextReader) -> None:
        self.rulebook = rulebook
        self.reader = reader
        self._rulings: dict[tuple[str, Responsibility, FactsSnapshot], Ruling] = {}
        self._roles: dict[tuple[str, Responsibility, FactsSnapshot], tuple[PracticeRole, ...]] = {}
        self._structured: dict[tuple[str, Responsibility, FactsSnapshot], Judgement] = {}

    @property
    def policy_version(self) -> str:
        """Readable version and SHA-256 of every policy and lexicon file."""
        return self.rulebook.version

    def activities(self) -> tuple[Activity, ...]:
        """The catalogue, in its own order."""
        return tuple(self.rulebook.catalogue)

    def who_may(
        self, activity: str, facts: FactsSnapshot, *, responsibility: Responsibility = Responsibility.ASSIST
    ) -> tuple[PracticeRole, ...]:
        """The roles that may do this activity in this place; raises `UnknownActivity`."""
        key = (activity, responsibility, facts)
        roles = self._roles.get(key)
        if roles is None:
            roles = self.rulebook.roles_for(activity, facts=facts, responsibility=responsibility)
            _keep(self._roles, key, roles)
        return roles

    def judge(self, request: DecideRequest) -> Judgement:
        """The verdict with its reasons. Unknown activities and unreadable words are `needs_review`, never an error."""
        if request.activity is not None and not request.text.strip():
            return self._by_structure(request.activity, request)
        return self._judge(request, self.reader.read(request.text))

    def _by_structure(self, activity: str, request: DecideRequest) -> Judgement:
        key = (activity, request.responsibility, request.facts)
        judgement = self._structured.get(key)
        if judgement is None:
            judgement = self._judge(request, Reading())
            _keep(self._structured, key, judgement)
        return judgement

    def _judge(self, request: DecideRequest, reading: Reading) -> Judgement:
        judged: list[JudgedMention] = []
        if request.activity is not None and request.activity in self.rulebook.catalogue:
            judged.append((None, self._ruling(request.activity, request)))
        clauses = [(clause, self._judge_clause(clause, request)) for clause in reading.clauses]
        for _, mentions in clauses:
            judged.extend(mentions)
        questions = [question for clause in reading.clauses for question in clause.questions]
        verdict = strictest(ruling.verdict for _, ruling in judged)
        if questions or (request.activity is not None and request.activity not in self.rulebook.catalogue):
            verdict = stricter(verdict, Verdict.NEEDS_REVIEW)
        rulings = [ruling for _, ruling in judged]
        refused = next((ruling for ruling in rulings if ruling.verdict is verdict), None)
        return Judgement(
            verdict=verdict,
            policy_version=self.policy_version,
            reason=reason_of(verdict, rulings, questions=questions, unknown_activity=self._unknown(request)),
            rules=findings_of(judged),
            conditions=conditions_of(verdict, rulings, rulebook=self.rulebook, facts=request.facts),
            who_may=self._roles_for_all(verdict, rulings, request),
            alternative=alternative_of(refused) if verdict is Verdict.OUT_OF_SCOPE and refused else None,
            split=parts_of(
                request.text,
                [(clause, verdict_of(clause, mentions)) for clause, mentions in clauses],
                judge_again=lambda words: self._judge_words(words, request),
            )
            if verdict in (Verdict.OUT_OF_SCOPE, Verdict.NEEDS_REVIEW)
            else (),
        )

    def _unknown(self, request: DecideRequest) -> str | None:
        known = request.activity is None or request.activity in self.rulebook.catalogue
        return None if known else request.activity

    def _judge_clause(self, clause: ClauseReading, request: DecideRequest) -> list[JudgedMention]:
        return [
            (mention, self._ruling(mention.activity, request))
            for mention in clause.mentions
            if mention.stance is Stance.DOES
        ]

    def _judge_words(self, words: str, request: DecideRequest) -> tuple[Verdict, str | None, tuple[PracticeRole, ...]]:
        """Verdict, leading activity and possible roles of one part of a task, read on its own."""
        clauses = self.reader.read(words).clauses
        judged = [mention for clause in clauses for mention in self._judge_clause(clause, request)]
        rulings = [ruling for _, ruling in judged]
        verdict = strictest(ruling.verdict for ruling in rulings)
        if any(clause.questions for clause in clauses):
            verdict = stricter(verdict, Verdict.NEEDS_REVIEW)
        leading = next((ruling for ruling in rulings if ruling.verdict is verdict), None)
        return verdict, leading.activity if leading else None, self._roles_for_all(verdict, rulings, request)

    def _ruling(self, activity: str, request: DecideRequest) -> Ruling:
        key = (activity, request.responsibility, request.facts)
        ruling = self._rulings.get(key)
        if ruling is None:
            ruling = self.rulebook.rule(activity, facts=request.facts, responsibility=request.responsibility)
            _keep(self._rulings, key, ruling)
        return ruling

    def _roles_for_all(
        self, verdict: Verdict, rulings: list[Ruling], request: DecideRequest
    ) -> tuple[PracticeRole, ...]:
        """Roles that may do every activity behind the verdict; nobody when no single role may."""
        leading = [ruling.activity for ruling in rulings if ruling.verdict is verdict]
        if not leading:
            return ()
        sets = [
            self.who_may(activity, request.facts, responsibility=request.responsibility)
            for activity in dict.fromkeys(leading)
        ]
        return tuple(role for role in sets[0] if all(role in roles for roles in sets[1:]))


def verdict_of(clause: ClauseReading, mentions: list[JudgedMention]) -> Verdict | None:
    """The verdict of one clause; None when it asks for nothing (somebody else does it, or it says what not to do)."""
    if not mentions and not clause.questions:
        return None
    verdict = strictest((ruling.verdict for _, ruling in mentions))
    return stricter(verdict, Verdict.NEEDS_REVIEW) if clause.questions else verdict


def _keep(answers: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Keep an answer for the next time; start afresh rather than grow without end."""
    if len(answers) >= _KEPT_ANSWERS:
        answers.clear()
    answers[key] = value

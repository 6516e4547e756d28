"""The structured half of the guard: role, activity and facts in, deciding rules and verdict out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.scope_guard.domain.catalogue import Catalogue
from services.scope_guard.domain.conditions import Condition
from services.scope_guard.domain.judgement import ALLOWING, strictest
from services.scope_guard.domain.policy import EVERY_ACTIVITY, Pack, Rule
from shared.contracts.codes import CredentialState, PracticeRole, Responsibility, SupervisionState
from shared.contracts.scope import FactsSnapshot, Verdict

_KEPT_ANSWERS = 20_000


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdict of the packs on one activity, and the rules that spoke, strictest first."""

    activity: str
    verdict: Verdict
    rules: tuple[Rule, ...]

    @property
    def deciding(self) -> tuple[Rule, ...]:
        """The rules whose own verdict is the verdict."""
        return tuple(rule for rule in self.rules if rule.verdict is self.verdict)

    @property
    def conditions(self) -> tuple[str, ...]:
        """Codes of every condition that a speaking rule asks for, without repeats."""
        return tuple(dict.fromkeys(code for rule in self.rules for code in rule.conditions))


class Rulebook:
    """All packs together. Deny beats allow; an activity that no rule allows for a role is a question.

    A rule for every activity (a gate on credential or supervision) can only add strictness: it never gives the
    permission that an activity's own rule has to give.
    """

    def __init__(
        self, *, catalogue: Catalogue, conditions: Mapping[str, Condition], packs: Iterable[Pack], version: str
    ) -> None:
        self.catalogue = catalogue
        self.conditions = dict(conditions)
        self.packs = tuple(packs)
        self.version = version
        self._own: dict[tuple[PracticeRole, str], list[tuple[Pack, Rule]]] = {}
        self._gates: dict[PracticeRole, list[tuple[Pack, Rule]]] = {}
        self._allowed_roles: dict[tuple[str, FactsSnapshot, Responsibility], tuple[PracticeRole, ...]] = {}
        for pack in self.packs:
            for rule in pack.rules:
                self._file(pack, rule)

    def _file(self, pack: Pack, rule: Rule) -> None:
        for role in rule.roles:
            if EVERY_ACTIVITY in rule.activities:
                self._gates.setdefault(role, []).append((pack, rule))
            for activity in rule.activities:
                if activity != EVERY_ACTIVITY:
                    self._own.setdefault((role, activity), []).append((pack, rule))

    def rule(self, activity: str, *, facts: FactsSnapshot, responsibility: Responsibility) -> Ruling:
        """What the packs say of one activity; raises `UnknownActivity`."""
        self.catalogue.get(activity)

        def speaking(filed: Iterable[tuple[Pack, Rule]]) -> list[Rule]:
            return [
                rule
                for pack, rule in filed
                if pack.covers(facts.jurisdiction) and rule.when.hold(facts, responsibility=responsibility)
            ]

        role = facts.practice_role
        own = speaking(self._own.get((role, activity), ()))
        if not own:
            return Ruling(activity=activity, verdict=Verdict.NEEDS_REVIEW, rules=())
        verdict = strictest(rule.verdict for rule in own)
        if verdict is Verdict.OUT_OF_SCOPE:
            return Ruling(activity=activity, verdict=verdict, rules=_by_strictness(own))
        rules = _by_strictness([*own, *speaking(self._gates.get(role, ()))])
        return Ruling(activity=activity, verdict=strictest(rule.verdict for rule in rules), rules=rules)

    def roles_for(
        self, activity: str, *, facts: FactsSnapshot, responsibility: Responsibility
    ) -> tuple[PracticeRole, ...]:
        """The roles that may do this here, whoever asks, with a current credential and supervision."""
        place = facts.model_copy(update={"conditions_met": (), "team_roles": ()})
        allowed = self._allowed_roles.get((activity, place, responsibility))
        if allowed is None:
            allowed = tuple(
                role
                for role in PracticeRole
                if self.rule(activity, facts=in_good_standing(place, role=role), responsibility=responsibility).verdict
                in ALLOWING
            )
            if len(self._allowed_roles) >= _KEPT_ANSWERS:
                self._allowed_roles.clear()
            self._allowed_roles[(activity, place, responsibility)] = allowed
        return allowed


def in_good_standing(facts: FactsSnapshot, *, role: PracticeRole) -> FactsSnapshot:
    """The same place, with a worker of this role whose credential and supervision are in order."""
    return facts.model_copy(
        update={
            "practice_role": role,
            "credential_state": CredentialState.ACTIVE,
            "supervision_state": SupervisionState.CURRENT,
            "credential_endorsement": facts.credential_endorsement if role is facts.practice_role else None,
        }
    )


def _by_strictness(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    order = (Verdict.OUT_OF_SCOPE, Verdict.NEEDS_REVIEW, Verdict.WITHIN_SCOPE_WITH_CONDITIONS, Verdict.WITHIN_SCOPE)
    return tuple(sorted(rules, key=lambda rule: (order.index(rule.verdict), rule.rule_id)))

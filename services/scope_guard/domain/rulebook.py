"""The structured half of the guard: role, activity and facts in, deciding rules and verdict out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.scope_guard.domain.catalogue import Catalogue
from services.scope_guard.domain.conditions import Condition
from services.scope_guard.domain.judgement import ALLOWING, STRICTNESS, strictest
from services.scope_guard.domain.policy import EVERY_ACTIVITY, NOT_GIVEN, Pack, Rule, fact_word
from shared.contracts.codes import CredentialState, PracticeRole, Responsibility, SupervisionState
from shared.contracts.scope import FactsSnapshot, Verdict

_KEPT_ANSWERS = 20_000
_GOOD_STANDING = {"credential_state": str(CredentialState.ACTIVE), "supervision_state": str(SupervisionState.CURRENT)}


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
        self._looked_at = frozenset(name for pack in self.packs for rule in pack.rules for name in rule.when.facts)
        self._covering: dict[str, frozenset[str]] = {}
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
        covering = self._packs_over(facts.jurisdiction)

        def speaking(filed: Iterable[tuple[Pack, Rule]]) -> list[Rule]:
            return [
                rule
                for pack, rule in filed
                if pack.code in covering and rule.when.hold(facts, responsibility=responsibility)
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
        self.catalogue.get(activity)
        covering = self._packs_over(facts.jurisdiction)
        words = {name: fact_word(facts, name) for name in self._looked_at} | _GOOD_STANDING
        endorsed = fact_word(facts, "credential_endorsement")
        allowed = []
        for role in PracticeRole:
            words["practice_role"] = role
            words["credential_endorsement"] = endorsed if role is facts.practice_role else NOT_GIVEN
            if self._allows(role, activity, words=words, responsibility=responsibility, covering=covering):
                allowed.append(role)
        return tuple(allowed)

    def _allows(
        self,
        role: PracticeRole,
        activity: str,
        *,
        words: Mapping[str, str],
        responsibility: Responsibility,
        covering: frozenset[str],
    ) -> bool:
        """True when a rule of the activity's own speaks, and neither it nor any gate says anything but yes."""
        spoken = False
        for own, filed in ((True, self._own.get((role, activity), ())), (False, self._gates.get(role, ()))):
            for pack, rule in filed:
                if pack.code in covering and rule.when.hold_in(words, responsibility=responsibility):
                    if rule.verdict not in ALLOWING:
                        return False
                    spoken = True
            if own and not spoken:
                return False
        return True

    def _packs_over(self, jurisdiction: str) -> frozenset[str]:
        """Codes of the packs that speak for this jurisdiction."""
        covering = self._covering.get(jurisdiction)
        if covering is None:
            covering = frozenset(pack.code for pack in self.packs if pack.covers(jurisdiction))
            if len(self._covering) >= _KEPT_ANSWERS:
                self._covering.clear()
            self._covering[jurisdiction] = covering
        return covering


def _by_strictness(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: (-STRICTNESS[rule.verdict], rule.rule_id)))

"""Turn rulings into what a person reads: the rules and words that decided, the reason, the conditions, the way on."""

from collections.abc import Iterable, Sequence

from services.scope_guard.domain.judgement import STRICTNESS
from services.scope_guard.domain.reading import Mention, Question
from services.scope_guard.domain.rulebook import Rulebook, Ruling
from shared.contracts.scope import Alternative, ConditionFinding, FactsSnapshot, RuleFinding, Span, Verdict

QUESTION_REASONS: dict[str, str] = {
    "clinical_words": "the words touch on clinical work without saying who does it; a supervisor can tell in a minute",
    "unknown_work": "part of this asks for something the guard does not know yet, so a supervisor looks first",
    "unclear_words": "the words can be read in more than one way, so a supervisor looks first",
    "unreadable": "part of this could not be read as plain words, so a supervisor looks first",
}
NOTHING_FOUND = "nothing here tells the guard what is being asked, so a supervisor looks first"
NOT_ASKED = "the activity `{activity}` is not in the catalogue, so a supervisor looks first"
NO_RULE = "no policy says who may do this yet, so a supervisor looks first"


def findings_of(judged: Iterable[tuple[Mention | None, Ruling]]) -> tuple[RuleFinding, ...]:
    """Every rule that spoke, strictest first, once per rule and activity, with all spans that called it up."""
    spans: dict[tuple[str, str], list[Span]] = {}
    first: dict[tuple[str, str], RuleFinding] = {}
    for mention, ruling in judged:
        for rule in ruling.rules:
            key = (rule.rule_id, ruling.activity)
            spans.setdefault(key, [])
            if mention is not None:
                span = Span(start=mention.start, end=mention.end)
                if span not in spans[key]:
                    spans[key].append(span)
            if key not in first:
                first[key] = RuleFinding(
                    rule_id=rule.rule_id,
                    activity=ruling.activity,
                    verdict=rule.verdict,
                    reason=rule.reason,
                    source=rule.source,
                )
    found = [
        finding.model_copy(update={"spans": tuple(spans[key])}) if spans[key] else finding
        for key, finding in first.items()
    ]
    return tuple(sorted(found, key=lambda finding: -STRICTNESS[finding.verdict]))


def reason_of(
    verdict: Verdict, rulings: Sequence[Ruling], *, questions: Sequence[Question], unknown_activity: str | None
) -> str:
    """One plain sentence: why this verdict."""
    leading = next((ruling for ruling in rulings if ruling.verdict is verdict), None)
    if leading is not None and leading.deciding:
        return leading.deciding[0].reason
    if unknown_activity is not None:
        return NOT_ASKED.format(activity=unknown_activity)
    if questions:
        return QUESTION_REASONS[questions[0].code]
    return NO_RULE if leading is not None else NOTHING_FOUND


def conditions_of(
    verdict: Verdict, rulings: Sequence[Ruling], *, rulebook: Rulebook, facts: FactsSnapshot
) -> tuple[ConditionFinding, ...]:
    """The conditions to show: all that a speaking rule asks for, unless the task is refused anyway."""
    if verdict is Verdict.OUT_OF_SCOPE:
        return ()
    codes = dict.fromkeys(code for ruling in rulings for code in ruling.conditions)
    return tuple(rulebook.conditions[code].check(facts) for code in codes)


def alternative_of(ruling: Ruling) -> Alternative | None:
    """The in-role way forward that the deciding rules of a refusal name."""
    return next((rule.alternative for rule in ruling.deciding if rule.alternative is not None), None)

"""The scope guard's own commands, mounted as `handrail scope`: no database and no running service needed."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from services.scope_guard.adapters.policy_files import POLICY_FOLDER, load_judge, load_rulebook
from services.scope_guard.domain.judgement import Judgement
from services.scope_guard.use_cases.evaluate import LABELS, Statement, evaluate, question, report, usual_facts
from services.scope_guard.use_cases.scope_document import DOCUMENT_PATH, scope_document
from shared.contracts.codes import PracticeRole
from shared.contracts.scope import MAX_TEXT_CHARACTERS, Verdict

commands = typer.Typer(help="Ask the scope guard about a text, or a file of them.", no_args_is_help=True)

Role = Annotated[PracticeRole, typer.Option("--role", help="the role that is asked")]
Json = Annotated[bool, typer.Option("--json", help="print JSON instead of text")]

_WORDS = {
    Verdict.WITHIN_SCOPE: "within scope",
    Verdict.WITHIN_SCOPE_WITH_CONDITIONS: "within scope, with conditions",
    Verdict.NEEDS_REVIEW: "needs a look by a supervisor",
    Verdict.OUT_OF_SCOPE: "outside the role",
}


@commands.command()
def check(
    text: Annotated[str, typer.Argument(help="the task, in your own words")],
    role: Role = PracticeRole.PEER_SUPPORT_SPECIALIST,
    as_json: Json = False,
) -> None:
    """May this role do this? Exit code 0 for any answer, 2 for a text that is too long."""
    if len(text) > MAX_TEXT_CHARACTERS:
        raise typer.BadParameter(f"a task has at most {MAX_TEXT_CHARACTERS} characters")
    judgement = load_judge().judge(question(text, usual_facts(role)))
    if as_json:
        _say(json.dumps(_as_json(judgement), ensure_ascii=False, indent=2))
    else:
        _say("\n".join(_lines(text, judgement)))


@commands.command(name="evaluate")
def evaluate_file(
    file: Annotated[Path, typer.Argument(help="JSON lines: id, text, label (in, out, conditional), source")],
    role: Role = PracticeRole.PEER_SUPPORT_SPECIALIST,
    as_json: Json = False,
) -> None:
    """Measure the guard on labelled statements."""
    judge = load_judge()
    found = report(evaluate(_statements(file), judge=judge, facts=usual_facts(role)))
    _say(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(_table(found)))


@commands.command()
def document(
    check_only: Annotated[
        bool, typer.Option("--check", help=f"compare with {DOCUMENT_PATH}; exit 1 when that is stale")
    ] = False,
) -> None:
    """The page on scope of practice, made from the packs."""
    page = scope_document(load_rulebook(POLICY_FOLDER, version=""))
    if not check_only:
        sys.stdout.write(page)
        return
    path = Path(DOCUMENT_PATH)
    if not path.exists() or path.read_text(encoding="utf-8") != page:
        sys.stderr.write(f"{DOCUMENT_PATH} is stale: `handrail scope document > {DOCUMENT_PATH}` makes it anew\n")
        raise typer.Exit(1)


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")


def _as_json(judgement: Judgement) -> dict[str, Any]:
    return {
        "verdict": judgement.verdict.value,
        "reason": judgement.reason,
        "policy_version": judgement.policy_version,
        "rules": [finding.model_dump(mode="json") for finding in judgement.rules],
        "conditions": [finding.model_dump(mode="json") for finding in judgement.conditions],
        "who_may": [role.value for role in judgement.who_may],
        "alternative": judgement.alternative.model_dump(mode="json") if judgement.alternative else None,
        "split": [part.model_dump(mode="json") for part in judgement.split],
    }


def _lines(text: str, judgement: Judgement) -> Iterator[str]:
    yield f"{_WORDS[judgement.verdict]}: {judgement.reason}"
    for finding in judgement.rules:
        if finding.verdict is judgement.verdict:
            words = ", ".join(f'"{text[span.start : span.end]}"' for span in finding.spans)
            yield f"  rule {finding.rule_id} ({finding.source.document}, {finding.source.section}) {words}"
    for condition in judgement.conditions:
        yield f"  {'met' if condition.met else 'open'}: {condition.description}"
    if judgement.who_may:
        yield "  may do it: " + ", ".join(role.value.replace("_", " ") for role in judgement.who_may)
    if judgement.alternative:
        yield f"  instead: {judgement.alternative.text}"
    for part in judgement.split:
        yield f'  part "{part.text}": {_WORDS[part.verdict]}'


def _statements(file: Path) -> Iterator[Statement]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                yield _statement(row)
            except (ValueError, KeyError, TypeError) as fault:
                raise typer.BadParameter(f"line {number} is not a labelled statement: {fault}") from None


def _statement(row: Mapping[str, Any]) -> Statement:
    if row["label"] not in LABELS:
        raise ValueError(f"label is none of {', '.join(LABELS)}")
    source = row.get("source") or ""
    return Statement(
        statement_id=str(row["id"]),
        text=str(row["text"])[:MAX_TEXT_CHARACTERS],
        label=row["label"],
        source=str(source.get("title", "")) if isinstance(source, dict) else str(source),
        category=str(row.get("category") or ""),
    )


def _table(found: Mapping[str, Any]) -> Iterator[str]:
    verdicts = [verdict.value for verdict in Verdict]
    yield "label".ljust(14) + "".join(name.rjust(30) for name in verdicts)
    for label, counts in found["by_label"].items():
        yield label.ljust(14) + "".join(str(counts[name]).rjust(30) for name in verdicts)
    yield ""
    for name, rate in found["rates"].items():
        if rate["of"]:
            span = f"95 % interval {rate['low']:.1%} to {rate['high']:.1%}"
            yield f"{name:20} {rate['share']:7.1%}  ({rate['hits']} of {rate['of']}; {span})"
    yield f"latency              p50 {found['latency_ms']['p50']} ms, p95 {found['latency_ms']['p95']} ms"
    for title, key in (("out of role, allowed", "wrong_allows"), ("in role, refused", "false_refusals")):
        yield f"\n{title}: {len(found[key])}"
        for case in found[key]:
            yield f"  {case['id']}: {case['text']}"
            for rule in case["rules"]:
                yield f"    {rule['verdict']:28} {rule['rule_id']} [{rule['activity']}] {rule['spans']}"
    for title, key in (("by category", "by_category"), ("by source document", "by_source")):
        yield f"\n{title}"
        for name, group in found[key].items():
            shown = "; ".join(
                f"{rate} {value['share']:.0%} [{value['low']:.0%}, {value['high']:.0%}] of {value['of']}"
                for rate, value in group["rates"].items()
                if value["of"]
                and rate in ("out_allowed", "out_refused", "in_refused", "in_within", "conditional_within")
            )
            yield f"  {name or '(none)'} (n {group['n']}): {shown}"

"""Commands for those who write packs and word lists, mounted as `handrail policy`: no running service needed."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from services.scope_guard.adapters.case_tables import CaseTableFault, load_cases
from services.scope_guard.adapters.policy_files import POLICY_FOLDER, load_judge, load_rulebook
from services.scope_guard.domain.proofs import lint, prove
from services.scope_guard.domain.rulebook_difference import differences
from services.scope_guard.use_cases.check_cases import check_cases
from services.scope_guard.use_cases.evaluate import usual_facts
from shared.contracts.codes import PracticeRole

commands = typer.Typer(help="Prove, check, compare and try policy packs.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="print JSON instead of text")]


@commands.command(name="prove")
def prove_packs(as_json: Json = False) -> None:
    """Prove the promises over every combination of facts; exit 1 with a counterexample when one does not hold."""
    proofs = prove(load_rulebook(POLICY_FOLDER, version=""))
    if as_json:
        _say(json.dumps([{"promise": p.promise, "holds": p.holds, "counterexample": p.counterexample} for p in proofs]))
    else:
        for proof in proofs:
            mark = "holds" if proof.holds else f"DOES NOT HOLD: {proof.counterexample}"
            _say(f"{proof.promise}: {mark} ({proof.cases:,} cases)")
    if not all(proof.holds for proof in proofs):
        raise typer.Exit(1)


@commands.command(name="lint")
def lint_packs() -> None:
    """Rules that can never decide, and activities nobody has a rule for; exit 1 when there are any of the first."""
    findings = lint(load_rulebook(POLICY_FOLDER, version=""))
    for finding in findings:
        _say(finding.words)
    if any(finding.is_fault for finding in findings):
        raise typer.Exit(1)


@commands.command(name="diff")
def compare(
    other: Annotated[Path, typer.Argument(help="another policy folder", exists=True, file_okay=False)],
    as_json: Json = False,
) -> None:
    """What changes for whom when the other folder's packs are adopted."""
    changes = differences(load_rulebook(POLICY_FOLDER, version=""), load_rulebook(other, version=""))
    if as_json:
        _say(json.dumps([change.as_row() for change in changes]))
    else:
        for change in changes:
            _say(f"{change.role}, {change.activity}, {change.jurisdiction}: {change.before} -> {change.after}")
        _say(f"{len(changes)} differences")


@commands.command(name="test")
def try_cases(
    path: Annotated[Path, typer.Argument(help="a case table (YAML), or a folder of them", exists=True)],
    role: Annotated[
        PracticeRole, typer.Option("--role", help="the role that is asked")
    ] = PracticeRole.PEER_SUPPORT_SPECIALIST,
    as_json: Json = False,
) -> None:
    """Judge every sentence of the case tables; exit 1 with each that gets another verdict than the one beside it."""
    try:
        cases = load_cases(path)
    except CaseTableFault as fault:
        raise typer.BadParameter(str(fault)) from None
    misses = check_cases(cases, judge=load_judge(), facts=usual_facts(role))
    if as_json:
        _say(json.dumps({"cases": len(cases), "misses": [miss.as_row() for miss in misses]}, ensure_ascii=False))
    else:
        for miss in misses:
            _say(f"{miss.case.table}: {miss.case.text!r}: {miss.verdict}, expected {miss.case.expected} ({miss.why})")
        missed = Counter(miss.case.table for miss in misses)
        for table, count in Counter(case.table for case in cases).items():
            _say(f"{table}: {count - missed[table]} of {count} as expected")
    if misses:
        raise typer.Exit(1)


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")

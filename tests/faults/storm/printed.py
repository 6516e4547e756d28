"""A report as a person reads it."""

from collections import Counter
from collections.abc import Iterator

from tests.faults.storm.checks import CHECKS
from tests.faults.storm.history import Kind, Outcome
from tests.faults.storm.plan import Kill
from tests.faults.storm.run import Report


def lines_of(report: Report) -> Iterator[str]:
    """What was done, what fired, what held; in Markdown."""
    outcomes = Counter((deed.kind, deed.outcome) for deed in report.deeds)
    kills = sum(isinstance(shot.fault, Kill) and bool(shot.proof) for shot in report.shots)
    yield f"seed {report.seed}: {kills} kills and {len(report.shots) - kills} other faults in {report.storm_seconds:.0f} s;"
    yield f"{report.restarts} processes were started again by the supervisor"
    yield ""
    yield "| asked for | acknowledged | refused | unknown | repeated |"
    yield "|---|---|---|---|---|"
    for kind in Kind:
        of_kind = [deed for deed in report.deeds if deed.kind is kind]
        unknown = outcomes[kind, Outcome.UNKNOWN] + outcomes[kind, Outcome.ASKED]
        repeated = sum(deed.tries > 1 for deed in of_kind)
        told = f"{outcomes[kind, Outcome.ACKNOWLEDGED]} | {outcomes[kind, Outcome.REFUSED]}"
        yield f"| {kind} | {told} | {unknown} | {repeated} |"
    yield ""
    yield "| fault | planned | fired |"
    yield "|---|---|---|"
    planned = Counter(one.fault.name for one in report.plan.planned)
    fired = Counter(shot.fault.name for shot in report.shots if shot.proof)
    for name in sorted(planned):
        yield f"| {name} | {planned[name]} | {fired[name]} |"
    yield f"| **all** | {planned.total()} | {fired.total()} |"
    yield ""
    yield "| invariant | looked at | wrong | what it says |"
    yield "|---|---|---|---|"
    for name, verdict in report.verdicts.items():
        says = (CHECKS[name].__doc__ or "").partition(": ")[2]
        yield f"| {name} | {verdict.looked_at} | {len(verdict.wrong)} | {says} |"
    yield ""
    if report.held_after is None:
        yield "Not everything held in the end."
    else:
        yield f"Everything held {report.held_after:.0f} s after healing."
    for when, verdicts in (("two sweeps after healing", report.late), ("in the end", report.verdicts)):
        for name, verdict in verdicts.items():
            for words in verdict.wrong[:5]:
                yield f"- {name}, {when}: {words}"
    yield (
        f"E-mails taken by the server: {report.mails}, of which {report.repeated_mails} were repeats under the same Message-ID"
        f" (P6); {report.late_mails} still on their way."
    )

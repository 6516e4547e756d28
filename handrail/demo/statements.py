"""`handrail demo run --tasks FILE.jsonl`: ask a demo peer to do each statement of a file, through the API, and count."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from handrail.demo.api import Answer, Api, addresses_of
from handrail.demo.performance import open_stage
from handrail.demo.stage import Stage
from handrail.demo.story import Story
from handrail.demo.task_journeys import CLINICIAN, assign
from handrail.runtime.state_folder import StateFolder

OUTCOMES = ("assigned", "conditions", "review", "refused", "undecided")
_TITLE_CHARACTERS = 200
_AT_ONCE = 4


def read_statements(path: Path) -> list[dict[str, Any]]:
    """Lines of {"text", "label", ...}. Raises ValueError naming the line that is not so."""
    statements = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            statement = json.loads(line)
            statements.append({"text": str(statement["text"]), "label": str(statement["label"])})
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(f"line {number} of `{path}` is not a statement with text and label") from error
    return statements


async def assign_statements(path: Path, *, state: StateFolder, say: Callable[[str], None]) -> dict[str, Any]:
    """Assign every statement; {"n", "by_label": {label: {outcome: count}}}."""
    statements = read_statements(path)
    counts: Counter[tuple[str, str]] = Counter()
    async with Api(addresses=addresses_of(state)) as api:
        stage = await open_stage(state, story=Story(say=say), api=api, say=say)
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(statement: dict[str, Any]) -> None:
            async with gate:
                counts[(statement["label"], outcome_of(await _assign(stage, statement["text"])))] += 1

        await asyncio.gather(*(one(statement) for statement in statements))
    labels = sorted({label for label, _ in counts})
    return {
        "n": len(statements),
        "by_label": {label: {outcome: counts[(label, outcome)] for outcome in OUTCOMES} for label in labels},
    }


async def _assign(stage: Stage, text: str) -> Answer:
    head = text if len(text) <= _TITLE_CHARACTERS else text[:_TITLE_CHARACTERS].rsplit(" ", 1)[0]
    return await assign(stage, await stage.visitor(CLINICIAN), head, details=text[len(head) :].strip())


def outcome_of(answer: Answer) -> str:
    """One word for what became of a task."""
    if answer.status == 201:
        return "assigned"
    if answer.status == 409:
        return "refused"
    if answer.body["scope"] == "undecided":
        return "undecided"
    return "conditions" if answer.body["decision"]["verdict"] == "within_scope_with_conditions" else "review"


def as_table(result: dict[str, Any]) -> str:
    """The counts for people."""
    lines = [f"{'label':<14}" + "".join(f"{outcome:>12}" for outcome in OUTCOMES)]
    for label, row in result["by_label"].items():
        lines.append(f"{label:<14}" + "".join(f"{row[outcome]:>12}" for outcome in OUTCOMES))
    return "\n".join([*lines, f"{result['n']} statements"])

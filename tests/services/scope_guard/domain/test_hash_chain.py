"""Links of the chain."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from services.scope_guard.domain.decision_log import LoggedDecision, enter
from services.scope_guard.domain.hash_chain import append, empty_chain, row_digest
from services.scope_guard.use_cases.preview import judged
from shared.clock import FixedClock
from shared.contracts.codes import PracticeRole, Responsibility
from shared.contracts.scope import Verdict
from shared.identifiers import new_id
from tests.services.scope_guard.questions import KEY, OTHER_TENANT, TENANT, WordJudge, question

NOW = datetime(2026, 3, 2, 7, 0, 0, 5, tzinfo=UTC)


def row() -> LoggedDecision:
    request = question("diagnose him")
    return enter(request, judged(request, judge=WordJudge(), clock=FixedClock(NOW)), key=KEY).row


OTHERWISE: dict[str, Any] = {
    "verdict": Verdict.NEEDS_REVIEW,
    "practice_role": PracticeRole.NURSE,
    "responsibility": Responsibility.PRIMARY,
    "assigner_role": PracticeRole.NURSE,
    "rule_ids": ("words.diagnose", "words.more"),
    "facts": {"setting": "youth"},
    "result": {"reason": "another"},
    "occurred_at": NOW - timedelta(microseconds=1),
    "decided_at": NOW + timedelta(microseconds=1),
    "recorded_at": NOW + timedelta(microseconds=1),
    "policy_version": "words-2",
    "activity": "listening",
    "text_digest": "0" * 64,
    "input_digest": "0" * 64,
}


@pytest.mark.parametrize("name", [field.name for field in fields(LoggedDecision)])
def test_every_field_is_sealed(name: str) -> None:
    before = row()
    after = replace(before, **{name: OTHERWISE.get(name) or new_id()})
    assert row_digest(after) != row_digest(before)


def test_the_digest_does_not_depend_on_key_order_or_time_zone() -> None:
    before = row()
    elsewhere = before.recorded_at.astimezone(timezone(timedelta(hours=5)))
    turned = dict(reversed(before.facts.items()))
    assert list(turned) != list(before.facts)
    assert row_digest(replace(before, facts=turned, recorded_at=elsewhere)) == row_digest(before)


def test_every_link_depends_on_all_before_it() -> None:
    first, second = row(), row()
    one = append(append(empty_chain(TENANT), first).head, second)
    other = append(append(empty_chain(TENANT), replace(first, verdict=Verdict.NEEDS_REVIEW)).head, second)
    assert one.position == other.position == 2
    assert one.link != other.link
    assert append(empty_chain(OTHER_TENANT), first).link != append(empty_chain(TENANT), first).link


def test_what_has_no_canonical_form_is_not_sealed() -> None:
    with pytest.raises(TypeError):
        row_digest(replace(row(), facts={"setting": object()}))

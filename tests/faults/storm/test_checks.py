"""Each check finds the one thing that is wrong in a world that is otherwise right; and finds nothing in one that is right."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.faults.storm.checks import CHECKS, judge
from tests.faults.storm.evidence import Evidence, Row
from tests.faults.storm.history import Deed, Kind, Outcome

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(minutes=5)
POLICY = "2026.1"

Change = Callable[[list[Deed], Evidence], None]


def acknowledged(key: str, kind: Kind, subject: str, **more: Any) -> Deed:
    return Deed(key=key, kind=kind, subject=subject, outcome=Outcome.ACKNOWLEDGED, tries=1, **more)


def deeds() -> list[Deed]:
    """One person is waited for, another was accepted; one task in the role, one outside of it; one device was late."""
    return [
        acknowledged("d1", Kind.DISCHARGE, "visit-1", answer={"id": "t1", "handoff_id": "h1"}, made=1),
        acknowledged("d2", Kind.DISCHARGE, "visit-2", answer={"id": "t2", "handoff_id": "h2"}, made=1),
        acknowledged("a2", Kind.ACCEPT, "visit-2", about="h2", by="peer", seen=2, made=3),
        Deed(key="l2", kind=Kind.DECLINE, subject="visit-2", about="h2", seen=2, stale=True, outcome=Outcome.REFUSED),
        acknowledged("k1", Kind.TASK_IN_ROLE, "person-1", answer={"id": "task1"}),
        Deed(
            key="k2",
            kind=Kind.TASK_OUT_OF_ROLE,
            subject="person-2",
            outcome=Outcome.REFUSED,
            answer={"decision_id": "no", "code": "out_of_scope"},
        ),
    ]


def item(subject: str, *, state: str = "open", kind: str = "handoff_offered") -> dict[str, Any]:
    return {"worker_id": "peer", "subject_id": subject, "kind": kind, "occasion": 1, "state": state}


def offer(handoff: str, *, status: str, ended_at: datetime | None = None) -> dict[str, Any]:
    return {
        "handoff_id": handoff,
        "offer_number": 1,
        "worker_id": "peer",
        "status": status,
        "offered_at": LONG_AGO,
        "ended_at": ended_at,
    }


def evidence() -> Evidence:
    transition = {"status": "discharged", "owner_worker_id": "nurse", "version": 2, "person_id": "p"}
    decision = {"verdict": "within_scope", "policy_version": POLICY}
    return Evidence(
        now=NOW,
        transitions=[
            transition | {"id": "t1", "visit_reference": "visit-1"},
            transition | {"id": "t2", "visit_reference": "visit-2"},
        ],
        handoffs=[
            {"id": "h1", "transition_id": "t1", "state": "offered", "version": 2, "accepted_by": None},
            {"id": "h2", "transition_id": "t2", "state": "accepted", "version": 3, "accepted_by": "peer"},
        ],
        offers=[offer("h1", status="open"), offer("h2", status="accepted", ended_at=LONG_AGO)],
        facts=[{"handoff_id": "h2", "kind": "accepted", "version": 3, "by_worker_id": "peer"}],
        tasks=[
            {"id": "task1", "person_id": "person-1", "decision_id": "yes", "assigned_at": LONG_AGO, **decision},
        ],
        decisions={"yes": decision, "no": decision | {"verdict": "out_of_scope"}},
        boundary_events=Counter({"no": 1}),
        items=[item("h1"), item("h2", state="closed")],
        pages={"peer": [item("h1")]},
        messages=[
            {"worker_id": "peer", "subject_id": "h2", "occasion": 1, "kind": "handoff_offered", "begun_at": LONG_AGO}
        ],
        chain={"holds": True, "verified": 2},
        noted=1,
        decided=2,
        sealed=2,
        receipts={"text": "delivered"},
    )


def task(**changes: Any) -> Change:
    return lambda done, there: setattr(there, "tasks", [{**there.tasks[0], **changes}])


def more(name: str, row: Row) -> Change:
    return lambda done, there: setattr(there, name, [*getattr(there, name), row])


def less(name: str) -> Change:
    return lambda done, there: setattr(there, name, getattr(there, name)[1:])


def put(name: str, value: Any) -> Change:
    return lambda done, there: setattr(there, name, value)


def deed(number: int, **changes: Any) -> Change:
    def change(done: list[Deed], there: Evidence) -> None:
        done[number] = replace(done[number], **changes)

    return change


def written_to_after(status: str) -> Change:
    def change(done: list[Deed], there: Evidence) -> None:
        there.offers = [there.offers[0], {**there.offers[1], "status": status}]
        there.messages = [{**there.messages[0], "begun_at": LONG_AGO + timedelta(minutes=1)}]

    return change


def broken(code: str) -> Change:
    return put("broken", [(code, "id")])


BREAKS: dict[str, list[Change]] = {
    "I1": [less("transitions"), put("pages", {"peer": []}), deed(0, outcome=Outcome.REFUSED)],
    "I2": [
        put("pages", {"peer": [item("h1"), item("h1", kind="handoff_escalated")]}),
        more("items", item("h1")),
        more("tasks", evidence().tasks[0]),
        more("transitions", evidence().transitions[0]),
    ],
    "I3": [
        task(person_id="person-2"),
        put("boundary_events", Counter()),
        put("boundary_events", Counter({"no": 2})),
        put("boundary_events", Counter({"no": 1, "nobody's": 1})),
        deed(5, answer={"decision_id": "no", "code": "conflict"}),
        broken("never_out_of_role"),
    ],
    "I4": [task(decision_id="unknown"), task(policy_version="another"), task(assigned_at=None), put("decisions", {})],
    "I5": [
        deed(3, outcome=Outcome.ACKNOWLEDGED, made=3),
        deed(2, made=4),
        lambda done, there: done.append(replace(done[2], key="twice")),
        put("handoffs", [{**row, "version": 2} for row in evidence().handoffs]),
    ],
    "I6": [
        put("facts", []),
        put("chain", {"holds": False, "verified": 2}),
        put("sealed", 1),
        put("noted", 0),
        broken("last_step_is_state"),
    ],
    "I7": [
        put("handoffs", [{**row, "state": "offered"} for row in evidence().handoffs]),
        put("receipts", {"text": "sent"}),
    ],
    "I8": [
        put("items", [item("h2")]),
        put("items", [item("nobody's")]),
        written_to_after("declined"),
        written_to_after("unanswered"),
        written_to_after("withdrawn"),
    ],
    "I9": [put("waiting", [{"place": "outbox", "id": "e", "since": NOW - timedelta(seconds=11)}])],
    "I10": [
        put("transitions", [{**row, "owner_worker_id": None} for row in evidence().transitions]),
        broken("one_owner"),
        broken("unbroken_history"),
    ],
}


def test_nothing_is_wrong_in_a_world_that_is_right_and_every_check_has_looked_at_something() -> None:
    for name, verdict in judge(deeds(), evidence()).items():
        assert verdict.wrong == [], name
        assert verdict.looked_at > 0, name


@pytest.mark.parametrize(
    ("name", "change"),
    [(name, change) for name, changes in BREAKS.items() for change in changes],
    ids=[f"{name}-{number}" for name, changes in BREAKS.items() for number in range(len(changes))],
)
def test_a_check_finds_what_is_wrong(name: str, change: Change) -> None:
    done, there = deeds(), evidence()
    change(done, there)
    assert CHECKS[name](done, there).wrong


def test_every_check_is_shown_to_fail() -> None:
    assert set(BREAKS) == set(CHECKS)


def test_what_is_younger_than_two_sweeps_is_not_wrong_yet() -> None:
    done, there = deeds(), evidence()
    there.waiting = [{"place": "outbox", "id": "e", "since": NOW - timedelta(seconds=9)}]
    there.offers = [{**there.offers[0], "offered_at": NOW - timedelta(seconds=9)}, there.offers[1]]
    there.pages = {"peer": []}
    assert not CHECKS["I9"](done, there).wrong
    assert not CHECKS["I1"](done, there).wrong

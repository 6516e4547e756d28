"""Tasks, with a scope guard that says yes, no, maybe or nothing."""

from collections.abc import Mapping

from hypothesis import strategies as st
from hypothesis.stateful import rule

from services.referrals.domain.task_states import REASONS, TaskCommand
from tests.services.referrals.guard_double import (
    Judge,
    another_request,
    conditional,
    needs_review,
    out_of_scope,
    within_scope,
)
from tests.services.referrals.machine.network import Row
from tests.services.referrals.machine.player import AGO, ANYBODY, BEHIND, BELONGS, WHICH, Player
from tests.services.referrals.machine.staff import POSTS
from tests.services.referrals.machine.transition_rules import PROGRAMME

MOODS: Mapping[str, Judge] = {
    "within": within_scope,
    "conditions met": conditional(met=True),
    "conditions unmet": conditional(met=False),
    "review": needs_review,
    "outside": out_of_scope,
    "about something else": another_request,
}
STEPS = [
    command
    for command in TaskCommand
    if command.value in {"start", "hold", "resume", "complete", "decline", "fail", "cancel"}
]


class TaskRules(Player):
    """What is asked of a worker."""

    @rule(mood=st.sampled_from([*["within"] * 4, *MOODS, "silent"]))
    def guard_says(self, mood: str) -> None:
        self.doors.guard.fault = "500" if mood == "silent" else None
        self.doors.guard.judge = MOODS.get(mood, within_scope)

    @rule(
        which=WHICH,
        programme=PROGRAMME,
        worker=st.sampled_from(sorted(POSTS)),
        by=ANYBODY,
        about=st.booleans(),
        ago=AGO,
    )
    def ask_for_a_task(self, which: int, programme: str, worker: str, by: str, about: bool, ago: float | None) -> None:
        person, known = self.pick("people", which), self.network.known
        assert person is not None
        body: Row = {
            "programme_id": known.programmes[programme],
            "assignee_worker_id": known.workers[worker],
            "title": "Walk along to the housing office",
            "activity": "community_accompaniment",
        }
        if about:
            body["person_id"] = str(person["id"])
        self.tell("assign_task", by, "/tasks", body, ago=ago)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, behind=BEHIND, command=st.sampled_from(STEPS), why=WHICH)
    def move_task(
        self, which: int, belongs: bool, by: str, ago: float | None, behind: int, command: TaskCommand, why: int
    ) -> None:
        found = self.pick("tasks", which)
        if found is None:
            return
        reasons = sorted(REASONS.get(command, ()))
        body = {"reason": reasons[why % len(reasons)].value} if reasons else {}
        theirs = "assigner_worker_id" if command is TaskCommand.CANCEL else "assignee_worker_id"
        name = self.somebody([found[theirs]], belongs=belongs, anybody=by)
        path, version = f"/tasks/{found['id']}/{command.value}", found["version"] - behind
        self.tell(f"move_task {command.value}", name, path, body, version=version, ago=ago)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, approve=st.booleans(), why=WHICH)
    def review(self, which: int, belongs: bool, by: str, approve: bool, why: int) -> None:
        found = self.pick("tasks", which, where="status = 'proposed'")
        if found is None:
            return
        reasons = sorted(REASONS[TaskCommand.APPROVE if approve else TaskCommand.TURN_DOWN])
        body = {"decision": "approve" if approve else "decline", "reason": reasons[why % len(reasons)].value}
        name = ("sol", "lee", "sky")[why % 3] if belongs else by
        path = f"/tasks/{found['id']}/review"
        self.tell("decide_review", name, path, body | {"words": "we spoke of it"}, version=found["version"])

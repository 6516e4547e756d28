"""Tasks through the scope guard: refused with a way forward, split, allowed, conditional, and the guard switched off."""

import os
import signal
from typing import Any
from uuid import uuid4

from handrail.demo.api import Answer, Visitor
from handrail.demo.stage import REFERRALS, SCOPE_GUARD, Stage
from handrail.demo.story import NotConfirmed, Step
from handrail.runtime.process_states import read_status

NAME = "tasks"
CLINICIAN, PEER, SUPERVISOR, PROGRAMME = "mika", "fay", "silas", "community"

REFUSED = "Assess her for suicide risk and adjust the dose of her medication"
MIXED = "Sit with him and listen over a coffee, and administer his evening medication"
ALLOWED = "Go with him to the housing office and help him fill in the application he wants to make"
CONDITIONAL = "Hand out naloxone kits at the drop-in on Friday and show people how to use them"


async def assign(stage: Stage, who: Visitor, title: str, **fields: Any) -> Answer:
    """Ask the demo peer to do something; 201, 202 or 409."""
    body = {
        "programme_id": stage.registry.programmes[PROGRAMME],
        "assignee_worker_id": stage.registry.workers[PEER],
        "title": title,
        **fields,
    }
    return await who.ask(REFERRALS, "POST", "/tasks", body=body, expect={201, 202, 409}, key=str(uuid4()))


async def tasks(stage: Stage) -> None:
    """One refused, one split, one allowed, one conditional."""
    who, supervisor, peer = (await stage.visitor(CLINICIAN), await stage.visitor(SUPERVISOR), await stage.visitor(PEER))
    await _refused(stage, who, supervisor)
    await _split(stage, who)
    async with stage.story.step(NAME, f"“{ALLOWED}”") as step:
        answer = await assign(stage, who, ALLOWED)
        step.confirm("assigned at once", answer.status == 201 and answer.body["status"] == "assigned")
        step.confirm(
            "with a decision id and a policy version",
            bool(answer.body["decision"]["decision_id"] and answer.body["decision"]["policy_version"]),
        )
        await step.until("it is in the peer's inbox", lambda: stage.inbox_item(peer, answer.body["id"]))
    await _conditional(stage, who)


async def _boundary_events(supervisor: Visitor, decision_id: str) -> list[dict[str, Any]]:
    events = await supervisor.every(SCOPE_GUARD, "/boundary-events")
    return [one for one in events if one["decision_id"] == decision_id]


async def _refused(stage: Stage, who: Visitor, supervisor: Visitor) -> None:
    async with stage.story.step(NAME, f"“{REFUSED}”") as step:
        person_id = await stage.new_person(who)
        answer = await assign(stage, who, REFUSED, person_id=person_id)
        step.confirm(
            "not sent: outside the peer's role", answer.status == 409 and answer.body["code"] == "out_of_scope"
        )
        told = answer.body
        step.confirm(f"why: {told['detail']}", bool(told["detail"] and told["rule_id"] and told["source"]["section"]))
        step.confirm(f"who may: {', '.join(told['who_may'])}", bool(told["who_may"]))
        step.confirm(f"another way: {told['alternative']['text']}", bool(told["alternative"]["text"]))
        kept = await who.every(REFERRALS, f"/tasks?person_id={person_id}")
        step.confirm("no task was stored", kept == [])
        found = await _boundary_events(supervisor, told["decision_id"])
        step.confirm("the supervisor sees exactly one boundary event, of the assignment", len(found) == 1)


async def _split(stage: Stage, who: Visitor) -> None:
    async with stage.story.step(NAME, f"“{MIXED}”") as step:
        answer = await assign(stage, who, MIXED)
        parts = answer.body.get("split") or []
        step.confirm(f"not sent as one, but split into {len(parts)} parts", answer.status == 409 and len(parts) >= 2)
        verdicts = {part["verdict"] for part in parts}
        step.confirm("one part is out of role, one is not", "out_of_scope" in verdicts and len(verdicts) > 1)
        inside = next(part for part in parts if part["verdict"] != "out_of_scope")
        again = await assign(stage, who, inside["text"])
        step.confirm(f"the peer's part on its own is assigned: “{inside['text']}”", again.status == 201)


async def _conditional(stage: Stage, who: Visitor) -> None:
    async with stage.story.step(NAME, f"“{CONDITIONAL}”") as step:
        answer = await assign(stage, who, CONDITIONAL)
        unmet = list(answer.body.get("unmet_conditions") or [])
        step.confirm("proposed, not assigned", answer.status == 202 and answer.body["status"] == "proposed")
        step.confirm(f"what would satisfy it: {'; '.join(one['description'] for one in unmet)}", bool(unmet))
        attested = await assign(stage, who, CONDITIONAL, attested_conditions=[one["code"] for one in unmet])
        step.confirm("with the conditions attested it is assigned", attested.status == 201)


async def guard_outage(stage: Stage) -> None:
    """The guard stops answering: nothing is allowed, nothing is denied; it comes back, and the task is decided."""
    name = "guard switched off"
    who = await stage.visitor(CLINICIAN)
    guard = _process_of(stage)
    if guard is None:
        stage.story.aside("the guard runs somewhere else: its outage is not shown")
        return
    try:
        async with stage.story.step(name, f"the guard is stopped, and Mika asks: “{ALLOWED}”") as step:
            os.kill(guard, signal.SIGSTOP)
            answer = await assign(stage, who, ALLOWED)
            step.confirm(
                "kept as proposed and undecided: neither allowed nor denied",
                answer.status == 202 and answer.body["scope"] == "undecided",
            )
            step.confirm("the answer says when it will be asked again", "Retry-After" in answer.headers)
    finally:
        os.kill(guard, signal.SIGCONT)
    async with stage.story.step(name, "the guard is back") as step:
        await _decided(step, who, answer.body["id"])


async def _decided(step: Step, who: Visitor, task_id: str) -> None:
    async def assigned() -> bool:
        return bool((await who.get(REFERRALS, f"/tasks/{task_id}")).body["status"] == "assigned")

    await step.until("the sweep asked again, and the task is assigned", assigned)
    task = (await who.get(REFERRALS, f"/tasks/{task_id}")).body
    if not task["decision"]:
        raise NotConfirmed("the assignment names its decision")
    step.confirm("the assignment names its decision", bool(task["decision"]["decision_id"]))


def _process_of(stage: Stage) -> int | None:
    status = read_status(stage.state.status_file)
    found = [one for one in (status or {}).get("processes", []) if one["name"] == f"{SCOPE_GUARD.value}-api"]
    pid = found[0].get("pid") if found else None
    return int(pid) if pid else None

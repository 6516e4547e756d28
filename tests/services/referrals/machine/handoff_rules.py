"""Handoffs: preparation, the answer, the meeting, the sheet, the end; and what notifications has to tell of them."""

from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule

from services.referrals.domain.handoff_states import (
    ContactChannel,
    DeclineReason,
    IntroductionChannel,
    Outcome,
    Preparation,
    WithdrawReason,
)
from services.referrals.worker.tasks import process_waiting
from shared.contracts.codes import Service, SubjectKind
from shared.contracts.events import DeliveryFailed, EventData, EventType, LadderExhausted
from shared.outbox import new_event
from tests.services.referrals.machine.network import Row
from tests.services.referrals.machine.player import AGO, ANYBODY, BEHIND, BELONGS, WHICH, Player

SAID: dict[str, dict[str, Any]] = {
    "wishes": {"words": "to sleep in my own bed"},
    "strengths": {"lines": ["patient", "a good cook"]},
    "questions": {"items": ["who has the key?"]},
}


class HandoffRules(Player):
    """From preparation to a closed loop."""

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, behind=BEHIND, step=st.sampled_from(Preparation))
    def prepare(self, which: int, belongs: bool, by: str, ago: float | None, behind: int, step: Preparation) -> None:
        body = {"step": step.value}
        self._whoever_sends("prepare_handoff", "preparation", which, belongs, by, body, behind=behind, ago=ago)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, how=st.sampled_from(IntroductionChannel))
    def introduce_peer(self, which: int, belongs: bool, by: str, ago: float | None, how: IntroductionChannel) -> None:
        body = {"how": how.value}
        self._whoever_sends("record_handoff_introduction", "introduction", which, belongs, by, body, ago=ago)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, behind=BEHIND)
    def accept_handoff(self, which: int, belongs: bool, by: str, ago: float | None, behind: int) -> None:
        self._whoever_is_asked("accept_handoff", "accept", which, belongs, by, None, behind=behind, ago=ago)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, why=st.sampled_from(DeclineReason))
    def decline_handoff(self, which: int, belongs: bool, by: str, ago: float | None, why: DeclineReason) -> None:
        self._whoever_is_asked("decline_handoff", "decline", which, belongs, by, {"reason": why.value}, ago=ago)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, reached=st.booleans())
    def first_contact(self, which: int, belongs: bool, by: str, ago: float | None, reached: bool) -> None:
        self._whoever_is_asked(
            "record_handoff_contact", "first-contact", which, belongs, by, _contact(reached), ago=ago
        )

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, reached=st.booleans())
    def follow_up(self, which: int, belongs: bool, by: str, ago: float | None, reached: bool) -> None:
        body = _contact(reached) | {"milestone": "day_7"}
        self._whoever_is_asked("record_handoff_follow_up", "follow-up", which, belongs, by, body, ago=ago)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, outcome=st.sampled_from(Outcome))
    def close_handoff(self, which: int, belongs: bool, by: str, ago: float | None, outcome: Outcome) -> None:
        self._whoever_is_asked("close_handoff", "close", which, belongs, by, {"outcome": outcome.value}, ago=ago)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, why=st.sampled_from(WithdrawReason))
    def withdraw_handoff(self, which: int, belongs: bool, by: str, ago: float | None, why: WithdrawReason) -> None:
        self._whoever_sends("withdraw_handoff", "withdraw", which, belongs, by, {"reason": why.value}, ago=ago)

    @rule(which=WHICH, by=ANYBODY, belongs=BELONGS, part=st.sampled_from(sorted(SAID)), empty=st.booleans())
    def write_on_the_sheet(self, which: int, by: str, belongs: bool, part: str, empty: bool) -> None:
        found = self._handoff(which)
        if found is None:
            return
        written = self.rows(
            "SELECT max(version) AS newest FROM handoff_sheet_revisions WHERE tenant_id = $1 AND handoff_id = $2",
            found["id"],
        )
        name = self.somebody([found["worker_id"], found["origin_worker_id"]], belongs=belongs, anybody=by)
        body = {part: {"reported_by": "person", "content": None if empty else SAID[part]}}
        version = written[0]["newest"] or 1
        self.tell("change_sheet", name, f"/handoffs/{found['id']}/sheet", body, method="PATCH", version=version)

    @rule(which=WHICH, earlier=st.sampled_from([0, 0, 0, 1]))
    def ladder_runs_out(self, which: int, earlier: int) -> None:
        found = self._handoff(which)
        if found is None or not found["offer_number"]:
            return
        fact = LadderExhausted(
            **self._common(found),
            handoff_id=found["id"],
            offer_number=max(1, found["offer_number"] - earlier),
            worker_id=found["worker_id"] or uuid4(),
            ladder="standard",
        )
        self._fact_arrives("lapse_handoff_offer", EventType.LADDER_EXHAUSTED, fact)

    @rule(which=WHICH)
    def delivery_fails(self, which: int) -> None:
        found = self._handoff(which)
        if found is None or found["worker_id"] is None:
            return
        fact = DeliveryFailed(
            **self._common(found),
            delivery_id=uuid4(),
            subject_kind=SubjectKind.HANDOFF,
            subject_id=found["id"],
            worker_id=found["worker_id"],
            channel="email",
            reason="rejected",
        )
        self._fact_arrives("note_handoff_delivery_failure", EventType.DELIVERY_FAILED, fact)

    def _fact_arrives(self, verb: str, kind: EventType, fact: EventData) -> None:
        """A neighbour's fact through the real inbox: stored by the API, applied by the worker."""
        event = new_event(source=Service.NOTIFICATIONS, type=kind, subject=uuid4(), data=fact)
        body = {"events": [event.model_dump(mode="json")]}

        async def asking() -> Any:
            answer = await self.network.ask(Service.NOTIFICATIONS, "POST", "/internal/events", body)
            await process_waiting(self.doors.worker)
            return answer

        self.doors.counts.steps += 1
        assert self._count(verb, self.run(asking()))
        waiting = self.rows(
            "SELECT state, last_error FROM event_inbox WHERE state NOT IN ('processed', 'ignored') AND $1::uuid IS NOT NULL"
        )
        assert not waiting, waiting

    def _common(self, found: Row) -> dict[str, Any]:
        now = self.rows("SELECT now() AS now, $1::uuid AS tenant")[0]["now"]
        return {"tenant_id": UUID(str(found["tenant_id"])), "version": 1, "occurred_at": now, "recorded_at": now}

    def _handoff(self, which: int) -> Row | None:
        found = self.rows(
            "SELECT h.*, t.origin_worker_id, t.owner_worker_id FROM handoffs h"
            " JOIN transitions t ON t.tenant_id = h.tenant_id AND t.id = h.transition_id"
            " WHERE h.tenant_id = $1 ORDER BY (h.ended_at IS NOT NULL), h.id"
        )
        return found[which % len(found)] if found else None

    def _whoever_is_asked(
        self, verb: str, path: str, which: int, belongs: bool, by: str, body: Any, **more: Any
    ) -> None:
        found = self._handoff(which)
        if found is not None:
            name = self.somebody([found["worker_id"]], belongs=belongs, anybody=by)
            self._tell_handoff(verb, path, found, name, body, **more)

    def _whoever_sends(self, verb: str, path: str, which: int, belongs: bool, by: str, body: Any, **more: Any) -> None:
        found = self._handoff(which)
        if found is not None:
            name = self.somebody([found["origin_worker_id"]], belongs=belongs, anybody=by)
            self._tell_handoff(verb, path, found, name, body, **more)

    def _tell_handoff(
        self, verb: str, path: str, found: Row, name: str, body: Any, *, ago: float | None, behind: int = 0
    ) -> None:
        version = found["version"] - behind
        self.tell(verb, name, f"/handoffs/{found['id']}/{path}", body, version=version, ago=ago)


def _contact(reached: bool) -> dict[str, Any]:
    return {"how": ContactChannel.IN_PERSON.value, "outcome": "reached" if reached else "not_reached"}

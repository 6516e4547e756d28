"""The event catalogue is complete, and what one service writes another can read."""

import json
from datetime import UTC, datetime
from types import NoneType
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from shared.contracts.codes import MilestoneCode, OfferKind, PracticeRole, Service, SubjectKind
from shared.contracts.events import (
    CONSUMERS,
    DATA_TYPES,
    MAX_BATCH,
    Event,
    EventBatch,
    EventData,
    EventType,
)
from shared.contracts.scope import ConditionFinding, DecideRequest, Decision, FactsSnapshot, Verdict, input_digest
from shared.identifiers import new_id
from shared.outbox import new_event, outbox_rows
from shared.request_frame import MAX_BODY_BYTES
from tests.shared.events import NOW, TENANT, offered

VALUES: dict[str, Any] = {
    "UUID": new_id(),
    "AwareDatetime": NOW,
    "int": 1,
    "str": "some_code",
    "bool": True,
    "OfferKind": OfferKind.PEER_OFFER,
    "MilestoneCode": MilestoneCode.DAY_7,
    "PracticeRole": PracticeRole.NURSE,
    "SubjectKind": SubjectKind.TASK,
    "tuple": ("rule_1",),
}


def sample(data_type: type[EventData], *, only_required: bool) -> EventData:
    """One made-up fact of this type."""
    values: dict[str, Any] = {}
    for name, field in data_type.model_fields.items():
        if only_required and field.default is not PydanticUndefined:
            continue
        kinds = [kind for kind in get_args(field.annotation) if kind is not NoneType] or [field.annotation]
        kind: Any = kinds[0] if NoneType in get_args(field.annotation) else field.annotation
        kind = getattr(kind, "__origin__", kind)
        values[name] = VALUES[kind.__name__]
    return data_type(**values)


def test_every_type_has_data_and_consumers() -> None:
    assert set(DATA_TYPES) == set(CONSUMERS) == set(EventType)
    for event_type, consumers in CONSUMERS.items():
        assert consumers, event_type
        assert len(set(consumers)) == len(consumers)
        assert set(consumers) <= {Service.REFERRALS, Service.NOTIFICATIONS}


@pytest.mark.parametrize("event_type", EventType)
@pytest.mark.parametrize("only_required", [True, False])
def test_every_fact_survives_the_outbox_and_can_be_read(event_type: EventType, only_required: bool) -> None:
    data = sample(DATA_TYPES[event_type], only_required=only_required)
    event = new_event(source=Service.REFERRALS, type=event_type, subject=new_id(), data=data)
    rows = outbox_rows([event])
    assert [row["consumer"] for row in rows] == [consumer.value for consumer in CONSUMERS[event_type]]
    arrived = Event.model_validate_json(str(rows[0]["payload"]))
    assert arrived == event
    assert arrived.read() == data
    assert type(arrived.read()) is DATA_TYPES[event_type]


def test_a_batch_of_the_largest_number_fits_into_a_body() -> None:
    everything = [
        new_event(
            source=Service.REFERRALS, type=kind, subject=new_id(), data=sample(DATA_TYPES[kind], only_required=False)
        )
        for kind in EventType
    ]
    largest = max(len(event.model_dump_json()) for event in everything)
    assert largest * MAX_BATCH * 2 < MAX_BODY_BYTES


def test_a_newer_producer_may_say_more() -> None:
    event = json.loads(offered().model_dump_json())
    event["traceparent"] = "00-1"
    event["data"]["added_later"] = {"any": "thing"}
    assert Event.model_validate(event).read().tenant_id == TENANT


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"occurred_at": "2030-01-01T12:00:00"},
        {"ladder": "Maria Muster"},
        {"respond_by": None},
        {"tenant_id": None},
    ],
    ids=str,
)
def test_data_that_breaks_the_contract_is_not_read(change: dict[str, Any]) -> None:
    event = offered()
    with pytest.raises(ValidationError):
        event.model_copy(update={"data": event.data | change}).read()


@pytest.mark.parametrize("count", [0, MAX_BATCH + 1])
def test_a_batch_has_its_bounds(count: int) -> None:
    with pytest.raises(ValidationError):
        EventBatch(events=({"id": "x"},) * count)


QUESTION = DecideRequest(
    request_id=new_id(),
    tenant_id=TENANT,
    text="walk with her to the first meeting",
    facts=FactsSnapshot(
        practice_role=PracticeRole.PEER_SUPPORT_SPECIALIST,
        setting="outpatient",  # type: ignore[arg-type]
        integration_model="co_located",  # type: ignore[arg-type]
        jurisdiction="US-VA",
    ),
)


def test_the_digest_covers_what_is_judged_and_nothing_else() -> None:
    digest = input_digest(QUESTION)
    same = {"request_id": new_id(), "mode": "preview", "occurred_at": datetime.now(UTC)}
    assert input_digest(DecideRequest.model_validate(QUESTION.model_dump() | same)) == digest
    crossed = DecideRequest.model_validate_json(QUESTION.model_dump_json())
    assert input_digest(crossed) == digest
    for change in ({"text": "another"}, {"team_id": new_id()}, {"responsibility": "primary"}, {"activity": "walk"}):
        assert input_digest(DecideRequest.model_validate(QUESTION.model_dump() | change)) != digest


def decision(verdict: Verdict, *met: bool) -> Decision:
    return Decision(
        decision_id=new_id(),
        request_id=QUESTION.request_id,
        mode="binding",  # type: ignore[arg-type]
        verdict=verdict,
        policy_version="1",
        input_digest="0",
        reason="because",
        conditions=tuple(ConditionFinding(code="signed_off", description="signed off", met=each) for each in met),
        decided_at=NOW,
    )


@pytest.mark.parametrize(
    ("answer", "permits"),
    [
        (decision(Verdict.WITHIN_SCOPE), True),
        (decision(Verdict.WITHIN_SCOPE_WITH_CONDITIONS, True, True), True),
        (decision(Verdict.WITHIN_SCOPE_WITH_CONDITIONS, True, False), False),
        (decision(Verdict.WITHIN_SCOPE_WITH_CONDITIONS), False),
        (decision(Verdict.NEEDS_REVIEW), False),
        (decision(Verdict.NEEDS_REVIEW, True), False),
        (decision(Verdict.OUT_OF_SCOPE), False),
        (decision(Verdict.OUT_OF_SCOPE, True), False),
    ],
    ids=lambda value: str(getattr(value, "verdict", value)),
)
def test_only_an_explicit_permission_assigns(answer: Decision, permits: bool) -> None:
    assert answer.permits_assignment is permits

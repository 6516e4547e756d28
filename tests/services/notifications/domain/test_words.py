"""Nothing but counts leaves the house, and every state has its plain words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.codes import DeliveryCode, DeliveryState, EndReason, ItemKind
from services.notifications.domain.explanations import explain
from services.notifications.domain.wording import TITLES, outbound
from shared.contracts.entitlements import EntitlementReason

OUTBOUND = re.compile(
    r"You have (\d+ (new handoff|waiting handoff|new task|new referral|overdue step|update)s?(, | and )?)+\. Sign in to see (it|them)\.\n"
)
HEALTH_WORDS = re.compile(
    r"patient|peer|recovery|addict|substance|alcohol|drug|psych|mental|clinic|hospital|discharge|health|care|treat"
    r"|program|crisis|medic|therap|detox|hiv|suicid|emergency|consent|refus|non-?complian",
    re.IGNORECASE,
)


@given(st.lists(st.sampled_from(list(ItemKind)), min_size=1, max_size=300))
def test_outbound_text_is_counts_only(kinds: list[ItemKind]) -> None:
    words = outbound(kinds)
    assert OUTBOUND.fullmatch(words.body)
    assert words.body.startswith(words.subject)
    assert sum(int(number) for number in re.findall(r"\d+", words.body)) == len(kinds)
    assert not HEALTH_WORDS.search(words.subject + words.body)


@pytest.mark.parametrize(
    ("kinds", "body"),
    [
        ([ItemKind.HANDOFF_OFFERED], "You have 1 new handoff. Sign in to see it.\n"),
        ([ItemKind.HANDOFF_OFFERED] * 3, "You have 3 new handoffs. Sign in to see them.\n"),
        (
            [ItemKind.HANDOFF_OFFERED, ItemKind.TASK_ASSIGNED],
            "You have 1 new handoff and 1 new task. Sign in to see them.\n",
        ),
        (
            [ItemKind.HANDOFF_CALLED_BACK, ItemKind.HANDOFF_OFFERED, ItemKind.HANDOFF_ESCALATED],
            "You have 1 new handoff, 1 update and 1 waiting handoff. Sign in to see them.\n",
        ),
    ],
)
def test_outbound_examples(kinds: list[ItemKind], body: str) -> None:
    assert outbound(kinds).body == body


def test_every_kind_has_a_title_without_a_health_word() -> None:
    assert set(TITLES) == set(ItemKind)
    assert not [title for title in TITLES.values() if HEALTH_WORDS.search(title)]


DENIALS = [
    reason
    for reason in EntitlementReason
    if reason.value
    in {"no_longer_offered", "subject_closed", "worker_left", "unknown_subject", "not_a_party", "consent_missing"}
]


@pytest.mark.parametrize("code", [*DeliveryCode, *EndReason, *DENIALS])
@pytest.mark.parametrize(
    "state", [DeliveryState.RETRY, DeliveryState.SUPPRESSED, DeliveryState.CANCELLED, DeliveryState.FAILED]
)
def test_every_reason_is_explained_and_says_whether_it_will_be_tried_again(state: DeliveryState, code: str) -> None:
    sentence = explain(state, code=code)
    assert "no reason" not in sentence
    assert ("will be tried again" in sentence) == (state is DeliveryState.RETRY)
    assert ("will not be tried again" in sentence) == (state is not DeliveryState.RETRY)


@pytest.mark.parametrize("state", [DeliveryState.PLANNED, DeliveryState.LEASED, DeliveryState.DELIVERED])
def test_states_without_a_reason_are_explained(state: DeliveryState) -> None:
    assert explain(state, code=None).endswith(".")


def test_a_state_without_its_reason_says_so() -> None:
    assert "no reason was recorded" in explain(DeliveryState.FAILED, code=None)

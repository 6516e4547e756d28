"""Referrals, asked who may still be told."""

from collections.abc import Sequence

from services.notifications.domain.errors import EntitlementUnknown
from shared.contracts.entitlements import (
    MAX_QUESTIONS,
    EntitlementAnswer,
    EntitlementQuestion,
    EntitlementRequest,
    EntitlementResponse,
)
from shared.http_client import ServiceCallFailed, ServiceClient

ENTITLEMENTS_PATH = "/internal/entitlements"


class ReferralsEntitlements:
    """The Entitlements port over HTTP. Anything but a full and fitting answer counts as none."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def ask(self, questions: Sequence[EntitlementQuestion]) -> list[EntitlementAnswer]:
        """One call for up to 500 questions; the same question is asked once."""
        distinct = list(dict.fromkeys(questions))
        known: dict[EntitlementQuestion, EntitlementAnswer] = {}
        for start in range(0, len(distinct), MAX_QUESTIONS):
            batch = tuple(distinct[start : start + MAX_QUESTIONS])
            known.update(zip(batch, await self._ask(batch), strict=True))
        return [known[question] for question in questions]

    async def _ask(self, questions: tuple[EntitlementQuestion, ...]) -> tuple[EntitlementAnswer, ...]:
        # What says nothing is left out: referrals of an earlier version refuses fields that it does not know.
        request = EntitlementRequest(questions=questions).model_dump_json(exclude_defaults=True).encode()
        try:
            response = await self._client.post_json(ENTITLEMENTS_PATH, request, answer=EntitlementResponse)
        except ServiceCallFailed as failure:
            raise EntitlementUnknown(failure.code) from failure
        asked = [(question.worker_id, question.subject_id) for question in questions]
        if [(answer.worker_id, answer.subject_id) for answer in response.answers] != asked:
            raise EntitlementUnknown("answers_do_not_fit")
        return response.answers

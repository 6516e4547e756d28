"""The scope guard over HTTP. Whatever goes wrong on the other side becomes Unanswered: never a permission."""

from services.referrals.domain.verdicts import Answer, Unanswered
from shared.contracts.scope import DecideRequest, Decision, PreviewEach, PreviewedEach
from shared.http_client import ServiceCallFailed, ServiceClient


class ScopeGuardClient:
    """Asks `POST /decisions`, and `POST /decisions/preview-each` where nothing may be left behind."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def decide(self, question: DecideRequest) -> Answer:
        """The decision, or Unanswered with a code."""
        try:
            return await self._client.post("/decisions", question, answer=Decision)
        except ServiceCallFailed as failure:
            return Unanswered(failure.code)

    async def preview_each(self, question: PreviewEach) -> tuple[Decision, ...] | Unanswered:
        """A decision for each of the facts, in their order, or Unanswered with a code."""
        try:
            answered = await self._client.post("/decisions/preview-each", question, answer=PreviewedEach)
        except ServiceCallFailed as failure:
            return Unanswered(failure.code)
        return answered.items

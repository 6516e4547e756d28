"""How a protocol is shown."""

from datetime import date
from typing import Self

from services.referrals.api.fields import View
from services.referrals.domain.protocol_drawing import when
from services.referrals.domain.protocols import Anchor, EscalationRole, Protocol
from shared.contracts.codes import IntegrationModel, MilestoneCode, Setting


class StepView(View):
    """One milestone: what it counts from, when it is due in words, who looks when it is missed, where the figure is from."""

    code: MilestoneCode
    anchor: Anchor | MilestoneCode
    due: str
    times: int
    escalate_to: EscalationRole | None
    source: str


class ProtocolView(View):
    """A version of a protocol, its steps in the order in which they are written down."""

    code: str
    version: str
    effective_from: date
    effective_to: date | None
    settings: tuple[Setting, ...]
    models: tuple[IntegrationModel, ...]
    peer_answers_within_seconds: int
    escalation_answers_within_seconds: int
    unanswered_before_escalation: int
    steps: tuple[StepView, ...]

    @classmethod
    def of(cls, protocol: Protocol) -> Self:
        """A protocol as it is shown."""
        return cls(
            code=protocol.code,
            version=protocol.version,
            effective_from=protocol.effective_from,
            effective_to=protocol.effective_to,
            settings=tuple(sorted(protocol.settings)),
            models=tuple(sorted(protocol.models)),
            peer_answers_within_seconds=int(protocol.peer_offer.respond_within.total_seconds()),
            escalation_answers_within_seconds=int(protocol.escalation.respond_within.total_seconds()),
            unanswered_before_escalation=protocol.unanswered_before_escalation,
            steps=tuple(
                StepView(
                    code=rule.code,
                    anchor=rule.anchor,
                    due=when(rule),
                    times=1 if rule.repeat is None else rule.repeat.count,
                    escalate_to=rule.escalate_to,
                    source=rule.source,
                )
                for rule in protocol.milestones
            ),
        )

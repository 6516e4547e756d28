"""The real judge over the real packs, loaded once for all tests of the guard's judgement."""

from functools import lru_cache
from uuid import UUID

from services.scope_guard.adapters.policy_files import load_judge
from services.scope_guard.domain.judgement import Judgement
from services.scope_guard.use_cases.judge import ScopeJudge
from shared.contracts.codes import (
    CredentialState,
    IntegrationModel,
    PracticeRole,
    Responsibility,
    Setting,
    SupervisionState,
)
from shared.contracts.scope import DecideRequest, FactsSnapshot


@lru_cache(maxsize=1)
def judge() -> ScopeJudge:
    """Loaded once: reading all files takes about a second."""
    return load_judge()


def facts(role: PracticeRole = PracticeRole.PEER_SUPPORT_SPECIALIST, **changed: object) -> FactsSnapshot:
    """A worker in good standing in the community, with what the test changes."""
    return FactsSnapshot.model_validate(
        {
            "practice_role": role,
            "credential_state": CredentialState.ACTIVE,
            "supervision_state": SupervisionState.CURRENT,
            "setting": Setting.COMMUNITY_MENTAL_HEALTH,
            "integration_model": IntegrationModel.INTEGRATED_TEAM,
            "jurisdiction": "US",
            **changed,
        }
    )


def ask(
    text: str = "",
    *,
    activity: str | None = None,
    responsibility: Responsibility = Responsibility.ASSIST,
    snapshot: FactsSnapshot | None = None,
) -> Judgement:
    """One judgement."""
    return judge().judge(
        DecideRequest(
            request_id=UUID(int=1),
            tenant_id=UUID(int=2),
            activity=activity,
            responsibility=responsibility,
            text=text,
            facts=snapshot or facts(),
        )
    )

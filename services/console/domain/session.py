"""Who is signed in, as the sealed cookie holds it."""

from dataclasses import dataclass
from uuid import UUID

from shared.contracts.codes import AccessRole

REFRESH_BEFORE_SECONDS = 90
"""A token that lives shorter than this is replaced before it is used."""

CLINICAL = (AccessRole.CLINICIAN, AccessRole.CASE_MANAGER)
SUPERVISING = (AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR)
CARE_TEAM = (*CLINICAL, AccessRole.PEER, *SUPERVISING)
"""Whom the console has pages for."""
INTAKE = (*CLINICAL, *SUPERVISING)
"""Those who may send a handoff or ask for a task."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One sign-in. `expires_at` is when the access token does, in seconds since 1970; `csrf` goes into every form."""

    access_token: str
    refresh_token: str
    expires_at: int
    role: AccessRole
    tenant_id: UUID
    worker_id: UUID | None
    name: str
    csrf: str

    def needs_refresh(self, *, now: float) -> bool:
        """Whether the access token is (nearly) over."""
        return self.expires_at - REFRESH_BEFORE_SECONDS <= now

    @property
    def may_add_people(self) -> bool:
        """Whether somebody new may be added by this role."""
        return self.role in INTAKE

    @property
    def home(self) -> str:
        """The first page for this role."""
        if self.role is AccessRole.PEER:
            return "/inbox"
        return "/discharges" if self.role in CLINICAL else "/today"

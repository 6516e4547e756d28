"""Credentials as they stand on a day, and whether supervision is up to date on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from services.referrals.domain.directory import Record
from shared.contracts.codes import CredentialState, SupervisionState


class CredentialStage(StrEnum):
    """Initial certification is limited in time and asks for closer supervision (2-domain-facts, 3.7)."""

    INITIAL = "initial"
    FULL = "full"


@dataclass(frozen=True, kw_only=True, slots=True)
class Credential(Record):
    """What an issuing body says of a worker. `endorsement` is that body's own code; no `expires_on` means no end."""

    worker_id: UUID
    issuer: str
    number: str
    jurisdiction: str
    stage: CredentialStage
    issued_on: date
    endorsement: str | None = None
    expires_on: date | None = None
    suspended_on: date | None = None

    def state_on(self, day: date) -> CredentialState:
        """The credential's state on `day`; its last valid day is `expires_on` itself."""
        if day < self.issued_on:
            return CredentialState.NONE
        if self.suspended_on is not None and self.suspended_on <= day:
            return CredentialState.SUSPENDED
        if self.expires_on is not None and self.expires_on < day:
            return CredentialState.EXPIRED
        return CredentialState.INITIAL if self.stage is CredentialStage.INITIAL else CredentialState.ACTIVE


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The one credential that speaks for a worker on a day, in a jurisdiction."""

    state: CredentialState
    endorsement: str | None = None


_BEST_FIRST = (
    CredentialState.ACTIVE,
    CredentialState.INITIAL,
    CredentialState.SUSPENDED,
    CredentialState.EXPIRED,
)


def standing(credentials: Iterable[Credential], *, on: date, jurisdiction: str) -> Standing:
    """The best of the worker's credentials that count in `jurisdiction` on that day; `none` where there is none.

    Reciprocity between jurisdictions is not known here yet: a credential counts where it was issued.
    """
    states = [
        (credential.state_on(on), credential) for credential in credentials if credential.jurisdiction == jurisdiction
    ]
    for wanted in _BEST_FIRST:
        matching = [credential for state, credential in states if state is wanted]
        if matching:
            newest = max(matching, key=lambda credential: (credential.issued_on, credential.id))
            return Standing(state=wanted, endorsement=newest.endorsement)
    return Standing(state=CredentialState.NONE)


def supervision_state(*, last_supervised_on: date | None, cadence_days: int | None, on: date) -> SupervisionState:
    """Whether supervision is up to date by the worker's cadence; `unknown` where no cadence was recorded."""
    if cadence_days is None:
        return SupervisionState.UNKNOWN
    if last_supervised_on is None:
        return SupervisionState.NONE
    due = last_supervised_on + timedelta(days=cadence_days)
    return SupervisionState.CURRENT if on <= due else SupervisionState.OVERDUE

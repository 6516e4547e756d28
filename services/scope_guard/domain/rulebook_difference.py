"""What changes for whom between two sets of packs."""

from dataclasses import dataclass

from services.scope_guard.domain.proofs import every_snapshot
from services.scope_guard.domain.rulebook import Rulebook
from shared.contracts.codes import CredentialState, PracticeRole, SupervisionState

NOT_LISTED = "not in the catalogue"


@dataclass(frozen=True, slots=True)
class Difference:
    """One verdict that changes, for a worker in good standing."""

    role: str
    activity: str
    responsibility: str
    jurisdiction: str
    before: str
    after: str

    def as_row(self) -> dict[str, str]:
        """The difference as a flat row."""
        return {
            "role": self.role,
            "activity": self.activity,
            "responsibility": self.responsibility,
            "jurisdiction": self.jurisdiction,
            "before": self.before,
            "after": self.after,
        }


def differences(before: Rulebook, after: Rulebook) -> list[Difference]:
    """Every verdict that differs, by role, activity, responsibility and jurisdiction."""
    codes = list(dict.fromkeys([*(a.code for a in before.catalogue), *(a.code for a in after.catalogue)]))
    found: dict[Difference, None] = {}
    for role in PracticeRole:
        for facts, responsibility in every_snapshot(before, role):
            if facts.credential_state is not CredentialState.ACTIVE:
                continue
            if facts.supervision_state is not SupervisionState.CURRENT:
                continue
            for code in codes:
                old, new = (
                    book.rule(code, facts=facts, responsibility=responsibility).verdict.value
                    if code in book.catalogue
                    else NOT_LISTED
                    for book in (before, after)
                )
                if old != new:
                    found[Difference(role, code, responsibility, facts.jurisdiction, old, new)] = None
    return list(found)

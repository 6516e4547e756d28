"""Whether a peer's credential counts where a programme is and on its day: matching's "who may", in one condition.

`domain/credential.py` says the same of one credential (`state_on`); a reading that is to find workers says it here.
"""

from shared.contracts.codes import PracticeRole

PEER = PracticeRole.PEER_SUPPORT_SPECIALIST.value


def in_good_standing(*, tenant_id: str, worker_id: str, jurisdiction: str, time_zone: str) -> str:
    """The condition in SQL: a credential of this jurisdiction is in force on the day it is now in `time_zone` (an IANA name).

    Each of the four is an expression; nothing of which credential it is, or what became of another, is told.
    """
    today = f"(now() AT TIME ZONE {time_zone})::date"
    return f"""EXISTS (
        SELECT FROM credentials c
        WHERE c.tenant_id = {tenant_id} AND c.worker_id = {worker_id} AND c.jurisdiction = {jurisdiction}
          AND c.issued_on <= {today}
          AND (c.suspended_on IS NULL OR c.suspended_on > {today})
          AND (c.expires_on IS NULL OR c.expires_on >= {today}))"""


def may_be_asked(*, worker: str, programme: str) -> str:
    """The condition in SQL for a row of `workers` and one of `programmes`, each by its name in the query.

    Only peers answer by a credential of ours; who may do what in other roles is the scope guard's word.
    """
    standing = in_good_standing(
        tenant_id=f"{worker}.tenant_id",
        worker_id=f"{worker}.id",
        jurisdiction=f"{programme}.jurisdiction",
        time_zone=f"{programme}.time_zone",
    )
    return f"({worker}.practice_role <> '{PEER}' OR {standing})"

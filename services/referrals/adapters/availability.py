"""Whether a worker can be asked about a person now, in one word: away and knowing them from elsewhere read the same.

The two are one condition, so that nothing that is made of it can tell them apart (decision record 0010).
"""

from services.referrals.adapters.joined_records import joined_records


def is_available(*, tenant_id: str, worker_id: str, person_id: str) -> str:
    """The condition in SQL; each of the three is an expression of type uuid. Without a person only being away counts."""
    return f"""(
      NOT EXISTS (SELECT FROM worker_absences away
        WHERE away.tenant_id = {tenant_id} AND away.worker_id = {worker_id}
          AND away.starts_at <= statement_timestamp()
          AND (away.ends_at IS NULL OR away.ends_at > statement_timestamp()))
      AND NOT EXISTS (SELECT FROM dual_relationships known
        WHERE known.tenant_id = {tenant_id} AND known.worker_id = {worker_id} AND known.ended_at IS NULL
          AND known.person_id IN ({joined_records(tenant_id=tenant_id, person_id=person_id)})))"""  # noqa: S608 - written by us

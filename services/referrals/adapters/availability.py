"""Whether a worker can be asked about a person now, in one word: away and knowing them from elsewhere read the same.

The two are one condition, so that nothing that is made of it can tell them apart (decision record 0010).
"""


def joined_records(*, tenant_id: str, person_id: str) -> str:
    """A query in SQL for the ids of every record joined into the person's, through however many joins, their own included.

    Both are expressions of type uuid. Whoever knows one of the records knows the person.
    """
    return f"""WITH RECURSIVE joined(id) AS (
        SELECT {person_id}
        UNION
        SELECT other.id FROM joined CROSS JOIN LATERAL (
          SELECT a.person_id AS id FROM person_aliases a
           WHERE a.tenant_id = {tenant_id} AND a.merged_person_id = joined.id
          UNION ALL
          SELECT a.merged_person_id FROM person_aliases a
           WHERE a.tenant_id = {tenant_id} AND a.person_id = joined.id) other)
      SELECT id FROM joined"""  # noqa: S608 - written by us


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

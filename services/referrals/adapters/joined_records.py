"""Whose record is whose, in SQL: every record of one person, and the one that they go by now.

Whoever writes something down about a person writes it under that one, whichever of their records was named.
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


def goes_by(*, tenant_id: str, person_id: str) -> str:
    """A query in SQL for the one id that a person goes by; null for null. The same rule as `survivor_of` in the domain.

    Both are expressions of type uuid. Of all that were joined it is the one never given up; the smallest id of several.
    """
    return f"""SELECT same.id FROM ({joined_records(tenant_id=tenant_id, person_id=person_id)}) AS same
      ORDER BY EXISTS (SELECT FROM person_aliases a WHERE a.tenant_id = {tenant_id} AND a.merged_person_id = same.id),
               same.id
      LIMIT 1"""  # noqa: S608 - written by us

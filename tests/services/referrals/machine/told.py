"""Who may know of whom, worked out a second time from the rows alone, and everything somebody can read, searched for names."""

from dataclasses import dataclass

from tests.services.referrals.machine.network import Network, Row
from tests.services.referrals.machine.staff import POSTS

LISTS = ("/people", "/referrals", "/referrals?order=due", "/handoffs", "/tasks", "/transitions")

_RECORDS = "SELECT id, given_name, family_name, home_organization_id FROM people WHERE tenant_id = $1"
_JOINED = "SELECT person_id, merged_person_id FROM person_aliases WHERE tenant_id = $1"
_RELATED = """
    SELECT r.person_id, p.organization_id FROM referrals r JOIN referral_parties p ON p.referral_id = r.id
    WHERE r.tenant_id = $1 AND (p.role <> 'recipient' OR r.kind = 'crisis_bridge')
    UNION SELECT t.person_id, w.organization_id FROM transitions t
    JOIN workers w ON w.id = coalesce(t.sender_worker_id, t.origin_worker_id) WHERE t.tenant_id = $1
    UNION SELECT k.person_id, w.organization_id FROM tasks k JOIN workers w ON w.id = k.assigner_worker_id
    WHERE k.tenant_id = $1 AND k.person_id IS NOT NULL
"""
_AGREED = """
    SELECT c.person_id, c.organization_id AS teller, h.id AS told FROM consents c JOIN organizations h ON h.tenant_id = c.tenant_id
    WHERE c.tenant_id = $1 AND 'identity' = ANY (c.information)
    AND c.purposes && ARRAY['care_coordination', 'person_request']
    AND NOT EXISTS (SELECT FROM consent_revocations v WHERE v.consent_id = c.id)
    AND (c.expires_at IS NULL OR c.expires_at > now())
    AND (EXISTS (SELECT FROM consent_actors a WHERE a.consent_id = c.id AND a.organization_id = h.id)
         OR (c.recipient_class = 'peer_services' AND EXISTS (
             SELECT FROM workers w WHERE w.organization_id = h.id AND w.practice_role = 'peer_support_specialist')))
"""


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """One person under all records that are theirs, and the houses that may know of them now."""

    records: frozenset[str]
    names: tuple[str, ...]
    houses: frozenset[str]


async def people_and_who_may_know(network: Network) -> list[Somebody]:
    """From home, relation and consent. A relation counts as told by whoever began it."""
    records = await network.fetch(_RECORDS)
    related, agreed = await network.fetch(_RELATED), await network.fetch(_AGREED)
    groups = [{record["id"]} for record in records]
    for alias in await network.fetch(_JOINED):
        pair = {alias["person_id"], alias["merged_person_id"]}
        both = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair] + [set().union(*both)]
    return [_somebody(group, records=records, related=related, agreed=agreed) for group in groups]


def _somebody(group: set[object], *, records: list[Row], related: list[Row], agreed: list[Row]) -> Somebody:
    theirs = [record for record in records if record["id"] in group]
    first = {record["home_organization_id"] for record in theirs} | {
        one["organization_id"] for one in related if one["person_id"] in group
    }
    by_consent = {one["told"] for one in agreed if one["person_id"] in group and one["teller"] in first}
    return Somebody(
        records=frozenset(str(record["id"]) for record in theirs),
        names=tuple(record[name] for record in theirs for name in ("given_name", "family_name")),
        houses=frozenset(str(house) for house in first | by_consent if house is not None),
    )


async def leaks(network: Network, name: str) -> list[str]:
    """Everything that somebody can read, and who stands in it of whom their house may not know."""
    house = network.known.houses[POSTS[name].house]
    paths = [*LISTS, *[f"/teams/{team}/huddle" for team in network.known.teams.values()]]
    for table in ("referrals", "handoffs", "transitions", "tasks", "people"):
        newest = await network.fetch(f"SELECT id FROM {table} WHERE tenant_id = $1 ORDER BY id DESC LIMIT 3")
        paths += [f"/{table}/{row['id']}" for row in newest]
    read = {path: await network.ask(name, "GET", path) for path in paths}
    strangers = [one for one in await people_and_who_may_know(network) if house not in one.houses]
    found = []
    for path, answer in read.items():
        assert answer.status_code in (200, 403, 404), answer.text
        for one in strangers:
            secrets = [*one.names, *(record for record in one.records if record not in path)]
            found += [f"{name} reads `{secret}` at {path}" for secret in secrets if secret in answer.text]
    network.doors.counts.readings += len(paths)
    return found

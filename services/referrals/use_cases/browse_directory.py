"""Look things up in the directory: one record, or a page of them."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound
from services.referrals.domain.person import Person
from services.referrals.use_cases.form_team import TeamWithMembers
from services.referrals.use_cases.ports import DirectoryWork, PeopleWork, Records, RecordT, WorkSource
from shared.contracts.codes import AccessRole

Shelf = Callable[[DirectoryWork], Records[RecordT]]
"""Which kind of record: `lambda work: work.programmes`."""


async def show_record(
    record_id: UUID, *, by: Actor, works: WorkSource[DirectoryWork], shelf: Shelf[RecordT]
) -> RecordT:
    """The record. Raises NotFound."""
    async with works.begin(by.tenant_id) as work:
        return await shelf(work).get(record_id)


async def list_records(
    *,
    by: Actor,
    works: WorkSource[DirectoryWork],
    shelf: Shelf[RecordT],
    where: Mapping[str, object],
    after: UUID | None,
    limit: int,
) -> Sequence[RecordT]:
    """Up to `limit` records in which every field of `where` has that value, beginning after `after`."""
    async with works.begin(by.tenant_id) as work:
        return await shelf(work).page(where=where, after=after, limit=limit)


async def show_team(team_id: UUID, *, by: Actor, works: WorkSource[DirectoryWork]) -> TeamWithMembers:
    """The team and who belongs to it. Raises NotFound."""
    async with works.begin(by.tenant_id) as work:
        return TeamWithMembers(team=await work.teams.get(team_id), members=tuple(await work.team_members.of(team_id)))


async def show_person(person_id: UUID, *, by: Actor, works: WorkSource[DirectoryWork]) -> Person:
    """The person, to staff of an organisation that knows them and to who is party to them. Raises NotFound to all others."""
    people = await list_people(by=by, works=works, where={"id": person_id}, after=None, limit=1)
    if not people:
        raise NotFound("person")
    return people[0]


async def list_people(
    *,
    by: Actor,
    works: WorkSource[DirectoryWork],
    after: UUID | None,
    limit: int,
    where: Mapping[str, object] | None = None,
) -> Sequence[Person]:
    """The people whom the caller may know of."""
    async with works.begin(by.tenant_id) as work:
        return await people_known_to(by, work=work, where=where or {}, after=after, limit=limit)


async def check_known(person_id: UUID, *, by: Actor, work: PeopleWork) -> Person:
    """The person. Raises NotFound to those who may not know of them."""
    found = await people_known_to(by, work=work, where={"id": person_id}, after=None, limit=1)
    if not found:
        raise NotFound("person")
    return found[0]


async def people_known_to(
    by: Actor, *, work: PeopleWork, where: Mapping[str, object], after: UUID | None, limit: int
) -> Sequence[Person]:
    """Administrators know the whole network, staff whom their organisation knows, others whom they are party to."""
    if by.access_role is AccessRole.ADMINISTRATOR:
        return await work.people.page(where=where, after=after, limit=limit)
    worker = by.acting_worker()
    if by.sees_whole_tenant:
        return await work.people.page(where=where, after=after, limit=limit, house_of=worker)
    return await work.people.page(where=where, after=after, limit=limit, party=worker)

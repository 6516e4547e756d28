"""Add somebody who is going to be walked with."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.person import ContactPreference, Person
from services.referrals.use_cases.act_for_house import HouseWork
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPerson:
    """What is known of them; see `Person`."""

    given_name: str
    family_name: str
    preferred_name: str | None = None
    pronouns: str | None = None
    birth_date: date | None = None
    language: str = "en"
    contact_preference: ContactPreference = ContactPreference.STAFF_ONLY


async def register_person(
    new: NewPerson, *, by: Actor, works: WorkSource[DirectoryWork], clock: Clock, once: Once
) -> Person:
    """The new record. Raises InvalidField for a birth date that cannot be."""
    now = clock.now()
    async with works.begin(by.tenant_id, once=once) as work:
        home = await home_of(by, work=work)
        person = person_of(new, person_id=new_id(), tenant_id=by.tenant_id, home=home, now=now)
        await work.people.add(person)
        work.answer(person)
    return person


def person_of(new: NewPerson, *, person_id: UUID, tenant_id: UUID, home: UUID | None, now: datetime) -> Person:
    """The record of somebody new. Raises InvalidField for a birth date that cannot be."""
    return Person(
        tenant_id=tenant_id,
        id=person_id,
        version=1,
        recorded_at=now,
        given_name=new.given_name,
        family_name=new.family_name,
        preferred_name=new.preferred_name,
        pronouns=new.pronouns,
        birth_date=_possible(new.birth_date, now=now),
        language=new.language,
        contact_preference=new.contact_preference,
        home_organization_id=home,
    )


async def home_of(by: Actor, *, work: HouseWork) -> UUID | None:
    """The organisation of whoever adds somebody; an account without a worker has none."""
    if by.worker_id is None:
        return None
    found = await work.workers.page(where={"id": by.worker_id}, after=None, limit=1)
    return found[0].organization_id if found else None


def _possible(birth_date: date | None, *, now: datetime) -> date | None:
    if birth_date is not None and (birth_date > now.date() or birth_date.year < 1900):
        raise InvalidField("not_plausible", pointer="/birth_date")
    return birth_date

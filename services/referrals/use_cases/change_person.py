"""Change how somebody wants to be called, spoken with and reached."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import Stale
from services.referrals.domain.person import ContactPreference, Person
from services.referrals.use_cases.browse_directory import check_known
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonChange:
    """`None` leaves a field as it is."""

    given_name: str | None = None
    family_name: str | None = None
    preferred_name: str | None = None
    pronouns: str | None = None
    language: str | None = None
    contact_preference: ContactPreference | None = None


async def change_person(
    person_id: UUID,
    change: PersonChange,
    *,
    by: Actor,
    version: int,
    works: WorkSource[DirectoryWork],
    once: Once,
) -> Person:
    """The changed record. Raises NotFound and Stale."""
    async with works.begin(by.tenant_id, once=once) as work:
        known = await check_known(person_id, by=by, work=work)
        if known.version != version:
            raise Stale(current=known.version)
        changed = replace(
            known,
            version=version + 1,
            given_name=change.given_name or known.given_name,
            family_name=change.family_name or known.family_name,
            preferred_name=change.preferred_name or known.preferred_name,
            pronouns=change.pronouns or known.pronouns,
            language=change.language or known.language,
            contact_preference=change.contact_preference or known.contact_preference,
        )
        await work.people.replace(changed)
        work.answer(changed)
    return changed

"""The directory on fakes: what is kept, what others are told, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.referrals.adapters.protocol_files import load_protocols
from services.referrals.domain.actor import Actor
from services.referrals.domain.credential import CredentialStage
from services.referrals.domain.errors import InvalidField, NotFound, Stale
from services.referrals.domain.person import ContactPreference
from services.referrals.use_cases.add_credential import NewCredential, add_credential
from services.referrals.use_cases.browse_directory import list_people, list_records, show_person, show_record, show_team
from services.referrals.use_cases.change_credential import CredentialChange, change_credential
from services.referrals.use_cases.change_person import PersonChange, change_person
from services.referrals.use_cases.change_programme import ProgrammeChange, change_programme
from services.referrals.use_cases.change_team_members import change_team_members
from services.referrals.use_cases.change_worker import WorkerChange, change_worker
from services.referrals.use_cases.form_team import form_team
from services.referrals.use_cases.register_organization import register_organization
from services.referrals.use_cases.register_person import NewPerson, register_person
from services.referrals.use_cases.register_programme import NewProgramme, register_programme
from services.referrals.use_cases.register_worker import NewWorker, register_worker
from shared.clock import FixedClock
from shared.contracts.codes import AccessRole, IntegrationModel, PracticeRole, Setting
from shared.contracts.events import EventType
from tests.services.referrals.fakes import NURSE_ACTOR, MemoryWorks, arguments
from tests.services.referrals.samples import NOW, NURSE, ORGANIZATION, PEER, TENANT

CLOCK = FixedClock(NOW)
PROTOCOLS = load_protocols(allow_demo=False)
PROGRAMME = NewProgramme(
    organization_id=ORGANIZATION,
    name="Bridges",
    setting=Setting.OUTPATIENT,
    jurisdiction="US-VA",
    time_zone="America/New_York",
    integration_model=IntegrationModel.CO_LOCATED,
    duty_owner_worker_id=NURSE,
    protocol_code="standard",
)
CREDENTIAL = NewCredential(
    issuer="Board", number="1", jurisdiction="US-VA", stage=CredentialStage.FULL, issued_on=date(2025, 1, 1)
)


def administered(works: MemoryWorks) -> dict[str, Any]:
    """What an administrator's use case is given."""
    return arguments(works, clock=CLOCK, by=Actor(tenant_id=TENANT, access_role=AccessRole.ADMINISTRATOR))


async def test_organizations_are_kept_in_the_callers_tenant() -> None:
    works = MemoryWorks()
    made = await register_organization("Harbor", **arguments(works, clock=CLOCK))
    assert (made.tenant_id, made.version, made.recorded_at) == (TENANT, 1, NOW)
    assert works.work.answered == [made]
    found = await show_record(made.id, by=NURSE_ACTOR, works=works, shelf=lambda work: work.organizations)
    assert found == made
    listed = await list_records(
        by=NURSE_ACTOR, works=works, shelf=lambda work: work.organizations, where={}, after=None, limit=1
    )
    assert list(listed) == [made]


async def test_a_programme_changes_by_version() -> None:
    works = MemoryWorks()
    common = arguments(works, clock=CLOCK, protocols=PROTOCOLS)
    made = await register_programme(PROGRAMME, **common)
    change = ProgrammeChange(policy_flags=("a_flag",))
    changed = await change_programme(made.id, change, version=1, **common)
    assert (changed.policy_flags, changed.name, changed.version) == (("a_flag",), "Bridges", 2)
    unchanged = await change_programme(made.id, ProgrammeChange(active=False), version=2, **common)
    assert (unchanged.policy_flags, unchanged.active) == (("a_flag",), False)
    with pytest.raises(Stale) as stale:
        await change_programme(made.id, change, version=1, **common)
    assert stale.value.current == 3


@pytest.mark.parametrize("code", ["no_such", "demo"])
async def test_a_programme_names_a_protocol_that_is_on_the_shelf(code: str) -> None:
    works = MemoryWorks()
    common = arguments(works, clock=CLOCK, protocols=PROTOCOLS)
    with pytest.raises(InvalidField) as unknown:
        await register_programme(replace(PROGRAMME, protocol_code=code), **common)
    assert (unknown.value.code, unknown.value.pointer) == ("protocol_unknown", "/protocol_code")
    assert works.work.programmes.kept == {}
    made = await register_programme(PROGRAMME, **common)
    with pytest.raises(InvalidField):
        await change_programme(made.id, ProgrammeChange(protocol_code=code), version=1, **common)
    named = ProgrammeChange(protocol_code="standard_inpatient")
    assert (await change_programme(made.id, named, version=1, **common)).protocol_code == "standard_inpatient"


async def test_a_programme_whose_protocol_has_gone_can_still_be_closed() -> None:
    works = MemoryWorks()
    demo = arguments(works, clock=CLOCK, protocols=load_protocols(allow_demo=True))
    made = await register_programme(replace(PROGRAMME, protocol_code="demo"), **demo)
    closing = ProgrammeChange(active=False, protocol_code="demo")
    common = arguments(works, clock=CLOCK, protocols=PROTOCOLS)
    assert not (await change_programme(made.id, closing, version=1, **common)).active


async def test_workers_are_told_of() -> None:
    works = MemoryWorks()
    new = NewWorker(organization_id=ORGANIZATION, display_name="Pat", practice_role=PracticeRole.NURSE)
    made = await register_worker(new, **administered(works))
    changed = await change_worker(made.id, WorkerChange(languages=("es",)), version=1, **administered(works))
    assert (changed.display_name, changed.languages) == ("Pat", ("es",))
    left = await change_worker(made.id, WorkerChange(active=False), version=2, **administered(works))
    again = await change_worker(made.id, WorkerChange(active=False), version=3, **administered(works))
    assert (left.active, again.version) == (False, 4)
    assert [event for event, _ in works.work.announced] == [
        EventType.WORKER_REGISTERED,
        EventType.WORKER_CHANGED,
        EventType.WORKER_LEFT,
        EventType.WORKER_CHANGED,
    ]
    assert [fact.version for _, fact in works.work.announced] == [1, 2, 3, 4]
    with pytest.raises(Stale):
        await change_worker(made.id, WorkerChange(), version=1, **administered(works))
    tomorrow = WorkerChange(last_supervised_on=(NOW + timedelta(days=1)).date())
    with pytest.raises(InvalidField):
        await change_worker(made.id, tomorrow, version=4, **administered(works))


async def test_credentials_are_told_of() -> None:
    works = MemoryWorks()
    made = await add_credential(PEER, CREDENTIAL, **administered(works))
    suspension = CredentialChange(stage=CredentialStage.FULL, expires_on=None, suspended_on=date(2026, 1, 1))
    common = administered(works) | {"worker_id": PEER}
    await change_credential(made.id, suspension, version=1, **common)
    assert [fact.model_dump()["credential_state"] for _, fact in works.work.announced] == ["active", "suspended"]
    with pytest.raises(Stale):
        await change_credential(made.id, suspension, version=1, **common)
    with pytest.raises(NotFound):
        await change_credential(made.id, suspension, version=2, **(administered(works) | {"worker_id": NURSE}))
    backwards = CredentialChange(stage=CredentialStage.FULL, expires_on=date(2024, 1, 1), suspended_on=None)
    with pytest.raises(InvalidField):
        await change_credential(made.id, backwards, version=2, **common)
    wrong = NewCredential(
        issuer="B",
        number="2",
        jurisdiction="US-VA",
        stage=CredentialStage.FULL,
        issued_on=date(2025, 1, 1),
        expires_on=date(2024, 1, 1),
    )
    with pytest.raises(InvalidField):
        await add_credential(PEER, wrong, **administered(works))


async def test_people_are_shown_to_those_who_may_know_of_them() -> None:
    works = MemoryWorks()
    new = NewPerson(given_name="Robin", family_name="Example", birth_date=date(1990, 1, 1))
    made = await register_person(new, **arguments(works, clock=CLOCK))
    changed = await change_person(
        made.id,
        PersonChange(preferred_name="Rob", contact_preference=ContactPreference.TEXT),
        version=1,
        **arguments(works),
    )
    assert (changed.preferred_name, changed.given_name) == ("Rob", "Robin")
    with pytest.raises(Stale):
        await change_person(made.id, PersonChange(), version=1, **arguments(works))
    peer = Actor(tenant_id=TENANT, access_role=AccessRole.PEER, worker_id=PEER)
    with pytest.raises(NotFound):
        await show_person(made.id, by=peer, works=works)
    works.work.people.parties[made.id] = PEER
    assert await show_person(made.id, by=peer, works=works) == changed
    assert list(await list_people(by=NURSE_ACTOR, works=works, after=None, limit=5)) == [changed]


@pytest.mark.parametrize("birth_date", [date(1899, 12, 31), date(2026, 11, 23)])
async def test_birth_dates_that_cannot_be(birth_date: date) -> None:
    new = NewPerson(given_name="Robin", family_name="Example", birth_date=birth_date)
    with pytest.raises(InvalidField):
        await register_person(new, **arguments(MemoryWorks(), clock=CLOCK))


async def test_teams_change_as_people_join_and_leave() -> None:
    works = MemoryWorks()
    formed = await form_team("Day", organization_id=ORGANIZATION, members=[PEER, PEER], **administered(works))
    assert (formed.members, formed.version) == ((PEER,), 1)
    newcomer = uuid4()
    changed = await change_team_members(
        formed.team.id, joining=[newcomer], leaving=[PEER], version=1, **administered(works)
    )
    assert (changed.members, changed.version) == ((newcomer,), 2)
    assert await show_team(formed.team.id, by=NURSE_ACTOR, works=works) == changed
    with pytest.raises(Stale):
        await change_team_members(formed.team.id, joining=[], leaving=[], version=1, **administered(works))

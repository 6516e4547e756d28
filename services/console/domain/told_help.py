"""The directory of help as referrals tells it, in the shape of HSDS. Others wrote it: nothing of it is trusted, much may be absent."""

from datetime import date, time
from uuid import UUID

from services.console.domain.told import MaybeText, Told


class HelpLanguage(Told):
    """A language that is spoken there."""

    name: MaybeText = ""
    code: MaybeText = ""


class HelpPhone(Told):
    """A telephone."""

    number: str
    extension: float | None = None
    description: MaybeText = ""

    @property
    def dialled(self) -> str:
        """As a telephone takes it."""
        return "".join(sign for sign in self.number if sign.isdigit() or sign == "+")


class HelpSchedule(Told):
    """When it is open; days as in iCalendar (`MO,TH`)."""

    freq: str | None = None
    byday: MaybeText = ""
    bymonthday: MaybeText = ""
    opens_at: time | None = None
    closes_at: time | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    description: MaybeText = ""


class HelpAddress(Told):
    """Where it is."""

    address_1: str
    address_2: MaybeText = ""
    city: str
    state_province: str
    postal_code: str


class HelpNote(Told):
    """Something about how accessible a place is."""

    description: MaybeText = ""
    details: MaybeText = ""


class HelpTerm(Told):
    """A code of a taxonomy."""

    name: str
    code: MaybeText = ""


class HelpAttribute(Told):
    """That a code holds."""

    taxonomy_term: HelpTerm | None = None


class HelpUnit(Told):
    """What is counted."""

    name: str


class HelpCapacity(Told):
    """How much is free."""

    available: float
    unit: HelpUnit | None = None


class _Site(Told):
    """What everything in the directory may have."""

    id: UUID
    description: MaybeText = ""
    phones: tuple[HelpPhone, ...] = ()
    url: MaybeText = ""


class HelpLine(Told):
    """Just enough to name something."""

    id: UUID
    name: MaybeText = ""
    description: MaybeText = ""
    status: str | None = None


class HelpLocation(_Site):
    """A place."""

    name: MaybeText = ""
    location_type: str = "physical"
    transportation: MaybeText = ""
    addresses: tuple[HelpAddress, ...] = ()
    schedules: tuple[HelpSchedule, ...] = ()
    languages: tuple[HelpLanguage, ...] = ()
    accessibility: tuple[HelpNote, ...] = ()


class HelpThere(Told):
    """A service at a place."""

    location: HelpLocation | None = None
    schedules: tuple[HelpSchedule, ...] = ()


class HelpFound(HelpLine):
    """A service in a list, with who offers it."""

    organization: HelpLine | None = None


class HelpService(_Site):
    """A service with everything its page shows."""

    name: str
    status: str
    organization: HelpLine | None = None
    alert: MaybeText = ""
    email: MaybeText = ""
    application_process: MaybeText = ""
    fees_description: MaybeText = ""
    wait_time: MaybeText = ""
    eligibility_description: MaybeText = ""
    interpretation_services: MaybeText = ""
    minimum_age: float | None = None
    maximum_age: float | None = None
    assured_date: date | None = None
    schedules: tuple[HelpSchedule, ...] = ()
    languages: tuple[HelpLanguage, ...] = ()
    capacities: tuple[HelpCapacity, ...] = ()
    attributes: tuple[HelpAttribute, ...] = ()
    service_at_locations: tuple[HelpThere, ...] = ()

    @property
    def terms(self) -> list[HelpTerm]:
        """Codes that can be searched for."""
        return [one.taxonomy_term for one in self.attributes if one.taxonomy_term and one.taxonomy_term.code]


class HelpOrganization(_Site):
    """An organisation with its services and places."""

    name: str
    email: MaybeText = ""
    website: MaybeText = ""
    services: tuple[HelpLine, ...] = ()
    locations: tuple[HelpLocation, ...] = ()

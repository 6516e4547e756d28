"""What the directory keeps of Open Referral HSDS (3.0; capacity and units of 3.1), as one table: kind, fields, what it hangs on.

The database tables, the reading of files and the answers are all made from it, so they cannot drift apart. What is not
named here is not kept, and an import says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FieldType(StrEnum):
    """How a field is written in JSON."""

    TEXT = "text"
    NUMBER = "number"
    UUID = "uuid"
    DATE = "date"
    TIME = "time"
    INSTANT = "date-time"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field. `choices`: the only words it may have; `low`, `high`: outside of them a number cannot be meant."""

    type: FieldType = FieldType.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of thing. `links` name the kinds it hangs on, each kept as `<kind>_id`.

    `lists` and `objects` are the names under which other kinds stand inside it.
    """

    fields: Mapping[str, Field]
    links: tuple[str, ...] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[str, str] = field(default_factory=dict)


_TEXT, _NEEDED = Field(), Field(required=True)
_NUMBER, _DAY, _UUID = Field(type=FieldType.NUMBER), Field(type=FieldType.DATE), Field(type=FieldType.UUID)


def _texts(names: str) -> dict[str, Field]:
    return dict.fromkeys(names.split(), _TEXT)


KINDS: Mapping[str, Kind] = {
    "organization": Kind(
        fields={"name": _NEEDED, "description": _NEEDED}
        | _texts("alternate_name email website legal_status uri")
        | {"parent_organization_id": _UUID},
        lists={"services": "service", "locations": "location", "phones": "phone", "attributes": "attribute"},
    ),
    "service": Kind(
        fields={
            "name": _NEEDED,
            "status": Field(required=True, choices=("active", "inactive", "defunct", "temporarily closed")),
        }
        | _texts("alternate_name description url email interpretation_services application_process fees_description")
        | _texts("wait_time eligibility_description alert")
        | {
            "minimum_age": Field(type=FieldType.NUMBER, low=0, high=130),
            "maximum_age": Field(type=FieldType.NUMBER, low=0, high=130),
            "assured_date": _DAY,
            "last_modified": Field(type=FieldType.INSTANT),
        },
        links=("organization",),
        lists={
            "phones": "phone",
            "schedules": "schedule",
            "languages": "language",
            "service_at_locations": "service_at_location",
            "capacities": "service_capacity",
            "attributes": "attribute",
        },
        objects={"organization": "organization"},
    ),
    "location": Kind(
        fields={"location_type": Field(required=True, choices=("physical", "postal", "virtual"))}
        | _texts("name alternate_name description transportation url")
        | {
            "latitude": Field(type=FieldType.NUMBER, low=-90, high=90),
            "longitude": Field(type=FieldType.NUMBER, low=-180, high=180),
        },
        links=("organization",),
        lists={
            "addresses": "address",
            "phones": "phone",
            "schedules": "schedule",
            "languages": "language",
            "accessibility": "accessibility",
            "attributes": "attribute",
        },
    ),
    "service_at_location": Kind(
        fields=_texts("description"),
        links=("service", "location"),
        lists={"phones": "phone", "schedules": "schedule", "attributes": "attribute"},
        objects={"location": "location", "service": "service"},
    ),
    "address": Kind(
        fields=dict.fromkeys(("address_1", "city", "state_province", "postal_code", "country"), _NEEDED)
        | _texts("address_2 region")
        | {"address_type": Field(required=True, choices=("physical", "postal", "virtual"))},
        links=("location",),
    ),
    "phone": Kind(
        fields={"number": _NEEDED, "extension": _NUMBER} | _texts("type description"),
        links=("organization", "service", "location", "service_at_location"),
        lists={"languages": "language"},
    ),
    "schedule": Kind(
        fields=dict.fromkeys(("valid_from", "valid_to", "dtstart", "until"), _DAY)
        | dict.fromkeys(("timezone", "count", "interval"), _NUMBER)
        | {"freq": Field(choices=("WEEKLY", "MONTHLY")), "opens_at": Field(type=FieldType.TIME)}
        | {"closes_at": Field(type=FieldType.TIME)}
        | _texts("wkst byday byweekno bymonthday byyearday description schedule_link attending_type notes"),
        links=("service", "location", "service_at_location"),
    ),
    "language": Kind(fields=_texts("name code note"), links=("service", "location", "phone")),
    "accessibility": Kind(fields=_texts("description details url"), links=("location",)),
    "unit": Kind(fields={"name": _NEEDED} | _texts("scheme identifier uri")),
    "service_capacity": Kind(
        fields={
            "available": Field(type=FieldType.NUMBER, required=True, low=0),
            "maximum": Field(type=FieldType.NUMBER, low=0),
            "updated": Field(type=FieldType.INSTANT, required=True),
        }
        | _texts("description"),
        links=("service", "unit"),
        objects={"unit": "unit"},
    ),
    "taxonomy_term": Kind(
        fields={"name": _NEEDED, "description": _NEEDED, "parent_id": _UUID} | _texts("code taxonomy language term_uri")
    ),
    "attribute": Kind(
        fields=_texts("value"),
        links=("organization", "service", "location", "service_at_location", "taxonomy_term"),
        objects={"taxonomy_term": "taxonomy_term"},
    ),
}
"""Kinds in no particular order; `IN_ORDER` has what others hang on before them."""

IN_ORDER = (
    *("organization", "taxonomy_term", "unit", "service", "location", "service_at_location"),
    *("address", "phone", "schedule", "language", "accessibility", "service_capacity", "attribute"),
)

NOT_KEPT: Mapping[str, str] = {
    "contacts": "names of contact persons are not kept",
    "metadata": "the history of changes stays with its publisher",
    "funding": "not needed to find help",
    "logo": "not needed to find help",
    "external_identifier": "not needed to find help",
    "external_identifier_type": "not needed to find help",
    "tax_id": "not needed to find help",
    "tax_status": "not needed to find help",
    "year_incorporated": "not needed to find help",
    "organization_identifiers": "not needed to find help",
    "attention": "names of contact persons are not kept",
    "assurer_email": "addresses of single people are not kept",
    "fees": "older name of `fees_description`",
    "licenses": "not needed to find help",
    "accreditations": "not needed to find help",
    "programs": "services stand for themselves",
    "program": "services stand for themselves",
    "program_id": "services stand for themselves",
    "service_areas": "areas are not searched yet",
    "cost_options": "`fees_description` is kept",
    "required_documents": "`application_process` is kept",
    "taxonomy_detail": "the taxonomy's name is kept",
    "taxonomy_id": "the taxonomy's name is kept",
    "link_id": "where it stands tells what it is about",
    "link_type": "where it stands tells what it is about",
    "link_entity": "where it stands tells what it is about",
    "contact_id": "names of contact persons are not kept",
}
"""What HSDS has and we leave out, and why."""

"""The demo network as data: read from `network.yaml` and checked before anything is loaded."""

from datetime import date, timedelta
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.contracts.codes import AccessRole, IntegrationModel, PracticeRole, Setting
from shared.plain_yaml import read_yaml

PASSWORD = "walk-alongside-2026"  # noqa: S105 - printed by the demo profile for fictional people, refused everywhere else
JURISDICTION = "US-VA"
TIME_ZONE = "America/New_York"
SUPERVISION_CADENCE_DAYS = 30
MAIL_DOMAIN = "harbor-valley.example"

Stage = Literal["planned", "offered", "accepted", "contacted", "closed", "retracted", "cancelled"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Administrator(_Part):
    """Who opens the tenant."""

    email: str
    name: str


class Organization(_Part):
    """An organisation of the network."""

    key: str
    name: str


class Programme(_Part):
    """A programme, the worker who holds what nobody sent, and the team that peers come from."""

    key: str
    organization: str
    name: str
    setting: Setting
    integration_model: IntegrationModel
    duty_owner: str
    protocol: str
    team: str
    policy_flags: list[str]
    help_line: str


class Worker(_Part):
    """A worker with an account. Peers have a team, a credential and supervision."""

    key: str
    organization: str
    name: str
    role: PracticeRole
    access: AccessRole
    languages: list[str]
    team: str | None = None
    supervised_days_ago: int | None = None
    stage: Literal["initial", "full"] = "full"
    expires_in_days: int = 400

    @property
    def email(self) -> str:
        """The address this worker signs in with and is written to."""
        return f"{self.key}@{MAIL_DOMAIN}"

    def credential(self, *, today: date) -> dict[str, str]:
        """A made-up credential that counts where the network is."""
        return {
            "issuer": "Example Peer Certification Board",
            "number": f"DEMO-{self.key.upper()}",
            "jurisdiction": JURISDICTION,
            "stage": self.stage,
            "issued_on": str(today - timedelta(days=300)),
            "expires_on": str(today + timedelta(days=self.expires_in_days)),
        }


class Group(_Part):
    """So many people of one programme who are at the same place on their way."""

    count: Annotated[int, Field(ge=1)]
    programme: str
    stage: Stage
    sender: str
    ago_days: int = 0
    in_hours: int = 0


class Network(_Part):
    """Everything the demo loads."""

    tenant: str
    administrator: Administrator
    organizations: list[Organization]
    programmes: list[Programme]
    workers: list[Worker]
    people: list[Group]

    @model_validator(mode="after")
    def _names_what_exists(self) -> Self:
        organizations = {one.key for one in self.organizations}
        workers = {one.key for one in self.workers}
        programmes = {one.key for one in self.programmes}
        named = [one.organization for one in self.programmes] + [one.organization for one in self.workers]
        missing = set(named) - organizations
        missing |= {one.duty_owner for one in self.programmes} - workers
        missing |= {one.sender for one in self.people} - workers
        missing |= {one.programme for one in self.people} - programmes
        if missing:
            raise ValueError(f"the demo network names {sorted(missing)}, which it does not have")
        return self

    def worker(self, key: str) -> Worker:
        """The worker with this key."""
        return next(one for one in self.workers if one.key == key)


_GIVEN = ("Juniper", "Marlow", "Sparrow", "Clover", "Rowan", "Indigo", "Lark", "Sage", "Winter", "Aspen")
_FAMILY = ("Testcase", "Placeholder", "Sampleton", "Fictional", "Madeup", "Invented")


def person_name(number: int) -> dict[str, str]:
    """A plainly fictional name; sixty different ones, then they repeat with a numeral."""
    given, family = _GIVEN[number % len(_GIVEN)], _FAMILY[number // len(_GIVEN) % len(_FAMILY)]
    again = number // (len(_GIVEN) * len(_FAMILY))
    return {"given_name": given, "family_name": f"{family} {again + 1}" if again else family}


def load_network() -> Network:
    """The network of `network.yaml`. Raises pydantic.ValidationError when the file is not what it should be."""
    text = files(__package__).joinpath("network.yaml").read_text(encoding="utf-8")
    return Network.model_validate(read_yaml(text))

"""A small fictional network for a storm: two houses, each with who sends, who is asked, and who watches."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handrail.demo.api import Api, Visitor
from shared.contracts.codes import Service
from tests.faults.storm.system import System

ADMINISTRATOR = "administrator@storm.example"
JURISDICTION = "US-VA"
TIME_ZONE = "America/New_York"
BY_TEXT = "-1"
"""The second peer of each house would rather have a text than an e-mail."""


@dataclass(frozen=True, kw_only=True)
class House:
    """An organisation with one programme. `peers` are the workers of its team."""

    programme: str
    nurse: Visitor
    nurse_id: str
    peers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Network:
    """`people` are the accounts of all who may be asked, by worker id. In `silent` answers are awaited for seconds only."""

    administrator: Visitor
    people: Mapping[str, Visitor]
    patient: House
    silent: House


async def build_network(system: System, api: Api) -> Network:
    """Everything through the public APIs, before the storm begins."""
    builder = _Builder(api=api, admin=await api.sign_in(ADMINISTRATOR, system.password), password=system.password)
    patient, silent = await asyncio.gather(
        builder.house("patient", peers=6, setting="outpatient", protocol="standard_inpatient"),
        builder.house("silent", peers=3, setting="community_mental_health", protocol="demo"),
    )
    return Network(administrator=builder.admin, people=builder.people, patient=patient, silent=silent)


class _Builder:
    def __init__(self, *, api: Api, admin: Visitor, password: str) -> None:
        self.admin = admin
        self.people: dict[str, Visitor] = {}
        self._api = api
        self._password = password

    async def house(self, name: str, *, peers: int, setting: str, protocol: str) -> House:
        """A nurse, a supervisor on duty, and peers whose papers are in order."""
        organization = await self._make("/organizations", name=f"House {name} (fictional)")
        nurse_id, duty, *asked = await asyncio.gather(
            self._worker(organization, f"nurse-{name}", role="nurse", access="clinician"),
            self._worker(organization, f"duty-{name}", role="peer_supervisor", access="supervisor"),
            *(
                self._worker(organization, f"peer-{name}-{number}", role="peer_support_specialist", access="peer")
                for number in range(peers)
            ),
        )
        await asyncio.gather(*(self._papers(worker_id) for worker_id in asked))
        await self._make("/teams", organization_id=organization, name=f"Team {name}", member_worker_ids=asked)
        programme = await self._make(
            "/programmes",
            organization_id=organization,
            name=f"Programme {name}",
            setting=setting,
            jurisdiction=JURISDICTION,
            time_zone=TIME_ZONE,
            integration_model="integrated_team",
            duty_owner_worker_id=duty,
            protocol_code=protocol,
        )
        return House(programme=programme, nurse=self.people[nurse_id], nurse_id=nurse_id, peers=tuple(asked))

    async def _worker(self, organization: str, key: str, *, role: str, access: str) -> str:
        email = f"{key}@storm.example"
        worker_id = await self._make(
            "/workers", organization_id=organization, display_name=key.capitalize(), practice_role=role
        )
        account = {
            "email": email,
            "password": self._password,
            "display_name": key.capitalize(),
            "access_role": access,
            "worker_id": worker_id,
            "organization_id": organization,
        }
        await self.admin.ask(Service.IDENTITY, "POST", "/accounts", body=account)
        points = f"/workers/{worker_id}/contact-points"
        seen = await self.admin.get(Service.NOTIFICATIONS, points)
        contact: dict[str, object] = {"email": email, "time_zone": TIME_ZONE}
        if key.endswith(BY_TEXT):
            contact |= {"phone": f"+12125550{len(self.people):03}", "sms_on": True, "channel_order": ["sms", "email"]}
        await self.admin.ask(Service.NOTIFICATIONS, "PUT", points, body=contact, if_match=seen.etag)
        self.people[worker_id] = await self._api.sign_in(email, self._password)
        return worker_id

    async def _papers(self, worker_id: str) -> None:
        today = datetime.now(UTC).date()
        await self._make(
            f"/workers/{worker_id}/credentials",
            issuer="Example Board",
            number=f"EX-{worker_id}",
            jurisdiction=JURISDICTION,
            stage="full",
            issued_on=str(today - timedelta(days=100)),
            expires_on=str(today + timedelta(days=300)),
        )
        seen = await self.admin.get(Service.REFERRALS, f"/workers/{worker_id}")
        supervised = {"last_supervised_on": str(today), "supervision_cadence_days": 14}
        await self.admin.ask(
            Service.REFERRALS, "PUT", f"/workers/{worker_id}/supervision", body=supervised, if_match=seen.etag
        )

    async def _make(self, path: str, **body: object) -> str:
        return str((await self.admin.ask(Service.REFERRALS, "POST", path, body=body)).body["id"])

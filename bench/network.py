"""A small fictional team, made through the public APIs, to assign tasks in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.running_system import System
from shared.contracts.codes import Service

CLINICIAN = "clinician@bench.example"
PEER = "peer@bench.example"


@dataclass(frozen=True)
class Network:
    """Whom to ask for what; `clinician` is the e-mail of an account that may assign, PEER that of the peer."""

    programme_id: str
    peer_id: str
    team_id: str
    clinician: str


_BUILT: dict[str, Network] = {}


async def build_network(system: System) -> Network:
    """The network of this system, shared by all benchmarks of a run: accounts can be opened only once."""
    address = system.url(Service.REFERRALS)
    if address not in _BUILT:
        _BUILT[address] = await _build(system)
    return _BUILT[address]


async def _build(system: System) -> Network:
    """One organisation, one programme, a nurse who assigns and a peer whose credential and supervision are in order."""
    administrator = await system.sign_in()

    async def make(path: str, **body: object) -> str:
        made = await system.post(Service.REFERRALS, path, body, headers=administrator)
        return str(made["id"])

    organization_id = await make("/organizations", name="Bench Community Care (fictional)")
    nurse_id = await make(
        "/workers", organization_id=organization_id, display_name="Nora Example", practice_role="nurse"
    )
    peer_id = await make(
        "/workers",
        organization_id=organization_id,
        display_name="Percy Example",
        practice_role="peer_support_specialist",
    )
    today = datetime.now(UTC).date()
    await make(
        f"/workers/{peer_id}/credentials",
        issuer="Example Board",
        number="EX-1",
        jurisdiction="US-VA",
        stage="full",
        issued_on=str(today - timedelta(days=100)),
        expires_on=str(today + timedelta(days=300)),
    )
    await system.send(
        "PUT",
        f"{system.url(Service.REFERRALS)}/workers/{peer_id}/supervision",
        {"last_supervised_on": str(today), "supervision_cadence_days": 14},
        headers={**administrator, "If-Match": '"1"'},
    )
    programme_id = await make(
        "/programmes",
        organization_id=organization_id,
        name="Bench outpatient",
        setting="outpatient",
        jurisdiction="US-VA",
        time_zone="America/New_York",
        integration_model="integrated_team",
        duty_owner_worker_id=nurse_id,
        protocol_code="standard_inpatient",
    )
    team_id = await make(
        "/teams", organization_id=organization_id, name="Bench team", member_worker_ids=[nurse_id, peer_id]
    )
    for email, name, role, worker_id in (
        (CLINICIAN, "Nora Example", "clinician", nurse_id),
        (PEER, "Percy Example", "peer", peer_id),
    ):
        account = {
            "email": email,
            "password": system.password,
            "display_name": name,
            "access_role": role,
            "worker_id": worker_id,
            "organization_id": organization_id,
        }
        await system.post(Service.IDENTITY, "/accounts", account, headers=administrator)
    return Network(programme_id=programme_id, peer_id=peer_id, team_id=team_id, clinician=CLINICIAN)

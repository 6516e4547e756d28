"""Who works in the machine's network, and what is there on the first day: three organisations of one tenant."""

from dataclasses import dataclass, field

from shared.contracts.codes import AccessRole


@dataclass(frozen=True, kw_only=True)
class Post:
    """Somebody's place: in which house, what they do, and what their account may."""

    house: str
    practice_role: str
    access_role: AccessRole


CLINIC, LANTERN, QUAY = "Harbor Clinic", "Lantern House", "Quay Rooms"
HOUSES = (CLINIC, LANTERN, QUAY)
"""The quay has nothing to do with anybody, so it may never learn a name."""

_PEER = "peer_support_specialist"
POSTS = {
    "nell": Post(house=CLINIC, practice_role="nurse", access_role=AccessRole.CLINICIAN),
    "quinn": Post(house=CLINIC, practice_role="psychiatrist", access_role=AccessRole.CLINICIAN),
    "cam": Post(house=CLINIC, practice_role="case_manager", access_role=AccessRole.CASE_MANAGER),
    "sol": Post(house=CLINIC, practice_role="peer_supervisor", access_role=AccessRole.SUPERVISOR),
    "pat": Post(house=CLINIC, practice_role=_PEER, access_role=AccessRole.PEER),
    "pia": Post(house=CLINIC, practice_role=_PEER, access_role=AccessRole.PEER),
    "ash": Post(house=LANTERN, practice_role=_PEER, access_role=AccessRole.PEER),
    "birch": Post(house=LANTERN, practice_role=_PEER, access_role=AccessRole.PEER),
    "lee": Post(house=LANTERN, practice_role="peer_supervisor", access_role=AccessRole.SUPERVISOR),
    "noor": Post(house=LANTERN, practice_role="nurse", access_role=AccessRole.CLINICIAN),
    "theo": Post(house=QUAY, practice_role="therapist", access_role=AccessRole.CLINICIAN),
    "sky": Post(house=QUAY, practice_role="peer_supervisor", access_role=AccessRole.SUPERVISOR),
}
WITHOUT_HOUSE = {"administrator": AccessRole.ADMINISTRATOR, "privacy officer": AccessRole.PRIVACY_OFFICER}
EVERYBODY = (*POSTS, *WITHOUT_HOUSE)
PEERS = tuple(name for name, post in POSTS.items() if post.access_role is AccessRole.PEER)

TEAMS = {
    "clinic team": (CLINIC, ("nell", "quinn", "pat", "pia")),
    "lantern team": (LANTERN, ("ash", "birch", "noor")),
    "team of both houses": (CLINIC, ("nell", "pat", "ash")),
    "nobody yet": (LANTERN, ()),
}
PROGRAMMES = {
    "ward": (CLINIC, "inpatient_psychiatric", "co_located", "sol"),
    "lantern": (LANTERN, "outpatient", "peer_run_partner", "lee"),
    "together": (CLINIC, "outpatient", "integrated_team", "sol"),
    "steps": (CLINIC, "inpatient_psychiatric", "transitional", "sol"),
}
PEOPLE = {"Wilhelmina": "nell", "Bartholomew": "nell", "Ottoline": "cam", "Peregrine": "noor"}
"""Given names that stand in no other word, and who took the person in."""


@dataclass
class Register:
    """The ids that the first day gave to everybody and everything, by name."""

    houses: dict[str, str] = field(default_factory=dict)
    workers: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    programmes: dict[str, str] = field(default_factory=dict)

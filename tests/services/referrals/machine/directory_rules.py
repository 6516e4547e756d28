"""People are taken in and say what they wish for; organisations, programmes and the directory of help grow."""

from typing import Any

import httpx2
from hypothesis import strategies as st
from hypothesis.stateful import rule

from services.referrals.domain.directory_reading import DocumentRefused
from services.referrals.use_cases.import_directory import import_directory
from shared.clock import SystemClock
from tests.services.referrals.api.test_help_directory import a_service, some_id
from tests.services.referrals.machine.player import ANYBODY, BEHIND, WHICH, Player
from tests.services.referrals.machine.staff import HOUSES, PEERS, POSTS
from tests.services.referrals.machine.staff_rules import CHIEF, day
from tests.services.referrals.machine.transition_rules import PROGRAMME

CODES = st.sampled_from([["reentry"], ["grief", "reentry"], ["not_in_any_list"], []])


class DirectoryRules(Player):
    """The register of people and of the house."""

    @rule(by=ANYBODY)
    def take_in(self, by: str) -> None:
        self.tell("register_person", by, "/people", self.newcomer())

    @rule(which=WHICH, by=ANYBODY, behind=BEHIND)
    def change_person(self, which: int, by: str, behind: int) -> None:
        person = self.pick("people", which)
        assert person is not None
        body, version = {"language": "es"}, person["version"] - behind
        self.tell("change_person", by, f"/people/{person['id']}", body, method="PATCH", version=version)

    @rule(which=WHICH, by=ANYBODY, codes=CODES)
    def wish(self, which: int, by: str, codes: list[str]) -> None:
        person = self.pick("people", which)
        assert person is not None
        self.tell("record_wish", by, f"/people/{person['id']}/wish", {"codes": codes}, method="PUT")

    @rule(peer=st.sampled_from([*PEERS, "nell"]), codes=CODES)
    def tell_of_oneself(self, peer: str, codes: list[str]) -> None:
        body = {"codes": codes, "use_for_matching": True}
        self.tell("share_lived_experience", peer, "/workers/me/lived-experience", body, method="PUT")

    @rule(by=CHIEF, number=st.integers(0, 3))
    def found_house(self, by: str, number: int) -> None:
        self.tell("register_organization", by, "/organizations", {"name": f"House {number}"})

    @rule(by=CHIEF, house=st.sampled_from(HOUSES))
    def take_on_worker(self, by: str, house: str) -> None:
        body = {"organization_id": self.network.known.houses[house], "display_name": "Somebody Example"}
        self.tell("register_worker", by, "/workers", body | {"practice_role": "nurse"})

    @rule(by=CHIEF, house=st.sampled_from(HOUSES), duty=st.sampled_from(sorted(POSTS)))
    def begin_programme(self, by: str, house: str, duty: str) -> None:
        known = self.network.known
        body = {
            "organization_id": known.houses[house],
            "name": "a new programme",
            "setting": "outpatient",
            "jurisdiction": "US-VA",
            "time_zone": "America/New_York",
            "integration_model": "co_located",
            "duty_owner_worker_id": known.workers[duty],
            "protocol_code": "standard",
        }
        self.tell("register_programme", by, "/programmes", body)

    @rule(programme=PROGRAMME, by=CHIEF, behind=BEHIND, duty=st.sampled_from(["sol", "lee", "nell", "pat"]))
    def change_programme(self, programme: str, by: str, behind: int, duty: str) -> None:
        known = self.network.known
        programme_id = known.programmes[programme]
        found = self.rows("SELECT version FROM programmes WHERE tenant_id = $1 AND id = $2", programme_id)[0]
        body, version = {"duty_owner_worker_id": known.workers[duty]}, found["version"] - behind
        self.tell("change_programme", by, f"/programmes/{programme_id}", body, method="PATCH", version=version)

    @rule(programme=PROGRAMME, by=CHIEF, days=st.integers(0, 3), caseload=st.sampled_from([None, 1, 3]))
    def set_terms(self, programme: str, by: str, days: int, caseload: int | None) -> None:
        body = {"effective_from": day(days), "caseload": caseload, "waitlist": True}
        path = f"/programmes/{self.network.known.programmes[programme]}/capacity-terms"
        self.tell("set_capacity_terms", by, path, body)

    @rule(number=st.integers(1, 2), whole=st.booleans())
    def import_directory(self, number: int, whole: bool) -> None:
        """The operator's command has no route; what it refuses leaves no trace either."""
        document: list[Any] = [a_service(number) if whole else a_service(number, status="never heard of")]

        async def asking() -> httpx2.Response:
            works = self.doors.app.state.parts.works
            try:
                await import_directory(document, tenant_id=self.network.tenant_id, works=works, clock=SystemClock())
            except DocumentRefused:
                return httpx2.Response(422)
            return httpx2.Response(200)

        self.perform("import_directory", asking)

    @rule(by=CHIEF)
    def take_in_partner(self, by: str) -> None:
        self.tell("take_in_partner", by, f"/directory/organizations/{some_id(800)}/partner")

"""What a person agrees to and takes back, and who knows whom from elsewhere."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.services.referrals.machine.network import Row, soon
from tests.services.referrals.machine.player import ANYBODY, BEHIND, BELONGS, WHICH, Player
from tests.services.referrals.machine.staff import HOUSES, PEERS, POSTS
from tests.services.referrals.machine.transition_rules import PROGRAMME

HOUSE = st.sampled_from(HOUSES)


class ConsentRules(Player):
    """Consents and the register."""

    @rule(
        which=WHICH,
        by=ANYBODY,
        belongs=BELONGS,
        teller=HOUSE,
        told=HOUSE,
        any_peer_service=st.booleans(),
        whole=st.sampled_from([True] * 5 + [False]),
        who=st.sampled_from(["identity", "identity", "request"]),
        purpose=st.sampled_from(["care_coordination", "person_request", "treatment_payment_operations"]),
    )
    def consent(
        self,
        which: int,
        by: str,
        belongs: bool,
        teller: str,
        told: str,
        any_peer_service: bool,
        whole: bool,
        who: str,
        purpose: str,
    ) -> None:
        person, known = self.pick("people", which), self.network.known
        assert person is not None
        body: Row = {
            "organization_id": known.houses[teller],
            "information": ["identity", "contact", "request"] if who == "identity" else ["request"],
            "information_text": "My name, and what I would like help with",
            "recipient_organization_ids": [] if any_peer_service else [known.houses[told]],
            "recipient_class": "peer_services" if any_peer_service else None,
            "purposes": [purpose],
            "right_to_revoke_acknowledged": True,
            "revocation_how": "Tell anybody on your team",
            "expires_at": soon(days=30),
            "signature_method": "paper" if whole else None,
            "signed_by": "person",
            "signed_at": soon(days=-1),
            "redisclosure_stated": True,
            "refusal_consequence_stated": True,
        }
        at_home = [known.workers[name] for name, post in POSTS.items() if post.house == teller]
        name = self.somebody(at_home, belongs=belongs, anybody=by)
        self.tell("record_consent", name, f"/people/{person['id']}/consents", body)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, behind=BEHIND)
    def take_back(self, which: int, belongs: bool, by: str, behind: int) -> None:
        consent = self.pick("consents", which)
        if consent is None:
            return
        name = self.somebody([consent["by_worker_id"]], belongs=belongs, anybody=by)
        body, version = {"method": "spoken"}, consent["version"] - behind
        self.tell("revoke_consent", name, f"/consents/{consent['id']}/revoke", body, version=version)

    @rule(which=WHICH)
    def consent_runs_out(self, which: int) -> None:
        """Only the owner of the tables could do that to the record; the calendar needs no leave."""
        consent = self.pick("consents", which)
        if consent is None or which % 3:
            return
        self.run(self._expire(consent))

    async def _expire(self, consent: Row) -> None:
        rows = self.doors.rows
        async with rows.transaction():
            await rows.execute("ALTER TABLE consents DISABLE TRIGGER USER")
            await rows.execute("UPDATE consents SET expires_at = now() WHERE id = $1", consent["id"])
            await rows.execute("ALTER TABLE consents ENABLE TRIGGER USER")

    @rule(which=WHICH, programme=PROGRAMME, peer=st.sampled_from(PEERS), step_back=st.booleans(), himself=st.booleans())
    def know_each_other(self, which: int, programme: str, peer: str, step_back: bool, himself: bool) -> None:
        person, known = self.pick("people", which), self.network.known
        assert person is not None
        body: Row = {"person_id": str(person["id"]), "step_back": step_back}
        place = known.programmes[programme]
        if himself:
            body["programme_id"] = place
            self.tell("declare_dual_relationship", peer, "/workers/me/dual-relationships", body)
        else:
            body["worker_id"] = known.workers[peer]
            supervisor = "lee" if which % 2 else "sol"
            self.tell("declare_dual_relationship", supervisor, f"/programmes/{place}/dual-relationships", body)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, behind=BEHIND)
    def no_longer_know_each_other(self, which: int, belongs: bool, by: str, behind: int) -> None:
        entry = self.pick("dual_relationships", which)
        if entry is not None:
            name = self.somebody([entry["worker_id"]], belongs=belongs, anybody=by)
            path, version = f"/dual-relationships/{entry['id']}/end", entry["version"] - behind
            self.tell("end_dual_relationship", name, path, version=version)

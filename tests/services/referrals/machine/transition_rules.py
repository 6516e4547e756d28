"""Transitions: by people, and as sources of other systems tell of them, in whatever order."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from services.referrals.domain.source_facts import SourceKind
from services.referrals.domain.transition_states import TransitionReason
from shared.contracts.codes import Service
from tests.services.referrals.machine.network import Row, soon
from tests.services.referrals.machine.player import AGO, ANYBODY, BEHIND, BELONGS, WHICH, Player
from tests.services.referrals.machine.staff import PROGRAMMES

PROGRAMME = st.sampled_from(sorted(PROGRAMMES))


class TransitionRules(Player):
    """From a plan to a discharge, and back."""

    @rule(which=WHICH, programme=PROGRAMME, left=st.booleans(), by=ANYBODY, visit=st.integers(0, 2), ago=AGO)
    def plan(self, which: int, programme: str, left: bool, by: str, visit: int, ago: float | None) -> None:
        person = self.pick("people", which)
        assert person is not None
        body = {
            "person_id": str(person["id"]),
            "programme_id": self.network.known.programmes[programme],
            "status": "discharged" if left else "planned",
            "expected_at": None if left else soon(hours=30),
            "visit_reference": f"visit-{visit}",
        }
        self.tell("plan_transition", by, "/transitions", body, ago=ago)

    @rule(which=WHICH, programme=PROGRAMME, kind=st.sampled_from(SourceKind), visit=st.integers(0, 2), ago=AGO)
    def source_tells(self, which: int, programme: str, kind: SourceKind, visit: int, ago: float | None) -> None:
        person = self.pick("people", which)
        assert person is not None
        at = soon(minutes=-(ago or 0))
        body = {
            "tenant_id": str(self.network.tenant_id),
            "event_at": at,
            "kind": kind.value,
            "source_key": f"digest-of-visit-{person['given_name']}-{visit}",
            "person_id": str(person["id"]),
            "programme_id": self.network.known.programmes[programme],
            "moment": at,
        }
        self.tell(f"follow_source_event {kind.value}", Service.INTEROP, "/transitions/source-events", body)

    @rule(which=WHICH, other=WHICH)
    def source_joins(self, which: int, other: int) -> None:
        kept, given_up = self.pick("people", which), self.pick("people", other)
        assert kept is not None
        assert given_up is not None
        body = {
            "tenant_id": str(self.network.tenant_id),
            "event_at": soon(),
            "kind": "people_joined",
            "person_id": str(kept["id"]),
            "merged_person_id": str(given_up["id"]),
        }
        self.tell("follow_source_event joined", Service.INTEROP, "/transitions/source-events", body)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, behind=BEHIND, hours=st.integers(1, 90))
    def replan(self, which: int, belongs: bool, by: str, ago: float | None, behind: int, hours: int) -> None:
        self._move_transition("replan", which, belongs, by, ago, behind, expected_at=soon(hours=hours))

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, behind=BEHIND)
    def discharge(self, which: int, belongs: bool, by: str, ago: float | None, behind: int) -> None:
        self._move_transition("discharge", which, belongs, by, ago, behind)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, behind=BEHIND, why=st.sampled_from(TransitionReason))
    def cancel(self, which: int, belongs: bool, by: str, ago: float | None, behind: int, why: TransitionReason) -> None:
        self._move_transition("cancel", which, belongs, by, ago, behind, reason=why.value)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, behind=BEHIND, why=st.sampled_from(TransitionReason))
    def retract(
        self, which: int, belongs: bool, by: str, ago: float | None, behind: int, why: TransitionReason
    ) -> None:
        self._move_transition("retract", which, belongs, by, ago, behind, reason=why.value)

    def _move_transition(
        self, command: str, which: int, belongs: bool, by: str, ago: float | None, behind: int, **said: str
    ) -> None:
        found: Row | None = self.pick("transitions", which)
        if found is None:
            return
        name = self.somebody([found["origin_worker_id"]], belongs=belongs, anybody=by)
        path, version = f"/transitions/{found['id']}/{command}", found["version"] - behind
        self.tell(f"{command}_transition", name, path, dict(said), version=version, ago=ago)

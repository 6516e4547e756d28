"""People who work here come, leave, step back, lose a credential, are put on call; teams and programmes change."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.services.referrals.machine.network import certificate, soon
from tests.services.referrals.machine.player import ANYBODY, BEHIND, WHICH, Player
from tests.services.referrals.machine.staff import HOUSES, PEERS, POSTS, TEAMS
from tests.services.referrals.machine.transition_rules import PROGRAMME

NAME = st.sampled_from(sorted(POSTS))
CHIEF = st.sampled_from(["administrator", "administrator", "sol", "lee", "sky", "nell"])


def day(days: int) -> str:
    """The date so many days from today, in UTC."""
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


class StaffRules(Player):
    """Nobody is there for ever."""

    @rule(name=NAME, by=CHIEF, behind=BEHIND, active=st.sampled_from([False, True, True]))
    def leave_or_return(self, name: str, by: str, behind: int, active: bool) -> None:
        self._change_worker(name, by, behind, "", {"active": active}, method="PATCH")

    @rule(name=NAME, by=CHIEF, behind=BEHIND, late=st.integers(-400, 0))
    def supervise(self, name: str, by: str, behind: int, late: int) -> None:
        body = {"last_supervised_on": day(late), "supervision_cadence_days": 30}
        self._change_worker(name, by, behind, "/supervision", body, method="PUT")

    def _change_worker(self, name: str, by: str, behind: int, path: str, body: object, *, method: str) -> None:
        worker_id = self.network.known.workers[name]
        found = self.rows("SELECT version FROM workers WHERE tenant_id = $1 AND id = $2", worker_id)[0]
        version = found["version"] - behind
        self.tell("change_worker", by, f"/workers/{worker_id}{path}", body, method=method, version=version)

    @rule(name=st.sampled_from(PEERS), by=CHIEF, number=st.integers(0, 3), days=st.sampled_from([400, -3]))
    def certify(self, name: str, by: str, number: int, days: int) -> None:
        body = certificate(f"{name}-{number}", expires_on=day(days))
        self.tell("add_credential", by, f"/workers/{self.network.known.workers[name]}/credentials", body)

    @rule(which=WHICH, by=CHIEF, behind=BEHIND, change=st.sampled_from(["renewed", "expired", "suspended"]))
    def change_credential(self, which: int, by: str, behind: int, change: str) -> None:
        found = self.pick("credentials", which)
        assert found is not None
        body = {
            "stage": "full",
            "expires_on": day(-2) if change == "expired" else day(500),
            "suspended_on": day(-1) if change == "suspended" else None,
        }
        path, version = f"/workers/{found['worker_id']}/credentials/{found['id']}", found["version"] - behind
        self.tell("change_credential", by, path, body, method="PUT", version=version)

    @rule(name=NAME, by=ANYBODY, himself=st.booleans(), hours=st.sampled_from([None, 8]))
    def step_back(self, name: str, by: str, himself: bool, hours: int | None) -> None:
        body = {"starts_at": None, "ends_at": None if hours is None else soon(hours=hours)}
        path = f"/workers/{self.network.known.workers[name]}/absences"
        self.tell("step_back", name if himself else by, path, body)

    @rule(which=WHICH, by=ANYBODY, himself=st.booleans(), behind=BEHIND)
    def come_back(self, which: int, by: str, himself: bool, behind: int) -> None:
        found = self.pick("worker_absences", which, where="(ends_at IS NULL OR ends_at > now())")
        if found is not None:
            name = self.somebody([found["worker_id"]], belongs=himself, anybody=by)
            path = f"/workers/{found['worker_id']}/absences/{found['id']}/end"
            self.tell("come_back", name, path, version=found["version"] - behind)

    @rule(
        name=NAME, by=CHIEF, programme=PROGRAMME, duty=st.sampled_from(["peer", "duty_owner"]), since=st.integers(-9, 3)
    )
    def put_on_call(self, name: str, by: str, programme: str, duty: str, since: int) -> None:
        body = {
            "worker_id": self.network.known.workers[name],
            "duty": duty,
            "starts_at": soon(hours=since),
            "ends_at": soon(hours=since + 8),
        }
        self.tell("put_on_call", by, f"/programmes/{self.network.known.programmes[programme]}/shifts", body)

    @rule(which=WHICH, by=CHIEF, behind=BEHIND)
    def end_shift(self, which: int, by: str, behind: int) -> None:
        found = self.pick("on_call_shifts", which)
        if found is not None:
            path = f"/programmes/{found['programme_id']}/shifts/{found['id']}/end"
            self.tell("end_shift", by, path, version=found["version"] - behind)

    @rule(team=st.sampled_from(sorted(TEAMS)), by=CHIEF, behind=BEHIND, name=NAME, joins=st.booleans())
    def change_team(self, team: str, by: str, behind: int, name: str, joins: bool) -> None:
        team_id = self.network.known.teams[team]
        found = self.rows("SELECT version FROM teams WHERE tenant_id = $1 AND id = $2", team_id)[0]
        body = {"joining" if joins else "leaving": [self.network.known.workers[name]]}
        version = found["version"] - behind
        self.tell("change_team_members", by, f"/teams/{team_id}/members", body, version=version)

    @rule(house=st.sampled_from(HOUSES), by=CHIEF, name=NAME)
    def form_team(self, house: str, by: str, name: str) -> None:
        known = self.network.known
        body = {
            "organization_id": known.houses[house],
            "name": "a new team",
            "member_worker_ids": [known.workers[name]],
        }
        self.tell("form_team", by, "/teams", body)

    @rule(programme=PROGRAMME, team=st.sampled_from(sorted(TEAMS)), by=CHIEF, name=NAME)
    def name_backup(self, programme: str, team: str, by: str, name: str) -> None:
        known = self.network.known
        body = {"team_id": known.teams[team], "worker_id": known.workers[name]}
        path = f"/programmes/{known.programmes[programme]}/clinical-backup"
        self.tell("name_referral_backup", by, path, body, method="PUT")

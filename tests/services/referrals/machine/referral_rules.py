"""Referrals: asked, answered, worked on, passed on, ended."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from services.referrals.domain.referral_progress import ProgressStep
from services.referrals.domain.referral_states import ReferralCommand, reasons_for
from services.referrals.domain.referral_words import ClosingWord, PersonWord, ReferralKind, WhatNext
from tests.services.referrals.machine.network import Row, soon
from tests.services.referrals.machine.player import AGO, ANYBODY, BEHIND, BELONGS, WHICH, Player
from tests.services.referrals.machine.staff import POSTS, TEAMS
from tests.services.referrals.machine.transition_rules import PROGRAMME

_C = ReferralCommand
PLAIN = (_C.START, _C.RESUME, _C.MARK_ERROR)
WITH_REASON = (_C.REJECT, _C.HOLD, _C.FAIL, _C.CANCEL)
ENDING = (_C.COMPLETE, _C.CLOSE)
ASKERS = (_C.MARK_ERROR, _C.CLOSE, _C.CANCEL)
WORKER, TEAM = st.sampled_from([None, *POSTS]), st.sampled_from([None, None, *TEAMS])
KIND = st.sampled_from([ReferralKind.PEER_SERVICE] * 4 + list(ReferralKind))
NEED = st.sampled_from(["peer_support", "somewhere_to_live"])


class ReferralRules(Player):
    """The loop of a referral."""

    def _wish(self, which: int, programme: str, worker: str | None, team: str | None, **more: Any) -> Row:
        known, person = self.network.known, self.pick("people", which)
        assert person is not None
        body: Row = {"programme_id": known.programmes[programme], "person_id": str(person["id"])} | more
        if worker is not None:
            body["recipient_worker_id"] = known.workers[worker]
        if team is not None:
            body["recipient_team_id"] = known.teams[team]
        return body

    @rule(
        which=WHICH,
        programme=PROGRAMME,
        worker=WORKER,
        team=TEAM,
        kind=KIND,
        need=NEED,
        by=ANYBODY,
        draft=st.sampled_from([False, False, True]),
        new=st.sampled_from([False] * 5 + [True]),
        transition=st.booleans(),
        asks=st.sampled_from([None, "Walk along to the housing office"]),
        ago=AGO,
    )
    def refer(
        self,
        which: int,
        programme: str,
        worker: str | None,
        team: str | None,
        kind: ReferralKind,
        need: str,
        by: str,
        draft: bool,
        new: bool,
        transition: bool,
        asks: str | None,
        ago: float | None,
    ) -> None:
        body = self._wish(which, programme, worker, team, kind=kind.value, need=need)
        if new:
            body |= {
                "person_id": None,
                "person": self.newcomer(),
            }
        elif transition and programme == "steps":
            found = self.pick("transitions", which)
            body |= {} if found is None else {"transition_id": str(found["id"]), "person_id": str(found["person_id"])}
        if asks is not None:
            body["text"] = asks
        if draft:
            body["status"] = "draft"
        self.tell("create_referral", by, "/referrals", body, ago=ago)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, worker=WORKER, team=TEAM, behind=BEHIND)
    def request(self, which: int, belongs: bool, by: str, worker: str | None, team: str | None, behind: int) -> None:
        body = self._recipient(worker, team)
        self._move_referral(
            "request_referral",
            "request",
            which,
            belongs,
            by,
            body,
            asking=True,
            behind=behind,
            where="status = 'draft'",
        )

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, worker=WORKER, team=TEAM, behind=BEHIND)
    def reroute(self, which: int, belongs: bool, by: str, worker: str | None, team: str | None, behind: int) -> None:
        body = self._recipient(worker, team)
        self._move_referral("reroute_referral", "reroute", which, belongs, by, body, asking=True, behind=behind)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, behind=BEHIND, ago=AGO)
    def accept_referral(self, which: int, belongs: bool, by: str, behind: int, ago: float | None) -> None:
        where = "status = 'requested'"
        self._move_referral("accept_referral", "accept", which, belongs, by, {}, behind=behind, ago=ago, where=where)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, ago=AGO, command=st.sampled_from(PLAIN))
    def plain_step(self, which: int, belongs: bool, by: str, ago: float | None, command: ReferralCommand) -> None:
        asking = command in ASKERS
        if command is _C.MARK_ERROR and which % 4:
            return  # it ends everything, so it comes seldom
        verb = f"move_referral {command.value}"
        self._move_referral(verb, command.value, which, belongs, by, {}, ago=ago, asking=asking)

    @rule(
        which=WHICH, belongs=BELONGS, by=ANYBODY, command=st.sampled_from(WITH_REASON), asking=st.booleans(), why=WHICH
    )
    def step_with_reason(
        self, which: int, belongs: bool, by: str, command: ReferralCommand, asking: bool, why: int
    ) -> None:
        reasons = sorted(reasons_for(command) - {"consent_revoked"})
        body: Row = {"reason": reasons[why % len(reasons)], "text": "said on the phone"}
        if command is _C.REJECT:
            body["what_next"] = list(WhatNext)[why % 3].value
            if body["what_next"] == WhatNext.OFFER_LATER:
                body["offer_again_at"] = soon(days=3)
        verb = f"move_referral {command.value}"
        self._move_referral(verb, command.value, which, belongs, by, body, asking=asking and command in ASKERS)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, command=st.sampled_from(ENDING), word=st.sampled_from(ClosingWord))
    def end_referral(self, which: int, belongs: bool, by: str, command: ReferralCommand, word: ClosingWord) -> None:
        body = {"closing_word": word.value, "reported_by": "person"}
        verb = f"move_referral {command.value}"
        self._move_referral(verb, command.value, which, belongs, by, body, asking=command in ASKERS)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, why=WHICH)
    def step_back_from_referral(self, which: int, belongs: bool, by: str, why: int) -> None:
        reasons = sorted(reasons_for(_C.UNACCEPT))
        body = {"reason": reasons[why % len(reasons)]}
        self._move_referral("unaccept_referral", "unaccept", which, belongs, by, body, where="accepted_at IS NOT NULL")

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, step=st.sampled_from(ProgressStep))
    def report(self, which: int, belongs: bool, by: str, step: ProgressStep) -> None:
        asking = step in (ProgressStep.GIVE_INFORMATION, ProgressStep.ASK_TO_CANCEL)
        body = {"scheduled_at": soon(days=1)} if step is ProgressStep.SCHEDULE else {}
        verb = f"report_referral_progress {step.value}"
        self._move_referral(verb, step.value, which, belongs, by, body, asking=asking)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, meeting=st.sampled_from(["introduce", "say-goodbye"]))
    def meet(self, which: int, belongs: bool, by: str, meeting: str) -> None:
        where = "accepted_at IS NOT NULL"
        self._move_referral(f"record_referral_meeting {meeting}", meeting, which, belongs, by, {}, where=where)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, word=st.sampled_from(PersonWord), asking=st.booleans())
    def afterwards(self, which: int, belongs: bool, by: str, word: PersonWord, asking: bool) -> None:
        body = {"word": word.value, "own_words": "it was good to be asked"}
        self._move_referral("record_referral_word", "person-word", which, belongs, by, body, asking=asking)

    @rule(which=WHICH, belongs=BELONGS, by=ANYBODY, asking=st.booleans())
    def feedback(self, which: int, belongs: bool, by: str, asking: bool) -> None:
        body = {"text": "met twice this week"}
        self._move_referral(
            "add_referral_feedback", "feedback", which, belongs, by, body, asking=asking, versioned=False
        )

    @rule(
        which=WHICH, belongs=BELONGS, by=ANYBODY, programme=PROGRAMME, worker=WORKER, team=TEAM, kind=KIND,
        follows=st.booleans(),
    )  # fmt: skip
    def pass_on(
        self,
        which: int,
        belongs: bool,
        by: str,
        programme: str,
        worker: str | None,
        team: str | None,
        kind: ReferralKind,
        follows: bool,
    ) -> None:
        found = self._referral(which, where="accepted_at IS NOT NULL")
        if found is None:
            return
        body = self._wish(which, programme, worker, team, kind=kind.value, need="peer_support", parent_follows=follows)
        body["person_id"] = str(found["person_id"])
        self._move_referral(
            "pass_on_referral", "pass-on", which, belongs, by, body, versioned=False, where="accepted_at IS NOT NULL"
        )

    def _recipient(self, worker: str | None, team: str | None) -> Row:
        known = self.network.known
        named = {} if worker is None else {"recipient_worker_id": known.workers[worker]}
        return named | ({} if team is None else {"recipient_team_id": known.teams[team]})

    def _referral(self, which: int, *, where: str = "true") -> Row | None:
        found = self.rows(
            f"SELECT * FROM referrals WHERE tenant_id = $1 AND {where} ORDER BY (ended_at IS NOT NULL), id"
        )
        return found[which % len(found)] if found else None

    def _move_referral(
        self,
        verb: str,
        path: str,
        which: int,
        belongs: bool,
        by: str,
        body: Row,
        *,
        asking: bool = False,
        behind: int = 0,
        ago: float | None = None,
        versioned: bool = True,
        where: str = "true",
    ) -> None:
        found = self._referral(which, where=where)
        if found is None:
            return
        theirs = self.rows(
            "SELECT coalesce(p.worker_id, m.worker_id) AS worker_id FROM referral_parties p"
            " LEFT JOIN team_members m ON m.tenant_id = p.tenant_id AND m.team_id = p.team_id AND p.worker_id IS NULL"
            " WHERE p.tenant_id = $1 AND p.referral_id = $2 AND (p.role = 'recipient') <> $3",
            found["id"],
            asking,
        )
        name = self.somebody([one["worker_id"] for one in theirs], belongs=belongs, anybody=by)
        version = found["version"] - behind if versioned else None
        self.tell(verb, name, f"/referrals/{found['id']}/{path}", body, version=version, ago=ago)

"""Invariants I1 to I10, looked for in the evidence from the client's own history. Pure: no clock, no connection.

Each says how many things it looked at, because a check that looked at nothing has shown nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.faults.storm.evidence import OFFERS, Evidence, Row
from tests.faults.storm.history import Deed, Kind, Outcome

SWEEP = timedelta(seconds=5)
BETWEEN_ASKING_AND_SENDING = timedelta(seconds=5)
"""Between the last look at who may be told and the message's beginning lies one statement; a loaded machine may pause there."""

_TASKS = (Kind.TASK_IN_ROLE, Kind.TASK_OUT_OF_ROLE)
_LINES = {
    Kind.ACCEPT: "accepted",
    Kind.DECLINE: "declined",
    Kind.CONTACT: "first_contact",
    Kind.CLOSE: "closed",
}
_RANK = {"preparing": 0, "offered": 1, "accepted": 2, "introduced": 3, "contacted": 4, "closed": 5, "withdrawn": 6}
_RAISES = {Kind.DECLINE: (1, 2)}
"""By how much a command raises the version; a decline is followed in the same commit by the next offer, if there is one."""
_NO_PARTY_ANY_MORE = ("declined", "unanswered", "withdrawn")
"""Whoever has accepted may still be told; a message that was on its way then is needless, and no more."""
_AT_LEAST = {Kind.ACCEPT: "accepted", Kind.CONTACT: "contacted", Kind.CLOSE: "closed"}


@dataclass(kw_only=True)
class Verdict:
    """What one invariant found: how many things it looked at, and what is wrong with some."""

    looked_at: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, holds: bool, words: str) -> None:
        """One thing that was looked at."""
        self.looked_at += 1
        if not holds:
            self.wrong.append(words)


def told_once(deeds: Sequence[Deed], evidence: Evidence) -> Verdict:
    """I1: an acknowledged discharge gives one visible item per entitled recipient; an unknown one 0 or 1; a refused one none."""
    verdict, asked = Verdict(), {row["handoff_id"]: row for row in evidence.offers if row["status"] == "open"}
    shown = Counter(
        (worker, item["subject_id"])
        for worker, page in evidence.pages.items()
        for item in page
        if item["kind"] in OFFERS
    )
    handoff_of = {row["transition_id"]: row["id"] for row in evidence.handoffs}
    for deed in _of(deeds, Kind.DISCHARGE):
        stored = evidence.transitions_of(deed.subject)
        allowed = {Outcome.ACKNOWLEDGED: (1,), Outcome.REFUSED: (0,)}.get(deed.outcome, (0, 1))
        verdict.expect(len(stored) in allowed, f"{deed.outcome} discharge {deed.subject} exists {len(stored)} times")
        for row in stored:
            handoff = handoff_of.get(row["id"], "none")
            if (offer := asked.get(handoff)) is not None:
                times = shown[offer["worker_id"], handoff]
                young = times == 0 and evidence.now - offer["offered_at"] <= 2 * SWEEP  # then it is I9's
                verdict.expect(times == 1 or young, f"handoff {handoff} is shown {times} times to whom it is offered")
    return verdict


def nothing_twice(deeds: Sequence[Deed], evidence: Evidence) -> Verdict:
    """I2: nobody sees anything twice, and what was asked for once exists once, however often it was repeated."""
    verdict = Verdict()
    for worker, page in evidence.pages.items():
        for (kind, subject), times in Counter((_told(item["kind"]), item["subject_id"]) for item in page).items():
            verdict.expect(times == 1, f"{worker} sees {kind} about {subject} {times} times")
    tellings = Counter((row["worker_id"], row["subject_id"], row["occasion"], row["kind"]) for row in evidence.items)
    for telling, times in tellings.items():
        verdict.expect(times == 1, f"{telling} is stored {times} times")
    for deed in _of(deeds, *_TASKS):
        times = len(evidence.tasks_of(deed.subject))
        verdict.expect(times <= 1, f"the task for {deed.subject} exists {times} times")
    for deed in _of(deeds, Kind.DISCHARGE):
        times = len(evidence.transitions_of(deed.subject))
        verdict.expect(times <= 1, f"discharge {deed.subject} exists {times} times")
    return verdict


def never_out_of_role(deeds: Sequence[Deed], evidence: Evidence) -> Verdict:
    """I3: an out-of-role task is never assigned, and leaves exactly one boundary event."""
    verdict, sure = Verdict(), set()
    for deed in _of(deeds, Kind.TASK_OUT_OF_ROLE):
        stored = evidence.tasks_of(deed.subject)
        verdict.expect(not any(row["assigned_at"] for row in stored), f"out of role, and assigned: {deed.subject}")
        decisions = {str(row["decision_id"]) for row in stored if row["decision_id"]}
        if "decision_id" in deed.answer:
            decisions.add(str(deed.answer["decision_id"]))
        if deed.outcome is Outcome.REFUSED:
            verdict.expect(deed.answer.get("code") == "out_of_scope", f"refused as {deed.answer.get('code')}")
        if deed.outcome in (Outcome.REFUSED, Outcome.ACKNOWLEDGED):
            verdict.expect(len(decisions) == 1, f"{deed.subject} was decided {len(decisions)} times")
        for decision in decisions:
            times = evidence.boundary_events[decision]
            verdict.expect(times == 1, f"decision {decision} left {times} boundary events")
        sure |= decisions
    unsure = sum(deed.outcome in (Outcome.UNKNOWN, Outcome.ASKED) for deed in _of(deeds, Kind.TASK_OUT_OF_ROLE))
    extra = sum(times for decision, times in evidence.boundary_events.items() if decision not in sure)
    verdict.expect(extra <= unsure, f"{extra} boundary events belong to no request, {unsure} are unsure")
    _expect_no_broken(verdict, evidence, "never_out_of_role")
    return verdict


def assigned_by_decision(deeds: Sequence[Deed], evidence: Evidence) -> Verdict:
    """I4: every assigned task carries a decision of the guard's own log, with that verdict and that policy version."""
    verdict = Verdict()
    for row in evidence.tasks:
        if row["assigned_at"]:
            kept = evidence.decisions.get(str(row["decision_id"]))
            same = kept is not None and (kept["verdict"], kept["policy_version"]) == (
                row["verdict"],
                row["policy_version"],
            )
            verdict.expect(same, f"task {row['id']}: the guard's log knows no such decision")
    for deed in _of(deeds, Kind.TASK_IN_ROLE):
        if deed.outcome is Outcome.ACKNOWLEDGED:
            assigned = [row for row in evidence.tasks_of(deed.subject) if row["assigned_at"]]
            verdict.expect(len(assigned) == 1, f"in role, acknowledged, assigned {len(assigned)} times: {deed.subject}")
    _expect_no_broken(verdict, evidence, "assigned_by_decision", "decision_can_be_found")
    return verdict


def no_lost_update(deeds: Sequence[Deed], evidence: Evidence) -> Verdict:
    """I5: a version is answered once, raises by one, and is never taken back; a stale If-Match never wins."""
    verdict = Verdict()
    now = {row["id"]: row["version"] for row in (*evidence.handoffs, *evidence.transitions)}
    won = Counter[tuple[str | None, int | None]]()
    for deed in deeds:
        if deed.seen is None:
            continue
        if deed.stale:
            verdict.expect(deed.outcome is not Outcome.ACKNOWLEDGED, f"stale, and won: {deed.kind} on {deed.about}")
        elif deed.outcome is Outcome.ACKNOWLEDGED and deed.made is not None:
            won[deed.about, deed.seen] += 1
            raised = _RAISES.get(deed.kind, (1,))
            verdict.expect(deed.made - deed.seen in raised, f"{deed.kind}: version {deed.seen} became {deed.made}")
            verdict.expect(now.get(str(deed.about), 0) >= deed.made, f"{deed.kind} on {deed.about} was lost")
    for (about, seen), times in won.items():
        verdict.expect(times == 1, f"version {seen} of {about} was changed {times} times")
    return verdict


def every_step_written(deeds: Sequence[Deed], evidence: Evidence) -> Verdict:
    """I6: each acknowledged step has its line, and the chain of decisions passes through a head noted outside."""
    verdict = Verdict()
    lines = Counter((row["handoff_id"], row["kind"], row["by_worker_id"]) for row in evidence.facts)
    for deed in _of(deeds, *_LINES):
        if deed.outcome is Outcome.ACKNOWLEDGED:
            times = lines[str(deed.about), _LINES[deed.kind], deed.by]
            verdict.expect(times == 1, f"{deed.kind} on {deed.about} has {times} lines")
    verdict.expect(bool(evidence.chain.get("holds")), f"the chain of decisions does not hold: {evidence.chain}")
    verdict.expect(evidence.noted > 0, "no head was noted outside, so the chain was compared with nothing")
    verdict.expect(
        evidence.chain.get("verified") == evidence.sealed == evidence.decided,
        f"{evidence.decided} decisions, {evidence.sealed} sealed, {evidence.chain.get('verified')} verified",
    )
    _expect_no_broken(verdict, evidence, "every_step_written", "last_step_is_state", "every_referral_step_written")
    return verdict


def never_back(deeds: Sequence[Deed], evidence: Evidence) -> Verdict:
    """I7: nothing moves back: no handoff behind what was acknowledged, no receipt behind what the provider had said."""
    verdict = Verdict()
    states = {row["id"]: row["state"] for row in evidence.handoffs}
    for deed in _of(deeds, *_AT_LEAST):
        if deed.outcome is Outcome.ACKNOWLEDGED:
            state, least = states.get(str(deed.about), "preparing"), _AT_LEAST[deed.kind]
            verdict.expect(_RANK[state] >= _RANK[least], f"{deed.about} was {least}, and is {state}")
    for message, receipt in evidence.receipts.items():
        verdict.expect(receipt == "delivered", f"text {message} was delivered, and is {receipt}")
    return verdict


def entitled_when_sent(deeds: Sequence[Deed], evidence: Evidence) -> Verdict:
    """I8: who is not asked any more sees no open question, and nobody is written to after declining, silence or withdrawal."""
    verdict = Verdict()
    offers = {(row["handoff_id"], row["worker_id"], row["offer_number"]): row for row in evidence.offers}
    for row in evidence.items:
        if row["state"] == "open" and row["kind"] in OFFERS:
            offer = offers.get((row["subject_id"], row["worker_id"], row["occasion"]))
            verdict.expect(
                offer is not None and _still_asked(offer, now=evidence.now),
                f"{row['worker_id']} sees handoff {row['subject_id']}, whose offer is {offer and offer['status']}",
            )
    for message in evidence.messages:
        offer = offers.get((message["subject_id"], message["worker_id"], message["occasion"]))
        over = offer is not None and offer["status"] in _NO_PARTY_ANY_MORE and offer["ended_at"] is not None
        if offer is not None and over and message["kind"] in OFFERS:
            late_by = message["begun_at"] - offer["ended_at"]
            verdict.expect(
                late_by <= BETWEEN_ASKING_AND_SENDING,
                f"{message['worker_id']} was written to {late_by} after the offer was {offer['status']}",
            )
    return verdict


def nothing_waits(deeds: Sequence[Deed], evidence: Evidence) -> Verdict:
    """I9: what is not delivered is younger than two sweep intervals."""
    verdict = Verdict(looked_at=len(evidence.items))
    for row in evidence.waiting:
        age = evidence.now - row["since"]
        verdict.expect(age <= 2 * SWEEP, f"{row['place']}: {row['id']} waits for {age}")
    return verdict


def one_owner(deeds: Sequence[Deed], evidence: Evidence) -> Verdict:
    """I10: a transition has exactly one accountable owner, and its history has no gap."""
    verdict = Verdict()
    for deed in _of(deeds, Kind.DISCHARGE):
        for row in evidence.transitions_of(deed.subject):
            verdict.expect(bool(row["owner_worker_id"]), f"nobody holds {row['id']}")
    codes = ("one_owner", "unbroken_history", "rightful_owner", "owner_is_there")
    _expect_no_broken(
        verdict, evidence, *codes, "nothing_overdue_on_ended", "somebody_is_asked", "one_record_per_person"
    )
    return verdict


Check = Callable[[Sequence[Deed], Evidence], Verdict]

CHECKS: dict[str, Check] = {
    "I1": told_once,
    "I2": nothing_twice,
    "I3": never_out_of_role,
    "I4": assigned_by_decision,
    "I5": no_lost_update,
    "I6": every_step_written,
    "I7": never_back,
    "I8": entitled_when_sent,
    "I9": nothing_waits,
    "I10": one_owner,
}


def judge(deeds: Sequence[Deed], evidence: Evidence) -> dict[str, Verdict]:
    """Every invariant by its name."""
    return {name: check(deeds, evidence) for name, check in CHECKS.items()}


def _of(deeds: Iterable[Deed], *kinds: Kind) -> list[Deed]:
    return [deed for deed in deeds if deed.kind in kinds]


def _told(kind: str) -> str:
    """An offer and an escalation of one handoff are the same question to the same person."""
    return "offer" if kind in OFFERS else kind


def _still_asked(offer: Row, *, now: datetime) -> bool:
    """Late answers stay possible; and what has just ended has two sweeps to be told."""
    if offer["status"] in ("open", "unanswered") or offer["ended_at"] is None:
        return True
    return bool(now - offer["ended_at"] <= 2 * SWEEP)


def _expect_no_broken(verdict: Verdict, evidence: Evidence, *codes: str) -> None:
    for code in codes:
        found: list[Row | str] = [subject for name, subject in evidence.broken if name == code]
        verdict.expect(not found, f"{code} does not hold for {found}")

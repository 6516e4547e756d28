"""The worker's rounds between everything else; two requests at once; the same request again."""

from hypothesis.stateful import rule

from services.referrals.adapters.dropped_work import DroppedWork
from services.referrals.use_cases.ask_again import ask_again
from services.referrals.use_cases.end_after_death import end_after_death
from services.referrals.use_cases.lapse_forgotten_offers import lapse_forgotten_offers
from services.referrals.use_cases.rehome_dropped import rehome_dropped
from services.referrals.use_cases.sweep_milestones import sweep_milestones
from services.referrals.use_cases.sweep_overdue_referrals import sweep_overdue_referrals
from services.referrals.worker.tasks import WorkerParts
from tests.services.referrals.machine.player import Player

ROUNDS = 5
"""More than enough for what one round moves to be moved on by the next."""


class WorkerRules(Player):
    """What nobody asks for and happens all the same."""

    @rule()
    def sweep(self) -> None:
        """Until there is nothing left to do: afterwards nothing lies with anybody who cannot go on."""
        for _ in range(ROUNDS):
            if not self.run(self._round(self.doors.worker)):
                break
        dropped = self.run(DroppedWork(self.doors.app.state.resources.engine).find(limit=50))
        assert not dropped, f"found by the sweep, and left where it is: {dropped}"
        self.nothing_lies_with_somebody_who_cannot_go_on()
        self.nothing_is_open_about_the_dead()

    async def _round(self, parts: WorkerParts) -> int:
        """The steps of `sweep_due`, counted one by one."""
        verbs = {
            "end_after_death": end_after_death(
                after_death=parts.after_death,
                works=parts.works,
                handoff_works=parts.handoff_works,
                referral_works=parts.referral_homes.works,
                clock=parts.clock,
            ),
            "sweep_overdue_referrals": sweep_overdue_referrals(parts.overdue_referrals, clock=parts.clock),
            "sweep_milestones": sweep_milestones(parts.overdue, clock=parts.clock),
            "ask_again": ask_again(
                works=parts.works,
                undecided=parts.undecided,
                guard=parts.guard,
                clock=parts.clock,
                patience=parts.patience,
            ),
            "lapse_forgotten_offers": lapse_forgotten_offers(
                waiting=parts.waiting, works=parts.handoff_works, clock=parts.clock
            ),
            "rehome_dropped": rehome_dropped(
                dropped=parts.dropped,
                works=parts.works,
                handoff_works=parts.handoff_works,
                referrals=parts.referral_homes,
                clock=parts.clock,
                patience=parts.patience,
            ),
        }
        moved = {verb: await doing for verb, doing in verbs.items()}
        for verb, number in moved.items():
            self.doors.counts.accepted[verb] += number
        self.doors.counts.steps += 1
        return moved["end_after_death"] + moved["rehome_dropped"] + moved["lapse_forgotten_offers"]

    def nothing_lies_with_somebody_who_cannot_go_on(self) -> None:
        """Asked in other words than the sweep asks: those who left or are away hold nothing, but for whoever is on duty."""
        held = self.rows(
            """
            WITH unable AS (
                SELECT id FROM workers WHERE tenant_id = $1 AND NOT active
                UNION SELECT worker_id FROM worker_absences
                WHERE tenant_id = $1 AND starts_at <= now() AND coalesce(ends_at, 'infinity') > now()
            )
            SELECT 'task' AS kind, id FROM tasks WHERE tenant_id = $1
                AND status IN ('assigned', 'in_progress', 'on_hold') AND assignee_worker_id IN (SELECT id FROM unable)
            UNION ALL
            SELECT 'referral', r.id FROM referrals r JOIN referral_parties p ON p.referral_id = r.id AND p.role = 'recipient'
            WHERE r.tenant_id = $1 AND r.status IN ('accepted', 'in_progress', 'on_hold')
                AND p.worker_id IN (SELECT id FROM unable)
            UNION ALL
            SELECT 'transition', t.id FROM transitions t JOIN programmes p ON p.id = t.programme_id
            WHERE t.tenant_id = $1 AND t.status IN ('planned', 'discharged') AND t.loop_closed_at IS NULL
                AND t.owner_worker_id IN (SELECT id FROM unable)
                AND p.duty_owner_worker_id NOT IN (SELECT id FROM unable)
                AND NOT EXISTS (SELECT FROM on_call_shifts s WHERE s.programme_id = p.id AND s.duty = 'duty_owner'
                                AND s.starts_at <= now() AND s.ends_at > now())
            """
        )
        assert not held, held

    def nothing_is_open_about_the_dead(self) -> None:
        """Whom a source tells of as dead: nobody is asked for anything any more."""
        left = self.rows(
            """
            WITH dead AS (SELECT person_id FROM episodes WHERE tenant_id = $1 AND stands = 'died')
            SELECT 'task' AS kind, id FROM tasks WHERE tenant_id = $1 AND person_id IN (SELECT person_id FROM dead)
                AND status NOT IN ('completed', 'declined', 'failed', 'cancelled')
            UNION ALL
            SELECT 'referral', id FROM referrals WHERE tenant_id = $1 AND person_id IN (SELECT person_id FROM dead)
                AND status NOT IN ('draft', 'rejected', 'completed', 'failed', 'cancelled', 'entered_in_error')
            UNION ALL
            SELECT 'transition', id FROM transitions WHERE tenant_id = $1 AND person_id IN (SELECT person_id FROM dead)
                AND status IN ('planned', 'discharged') AND loop_closed_at IS NULL
            """
        )
        assert not left, left

    @rule()
    def two_at_once(self) -> None:
        """The next two commands are asked at the same moment, each by what it saw before."""
        if self.waiting is None:
            self.waiting = []

    @rule()
    def the_same_again(self) -> None:
        """An answer is lost, and the request is made again with its key: the same answer, and nothing more happens."""
        if self.last is None:
            return
        asking, answer = self.last
        before = self.run(self.network.state())
        again = self.run(asking())
        assert (again.status_code, again.text) == (answer.status_code, answer.text)
        assert self.run(self.network.state()) == before
        self.doors.counts.repeated += 1

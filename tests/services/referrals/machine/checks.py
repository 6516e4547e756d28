"""What must hold after every step: the live queries of the product, and what they cannot say."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from services.referrals.adapters.invariants import examine
from tests.services.referrals.machine.player import Player
from tests.services.referrals.machine.staff import POSTS
from tests.services.referrals.machine.told import leaks

UNTIL_THE_SWEEP = "owner_is_there"
"""Whoever has left may still be named for the seconds until the next sweep, which is looked at on its own."""

OWNERLESS = """
    SELECT 'referral' AS kind, r.id FROM referrals r
    LEFT JOIN referral_parties p ON p.referral_id = r.id AND p.role = 'recipient'
    WHERE r.tenant_id = $1 GROUP BY r.id, r.status HAVING CASE
        WHEN r.status IN ('accepted', 'in_progress', 'on_hold') THEN count(p.worker_id) <> 1
        WHEN r.status = 'requested' THEN count(coalesce(p.worker_id, p.team_id)) <> 1 ELSE false END
    UNION ALL
    SELECT 'referral without requester', r.id FROM referrals r
    WHERE r.tenant_id = $1 AND (SELECT count(*) FROM referral_parties p
                                WHERE p.referral_id = r.id AND p.role = 'requester' AND p.worker_id IS NOT NULL) <> 1
    UNION ALL
    SELECT 'task', id FROM tasks WHERE tenant_id = $1 AND (assignee_worker_id IS NULL OR assigner_worker_id IS NULL)
    UNION ALL
    SELECT 'handoff', h.id FROM handoffs h JOIN transitions t ON t.id = h.transition_id
    WHERE h.tenant_id = $1 AND t.status = 'discharged' AND t.loop_closed_at IS NULL
        AND h.state IN ('accepted', 'introduced', 'contacted') AND h.accepted_by IS NOT NULL AND h.worker_id IS NULL
"""
OVERDUE_ON_ENDED = """
    SELECT 'task asked about' AS kind, id FROM tasks WHERE tenant_id = $1
        AND status IN ('completed', 'declined', 'failed', 'cancelled') AND (ask_again_at IS NOT NULL OR review_due_at IS NOT NULL)
    UNION ALL
    SELECT 'clock after the loop was closed', m.handoff_id FROM handoff_milestones m
    JOIN handoffs h ON h.id = m.handoff_id JOIN transitions t ON t.id = h.transition_id
    WHERE m.tenant_id = $1 AND (t.loop_closed_at IS NOT NULL OR t.status IN ('retracted', 'cancelled'))
        AND m.met_at IS NULL AND m.lifted_at IS NULL
    UNION ALL
    SELECT 'unanswered after its end', id FROM referrals
    WHERE tenant_id = $1 AND ended_at IS NOT NULL AND overdue_at > ended_at
"""
UNMEASURED = """
    SELECT t.id FROM transitions t JOIN custody_history c ON c.transition_id = t.id
    WHERE t.tenant_id = $1 GROUP BY t.id, t.custody_since, t.custody_sequence
    HAVING max(c.occurred_at) <> t.custody_since OR count(*) <> t.custody_sequence
    UNION ALL
    SELECT t.id FROM transitions t WHERE t.tenant_id = $1 AND t.status = 'discharged' AND t.discharged_at IS NULL
"""
UNTOLD = """
    SELECT r.id FROM referrals r WHERE r.tenant_id = $1 AND NOT EXISTS (
        SELECT FROM outbox o WHERE o.type = 'referral.status_changed' AND o.payload LIKE '%' || r.id || '%')
"""


class Checks(Player):
    """After every step."""

    @initialize()
    def first_day(self) -> None:
        self.run(self.network.open())

    @invariant()
    def what_must_hold(self) -> None:
        broken = self.run(examine(self.doors.app.state.resources.engine))
        assert not [one for one in broken if one.code != UNTIL_THE_SWEEP], broken
        for query in (OWNERLESS, OVERDUE_ON_ENDED, UNMEASURED, UNTOLD):
            found = self.rows(query)
            assert not found, found

    @rule(name=st.sampled_from(sorted(POSTS)))
    def somebody_reads_everything(self, name: str) -> None:
        found = self.run(leaks(self.network, name))
        assert not found, "\n".join(found)

    def teardown(self) -> None:
        found = self.run(leaks(self.network, "lee"))
        assert not found, "\n".join(found)

"""Overdue steps, silent handoffs and undecided tasks are counted on the live database, and nobody is named."""

from datetime import UTC, datetime, timedelta

from fastapi import FastAPI

from services.referrals.adapters.milestone_sweep import MilestoneSweep
from services.referrals.use_cases.sweep_milestones import sweep_milestones
from shared.clock import FixedClock
from tests.services.referrals.handoff_world import HandoffWorld


async def test_what_waits_is_counted(world: HandoffWorld, app: FastAPI) -> None:
    begun = await world.discharged()
    later = FixedClock(datetime.now(UTC) + timedelta(hours=5))
    assert await sweep_milestones(MilestoneSweep(app.state.engine), clock=later) == 2
    text = (await world.http.get("/metrics")).text
    for line in (
        "handrail_live_figures_up 1.0",
        "handrail_clocks_missed 2.0",
        "handrail_handoffs_silent 0.0",
        "handrail_tasks_undecided 0.0",
        'handrail_breaker_open{target="scope_guard"} 0.0',
    ):
        assert line in text
    assert "handrail_outbox_waiting 0.0" not in text
    assert 'handrail_requests_total{method="POST",route="/transitions",status="2xx"} 1.0' in text
    assert begun["id"] not in text

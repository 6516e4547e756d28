"""What the scope guard would be asked about a stored task today: its words, and the facts as they are now."""

from services.referrals.domain.assignment import Wish, check_available, pose
from services.referrals.domain.task import Task
from services.referrals.use_cases.ports import TaskWork
from shared.clock import Clock
from shared.contracts.scope import DecideRequest


async def question_of_today(task: Task, *, work: TaskWork, clock: Clock) -> DecideRequest:
    """The question. Raises NotFound, InvalidField or WorkerRequired where who and where it is for is there no more."""
    wish = Wish(
        programme_id=task.programme_id,
        assignee_worker_id=task.assignee_worker_id,
        title=task.title,
        details=task.details,
        person_id=task.person_id,
        team_id=task.team_id,
        activity=task.activity,
        responsibility=task.responsibility,
        attested_conditions=task.attested_conditions,
    )
    parties = await work.tasks.parties(wish, assigner_worker_id=task.assigner_worker_id)
    check_available(parties)
    return pose(wish, parties=parties, tenant_id=task.tenant_id, repeats=str(task.id), now=clock.now())

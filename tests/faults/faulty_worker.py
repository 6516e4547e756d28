"""The product's own workers, with crash points around their functions: `celery -A tests.faults.faulty_worker worker`.

`FAULT_SERVICE` says whose worker, `FAULT_FOLDER` where test and worker meet, `FAULT_MUTANT` (perhaps) how it is broken.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import shared.service
from shared.contracts.codes import Service
from tests.faults import mutants
from tests.faults.around import put_points_around
from tests.faults.crash_points import FaultFolder

FAULTS = FaultFolder(Path(os.environ["FAULT_FOLDER"]))


def _worker_of(service: Service, *, mutant: mutants.Mutant | None) -> Any:
    if service is Service.REFERRALS:
        from services.referrals.main import create_worker as create_referrals_worker
        from services.referrals.settings import ReferralsSettings

        return create_referrals_worker(ReferralsSettings())
    from services.notifications.main import create_worker
    from services.notifications.settings import NotificationsSettings

    settings = NotificationsSettings()
    celery = create_worker(settings)
    if mutant is mutants.Mutant.TOLD_BY_MESSAGE_ALONE:
        mutants.tell_by_message_alone(celery, settings=settings)
    return celery


def _broken(mutant: mutants.Mutant | None) -> None:
    breaks: dict[mutants.Mutant, Callable[[], None]] = {
        mutants.Mutant.MARKED_BEFORE_THE_EFFECT: mutants.mark_before_the_effect,
        mutants.Mutant.TAKEN_WITHOUT_A_LEASE: mutants.take_without_a_lease,
    }
    if mutant in breaks:
        breaks[mutant]()


_named = os.environ.get("FAULT_MUTANT")
_mutant = mutants.Mutant(_named) if _named else None
shared.service.SystemClock = lambda: FAULTS  # type: ignore[misc, assignment]
_broken(_mutant)  # first, so that a mutant meets the same crash points as the product
put_points_around(FAULTS)
celery = _worker_of(Service(os.environ["FAULT_SERVICE"]), mutant=_mutant)

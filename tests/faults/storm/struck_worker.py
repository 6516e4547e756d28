"""A service's own worker with crash points, and with the mutants, which sleep until the folder names one.

`celery -A tests.faults.storm.struck_worker worker`; `FAULT_SERVICE` and `FAULT_FOLDER` as in `routed_up.py`.
"""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

from shared.contracts.codes import Service
from tests.faults import mutants
from tests.faults.around import put_points_around
from tests.faults.crash_points import FaultFolder

FAULTS = FaultFolder(Path(os.environ["FAULT_FOLDER"]))


def _worker(service: Service) -> Any:
    worker = import_module(f"services.{service.value}.worker.entry").celery
    if service is Service.NOTIFICATIONS:
        from services.notifications.settings import NotificationsSettings

        mutants.tell_by_message_alone(worker, settings=NotificationsSettings())
    return worker


mutants.mark_before_the_effect(when=FAULTS.mutant_is)
put_points_around(FAULTS)
celery = _worker(Service(os.environ["FAULT_SERVICE"]))

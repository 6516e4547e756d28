"""What is loaded is set aside, where processes begin."""

import subprocess
import sys

_ASK = """
import gc
from celery.signals import worker_before_create_process
from shared.contracts.codes import Service
from shared.task_queue import create_celery
create_celery(Service.REFERRALS, redis_url="redis://127.0.0.1:1/0")
before = gc.get_freeze_count()
worker_before_create_process.send(sender=None)
print(before, gc.get_freeze_count(), gc.get_threshold()[0])
"""


def test_a_worker_sets_aside_what_is_loaded_before_it_forks() -> None:
    answer = subprocess.run([sys.executable, "-c", _ASK], check=True, capture_output=True, text=True)
    before, after, threshold = map(int, answer.stdout.split())
    assert before == 0
    assert after > 50_000
    assert threshold > 700

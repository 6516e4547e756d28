"""The Celery side of the scope guard: the relay and the sealer."""

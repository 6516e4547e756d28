"""Celery tasks: the hands of this service. They carry nothing; what to do is in the database."""

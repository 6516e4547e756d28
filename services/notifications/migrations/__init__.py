"""Alembic migrations; applied with `python -m handrail migrate`."""

"""Alembic migrations of identity, run by the role that owns the tables."""

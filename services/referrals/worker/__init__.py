"""Thin Celery tasks and what beat rings."""

"""Plumbing and wire types that at least two services need; never a rule of care."""

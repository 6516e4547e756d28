"""Notifications: telling people, and noticing silence. It never decides who is next."""

"""The door for people: pages for peers, clinical teams, supervisors and administrators. It owns no facts of care."""

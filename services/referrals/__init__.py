"""Who walks with whom: people, teams, tasks, transitions, handoffs and custody."""

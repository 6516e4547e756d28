"""The operator's command: starts, watches and stops Handrail on one machine, and carries each service's commands."""

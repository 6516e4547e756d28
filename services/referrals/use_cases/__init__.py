"""One file per verb: what this service can do."""

"""One module per kind of thing; each exposes `router`."""

"""One module per subject; each has a `router`."""

"""The HTTP side of the scope guard."""

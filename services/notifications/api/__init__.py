"""HTTP: routes, wire types, and how errors look from outside."""

"""What a process has loaded when it begins to serve stays until it ends; the garbage collector need not look at it again.

A full collection walks every object, about 200,000 of code, routes and schemas: some 60 ms in which nobody is answered.
"""

import gc

_OBJECTS_BETWEEN_COLLECTIONS = 10_000
"""Of the youngest. A batch of a few hundred facts makes some thousand objects and lets go of them by itself; with the
interpreter's 700 they are counted as long-lived while they are still being worked on."""


def set_loaded_memory_aside() -> None:
    """Call once all is loaded, and in the parent before it forks: pages that nobody writes to are then shared by children."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)

"""Identifiers sort by the time of their making, and never meet: not in threads, not after a fork."""

import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from shared.identifiers import new_id


def test_an_identifier_is_a_version_7_of_the_standard_type() -> None:
    identifier = new_id()
    assert type(identifier) is uuid.UUID
    assert (identifier.version, identifier.variant) == (7, uuid.RFC_4122)
    assert abs((identifier.int >> 80) / 1000 - time.time()) < 60


def test_identifiers_of_one_process_sort_by_creation() -> None:
    identifiers = [new_id() for _ in range(20_000)]
    assert identifiers == sorted(identifiers)
    assert [str(identifier) for identifier in identifiers] == sorted(map(str, identifiers))


def test_threads_make_no_identifier_twice() -> None:
    with ThreadPoolExecutor(8) as threads:
        batches = list(threads.map(lambda _: [new_id() for _ in range(2_000)], range(8)))
    assert len({identifier for batch in batches for identifier in batch}) == 16_000


def test_forked_children_make_no_identifier_twice() -> None:
    """Worker children are forks: with the parent's random state they would all make the same identifiers."""
    new_id()
    reading = []
    for _ in range(4):
        read, write = os.pipe()
        if os.fork() == 0:
            os.write(write, b"".join(new_id().bytes for _ in range(200)))
            os._exit(0)
        os.close(write)
        reading.append(read)
    made = []
    for read in reading:
        with os.fdopen(read, "rb") as pipe:
            content = pipe.read()
        os.wait()
        made += [content[start : start + 16] for start in range(0, len(content), 16)]
    tails = {identifier[-6:] for identifier in made}
    assert len(made) == 800
    assert len(set(made)) == len(tails) == 800

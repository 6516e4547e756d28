"""Prints the entries of a lock file, with their hashes, for the packages that a second file names.

python pick_requirements.py requirements.lock runtime-packages.txt
"""

import re
import sys
from pathlib import Path


def pick(lock: str, *, names: set[str]) -> str:
    """The part of the lock to install. Raises ValueError for a name that the lock does not have."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)
    found = {block.partition("==")[0]: block for block in blocks if "==" in block}
    if missing := names - found.keys():
        raise ValueError(f"the lock has no {', '.join(sorted(missing))}")
    return "".join(found[name] for name in sorted(names))


if __name__ == "__main__":
    lock_file, names_file = (Path(argument) for argument in sys.argv[1:])
    names = set(names_file.read_text(encoding="utf-8").split())
    sys.stdout.write(pick(lock_file.read_text(encoding="utf-8"), names=names))

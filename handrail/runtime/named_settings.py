"""Settings of the operator's own programs: a variable, or the file that `<variable>_FILE` names (container secrets)."""

import os
from pathlib import Path


def setting(name: str) -> str:
    """The variable's value, else the content of its file. Raises KeyError when neither is set, OSError for a lost file."""
    value = os.environ.get(name)
    if value is not None:
        return value
    path = os.environ.get(f"{name}_FILE")
    if path is None:
        raise KeyError(f"neither {name} nor {name}_FILE is set")
    return Path(path).read_text(encoding="utf-8").strip()

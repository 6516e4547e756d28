"""YAML of plain values, as policy, words and the demonstration are written in."""

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml, where PyYAML was built with it: eight times faster, which every start of a process feels."""


def read_yaml(text: str) -> Any:
    """The one document in `text`. Raises yaml.YAMLError; never builds anything but plain values."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, under another name

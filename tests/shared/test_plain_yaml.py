"""Plain values, nothing else, and fast enough to be read at every start."""

import pytest
import yaml

from shared.plain_yaml import read_yaml


def test_plain_values_are_read() -> None:
    assert read_yaml("a: {hours: 24, on: 2026-01-02, words: [x, ñ]}\n")["a"]["words"] == ["x", "ñ"]


@pytest.mark.parametrize("text", ["a: [", "\x00", "!!python/object/apply:os.getcwd []", "a: 1\n---\nb: 2\n"])
def test_anything_else_is_a_yaml_error(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        read_yaml(text)


def test_the_fast_reader_is_there() -> None:
    """Without it everything works, and every start takes a second longer: worth knowing."""
    assert hasattr(yaml, "CSafeLoader")

"""What is served is what was built, and it is light."""

import gzip
import hashlib
from pathlib import Path

import services.console
from services.console.api.assets import Assets

FOLDER = Path(services.console.__file__).parent
FIRST_LOAD_LIMIT = 130_000


def test_the_committed_files_are_the_built_ones() -> None:
    noted = dict(reversed(line.split()) for line in (FOLDER / "assets/digests.txt").read_text().splitlines())
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (FOLDER / "static").iterdir()}
    assert found == noted


def test_our_own_script_is_served_as_it_is_written() -> None:
    for name in ("console.js", "handrail.svg"):
        assert (FOLDER / "assets" / name).read_bytes() == (FOLDER / "static" / name).read_bytes()


def test_nothing_that_is_served_asks_another_address() -> None:
    for name in ("console.css", "console.js"):
        text = (FOLDER / "static" / name).read_text(encoding="utf-8")
        assert "http://" not in text
        assert "https://" not in text
        assert "url(../" not in text


def test_a_first_load_leaves_room_for_the_page_itself() -> None:
    total = 0
    for path in (FOLDER / "static").iterdir():
        content = path.read_bytes()
        total += len(content) if path.suffix == ".woff2" else len(gzip.compress(content, 9))
    assert total < FIRST_LOAD_LIMIT - 25_000


def test_an_address_changes_with_the_content() -> None:
    assets = Assets()
    address = assets.address("console.css")
    found = assets.find(address.rpartition("/")[2])
    assert found is not None
    assert hashlib.sha256(found.content).hexdigest()[:12] in address
    assert assets.find("console.css") is None

"""Style sheet, scripts and fonts as they were built: read once, packed once, named by what is in them."""

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. `packed` is absent where packing would not pay (fonts are packed already)."""

    media_type: str
    content: bytes
    packed: bytes | None


class Assets:
    """All files of `static/`. An address carries a digest, so that browsers may keep what they have for ever."""

    def __init__(self, folder: Traversable | None = None) -> None:
        self._by_address: dict[str, Asset] = {}
        self._addresses: dict[str, str] = {}
        for file in (folder or files("services.console").joinpath("static")).iterdir():
            stem, _, ending = file.name.rpartition(".")
            if ending not in MEDIA_TYPES:
                continue
            content = file.read_bytes()
            # the style sheet names fonts by their plain names: those must not change their address
            name = file.name if ending == "woff2" else f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
            packed = None if ending == "woff2" else gzip.compress(content, 9, mtime=0)
            self._by_address[name] = Asset(MEDIA_TYPES[ending], content, packed)
            self._addresses[file.name] = f"/static/{name}"

    def address(self, name: str) -> str:
        """The address of a file of `static/`. Raises KeyError."""
        return self._addresses[name]

    def find(self, name: str) -> Asset | None:
        """The file at an address's last part."""
        return self._by_address.get(name)

"""The session as a cookie that nobody but us can read or change: JWE, direct key, AES-256-GCM."""

import base64
import hashlib
import json
from uuid import UUID

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from services.console.domain.session import Session
from shared.contracts.codes import AccessRole

_HEADER = {"alg": "dir", "enc": "A256GCM"}
MAX_COOKIE_CHARACTERS = 4000
"""Browsers keep 4,096 bytes of a cookie with its name."""


class SessionCookie:
    """Seals and opens. The key is derived, so that the setting may be any long text."""

    def __init__(self, secret: str) -> None:
        digest = hashlib.sha256(b"handrail console session\x00" + secret.encode()).digest()
        self._key = OctKey.import_key({"kty": "oct", "k": base64.urlsafe_b64encode(digest).rstrip(b"=").decode()})

    def seal(self, session: Session) -> str:
        """The cookie's value."""
        content = {
            "a": session.access_token,
            "r": session.refresh_token,
            "e": session.expires_at,
            "p": session.role.value,
            "t": str(session.tenant_id),
            "w": str(session.worker_id) if session.worker_id else None,
            "n": session.name,
            "c": session.csrf,
        }
        sealed = jwe.encrypt_compact(_HEADER, json.dumps(content).encode(), self._key, algorithms=["dir", "A256GCM"])
        if len(sealed) > MAX_COOKIE_CHARACTERS:
            raise ValueError("the session does not fit into a cookie")
        return sealed

    def open(self, value: str | None) -> Session | None:
        """What was sealed; nothing for anything else."""
        if not value or len(value) > MAX_COOKIE_CHARACTERS:
            return None
        try:
            opened = jwe.decrypt_compact(value, self._key, algorithms=["dir", "A256GCM"])
            content = json.loads(opened.plaintext or b"")
            return Session(
                access_token=content["a"],
                refresh_token=content["r"],
                expires_at=content["e"],
                role=AccessRole(content["p"]),
                tenant_id=UUID(content["t"]),
                worker_id=UUID(content["w"]) if content["w"] else None,
                name=content["n"],
                csrf=content["c"],
            )
        except (JoseError, ValueError, KeyError, TypeError):
            return None

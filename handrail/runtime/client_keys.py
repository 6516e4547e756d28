"""The RSA key each service signs its client assertions with (private_key_jwt), and telling identity its public half."""

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from handrail.runtime.secret_files import kept, write_private
from handrail.runtime.service_environment import private_key_file
from handrail.runtime.state_folder import StateFolder
from shared.contracts.codes import Service

_BITS = 2048


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_key_file(state: StateFolder, service: Service) -> Path:
    """The PEM file that identity is given; made with its private half the first time."""
    private = kept(private_key_file(state, service), make=_new_key)
    key = serialization.load_pem_private_key(private.encode(), password=None)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    path = state.secrets / f"{service.value}.client_key.public.pem"
    if not path.exists() or path.read_bytes() != public:
        write_private(path, public.decode())
    return path


def _registration(public_key: Path, *, database_url: str) -> str:
    """Changes with the key and with the database that knows it."""
    return hashlib.sha256(public_key.read_bytes() + database_url.encode()).hexdigest()


def is_registered(state: StateFolder, service: Service, *, database_url: str) -> bool:
    """Whether identity was already told this key, in this database."""
    note = state.secrets / f"{service.value}.client_key.registered"
    public_key = public_key_file(state, service)
    return note.exists() and note.read_text(encoding="utf-8") == _registration(public_key, database_url=database_url)


def note_registered(state: StateFolder, service: Service, *, database_url: str) -> None:
    """Remember that identity knows this key."""
    registration = _registration(public_key_file(state, service), database_url=database_url)
    write_private(state.secrets / f"{service.value}.client_key.registered", registration)

"""Register a service with its public key, or give it another one."""

from dataclasses import dataclass, replace

from services.identity.domain.system_clients import SystemClient
from services.identity.use_cases.ports import PublicKeys, WorkSource
from shared.clock import Clock
from shared.contracts.codes import Service


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterClient:
    """For the operator. Another key takes effect at once: assertions by the old one are refused from then on."""

    works: WorkSource
    public_keys: PublicKeys
    clock: Clock

    async def __call__(self, service: Service, *, public_key: str) -> SystemClient:
        """The registered client; the same key again changes nothing. Raises PublicKeyUnsuitable."""
        key = self.public_keys.normal_form(public_key)
        async with self.works.begin(None) as work:
            known = await work.clients.read(service)
            if known is None:
                client = SystemClient(service=service, public_key=key, registered_at=self.clock.now())
            elif known.public_key == key:
                return known
            else:
                client = replace(known, public_key=key, registered_at=self.clock.now(), version=known.version + 1)
            await work.clients.save(client)
        return client

"""Register an address that is to be told by webhook."""

from services.notifications.domain.endpoints import Endpoint
from services.notifications.domain.errors import AlreadyRegistered
from services.notifications.domain.signatures import endpoint_secret, shown_secret
from services.notifications.use_cases.webhook_ports import Endpoints


async def register_endpoint(
    endpoint: Endpoint, *, by: str, endpoints: Endpoints, webhook_key: bytes, strict: bool
) -> tuple[Endpoint, str]:
    """The endpoint and its secret, which is shown this once. Raises EndpointInvalid, AlreadyRegistered."""
    endpoint.check(strict=strict)
    if not await endpoints.add(endpoint, by=by):
        raise AlreadyRegistered()
    return endpoint, secret_of(endpoint, webhook_key=webhook_key)


def secret_of(endpoint: Endpoint, *, webhook_key: bytes) -> str:
    """The present secret, as the other side is told it."""
    secret = endpoint_secret(
        webhook_key, tenant_id=endpoint.tenant_id, endpoint_id=endpoint.endpoint_id, generation=endpoint.generation
    )
    return shown_secret(secret)

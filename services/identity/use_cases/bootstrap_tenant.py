"""Open a tenant with its first administrator."""

from dataclasses import dataclass

from services.identity.domain.accounts import Account, Membership, Tenant, check_password
from services.identity.domain.errors import PasswordMissing
from services.identity.use_cases.ports import Passwords, WorkSource
from shared.clock import Clock
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class BootstrapTenant:
    """For the operator. The same name and e-mail again find what is there and change nothing."""

    works: WorkSource
    passwords: Passwords
    clock: Clock

    async def __call__(self, name: str, *, email: str, password: str | None) -> Account:
        """The tenant's account with that e-mail, new or known. Raises PasswordMissing, PasswordUnsuitable."""
        tenant = await self._tenant(name, email=email, password=password)
        async with self.works.begin(tenant.tenant_id) as work:
            known = await work.accounts.with_email(email, tenant_id=tenant.tenant_id)
        if known is not None:
            return known
        checked = _checked(password, email=email)
        account = Account(
            account_id=new_id(),
            tenant_id=tenant.tenant_id,
            email=email,
            display_name="Administrator",
            password_hash=await self.passwords.hash(checked),
            membership=Membership(access_role=AccessRole.ADMINISTRATOR),
            created_at=self.clock.now(),
            created_by=None,
        )
        async with self.works.begin(tenant.tenant_id) as work:
            await work.accounts.add(account)
        return account

    async def _tenant(self, name: str, *, email: str, password: str | None) -> Tenant:
        async with self.works.begin(None) as work:
            known = await work.tenants.named(name)
            if known is not None:
                return known
            # Nothing is written for a call that could not be finished.
            _checked(password, email=email)
            return await work.tenants.add(Tenant(tenant_id=new_id(), name=name, created_at=self.clock.now()))


def _checked(password: str | None, *, email: str) -> str:
    if password is None:
        raise PasswordMissing
    check_password(password, email=email)
    return password

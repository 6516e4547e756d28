"""Tenants, accounts and memberships in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.adapters.tables import accounts, memberships, tenants
from services.identity.domain.accounts import Account, Membership, Tenant
from services.identity.domain.errors import AccountUnknown, EmailTaken, WorkerTaken
from shared.contracts.codes import AccessRole

_ACCOUNT = sa.select(
    accounts, memberships.c.access_role, memberships.c.worker_id, memberships.c.organization_id
).join_from(accounts, memberships)


class TenantRepository:
    """See use_cases.ports.Tenants."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def named(self, name: str) -> Tenant | None:
        """The tenant of that name."""
        row = (await self._connection.execute(sa.select(tenants).where(tenants.c.name == name))).first()
        return None if row is None else Tenant(**row._mapping)

    async def add(self, tenant: Tenant) -> Tenant:
        """Keep a new tenant; when another process was faster, the tenant it made."""
        statement = insert(tenants).values(tenant_id=tenant.tenant_id, name=tenant.name, created_at=tenant.created_at)
        # An update without effect returns the row that won, where DO NOTHING would return none.
        statement = statement.on_conflict_do_update(
            index_elements=[tenants.c.name], set_={"name": statement.excluded.name}
        )
        row = (await self._connection.execute(statement.returning(tenants))).one()
        return Tenant(**row._mapping)


class AccountRepository:
    """See use_cases.ports.Accounts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def opened_by(self, email: str, *, tenant_id: UUID | None) -> Sequence[Account]:
        """Accounts with this e-mail, across tenants unless one is named."""
        statement = _ACCOUNT.where(accounts.c.email == email).order_by(accounts.c.account_id)
        if tenant_id is not None:
            statement = statement.where(accounts.c.tenant_id == tenant_id)
        return [_account(row) for row in await self._connection.execute(statement)]

    async def read(self, account_id: UUID, *, tenant_id: UUID) -> Account:
        """The account. Raises AccountUnknown."""
        return await self._one(_ACCOUNT, account_id=account_id, tenant_id=tenant_id)

    async def locked(self, account_id: UUID, *, tenant_id: UUID) -> Account:
        """The account, its row locked. Raises AccountUnknown."""
        return await self._one(_ACCOUNT.with_for_update(of=accounts), account_id=account_id, tenant_id=tenant_id)

    async def with_email(self, email: str, *, tenant_id: UUID) -> Account | None:
        """The tenant's account with this e-mail."""
        return next(iter(await self.opened_by(email, tenant_id=tenant_id)), None)

    async def page(self, *, tenant_id: UUID, after: UUID | None, limit: int) -> Sequence[Account]:
        """Up to `limit` accounts in the order of their ids."""
        statement = _ACCOUNT.where(accounts.c.tenant_id == tenant_id).order_by(accounts.c.account_id).limit(limit)
        if after is not None:
            statement = statement.where(accounts.c.account_id > after)
        return [_account(row) for row in await self._connection.execute(statement)]

    async def add(self, account: Account) -> None:
        """Keep a new account with its membership. Raises EmailTaken, WorkerTaken."""
        new_account = insert(accounts).values(**_account_columns(account)).on_conflict_do_nothing()
        if (await self._connection.execute(new_account.returning(accounts.c.version))).first() is None:
            raise EmailTaken
        new_membership = insert(memberships).values(
            tenant_id=account.tenant_id,
            account_id=account.account_id,
            access_role=account.membership.access_role.value,
            worker_id=account.membership.worker_id,
            organization_id=account.membership.organization_id,
        )
        new_membership = new_membership.on_conflict_do_nothing()
        if (await self._connection.execute(new_membership.returning(memberships.c.account_id))).first() is None:
            raise WorkerTaken

    async def save(self, account: Account) -> None:
        """Keep a changed account; its row was locked when it was read."""
        await self._connection.execute(
            accounts.update()
            .where(accounts.c.tenant_id == account.tenant_id, accounts.c.account_id == account.account_id)
            .values(**_account_columns(account))
        )

    async def _one(self, statement: sa.Select[Any], *, account_id: UUID, tenant_id: UUID) -> Account:
        found = await self._connection.execute(
            statement.where(accounts.c.tenant_id == tenant_id, accounts.c.account_id == account_id)
        )
        row = found.first()
        if row is None:
            raise AccountUnknown
        return _account(row)


def _account_columns(account: Account) -> dict[str, Any]:
    return {
        "tenant_id": account.tenant_id,
        "account_id": account.account_id,
        "email": account.email,
        "display_name": account.display_name,
        "password_hash": account.password_hash,
        "created_at": account.created_at,
        "created_by": account.created_by,
        "disabled_at": account.disabled_at,
        "version": account.version,
    }


def _account(row: sa.Row[Any]) -> Account:
    columns = dict(row._mapping)
    membership = Membership(
        access_role=AccessRole(columns.pop("access_role")),
        worker_id=columns.pop("worker_id"),
        organization_id=columns.pop("organization_id"),
    )
    return Account(membership=membership, **columns)

"""Plans and subscriptions: which plan an account is on, until when, and what that opens."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.database.ids import now_ms
from mediakiln.database.tables import subscription
from mediakiln.errors import InvalidRequest


class Plan(Struct, frozen=True, forbid_unknown_fields=True):
    """What a plan means. `subscription` opens subscription-only models; `vip` is shown to clients."""

    subscription: bool
    vip: bool


class Subscription(Struct, frozen=True):
    """An account's plan; `ends_at` in milliseconds since the epoch."""

    plan: str
    ends_at: int

    @property
    def active(self) -> bool:
        """True while the plan is not over."""
        return self.ends_at > now_ms()

    @property
    def opens_models(self) -> bool:
        """True when subscription-only models may be called."""
        return self.active and self._plan.subscription

    @property
    def is_vip(self) -> bool:
        """What clients are told as `is_vip`."""
        return self.active and self._plan.vip

    @property
    def _plan(self) -> Plan:
        """What the plan means; one that this program does not know opens nothing."""
        return plans().get(self.plan, Plan(subscription=False, vip=False))


@cache
def plans() -> dict[str, Plan]:
    """The shipped plans by name."""
    raw = resources.files("mediakiln.accounts").joinpath("plans.toml").read_bytes()
    return msgspec.toml.decode(raw, type=dict[str, Plan])


async def subscribe(connection: AsyncConnection, account_id: str, plan: str, ends_at: int) -> None:
    """Put an account on a plan until `ends_at` (ms), in place of what it had. Raises InvalidRequest for an unknown plan."""
    if plan not in plans():
        raise InvalidRequest.not_allowed("plan", plan, list(plans()))
    await connection.execute(delete(subscription).where(subscription.c.account_id == account_id))
    await connection.execute(insert(subscription).values(account_id=account_id, plan=plan, ends_at=ends_at, created_at=now_ms()))

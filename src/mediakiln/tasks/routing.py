"""Which of an operator's accounts a task goes to: routes in the catalogue's order, and among a provider's accounts the least
busy for its weight."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from mediakiln.catalog import Route
from mediakiln.providers.accounts import Account
from mediakiln.tasks.dispatch.base import Dispatcher

COUNT_EVERY = 1.0
"""Seconds between two counts of the waiting tickets; in between this process adds its own."""


class Router:
    """Turns routes to providers into routes to accounts. Only providers with several accounts cost anything."""

    def __init__(self, accounts: Sequence[Account], dispatcher: Dispatcher) -> None:
        self._accounts: dict[str, list[Account]] = {}
        for account in accounts:
            self._accounts.setdefault(account.provider, []).append(account)
        for provider in [name for name, few in self._accounts.items() if [one.name for one in few] == [name]]:
            del self._accounts[provider]  # one account under its provider's name: there is nothing to choose
        self._dispatcher = dispatcher
        self._load: Counter[str] = Counter()
        self._counted_at = 0.0

    async def order(self, routes: Sequence[Route]) -> tuple[Route, ...]:
        """Every route once for each account of its provider, the least busy account first."""
        if not any(route.provider in self._accounts for route in routes):
            return tuple(routes)
        await self._count()
        ordered: list[Route] = []
        for route in routes:
            accounts = self._accounts.get(route.provider)
            names = [route.provider] if accounts is None else self._by_load(accounts)
            ordered.extend(replace(route, provider=name) for name in names)
        self._load[ordered[0].provider] += 1
        return tuple(ordered)

    def _by_load(self, accounts: Sequence[Account]) -> list[str]:
        shuffled = random.sample(accounts, len(accounts))
        return [account.name for account in sorted(shuffled, key=lambda one: (self._load[one.name] + 1) / one.weight)]

    async def _count(self) -> None:
        now = time.monotonic()
        if now - self._counted_at > COUNT_EVERY:
            self._counted_at = now
            self._load = Counter(await self._dispatcher.load())

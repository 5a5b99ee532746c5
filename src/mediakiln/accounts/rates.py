"""Rate limits: fixed windows of a minute or more, in this process's memory, or in Redis for several processes.

Redis goes through the `limits` library. Its in-memory storage walks all keys and starts a task on every hit (measured: a
third of a status poll), so the single-process case is the twenty lines of `Windows`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from msgspec import Struct

WINDOW = 60.0
"""Seconds in a window."""
MOST = 50_000
"""Windows held in memory before the finished ones are looked for and dropped."""

PATIENCE = 1.0
"""Seconds a request waits for Redis."""
AWAY = 5.0
"""Seconds for which a Redis that did not answer is left alone: else every request would wait for it."""

log = structlog.get_logger(__name__)


class Allowance(Struct, frozen=True):
    """What is left of a key's window: `limit` and `remaining` in requests, `reset` in seconds. Limit 0 means unlimited."""

    allowed: bool
    limit: int
    remaining: int
    reset: int


UNLIMITED = Allowance(allowed=True, limit=0, remaining=0, reset=0)


class Windows:
    """Fixed windows in memory; a key's window begins with its first request."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[float, int]] = {}
        self._full = MOST

    def spend(self, key: str, limit: int, minutes: int = 1) -> Allowance:
        """Count one request."""
        now = time.monotonic()
        end, used = self._open.get(key, (0.0, 0))
        if end <= now:
            if len(self._open) >= self._full:
                self._open = {key: window for key, window in self._open.items() if window[0] > now}
                # When many are open at once, not every new one may look through all of them.
                self._full = max(MOST, 2 * len(self._open))
            end, used = now + minutes * WINDOW, 0
        used += 1
        self._open[key] = (end, used)
        return Allowance(used <= limit, limit, max(0, limit - used), math.ceil(end - now))


class _PerMinutes(RateLimitItemPerMinute):
    """A limit whose counter in Redis is the key's alone: the library would keep one for each amount."""

    def key_for(self, *identifiers: object) -> str:
        """The counter's name."""
        return "/".join((self.namespace, *map(str, identifiers), "minute"))


class RateLimiter:
    """Counts requests per key and window. One counter serves every dialect, since a key works in all of them."""

    def __init__(self, redis_url: str = "") -> None:
        self._windows = Windows()
        self._shared: FixedWindowRateLimiter | None = None
        self._away_until = 0.0
        if redis_url:
            self._shared = FixedWindowRateLimiter(RedisStorage(f"async+{redis_url}", implementation="redispy"))

    async def spend(self, key_id: str, most: int, *, minutes: int = 1) -> Allowance:
        """Count one request of `key_id`, which may send `most` in so many minutes; 0 means no limit."""
        if most <= 0:
            return UNLIMITED
        if self._shared is None or time.monotonic() < self._away_until:
            return self._windows.spend(key_id, most, minutes)
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._spend_shared(self._shared, key_id, _PerMinutes(most, minutes))
        except Exception as error:
            # A Redis that is away must neither stop the API nor open it: each process limits by itself meanwhile.
            self._away_until = time.monotonic() + AWAY
            log.warning("rates.redis_away", error=repr(error), again_in=AWAY)
            return self._windows.spend(key_id, most, minutes)

    @staticmethod
    async def _spend_shared(limiter: FixedWindowRateLimiter, key_id: str, item: _PerMinutes) -> Allowance:
        allowed = await limiter.hit(item, key_id)
        window = await limiter.get_window_stats(item, key_id)
        return Allowance(allowed, item.amount, max(0, window.remaining), max(1, math.ceil(window.reset_time - time.time())))


def place_of(client_ip: str) -> str:
    """Who counts as one client: an IPv4 address, or the IPv6 network of 64 bits that one customer of a provider has."""
    try:
        address = ipaddress.ip_address(client_ip)
    except ValueError:
        return "unknown"
    return str(address if address.version == 4 else ipaddress.ip_network((address, 64), strict=False))

"""Request limits: in memory, and shared through Redis; a Redis that is away or asleep neither opens nor stops the API."""

from __future__ import annotations

import asyncio
import os
import secrets
import time

import pytest
import redis.asyncio

from mediakiln.accounts import rates as module
from mediakiln.accounts.rates import UNLIMITED, RateLimiter, Windows

REDIS = os.environ.get("MEDIAKILN_TEST_REDIS_URL") or "redis://127.0.0.1:6379/0"


@pytest.fixture
async def redis_url() -> str:
    """A Redis that answers. Without one the test is skipped, loudly, and fails when CI=true."""
    client = redis.asyncio.from_url(REDIS, socket_connect_timeout=2)
    try:
        await client.ping()
    except Exception as error:
        reason = f"NO REDIS at {REDIS} ({error}): set MEDIAKILN_TEST_REDIS_URL to test shared rate limits"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(reason)
        pytest.skip(reason)
    finally:
        await client.aclose()
    return REDIS


@pytest.fixture
def key() -> str:
    """A key that no other test uses."""
    return secrets.token_hex(8)


async def test_a_minute_in_memory(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many a minute and no more; the figures tell what is left; the next window begins anew."""
    limiter = RateLimiter()
    spent = [await limiter.spend(key, 3) for _ in range(5)]
    assert [one.allowed for one in spent] == [True, True, True, False, False]
    assert [one.remaining for one in spent] == [2, 1, 0, 0, 0]
    assert all(one.limit == 3 and 0 < one.reset <= 60 for one in spent)
    assert (await limiter.spend("another", 3)).allowed
    now = time.monotonic()
    monkeypatch.setattr(module.time, "monotonic", lambda: now + module.WINDOW + 1)
    assert (await limiter.spend(key, 3)).remaining == 2


async def test_no_limit(key: str) -> None:
    """0 turns limits off."""
    limiter = RateLimiter()
    assert [await limiter.spend(key, 0) for _ in range(3)] == [UNLIMITED] * 3


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Finished windows are dropped when there are too many."""
    monkeypatch.setattr(module, "MOST", 100)
    windows = Windows()
    for n in range(100):
        windows.spend(f"old{n}", 1)
    now = time.monotonic()
    monkeypatch.setattr(module.time, "monotonic", lambda: now + module.WINDOW + 1)
    windows.spend("new", 1)
    assert len(windows._open) == 1


@pytest.mark.parametrize("shared", [False, True])
async def test_one_counter_for_every_dialect(request: pytest.FixtureRequest, key: str, shared: bool) -> None:
    """A key works in dialects with limits of their own, but it is one key: what it spends in one it has spent."""
    limiter = RateLimiter(REDIS if shared and await answers() else "") if shared else RateLimiter()
    if shared and limiter._shared is None:
        pytest.skip(f"NO REDIS at {REDIS}")
    for _ in range(5):
        await limiter.spend(key, 600)
    assert (await limiter.spend(key, 6)).remaining == 0
    assert not (await limiter.spend(key, 6)).allowed
    assert (await limiter.spend(key, 600)).remaining == 600 - 8


async def answers() -> bool:
    client = redis.asyncio.from_url(REDIS, socket_connect_timeout=2)
    try:
        return bool(await client.ping())
    except Exception:
        return False
    finally:
        await client.aclose()


async def test_a_minute_over_several_processes(redis_url: str, key: str) -> None:
    """Three servers share one count, also at the same moment."""
    servers = [RateLimiter(redis_url) for _ in range(3)]
    spent = await asyncio.gather(*(servers[n % 3].spend(key, 20) for n in range(60)))
    assert sum(one.allowed for one in spent) == 20
    assert all(one.limit == 20 and 0 < one.reset <= 60 and one.remaining >= 0 for one in spent)
    last = await servers[0].spend(key, 20)
    assert (last.allowed, last.remaining) == (False, 0)


async def test_redis_is_away(key: str) -> None:
    """Nobody listens: each process limits by itself."""
    limiter = RateLimiter("redis://127.0.0.1:1/0")
    spent = [await limiter.spend(key, 3) for _ in range(5)]
    assert [one.allowed for one in spent] == [True, True, True, False, False]


async def test_redis_is_asleep(key: str) -> None:
    """One that takes connections and never answers costs the first requests a moment, and the next ones nothing."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    limiter = RateLimiter(f"redis://127.0.0.1:{port}/0")
    began = time.monotonic()
    assert (await asyncio.wait_for(limiter.spend(key, 50), 10)).allowed
    assert time.monotonic() - began < 8
    began = time.monotonic()
    spent = [await asyncio.wait_for(limiter.spend(key, 50), 10) for _ in range(60)]
    assert time.monotonic() - began < 5
    assert sum(one.allowed for one in spent) == 49
    server.close()


async def test_redis_comes_back(redis_url: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while away it is asked again."""
    monkeypatch.setattr(module, "AWAY", 0.05)
    limiter = RateLimiter(redis_url)
    spend = limiter._spend_shared

    async def broken(*_args: object) -> None:
        raise ConnectionError("away")

    monkeypatch.setattr(limiter, "_spend_shared", broken)
    assert (await limiter.spend(key, 5)).remaining == 4
    monkeypatch.setattr(limiter, "_spend_shared", spend)
    await asyncio.sleep(0.06)
    other = RateLimiter(redis_url)
    await other.spend(key, 5)
    assert (await limiter.spend(key, 5)).remaining == 3


async def an_hour(limiter: RateLimiter, key: str) -> None:
    spent = [await limiter.spend(key, 2, minutes=60) for _ in range(3)]
    assert [one.allowed for one in spent] == [True, True, False]
    assert all(3_500 < one.reset <= 3_600 for one in spent)


async def test_an_hour_in_memory(key: str) -> None:
    """A window may be longer than a minute."""
    await an_hour(RateLimiter(), key)


async def test_an_hour_over_several_processes(redis_url: str, key: str) -> None:
    """Also in Redis."""
    await an_hour(RateLimiter(redis_url), key)


def test_many_open_windows_are_not_looked_through_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """When all of them are still open, room is made for as many again before the next look."""
    monkeypatch.setattr(module, "MOST", 100)
    windows = Windows()
    looks = 0

    class Counted(dict):  # type: ignore[type-arg]
        def items(self) -> object:  # type: ignore[override]
            nonlocal looks
            looks += 1
            return super().items()

    for n in range(1_000):
        windows._open = Counted(windows._open) if type(windows._open) is dict else windows._open
        windows.spend(f"key{n}", 1)
    assert looks == 4
    assert len(windows._open) == 1_000

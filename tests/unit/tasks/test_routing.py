"""Which account a task goes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from mediakiln.catalog import Route
from mediakiln.providers.accounts import Account
from mediakiln.tasks.routing import Router


class Load:
    """A dispatcher, as far as a router asks it."""

    def __init__(self, **load: int) -> None:
        self._load = {name.replace("_", "/"): count for name, count in load.items()}
        self.asked = 0

    async def load(self) -> Mapping[str, int]:
        self.asked += 1
        return self._load


def account(provider: str, name: str = "", weight: int = 1) -> Account:
    return Account(provider=provider, kind="ark", name=f"{provider}/{name}" if name else provider, weight=weight)


ROUTES = (Route("ark", "seedance"), Route("fal", "fal-ai/seedance"))


async def test_one_account_each_costs_nothing() -> None:
    """No look at the queue, and the routes as they are."""
    load = Load()
    router = Router([account("ark"), account("fal")], load)  # type: ignore[arg-type]
    assert await router.order(ROUTES) == ROUTES
    assert load.asked == 0


async def test_the_least_busy_account_first_within_its_provider() -> None:
    """The catalogue's order of providers stays."""
    router = Router([account("ark", "eu"), account("ark", "us"), account("fal")], Load(ark_eu=5, ark_us=2))  # type: ignore[arg-type]
    assert [route.provider for route in await router.order(ROUTES)] == ["ark/us", "ark/eu", "fal"]


async def test_weights_share_the_work() -> None:
    """Three to one, whatever the order of the file, with one look at the queue a second."""
    load = Load()
    router = Router([account("ark", "eu", 1), account("ark", "us", 3)], load)  # type: ignore[arg-type]
    chosen = Counter([(await router.order(ROUTES))[0].provider for _ in range(400)])
    assert 280 <= chosen["ark/us"] <= 320
    assert load.asked <= 2


async def test_a_single_named_account_is_reached_by_its_name() -> None:
    """`[[ark.accounts]]` with one entry."""
    router = Router([account("ark", "eu")], Load())  # type: ignore[arg-type]
    assert [(route.provider, route.model) for route in await router.order(ROUTES)] == [
        ("ark/eu", "seedance"),
        ("fal", "fal-ai/seedance"),
    ]

"""What all attempts of one worker process work with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from msgspec import Struct, field
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.fetch import FetchDoor
from mediakiln.assets.inputs import InputResolver
from mediakiln.providers.base import OperatorFault, Provider
from mediakiln.tasks.breaker import Breakers


class Rate(Struct, frozen=True):
    """Calls a minute that an account bears; `per_item` tells that its driver makes one for each item of a task."""

    calls: int
    per_item: bool = False


def no_callback(_provider: str, _task_id: str) -> str:
    """The address for vendors that cannot call: none."""
    return ""


class Tools(Struct, frozen=True, kw_only=True):
    """One instance serves all tasks of a worker process.

    `door` is what results are fetched through; `scratch` holds the working folders; `max_pixels` is the largest result;
    `retention` is how long results live, in milliseconds (0: for ever). `callback` makes the address at which a provider may
    tell that a task is done; `public_url` is where vendors can fetch our files, or ""; `remote` names the providers that are
    not on this machine: a submit to one of them is not cut off halfway.
    """

    engine: AsyncEngine
    providers: Mapping[str, Provider]
    inputs: InputResolver
    blobs: BlobStore
    door: FetchDoor
    scratch: Path
    max_pixels: int
    retention: int = 0
    rates: Mapping[str, Rate] = {}
    callback: Callable[[str, str], str] = no_callback
    public_url: str = ""
    remote: Collection[str] = ()
    breakers: Breakers = field(default_factory=Breakers)

    def provider(self, name: str) -> Provider:
        """Raises OperatorFault for one that was taken out of the configuration."""
        try:
            return self.providers[name]
        except KeyError:
            raise OperatorFault(f"{name} is no longer configured") from None

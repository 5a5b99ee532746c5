"""What the provider contract needs to know of a driver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from fakes.vendors.base import Plan, Vendor

from mediakiln.generation import GenerationRequest, Kind, Role
from mediakiln.providers.base import Provider


@dataclass(frozen=True)
class Case:
    """One way a driver is used. `open` makes the driver on a base URL.

    `synchronous`: the vendor answers a submit with the result. `refusals` are the submits it refuses in words of its own.
    `cancels`: it can be asked to stop. `recovers`: it can be asked what became of a lost submit. `repeatable`: a lost submit
    may be sent again. `own_server`: a job that it does not know is gone. `roles` are inputs that the job has.
    `per_item`: it is called once for each item.
    `reconnects_late`: its client leaves a broken address alone for a while.
    """

    name: str
    vendor: Callable[[], Vendor]
    open: Callable[[str], Provider]
    model: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    kind: Kind = Kind.IMAGE
    synchronous: bool = False
    refusals: frozenset[Plan] = frozenset({Plan.BUSY, Plan.BAD_KEY, Plan.BROKE, Plan.INVALID, Plan.FILTERED, Plan.NO_MODEL})
    cancels: bool = True
    recovers: bool = False
    repeatable: bool = False
    tells_progress: bool = False
    own_server: bool = False
    per_item: bool = False
    reconnects_late: bool = False
    roles: tuple[Role, ...] = ()
    request: Callable[[GenerationRequest], GenerationRequest] = lambda request: request


def exceptions_of(*modules: ModuleType) -> list[type[Exception]]:
    """Every exception class that these modules of an SDK define or show."""
    found = {
        each for module in modules for each in vars(module).values() if isinstance(each, type) and issubclass(each, Exception)
    }
    foreign = (each for each in found if each.__module__ != "builtins")
    return sorted(foreign, key=lambda each: (each.__module__, each.__qualname__))

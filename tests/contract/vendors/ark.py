"""Ark."""

from __future__ import annotations

import byteplussdkarkruntime._exceptions
import httpx
from contract.vendors.base import Case, exceptions_of
from fakes.vendors.ark import ArkServer

from mediakiln.generation import Kind, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.ark import errors
from mediakiln.providers.ark.provider import open_provider
from mediakiln.providers.base import Provider


def _open(url: str) -> Provider:
    return open_provider(Account(provider="ark", kind="ark", name="ark", key=Secret("ark-test"), base_url=f"{url}/api/v3"))


SEEDANCE, SEEDREAM = "dreamina-seedance-2-0-260128", "seedream-4-0-250828"

CASES = [
    Case("ark video", ArkServer, _open, SEEDANCE, kind=Kind.VIDEO),
    Case("ark frames", ArkServer, _open, SEEDANCE, kind=Kind.VIDEO, roles=(Role.FIRST_FRAME, Role.LAST_FRAME)),
    Case("ark image", ArkServer, _open, SEEDREAM, synchronous=True, per_item=True),
    Case("ark edit", ArkServer, _open, SEEDREAM, synchronous=True, roles=(Role.IMAGE,)),
]
TABLE = errors.TABLE
EXCEPTIONS = exceptions_of(byteplussdkarkruntime._exceptions, httpx)

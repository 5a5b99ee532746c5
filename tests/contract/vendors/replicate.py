"""Replicate."""

from __future__ import annotations

import httpx
import replicate.exceptions
from contract.vendors.base import Case, exceptions_of
from fakes.vendors.replicate import ReplicateServer

from mediakiln.generation import Kind, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Provider
from mediakiln.providers.replicate import errors
from mediakiln.providers.replicate.provider import open_provider

FIELDS = {"prompt": "$prompt", "aspect_ratio": "$aspect_ratio", "image_input": "$images", "seed": "$seed"}


def _open(url: str) -> Provider:
    return open_provider(Account(provider="replicate", kind="replicate", name="replicate", key=Secret("r8_test"), base_url=url))


CASES = [
    Case("replicate", ReplicateServer, _open, "owner/name", FIELDS, tells_progress=True),
    Case(
        "replicate version",
        ReplicateServer,
        _open,
        "owner/name:abc",
        FIELDS,
        kind=Kind.VIDEO,
        tells_progress=True,
        roles=(Role.REFERENCE_IMAGE,),
    ),
]
TABLE = errors.TABLE
EXCEPTIONS = exceptions_of(replicate.exceptions, httpx)

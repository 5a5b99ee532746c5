"""Kling."""

from __future__ import annotations

import httpx
import jwt
from contract.vendors.base import Case, exceptions_of
from fakes.vendors.kling import ACCESS, SECRET, KlingServer

from mediakiln.generation import Kind, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Provider
from mediakiln.providers.kling import errors
from mediakiln.providers.kling.provider import KlingProvider


def _open(url: str) -> Provider:
    account = Account(provider="kling", kind="kling", name="kling", key=Secret(ACCESS), secret=Secret(SECRET), base_url=url)
    return KlingProvider(account, patience=(0.0,))


CASES = [
    Case("kling video", KlingServer, _open, "kling-v3", kind=Kind.VIDEO, cancels=False, recovers=True),
    Case(
        "kling frames",
        KlingServer,
        _open,
        "kling-v3",
        kind=Kind.VIDEO,
        cancels=False,
        recovers=True,
        roles=(Role.FIRST_FRAME, Role.LAST_FRAME),
    ),
    Case(
        "kling omni",
        KlingServer,
        _open,
        "kling-v3-omni",
        kind=Kind.VIDEO,
        cancels=False,
        recovers=True,
        roles=(Role.REFERENCE_IMAGE, Role.REFERENCE_IMAGE),
    ),
    Case("kling image", KlingServer, _open, "kling-v2-1", cancels=False, recovers=True),
]
TABLE = errors.TABLE
EXCEPTIONS = [*exceptions_of(jwt.exceptions, httpx), errors.KlingError]

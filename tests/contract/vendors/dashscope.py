"""DashScope."""

from __future__ import annotations

import dashscope.v2.errors
import httpx
from contract.vendors.base import Case, exceptions_of
from fakes.vendors.dashscope import DashScopeServer

from mediakiln.generation import Kind, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Provider
from mediakiln.providers.dashscope import errors
from mediakiln.providers.dashscope.provider import open_provider


def _open(url: str) -> Provider:
    account = Account(provider="dashscope", kind="dashscope", name="dashscope", key=Secret("sk-test"), base_url=f"{url}/api/v1")
    return open_provider(account)


CASES = [
    Case("dashscope text", DashScopeServer, _open, "wan2.5-t2v-preview", kind=Kind.VIDEO),
    Case("dashscope image", DashScopeServer, _open, "wan2.5-i2v-preview", kind=Kind.VIDEO, roles=(Role.IMAGE,)),
    Case(
        "dashscope frames",
        DashScopeServer,
        _open,
        "wan2.7-i2v",
        kind=Kind.VIDEO,
        roles=(Role.FIRST_FRAME, Role.LAST_FRAME),
    ),
]
TABLE = errors.TABLE
EXCEPTIONS = exceptions_of(dashscope.v2.errors, httpx)

"""Servers that speak OpenAI's protocol."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx
import httpx2
import openai._exceptions
from contract.vendors.base import Case, exceptions_of
from fakes.vendors.compatible import CompatibleServer

from mediakiln.generation import Kind, Role
from mediakiln.providers.accounts import Account
from mediakiln.providers.base import Provider
from mediakiln.providers.compatible import errors
from mediakiln.providers.compatible.provider import open_provider


def _open(url: str, **options: Any) -> Provider:
    account = Account(provider="own", kind="compatible", name="own", base_url=f"{url}/v1", options=options)
    return open_provider(account)


_video = partial(Case, vendor=CompatibleServer, model="Wan2.2", kind=Kind.VIDEO, tells_progress=True, own_server=True)

CASES = [
    Case("compatible image", CompatibleServer, _open, "Qwen/Qwen-Image", synchronous=True),
    Case("compatible edit", CompatibleServer, _open, "Qwen/Qwen-Image-Edit", synchronous=True, roles=(Role.IMAGE,)),
    Case("compatible one by one", CompatibleServer, partial(_open, n=False), "Qwen/Qwen-Image", synchronous=True, per_item=True),
    Case("compatible links", CompatibleServer, partial(_open, response_format="url"), "Qwen/Qwen-Image", synchronous=True),
    Case("compatible repeats", CompatibleServer, partial(_open, repeat=True), "Z-Image", synchronous=True, repeatable=True),
    _video("compatible video", open=_open),
    _video("compatible json video", open=partial(_open, video_body="json")),
    _video("compatible frame", open=_open, roles=(Role.FIRST_FRAME,)),
]
TABLE = errors.TABLE
EXCEPTIONS = exceptions_of(openai._exceptions, httpx2, httpx)

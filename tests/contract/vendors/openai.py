"""OpenAI."""

from __future__ import annotations

import httpx
import httpx2
import openai._exceptions
from contract.vendors.base import Case, exceptions_of
from fakes.vendors.openai import OpenAIServer

from mediakiln.generation import Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Provider
from mediakiln.providers.openai import errors
from mediakiln.providers.openai.provider import open_provider


def _open(url: str) -> Provider:
    return open_provider(Account(provider="openai", kind="openai", name="openai", key=Secret("sk-test"), base_url=f"{url}/v1"))


CASES = [
    Case("openai image", OpenAIServer, _open, "gpt-image-2", synchronous=True),
    Case("openai edit", OpenAIServer, _open, "gpt-image-2", synchronous=True, roles=(Role.IMAGE, Role.IMAGE)),
]
TABLE = errors.TABLE
EXCEPTIONS = exceptions_of(openai._exceptions, httpx2, httpx)

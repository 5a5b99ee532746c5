"""Gemini."""

from __future__ import annotations

import google.genai.errors
import httpx
import httpx2
from contract.vendors.base import Case, exceptions_of
from fakes.vendors.gemini import GeminiServer

from mediakiln.generation import Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Provider
from mediakiln.providers.gemini import errors
from mediakiln.providers.gemini.provider import open_provider


def _open(url: str) -> Provider:
    return open_provider(Account(provider="gemini", kind="gemini", name="gemini", key=Secret("AIza-test"), base_url=url))


MODEL = "gemini-3.1-flash-image"

CASES = [
    Case("gemini image", GeminiServer, _open, MODEL, synchronous=True, per_item=True),
    Case("gemini edit", GeminiServer, _open, MODEL, synchronous=True, roles=(Role.IMAGE, Role.REFERENCE_IMAGE)),
]
TABLE = errors.TABLE
EXCEPTIONS = exceptions_of(google.genai.errors, httpx2, httpx)

"""xAI."""

from __future__ import annotations

from functools import partial

import grpc
import grpc.aio
import xai_sdk.video
from contract.vendors.base import Case, exceptions_of
from fakes.vendors.xai import KEY, XaiServer

from mediakiln.generation import Kind, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Provider
from mediakiln.providers.xai import errors
from mediakiln.providers.xai.provider import open_provider


def _open(url: str) -> Provider:
    return open_provider(Account(provider="xai", kind="xai", name="xai", key=Secret(KEY), base_url=url))


_case = partial(Case, vendor=XaiServer, open=_open, kind=Kind.VIDEO, cancels=False, tells_progress=True, reconnects_late=True)

CASES = [
    _case("xai video", model="grok-imagine-video"),
    _case("xai frames", model="grok-imagine-video-1.5", roles=(Role.FIRST_FRAME, Role.LAST_FRAME)),
]
TABLE = errors.TABLE
EXCEPTIONS = exceptions_of(xai_sdk.video, grpc, grpc.aio)

"""WaveSpeed."""

from __future__ import annotations

import httpx
import requests.exceptions
import wavespeed.api.client
from contract.vendors.base import Case, exceptions_of
from fakes.vendors.wavespeed import WavespeedServer

from mediakiln.generation import Kind, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Provider
from mediakiln.providers.wavespeed import errors
from mediakiln.providers.wavespeed.provider import open_provider

IMAGE = {"prompt": "$prompt", "aspect_ratio": "$aspect_ratio", "resolution": {"$": "resolution", "1K": "1k", "2K": "2k"}}
VIDEO = {"prompt": "$prompt", "duration": "$duration", "image": "$first_frame", "last_image": "$last_frame"}


def _open(url: str) -> Provider:
    account = Account(provider="wavespeed", kind="wavespeed", name="wavespeed", key=Secret("ws_test"), base_url=url)
    return open_provider(account)


CASES = [
    Case("wavespeed", WavespeedServer, _open, "google/nano-banana-pro/text-to-image", IMAGE, cancels=False, per_item=True),
    Case(
        "wavespeed video",
        WavespeedServer,
        _open,
        "bytedance/seedance-2.0/image-to-video",
        VIDEO,
        kind=Kind.VIDEO,
        cancels=False,
        roles=(Role.FIRST_FRAME,),
    ),
]
TABLE = errors.TABLE
EXCEPTIONS = exceptions_of(wavespeed.api.client, requests.exceptions, httpx)

"""fal."""

from __future__ import annotations

import fal_client
import fal_client.auth
import httpx
from contract.vendors.base import Case, exceptions_of
from fakes.vendors.fal import FalServer

from mediakiln.generation import Kind, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Provider
from mediakiln.providers.fal import errors
from mediakiln.providers.fal.provider import open_provider

IMAGE = {"prompt": "$prompt", "num_images": "$count", "aspect_ratio": "$aspect_ratio", "resolution": "$resolution"}
VIDEO = {"prompt": "$prompt", "duration": "$duration_text", "image_url": "$first_frame", "generate_audio": "$audio"}


def _open(url: str) -> Provider:
    return open_provider(Account(provider="fal", kind="fal", name="fal", key=Secret("id:secret"), base_url=url))


CASES = [
    Case("fal", FalServer, _open, "fal-ai/nano-banana-pro", IMAGE, tells_progress=True),
    Case(
        "fal video",
        FalServer,
        _open,
        "bytedance/seedance-2.0/fast/image-to-video",
        VIDEO,
        kind=Kind.VIDEO,
        tells_progress=True,
        roles=(Role.FIRST_FRAME,),
    ),
]
TABLE = errors.TABLE
EXCEPTIONS = exceptions_of(fal_client, fal_client.auth, httpx)

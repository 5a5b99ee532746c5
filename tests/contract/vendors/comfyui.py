"""ComfyUI, by the workflows that ship with Mediakiln."""

from __future__ import annotations

import httpx
from contract.vendors.base import Case, exceptions_of
from fakes.vendors.base import Plan
from fakes.vendors.comfyui import ComfyServer

from mediakiln.generation import Kind, Role
from mediakiln.providers.accounts import Account
from mediakiln.providers.base import Provider
from mediakiln.providers.comfyui import errors
from mediakiln.providers.comfyui.provider import ComfyProvider

REFUSALS = frozenset({Plan.BUSY, Plan.BAD_KEY, Plan.INVALID, Plan.NO_MODEL})


def _open(url: str) -> Provider:
    # Held long enough for what a question sets off to come over the socket.
    account = Account(provider="comfyui", kind="comfyui", name="comfyui", base_url=url)
    return ComfyProvider(account, hold=0.1, patience=(0.0, 0.0, 0.0))


CASES = [
    Case("comfyui", ComfyServer, _open, "text-to-image.json", refusals=REFUSALS, recovers=True, tells_progress=True),
    Case(
        "comfyui edit",
        ComfyServer,
        _open,
        "image-to-image.json",
        refusals=REFUSALS,
        recovers=True,
        tells_progress=True,
        roles=(Role.IMAGE,),
    ),
    Case(
        "comfyui video",
        ComfyServer,
        _open,
        "wan",
        fields={"workflow": "text-to-video.json", "set": {"37.unet_name": "wan.safetensors"}},
        kind=Kind.VIDEO,
        refusals=REFUSALS,
        recovers=True,
        tells_progress=True,
    ),
]
TABLE = errors.TABLE
EXCEPTIONS = [*exceptions_of(httpx), errors.ComfyError]

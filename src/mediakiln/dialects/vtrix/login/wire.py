"""The JSON of the device login (wire file, section 8). Unknown fields are ignored."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from mediakiln.web.bodies import told


class BeginLogin(Struct, kw_only=True):
    """Body of `POST /cli/device/code`."""

    client_id: Annotated[str, told("What the tool calls itself.", "vtrix-cli")]
    client_public_key: Annotated[
        str, told("An Ed25519 public key, 32 bytes in base64url.", "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw")
    ]


class LoginBegun(Struct):
    """`data` of `POST /cli/device/code`. Open `verification_uri?code=<user_code>` in a browser; times in seconds."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: int
    interval: int


class AskToken(Struct, kw_only=True):
    """Body of `POST /cli/token`."""

    device_code: str
    timestamp: Annotated[str, told("Seconds since the epoch, as text.", "1767225600")]
    nonce: Annotated[str, told("A new one for each question.", "0b4cf1a6-9d5e-4c7a-8f0e-3f1f0f4f6d0e")]
    proof: Annotated[str, told("Ed25519 signature over SHA-256 of `device_code:timestamp:nonce`, in base64url.")]


class TokenAnswer(Struct, omit_defaults=True):
    """`data` of `POST /cli/token`. The secrets come once, with `authorized`."""

    status: Literal["pending", "expired", "authorized"]
    access_token: str = ""
    refresh_token: str = ""
    api_key: str = ""


class Renew(Struct, kw_only=True):
    """Body of `POST /cli/token/refresh`."""

    refresh_token: str


class Renewed(Struct):
    """`data` of `POST /cli/token/refresh`. The token that was sent has ended."""

    access_token: str
    refresh_token: str


class User(Struct):
    """Who is signed in."""

    id: str
    email: str
    account: str
    name: str
    role: Literal["admin", "user"]


class Me(Struct):
    """`data` of `GET /auth/me`."""

    user: User


class CallbackSecret(Struct):
    """`data` of `GET /cli/webhook-secret`."""

    secret: Annotated[str, told("What your callbacks are signed with, in the form of Standard Webhooks.", "whsec_…")]

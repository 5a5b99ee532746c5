"""The JSON of sign-in, API keys and the balance (wire file, section 9). Unknown fields are ignored."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from mediakiln.web.bodies import told

COOKIE = "neospark_session"
"""Where browsers carry their access token."""

Email = Annotated[str, told("An e-mail address.", "ann@example.com")]


class SendCode(Struct, kw_only=True):
    """Body of `POST /auth/email/send-code`."""

    email: Email


class LogIn(Struct, kw_only=True):
    """Body of `POST /auth/email/login`."""

    email: Email
    code: Annotated[str, told("The 6 digits of the mail.", "042917")]
    referral_code: Annotated[str | None, told("Read by nobody.")] = None


class CreateKey(Struct, kw_only=True):
    """Body of `POST /api-keys`."""

    name: Annotated[str, told("What you call the key.", "my laptop", minLength=1, maxLength=128)]
    expires_days: Annotated[int | None, told("Days until it expires; the default is never.", 30, minimum=1, maximum=365)] = None


class UpdateKey(Struct, kw_only=True):
    """Body of `PUT /api-keys/{id}`. What is left out or null stays as it is."""

    name: Annotated[str | None, told("Another name.", "my laptop", minLength=1, maxLength=128)] = None
    is_active: Annotated[bool | None, told("Whether the key may be used.", False)] = None


class Said(Struct):
    """`data` of calls that have nothing else to tell."""

    message: str


class LoggedIn(Struct):
    """`data` of `POST /auth/email/login`. `access_token` is sent as `Authorization: Bearer`; browsers also get it in a cookie."""

    user_id: int
    email: str
    access_token: str
    token_type: Literal["bearer"]
    is_new_user: bool
    message: str
    redirect_url: str


class Me(Struct):
    """`data` of `GET /auth/me`. `balance` in whole credits that can be spent."""

    id: int
    email: str
    is_admin: bool
    is_logged_in: Literal[True]
    last_login_at: str | None
    created_at: str
    balance: int


class Balance(Struct):
    """`data` of `GET /balance`, in whole credits. `balance` and `available` can be spent; `frozen` is held for generations that
    are under way."""

    balance: int
    available: int
    frozen: int


class Key(Struct, kw_only=True):
    """An API key as it may be shown at any time. `updated_at` of the original is not kept."""

    id: int
    name: str
    is_active: bool
    status: Literal["active", "inactive", "expired"]
    last_used_at: str | None
    expires_at: str | None
    created_at: str


class Keys(Struct):
    """`data` of `GET /api-keys`."""

    items: list[Key]
    total: int
    active_count: int
    expired_count: int


class NewKey(Key, kw_only=True):
    """An API key on the one occasion when it is shown."""

    api_key: str


class Usage(Struct):
    """How to send a key."""

    header_name: str
    header_value: str
    curl_example: str


class CreatedKey(Struct):
    """`data` of `POST /api-keys`."""

    key: NewKey
    usage: Usage
    warning: str

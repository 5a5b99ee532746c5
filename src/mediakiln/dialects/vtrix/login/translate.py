"""Between logins as we know them and the JSON of the client."""

from __future__ import annotations

from mediakiln.accounts.device import Answered, Begun, Tokens
from mediakiln.accounts.people import Account
from mediakiln.dialects.vtrix.login import wire
from mediakiln.web.shared import Headers

KEY_NAME = "Vtrix CLI"
KEY_PREFIX = "mk"
APPS = (b"vtrix", b"seacloud")
"""What the client's `X-App-Id` has in it; its older builds bear the sibling platform's name."""


def is_client(headers: Headers) -> bool:
    """True when the request comes from this dialect's client."""
    return any(name == b"x-app-id" and any(app in value.lower() for app in APPS) for name, value in headers)


def begun(login: Begun, base_url: str) -> wire.LoginBegun:
    """A login that waits for its user at our page."""
    return wire.LoginBegun(login.device_code, login.user_code, f"{base_url}/device", login.expires_in, login.interval)


def answered(answer: Answered) -> wire.TokenAnswer:
    """What the client is told when it asks."""
    if answer.tokens is None:
        return wire.TokenAnswer(answer.status.value)
    return wire.TokenAnswer(answer.status.value, answer.tokens.access, answer.tokens.renewal, answer.api_key)


def renewed(tokens: Tokens) -> wire.Renewed:
    """New tokens."""
    return wire.Renewed(tokens.access, tokens.renewal)


def me(account: Account) -> wire.Me:
    """Who is signed in; an account has no name but its address."""
    name = account.email.partition("@")[0]
    return wire.Me(wire.User(account.id, account.email, account.email, name, "admin" if account.is_admin else "user"))

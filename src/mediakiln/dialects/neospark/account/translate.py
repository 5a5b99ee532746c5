"""Between accounts and keys as we know them and the JSON of this area."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import asdict

from mediakiln.accounts.keys import KeyInfo
from mediakiln.accounts.people import Account
from mediakiln.database.ids import iso, now_ms
from mediakiln.dialects.neospark.account import wire
from mediakiln.errors import MICRO, InvalidRequest, NotFound
from mediakiln.ledger.entries import Balance

DAY = 86_400_000
MOST_DAYS = 365
SWITCH = {"true": True, "1": True, "false": False, "0": False}
WARNING = "Keep this key now: it is not shown again."


def number_of(any_id: str) -> int:
    """An account's or a key's id as clients read it: 53 of its random bits, which is what a JavaScript number holds."""
    return UUID(any_id).int & (1 << 53) - 1


def with_number(keys: Sequence[KeyInfo], number: int) -> KeyInfo:
    """The one of an account's keys that clients know by `number`. Raises NotFound."""
    for key in keys:
        if number_of(key.id) == number:
            return key
    raise NotFound(f'No API key "{number}"')


def switch(value: str | None, field: str) -> bool:
    """A query parameter that is on or off, as Python, JavaScript and curl write it. Raises InvalidRequest."""
    if value is None:
        return False
    if value.lower() not in SWITCH:
        raise InvalidRequest.not_allowed(field, value, "true, false")
    return SWITCH[value.lower()]


def expiry(days: int | None, latest: int | None = None) -> int | None:
    """When a key of so many days expires, in milliseconds, `latest` at the latest. Raises InvalidRequest."""
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InvalidRequest.not_allowed("expires_days", days, f"1-{MOST_DAYS}, or null for never")
    ends = [each for each in (latest, None if days is None else now_ms() + days * DAY) if each is not None]
    return min(ends, default=None)


def key_of(info: KeyInfo) -> wire.Key:
    """A key as it is listed."""
    expired = info.expires_at is not None and info.expires_at <= now_ms()
    return wire.Key(
        id=number_of(info.id),
        name=info.name,
        is_active=info.enabled,
        status="expired" if expired else "active" if info.enabled else "inactive",
        last_used_at=_time(info.last_used_at),
        expires_at=_time(info.expires_at),
        created_at=iso(info.created_at),
    )


def keys_of(infos: Sequence[KeyInfo], *, include_inactive: bool) -> wire.Keys:
    """An account's keys, newest first; those that were switched off only on request."""
    items = [key_of(info) for info in reversed(infos) if info.enabled or include_inactive]
    status = [item.status for item in items]
    return wire.Keys(items, len(items), status.count("active"), status.count("expired"))


def created_key(info: KeyInfo, secret: str, base_url: str) -> wire.CreatedKey:
    """A new key with its secret, and how to send it."""
    example = f'curl "{base_url}/api/v1/drawing/models/config" -H "X-API-Key: {secret}"'
    shown = wire.NewKey(**asdict(key_of(info)), api_key=secret)
    return wire.CreatedKey(shown, wire.Usage("X-API-Key", secret, example), WARNING)


def me(account: Account, wallet: Balance) -> wire.Me:
    """Who is signed in."""
    return wire.Me(
        id=number_of(account.id),
        email=account.email,
        is_admin=account.is_admin,
        is_logged_in=True,
        last_login_at=_time(account.last_login_at),
        created_at=iso(account.created_at),
        balance=wallet.available // MICRO,
    )


def balance_of(wallet: Balance) -> wire.Balance:
    """A wallet in whole credits; a fraction cannot be spent here."""
    available = wallet.available // MICRO
    return wire.Balance(available, available, wallet.held // MICRO)


def _time(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else iso(milliseconds)

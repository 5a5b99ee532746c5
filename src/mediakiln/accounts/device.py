"""Signing a tool in without typing a password into it (the device flow, RFC 8628, with a proof of possession).

The tool shows its user a short code and waits. The user, signed in at our page, types the code and lets the tool in. The tool
gets what it may use once, and only with a signature of the key that it began with: a code that somebody has seen is worth
nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct
from sqlalchemy import ColumnElement, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.accounts.keys import create_key, digest
from mediakiln.accounts.rates import RateLimiter, place_of
from mediakiln.accounts.sign_in import DAY, open_login
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import device_login as table
from mediakiln.database.tables import device_nonce, login
from mediakiln.errors import Forbidden, InvalidRequest, NotFound, RateLimited, Unauthorized

EXPIRES = 600
"""Seconds a user has to let a tool in."""
INTERVAL = 5
"""Seconds a tool is told to wait between two questions."""
EARLY = 1_000
"""Milliseconds by which a question may come too early: clocks and networks differ."""
WINDOW = 300
"""Seconds by which a proof's time may differ from ours."""
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""Signs of user codes: none that looks like another, and no vowels, so that no words come out (RFC 8628, 6.1)."""
LENGTH = 8
BEGUN_PER_PLACE = 10
"""Logins a minute that one client IP may begin."""
ASKED_PER_PLACE = 120
"""Questions a minute that one client IP may ask, for all its tools together."""
TYPED_PER_ACCOUNT = 10
"""Codes a minute that one user may type: of 25 thousand million codes."""
RENEWAL = 4
"""How many times as long as an access token the token lives that renews it."""
MOST_DAYS = 365
RENEWAL_PREFIX = "mkr"
"""The beginning of tokens that renew. The authenticator takes none of them for an access token."""

_CLIENT = re.compile(r"[A-Za-z0-9 ._/@:+()-]{1,64}")
_NONCE = re.compile(r"[\x21-\x7e]{8,64}")
_TIME = re.compile(r"[0-9]{1,12}")
_WRONG_CODE = "No login waits for this code; it may be mistyped, expired or used"


class Status(StrEnum):
    """What a tool that asks is told. One that was refused, or has had its answer, is `expired`."""

    PENDING = "pending"
    EXPIRED = "expired"
    AUTHORIZED = "authorized"


class Begun(Struct, frozen=True):
    """A login that waits for its user. `device_code` is not kept; times in seconds."""

    device_code: str
    user_code: str
    expires_in: int
    interval: int


class Waiting(Struct, frozen=True):
    """A login as its user sees it before deciding. `client` is what the tool says of itself and where it asked from."""

    user_code: str
    client: str


class Tokens(Struct, frozen=True):
    """An access token and the one that renews it; neither is kept."""

    access: str
    renewal: str


class Answered(Struct, frozen=True):
    """What a tool gets; the secrets only with `authorized`, and only once."""

    status: Status
    tokens: Tokens | None = None
    api_key: str = ""


class DeviceLogins:
    """Begins, decides and hands over logins of tools. `days` is how long an access token lives."""

    def __init__(self, engine: AsyncEngine, limiter: RateLimiter, days: int) -> None:
        self._engine = engine
        self._limiter = limiter
        self._life = days * DAY
        self._renewal = min(days * RENEWAL, MOST_DAYS) * DAY

    async def begin(self, client: str, public_key: str, client_ip: str) -> Begun:
        """Wait for a user, for a tool that holds the private half of `public_key` (Ed25519, base64url). Raises InvalidRequest or
        RateLimited."""
        if not _CLIENT.fullmatch(client):
            raise InvalidRequest.not_allowed("client_id", client, "1-64 letters, digits and . _ / @ : + ( ) -")
        key_of(public_key)
        await self._spend(f"devices-from:{place_of(client_ip)}", BEGUN_PER_PLACE, "logins begun from your network")
        code, now = secrets.token_urlsafe(32), now_ms()
        row = {"digest": digest(code), "public_key": public_key, "client": f"{client}\n{client_ip[:64]}", "state": "pending"}
        for _ in range(3):
            user_code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
            values = {**row, "user_code": user_code, "polled_at": now, "created_at": now, "expires_at": now + EXPIRES * 1000}
            try:
                async with writing(self._engine) as connection:
                    await connection.execute(insert(table).values(**values))
            except IntegrityError:
                continue  # another one has this user code
            return Begun(code, shown(user_code), EXPIRES, INTERVAL)
        raise AssertionError("three user codes of 25 thousand million were taken")

    async def waiting(self, user_code: str, account_id: str) -> Waiting:
        """The login that waits for this code, as typed by a signed-in user. Raises NotFound or RateLimited."""
        await self._spend(f"device-codes-of:{account_id}", TYPED_PER_ACCOUNT, "codes typed by you")
        query = select(table.c.client).where(*_open(user_code))
        async with reading(self._engine) as connection:
            client = await connection.scalar(query)
        if client is None:
            raise NotFound(_WRONG_CODE)
        return Waiting(shown(plain(user_code)), client)

    async def decide(self, user_code: str, account_id: str, *, allow: bool) -> None:
        """Let the tool in, or refuse it, for ever. Raises NotFound or RateLimited."""
        await self._spend(f"device-codes-of:{account_id}", TYPED_PER_ACCOUNT, "codes typed by you")
        decided = update(table).where(*_open(user_code))
        values = {"state": "approved" if allow else "denied", "account_id": account_id}
        async with writing(self._engine) as connection:
            if (await connection.execute(decided.values(**values))).rowcount == 0:
                raise NotFound(_WRONG_CODE)

    async def ask(
        self, device_code: str, timestamp: str, nonce: str, proof: str, client_ip: str, *, key_name: str, key_prefix: str
    ) -> Answered:
        """A tool's question whether it has been let in. The first one after that takes the tokens and a new API key along.

        `proof` is the signature (base64url) of SHA-256 of `device_code:timestamp:nonce`; `timestamp` in seconds since the epoch.
        A question that comes before its time is answered `pending`, whatever has been decided. Raises InvalidRequest,
        RateLimited, Conflict (no room for another key), and Forbidden for a proof that is wrong, stale or was used before.
        """
        await self._spend(f"device-asks-from:{place_of(client_ip)}", ASKED_PER_PLACE, "questions from your network")
        _check_form(timestamp, nonce)
        device = digest(device_code)
        async with reading(self._engine) as connection:
            query = select(table.c.public_key).where(table.c.digest == device, table.c.expires_at > now_ms())
            public_key = await connection.scalar(query)
        if public_key is None:
            return Answered(Status.EXPIRED)
        _check_proof(public_key, device_code, timestamp, nonce, proof)
        try:
            async with writing(self._engine) as connection:
                return await self._answer(connection, device, nonce, key_name, key_prefix)
        except IntegrityError:
            raise Forbidden("nonce: used before; send a new one with each question") from None

    async def renew(self, token: str) -> Tokens:
        """New tokens for one that renews, which ends with this. Raises Unauthorized."""
        used = delete(login).where(login.c.digest == digest(token), login.c.expires_at > now_ms()).returning(login.c.account_id)
        async with writing(self._engine) as connection:
            account_id = None
            if token.startswith(f"{RENEWAL_PREFIX}_"):
                account_id = (await connection.execute(used)).scalar_one_or_none()
            if account_id is None:
                raise Unauthorized("Invalid or expired refresh token; sign in again")
            return await self._tokens(connection, account_id)

    async def _answer(self, connection: AsyncConnection, device: str, nonce: str, key_name: str, key_prefix: str) -> Answered:
        now = now_ms()
        its = table.c.digest == device
        row = (await connection.execute(select(table).where(its).with_for_update())).mappings().one_or_none()
        if row is None or row["state"] in ("denied", "used"):
            return Answered(Status.EXPIRED)
        await connection.execute(insert(device_nonce).values(device=device, nonce=nonce))
        if now - row["polled_at"] < INTERVAL * 1000 - EARLY:
            return Answered(Status.PENDING)
        if row["state"] == "pending":
            await connection.execute(update(table).where(its).values(polled_at=now))
            return Answered(Status.PENDING)
        await connection.execute(update(table).where(its).values(state="used"))
        tokens = await self._tokens(connection, row["account_id"])
        _, secret = await create_key(connection, row["account_id"], name=key_name, prefix=key_prefix)
        return Answered(Status.AUTHORIZED, tokens, secret)

    async def _tokens(self, connection: AsyncConnection, account_id: str) -> Tokens:
        return Tokens(
            await open_login(connection, account_id, self._life),
            await open_login(connection, account_id, self._renewal, prefix=RENEWAL_PREFIX),
        )

    async def _spend(self, key: str, most: int, what: str) -> None:
        allowance = await self._limiter.spend(key, most)
        if not allowance.allowed:
            message = f"Too many {what}: {most} per minute are allowed. Retry in {allowance.reset} s"
            raise RateLimited(message, retry_after=allowance.reset)


def plain(user_code: str) -> str:
    """A user code as it is stored, however it was typed."""
    return "".join(sign for sign in user_code[:64].upper() if sign in ALPHABET)


def shown(user_code: str) -> str:
    """A user code as people read it: `BCDF-GHJK`."""
    return f"{user_code[: LENGTH // 2]}-{user_code[LENGTH // 2 :]}"


def key_of(public_key: str) -> Ed25519PublicKey:
    """An Ed25519 public key from its 32 bytes in base64url. Raises InvalidRequest."""
    try:
        return Ed25519PublicKey.from_public_bytes(_bytes(public_key))
    except ValueError:
        raise InvalidRequest.not_allowed(
            "client_public_key", public_key, "an Ed25519 public key: 32 bytes in base64url"
        ) from None


async def sweep(engine: AsyncEngine) -> None:
    """Delete logins whose time is over, and the proofs that belong to them."""
    over = table.c.expires_at <= now_ms()
    async with reading(engine) as connection:
        if not await connection.scalar(select(exists().where(over))):
            return
    async with writing(engine) as connection:
        await connection.execute(delete(table).where(over))


def _open(user_code: str) -> list[ColumnElement[bool]]:
    return [table.c.user_code == plain(user_code), table.c.state == "pending", table.c.expires_at > now_ms()]


def _check_form(timestamp: str, nonce: str) -> None:
    if not _TIME.fullmatch(timestamp):
        raise InvalidRequest.not_allowed("timestamp", timestamp, "seconds since the epoch, as text")
    if not _NONCE.fullmatch(nonce):
        raise InvalidRequest.not_allowed("nonce", nonce, "8-64 printable characters, such as a UUID")


def _check_proof(public_key: str, device_code: str, timestamp: str, nonce: str, proof: str) -> None:
    """The signature first: only the tool itself learns that its clock is wrong."""
    message = hashlib.sha256(f"{device_code}:{timestamp}:{nonce}".encode()).digest()
    try:
        key_of(public_key).verify(_bytes(proof), message)
    except (InvalidSignature, ValueError):
        raise Forbidden("proof: not a signature of this question by the key that the login began with") from None
    if abs(int(timestamp) - now_ms() // 1000) > WINDOW:
        raise Forbidden(f"timestamp: got {timestamp}; allowed: within {WINDOW} s of this server's clock")


def _bytes(text: str) -> bytes:
    """base64url with or without its padding. Raises ValueError."""
    try:
        return base64.b64decode(text.rstrip("=").encode("ascii") + b"=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from None

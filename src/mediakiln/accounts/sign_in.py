"""Signing in by a code that is sent by e-mail, and the access tokens that come of it.

An address that has no account takes the same steps in the same time as one that has, so that nobody can learn who is a
customer. Every guess takes one of a code's tries before it is looked at, and a code lets one caller in.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable

from msgspec import Struct
from sqlalchemy import delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.accounts.keys import TOKEN_PREFIX, digest
from mediakiln.accounts.mail import Mailer
from mediakiln.accounts.people import Account, address_of, create_account, find_account
from mediakiln.accounts.rates import RateLimiter, place_of
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms, uuid7
from mediakiln.database.tables import account, email_code, login
from mediakiln.errors import InvalidRequest, MailFailed, NotFound, RateLimited, Unauthorized
from mediakiln.settings import Settings

CODE_MINUTES = 10
TRIES = 5
"""Guesses one code bears."""
PAUSE = 60_000
"""Milliseconds between two mails to one address."""
MAILS_AN_HOUR = 5
"""Mails to one address."""
CODES_PER_PLACE = 10
"""Codes a minute that one client IP may ask for."""
LOGINS_PER_PLACE = 20
"""Codes a minute that one client IP may try."""
DAY = 86_400_000
WRONG = "code: wrong, used or expired; ask for a new one"
SUBJECT = "Your sign-in code"
TEXT = """Your sign-in code is {code}

It is valid for {minutes} minutes. If you did not ask for it, you need not do anything.
"""

Opening = Callable[[AsyncConnection, str], Awaitable[None]]
"""What a new account needs besides its row (a wallet, first credits), in the transaction that makes it."""


class LoggedIn(Struct, frozen=True):
    """A sign-in that succeeded. `token` is not kept; `seconds` is how long it lives."""

    account: Account
    token: str
    seconds: int
    is_new: bool


class SignIn:
    """Sends codes and takes them for access tokens. `key` makes stored codes useless to one who reads the database."""

    def __init__(
        self, engine: AsyncEngine, mailer: Mailer, limiter: RateLimiter, opening: Opening, key: bytes, settings: Settings
    ) -> None:
        self._engine = engine
        self._mailer = mailer
        self._limiter = limiter
        self._opening = opening
        self._key = key
        self._signup = settings.signup
        self._days = settings.session_days
        self._sending: set[asyncio.Task[None]] = set()

    async def send_code(self, email: str, client_ip: str) -> None:
        """Mail a new code, which ends the one before. Raises InvalidRequest, RateLimited or MailFailed."""
        address = address_of(email)
        await self._spend(f"codes-from:{place_of(client_ip)}", CODES_PER_PLACE, 1, "your network")
        known = await self._known(address)
        await self._spend(f"codes-to:{address}", MAILS_AN_HOUR, 60, "this address")
        code = f"{secrets.randbelow(1_000_000):06d}"
        sealed = self._sealed(address, code)
        await self._replace(address, sealed)
        if self._signup:
            await self._mail(address, code, sealed)
        elif known:
            # Nobody waits for this mail: the time it takes, or its failure, would tell that the account exists.
            sending = asyncio.create_task(self._mail_quietly(address, code, sealed))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)

    async def log_in(self, email: str, code: str, client_ip: str) -> LoggedIn:
        """Take a code for an access token, and make the account at its first. Raises InvalidRequest, RateLimited, or
        Unauthorized for a code that does not open."""
        address = address_of(email)
        await self._spend(f"logins-from:{place_of(client_ip)}", LOGINS_PER_PLACE, 1, "your network")
        sealed = await self._take_try(address)
        if sealed is None or not hmac.compare_digest(sealed, self._sealed(address, code.strip())):
            raise Unauthorized(WRONG)
        try:
            return await self._enter(address, sealed)
        except InvalidRequest:
            # Somebody else made the account between our look and our insert: now it is there.
            return await self._enter(address, sealed)

    async def log_out(self, token: str) -> None:
        """End an access token; other servers notice within 5 seconds. One that is unknown is ended already."""
        async with writing(self._engine) as connection:
            await connection.execute(delete(login).where(login.c.digest == digest(token)))

    async def aclose(self) -> None:
        """Wait for the mails that are on their way."""
        if self._sending:
            await asyncio.wait(self._sending)

    async def _spend(self, key: str, most: int, minutes: int, whose: str) -> None:
        allowance = await self._limiter.spend(key, most, minutes=minutes)
        if not allowance.allowed:
            span = "minute" if minutes == 1 else "hour"
            message = f"Too many sign-in requests for {whose}: {most} per {span} are allowed. Retry in {allowance.reset} s"
            raise RateLimited(message, retry_after=allowance.reset)

    async def _known(self, address: str) -> bool:
        """True when there is such an account. Raises RateLimited when its last mail is too fresh, before any count is spent."""
        sent_at = select(email_code.c.sent_at).where(email_code.c.email == address).scalar_subquery()
        async with reading(self._engine) as connection:
            row = (await connection.execute(select(sent_at.label("sent_at"), exists().where(account.c.email == address)))).one()
        if row[0] is not None:
            _refuse_before(row[0] + PAUSE)
        return bool(row[1])

    async def _replace(self, address: str, sealed: str) -> None:
        """Write the new code in place of the old one, unless that one was sent within PAUSE."""
        now = now_ms()
        values = {"digest": sealed, "tries": TRIES, "sent_at": now, "expires_at": now + CODE_MINUTES * 60_000}
        try:
            async with writing(self._engine) as connection:
                old = update(email_code).where(email_code.c.email == address, email_code.c.sent_at <= now - PAUSE)
                if (await connection.execute(old.values(**values))).rowcount == 0:
                    await connection.execute(insert(email_code).values(email=address, **values))
        except IntegrityError:
            # There is a code, and it is fresh: another request was quicker.
            _refuse_before(now + PAUSE)

    async def _mail(self, address: str, code: str, sealed: str) -> None:
        try:
            await self._mailer.send(address, SUBJECT, TEXT.format(code=code, minutes=CODE_MINUTES))
        except MailFailed:
            # Nobody has this code: whoever waits for it may ask again at once.
            async with writing(self._engine) as connection:
                await connection.execute(delete(email_code).where(email_code.c.email == address, email_code.c.digest == sealed))
            raise

    async def _mail_quietly(self, address: str, code: str, sealed: str) -> None:
        with contextlib.suppress(MailFailed):
            await self._mail(address, code, sealed)

    async def _take_try(self, address: str) -> str | None:
        """The digest of the address's code, for one of its tries. Committed before the comparison: a guess that is made
        counts, whatever becomes of it."""
        taken = (
            update(email_code)
            .where(email_code.c.email == address, email_code.c.tries > 0, email_code.c.expires_at > now_ms())
            .values(tries=email_code.c.tries - 1)
            .returning(email_code.c.digest)
        )
        async with writing(self._engine) as connection:
            sealed: str | None = (await connection.execute(taken)).scalar_one_or_none()
        return sealed

    async def _enter(self, address: str, sealed: str) -> LoggedIn:
        """Use the code up and write the login; of several callers with one code, one gets here."""
        life = self._days * DAY
        async with writing(self._engine) as connection:
            used = delete(email_code).where(email_code.c.email == address, email_code.c.digest == sealed)
            if (await connection.execute(used)).rowcount == 0:
                raise Unauthorized(WRONG)
            owner, is_new = await self._owner(connection, address)
            token = await open_login(connection, owner.id, life)
            await connection.execute(update(account).where(account.c.id == owner.id).values(last_login_at=now_ms()))
        return LoggedIn(owner, token, life // 1000, is_new)

    async def _owner(self, connection: AsyncConnection, address: str) -> tuple[Account, bool]:
        try:
            return await find_account(connection, address), False
        except NotFound:
            if not self._signup:
                raise Unauthorized(WRONG) from None
        created = await create_account(connection, address)
        await self._opening(connection, created.id)
        return created, True

    def _sealed(self, address: str, code: str) -> str:
        return hmac.new(self._key, f"{address}\n{code}".encode(), hashlib.sha256).hexdigest()


async def open_login(connection: AsyncConnection, account_id: str, life: int, *, prefix: str = TOKEN_PREFIX) -> str:
    """A new token of an account, which is not kept; it lives `life` milliseconds."""
    token, now = f"{prefix}_{secrets.token_urlsafe(32)}", now_ms()
    row = {"id": uuid7(), "account_id": account_id, "digest": digest(token), "created_at": now, "expires_at": now + life}
    await connection.execute(insert(login).values(**row))
    return token


async def sweep(engine: AsyncEngine) -> None:
    """Delete codes and logins whose time is over."""
    now = now_ms()
    over = or_(exists().where(login.c.expires_at <= now), exists().where(email_code.c.expires_at <= now))
    async with reading(engine) as connection:
        if not await connection.scalar(select(over)):
            return
    async with writing(engine) as connection:
        await connection.execute(delete(login).where(login.c.expires_at <= now))
        await connection.execute(delete(email_code).where(email_code.c.expires_at <= now))


def _refuse_before(moment: int) -> None:
    """Raise RateLimited until `moment` (ms)."""
    seconds = -((now_ms() - moment) // 1000)
    if seconds > 0:
        message = f"A code was sent to this address less than a minute ago. Retry in {seconds} s"
        raise RateLimited(message, retry_after=seconds)

"""Signing in by code: what a code opens, how few guesses it bears, who may ask for one how often, and what nobody can learn."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from databases import fresh_sqlite
from fakes.mail import Outbox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.accounts import rates
from mediakiln.accounts import sign_in as module
from mediakiln.accounts.people import create_account
from mediakiln.accounts.rates import RateLimiter
from mediakiln.accounts.sign_in import SignIn, sweep
from mediakiln.database.engine import open_engine, reading, writing
from mediakiln.database.ids import now_ms, uuid7
from mediakiln.database.tables import account, email_code, ledger_entry, login, wallet
from mediakiln.errors import MICRO, InvalidRequest, MailFailed, RateLimited, Unauthorized
from mediakiln.ledger import entries
from mediakiln.settings import Settings

ANN = "ann@example.com"
IP = "203.0.113.7"
MINUTE = 60_000
Later = Callable[[int], None]


@pytest.fixture
def outbox() -> Outbox:
    """Where mails go."""
    return Outbox()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Sets the clock of codes forward, by milliseconds from now; rate limits keep theirs."""

    def move(milliseconds: int) -> None:
        monkeypatch.setattr(module, "now_ms", lambda: now_ms() + milliseconds)

    return move


async def opening(connection: AsyncConnection, account_id: str) -> None:
    """As bootstrap does it, with 5 credits."""
    await entries.open_wallet(connection, account_id)
    await entries.grant(connection, account_id, 5 * MICRO, key=f"signup:{account_id}", description="first credits")


def door(engine: AsyncEngine, outbox: Outbox, *, key: bytes = b"k", opens: module.Opening = opening, **chosen: object) -> SignIn:
    """One server's sign-in; several on one database stand for several servers."""
    return SignIn(engine, outbox, RateLimiter(), opens, key, Settings(**chosen))  # type: ignore[arg-type]


async def sent(at: SignIn, outbox: Outbox, email: str = ANN) -> str:
    """Ask for a code and read it in the mail."""
    await at.send_code(email, IP)
    return outbox.code


def wrong(code: str, by: int = 1) -> str:
    """Another code."""
    return f"{(int(code) + by) % 1_000_000:06d}"


async def count(engine: AsyncEngine, table: object) -> int:
    async with reading(engine) as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


async def test_the_first_sign_in_makes_an_account(engine: AsyncEngine, outbox: Outbox) -> None:
    """With its wallet and its first credits, once; the second one finds it, however the address is written."""
    at = door(engine, outbox)
    first = await at.log_in(ANN, await sent(at, outbox), IP)
    second = await at.log_in(" ANN@Example.com ", await sent(at, outbox, "Ann@EXAMPLE.com"), IP)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.account.id == second.account.id
    assert {to for to, _ in outbox.sent} == {ANN}
    async with reading(engine) as connection:
        assert (await entries.balance(connection, first.account.id)).available == 5 * MICRO
        keys = (await connection.execute(select(ledger_entry.c.key))).scalars().all()
        seen = (await connection.execute(select(account.c.last_login_at))).scalar_one()
    assert keys == [f"signup:{first.account.id}"]
    assert abs(seen - now_ms()) < 10_000


async def test_tokens_are_not_stored(engine: AsyncEngine, outbox: Outbox) -> None:
    """256 random bits under a prefix of their own; the database has their SHA-256 and when they end."""
    at = door(engine, outbox, session_days=3)
    entered = await at.log_in(ANN, await sent(at, outbox), IP)
    assert re.fullmatch(r"mks_[A-Za-z0-9_-]{43}", entered.token)
    assert entered.seconds == 3 * 86_400
    async with reading(engine) as connection:
        row = (await connection.execute(select(login))).one()
    assert row.digest == hashlib.sha256(entered.token.encode()).hexdigest()
    assert row.expires_at - row.created_at == 3 * 86_400_000
    assert entered.token not in repr(row)


async def test_codes_are_not_stored(engine: AsyncEngine, outbox: Outbox) -> None:
    """Of six digits anybody could try all against a plain digest: without the server's key it says nothing."""
    at = door(engine, outbox, key=b"the server's key")
    code = await sent(at, outbox)
    assert re.fullmatch(r"\d{6}", code)
    async with reading(engine) as connection:
        stored = (await connection.execute(select(email_code.c.digest))).scalar_one()
    assert stored == hmac.new(b"the server's key", f"{ANN}\n{code}".encode(), "sha256").hexdigest()
    with pytest.raises(Unauthorized):
        await door(engine, outbox, key=b"another").log_in(ANN, code, IP)


async def test_a_code_opens_once(engine: AsyncEngine, outbox: Outbox) -> None:
    """And only for its own address; blanks around it do not matter."""
    at = door(engine, outbox)
    code = await sent(at, outbox)
    await sent(at, outbox, "bob@example.com")
    with pytest.raises(Unauthorized):
        await at.log_in("bob@example.com", code, IP)
    await at.log_in(ANN, f" {code}\n", IP)
    with pytest.raises(Unauthorized):
        await at.log_in(ANN, code, IP)


@pytest.mark.parametrize("guess", ["", "0", "12345", "1234567", "abcdef", "１２３４５６", "0" * 10_000, "\x00", "' OR 1=1"])
async def test_nonsense_is_a_wrong_code(engine: AsyncEngine, outbox: Outbox, guess: str) -> None:
    """Whatever is sent as a code."""
    at = door(engine, outbox)
    await sent(at, outbox)
    with pytest.raises(Unauthorized) as refused:
        await at.log_in(ANN, guess, IP)
    assert str(refused.value) == "code: wrong, used or expired; ask for a new one"


async def test_five_guesses(engine: AsyncEngine, outbox: Outbox) -> None:
    """The fifth may still be right; after five wrong ones the right one is too late."""
    at = door(engine, outbox)
    code, bobs = await sent(at, outbox), await sent(at, outbox, "bob@example.com")
    for by in range(1, 5):
        for email, right in ((ANN, code), ("bob@example.com", bobs)):
            with pytest.raises(Unauthorized):
                await at.log_in(email, wrong(right, by), IP)
    await at.log_in(ANN, code, IP)
    for guess in (wrong(bobs, 5), bobs):
        with pytest.raises(Unauthorized):
            await at.log_in("bob@example.com", guess, IP)


async def test_a_code_expires(engine: AsyncEngine, outbox: Outbox, later: Later) -> None:
    """After ten minutes, not before."""
    at = door(engine, outbox)
    code = await sent(at, outbox)
    later(10 * MINUTE + 1)
    with pytest.raises(Unauthorized):
        await at.log_in(ANN, code, IP)
    later(10 * MINUTE - 5_000)
    await at.log_in(ANN, code, IP)


async def test_a_new_code_ends_the_old_one(engine: AsyncEngine, outbox: Outbox, later: Later) -> None:
    """And brings five guesses of its own."""
    at = door(engine, outbox)
    old = await sent(at, outbox)
    for by in range(1, 5):
        with pytest.raises(Unauthorized):
            await at.log_in(ANN, wrong(old, by), IP)
    later(MINUTE + 1)
    new = await sent(at, outbox)
    for _ in range(4):
        with pytest.raises(Unauthorized):
            await at.log_in(ANN, old if old != new else wrong(new), IP)
    await at.log_in(ANN, new, IP)


async def test_one_mail_a_minute(engine: AsyncEngine, outbox: Outbox, later: Later) -> None:
    """For one address, on whichever server; it says how long to wait, and the first code stays good."""
    one, other = door(engine, outbox), door(engine, outbox)
    code = await sent(one, outbox)
    later(MINUTE - 10_000)
    for server in (one, other):
        with pytest.raises(RateLimited) as refused:
            await server.send_code(ANN, IP)
        assert 5 <= refused.value.retry_after <= 10
    assert len(outbox.sent) == 1
    await one.log_in(ANN, code, IP)


async def test_five_mails_an_hour(engine: AsyncEngine, outbox: Outbox, later: Later, monkeypatch: pytest.MonkeyPatch) -> None:
    """Impatience in between costs none of them; after the hour there are five more."""
    at = door(engine, outbox)
    for n in range(5):
        later(n * (MINUTE + 1))
        await at.send_code(ANN, IP)
        with pytest.raises(RateLimited):
            await at.send_code(ANN, "198.51.100.1")
    later(5 * (MINUTE + 1))
    with pytest.raises(RateLimited, match="5 per hour") as refused:
        await at.send_code(ANN, "198.51.100.2")
    assert 3_000 < refused.value.retry_after <= 3_600
    await at.send_code("bob@example.com", "198.51.100.2")
    clock = rates.time.monotonic
    monkeypatch.setattr(rates.time, "monotonic", lambda: clock() + 3_601)
    later(61 * MINUTE)
    await at.send_code(ANN, IP)
    assert len(outbox.sent) == 7


async def test_one_place_may_not_ask_for_everybody(engine: AsyncEngine, outbox: Outbox) -> None:
    """Ten codes a minute from one address, or from one customer's IPv6 network."""
    at = door(engine, outbox)
    for n in range(10):
        await at.send_code(f"{n}@example.com", f"2001:db8:0:1::{n}")
    with pytest.raises(RateLimited):
        await at.send_code("x@example.com", "2001:db8:0:1:ffff::1")
    for ip in ("2001:db8:0:2::1", IP, "", "testclient"):
        await at.send_code(f"y{ip.replace(':', '')}@example.com", ip)
    assert len(outbox.sent) == 14


async def test_one_place_may_not_try_for_everybody(engine: AsyncEngine, outbox: Outbox) -> None:
    """Twenty guesses a minute from one address, over all e-mail addresses."""
    at = door(engine, outbox)
    for n in range(20):
        with pytest.raises(Unauthorized):
            await at.log_in(f"{n}@example.com", "123456", IP)
    with pytest.raises(RateLimited):
        await at.log_in("x@example.com", "123456", IP)
    with pytest.raises(Unauthorized):
        await at.log_in("x@example.com", "123456", "198.51.100.1")


@pytest.mark.parametrize(
    "email",
    ["", "ann", "a b@c", "a@b@c", "a,b@c.d", "<a@b.c>", "a@b.c>", "a\n@b.c", "a\x00@b.c", '"a"@b.c', "a@", f"{'a' * 65}@b"],
)
async def test_addresses_that_are_none(engine: AsyncEngine, outbox: Outbox, email: str) -> None:
    """Nothing that a mail server could read in another way than we do."""
    at = door(engine, outbox)
    for call in (at.send_code(email, IP), at.log_in(email, "123456", IP)):
        with pytest.raises(InvalidRequest) as refused:
            await call
        assert refused.value.field == "email"
    assert outbox.sent == []


async def test_a_mail_that_fails(engine: AsyncEngine, outbox: Outbox) -> None:
    """The caller is told, and may ask again at once."""
    at = door(engine, outbox)
    outbox.down = True
    with pytest.raises(MailFailed):
        await at.send_code(ANN, IP)
    assert await count(engine, email_code) == 0
    outbox.down = False
    await at.log_in(ANN, await sent(at, outbox), IP)


async def test_without_signup(engine: AsyncEngine, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers get the same answers as customers, no mail and no account, not even with a lucky guess."""
    async with writing(engine) as connection:
        await create_account(connection, ANN)
    monkeypatch.setattr(module.secrets, "randbelow", lambda _below: 42)
    at = door(engine, outbox, signup=False)
    for email in (ANN, "bob@example.com"):
        await at.send_code(email, IP)
        with pytest.raises(RateLimited):
            await at.send_code(email, IP)
    await at.aclose()
    assert [to for to, _ in outbox.sent] == [ANN]
    with pytest.raises(Unauthorized) as lucky:
        await at.log_in("bob@example.com", "000042", IP)
    with pytest.raises(Unauthorized) as unlucky:
        await at.log_in(ANN, "000041", IP)
    assert str(lucky.value) == str(unlucky.value)
    assert not (await at.log_in(ANN, "000042", IP)).is_new
    assert await count(engine, account) == 1


async def test_without_signup_nobody_waits_for_the_mail(engine: AsyncEngine, outbox: Outbox) -> None:
    """How long it takes, or that it failed, would tell a stranger that the account exists."""
    async with writing(engine) as connection:
        await create_account(connection, ANN)
    at = door(engine, outbox, signup=False)
    outbox.down = True
    for email in (ANN, "bob@example.com"):
        await at.send_code(email, IP)
    await at.aclose()
    assert outbox.sent == []


async def test_a_sign_out(engine: AsyncEngine, outbox: Outbox) -> None:
    """Ends the one token it names; another sign-in of the same account stays, and a second sign-out is no error."""
    at = door(engine, outbox)
    one = await at.log_in(ANN, await sent(at, outbox), IP)
    two = await at.log_in(ANN, await sent(at, outbox), IP)
    for _ in range(2):
        await at.log_out(one.token)
    async with reading(engine) as connection:
        left = (await connection.execute(select(login.c.digest))).scalars().all()
    assert left == [hashlib.sha256(two.token.encode()).hexdigest()]


async def test_an_opening_that_fails(engine: AsyncEngine, outbox: Outbox) -> None:
    """Account, wallet, credits, login and the used code are one: all or nothing, and the code opens afterwards."""

    async def broken(connection: AsyncConnection, account_id: str) -> None:
        await opening(connection, account_id)
        raise RuntimeError("a bug")

    code = await sent(door(engine, outbox), outbox)
    with pytest.raises(RuntimeError):
        await door(engine, outbox, opens=broken).log_in(ANN, code, IP)
    assert [await count(engine, table) for table in (account, wallet, login, ledger_entry)] == [0, 0, 0, 0]
    assert (await door(engine, outbox).log_in(ANN, code, IP)).is_new


async def test_ten_with_one_code(engine: AsyncEngine, outbox: Outbox) -> None:
    """At the same moment, on two servers: one comes in, and there is one account with one grant."""
    async with another(engine) as second:
        servers = [door(engine, outbox), door(second, outbox)]
        code = await sent(servers[0], outbox)
        answers = await asyncio.gather(
            *(servers[n % 2].log_in(ANN, code, f"203.0.113.{n}") for n in range(10)), return_exceptions=True
        )
    assert sum(isinstance(answer, module.LoggedIn) for answer in answers) == 1
    assert sum(isinstance(answer, Unauthorized) for answer in answers) == 9
    assert [await count(engine, table) for table in (account, wallet, login, ledger_entry, email_code)] == [1, 1, 1, 1, 0]


async def test_twenty_guesses_at_once(engine: AsyncEngine, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """On two servers: no more than five are ever compared with the code."""
    compared = []
    compare = hmac.compare_digest

    def spy(one: str, other: str) -> bool:
        compared.append(other)
        return compare(one, other)

    async with another(engine) as second:
        servers = [door(engine, outbox), door(second, outbox)]
        code = await sent(servers[0], outbox)
        monkeypatch.setattr(module.hmac, "compare_digest", spy)
        guesses = (servers[n % 2].log_in(ANN, wrong(code, n + 1), f"203.0.113.{n}") for n in range(20))
        answers = await asyncio.gather(*guesses, return_exceptions=True)
        assert all(isinstance(answer, Unauthorized) for answer in answers)
        assert len(compared) == 5
        with pytest.raises(Unauthorized):
            await servers[0].log_in(ANN, code, IP)


async def test_many_ask_at_once(engine: AsyncEngine, outbox: Outbox) -> None:
    """On two servers: one code is made and mailed, and it is the one that opens."""
    async with another(engine) as second:
        servers = [door(engine, outbox), door(second, outbox)]
        answers = await asyncio.gather(
            *(servers[n % 2].send_code(ANN, f"203.0.113.{n}") for n in range(4)), return_exceptions=True
        )
        assert sum(answer is None for answer in answers) == 1
        assert sum(isinstance(answer, RateLimited) for answer in answers) == 3
        assert len(outbox.sent) == 1
        await servers[0].log_in(ANN, outbox.code, IP)


async def test_an_account_that_is_made_meanwhile(engine: AsyncEngine, outbox: Outbox) -> None:
    """An operator makes the account while its owner signs in for the first time: one account, and the owner is in."""
    at = door(engine, outbox)
    code = await sent(at, outbox)
    async with another(engine) as operators, operators.begin() as connection:
        made = await create_account(connection, ANN)
        entering = asyncio.create_task(at.log_in(ANN, code, IP))
        await asyncio.sleep(0.3)
        assert not entering.done(), "the insert waits for the other one's end"
    entered = await entering
    assert (entered.account.id, entered.is_new) == (made.id, False)
    assert await count(engine, account) == 1


async def test_sweep(engine: AsyncEngine, outbox: Outbox, later: Later) -> None:
    """What is over goes, what is not stays."""
    at = door(engine, outbox)
    entered = await at.log_in(ANN, await sent(at, outbox), IP)
    await sent(at, outbox, "bob@example.com")
    async with writing(engine) as connection:
        old = {"id": uuid7(), "account_id": entered.account.id, "digest": "old", "created_at": 0, "expires_at": now_ms() - 1}
        await connection.execute(insert(login).values(**old))
    await sweep(engine)
    assert (await count(engine, login), await count(engine, email_code)) == (1, 1)
    later(10 * MINUTE + 1)
    await sweep(engine)
    assert (await count(engine, login), await count(engine, email_code)) == (1, 0)
    later(8 * 86_400_000)
    await sweep(engine)
    assert await count(engine, login) == 0


@contextlib.asynccontextmanager
async def another(engine: AsyncEngine):  # type: ignore[no-untyped-def]
    """A second server's engine on the same database."""
    second = open_engine(engine.url)
    try:
        yield second
    finally:
        await second.dispose()


STEPS = st.lists(st.sampled_from(["send", "right", "right", "wrong", "wrong", "old", "minute", "ten minutes"]), max_size=25)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_whatever_happens_a_code_opens_once_and_within_its_rules(steps: list[str]) -> None:
    """Any order of codes, right, wrong and late guesses does what these few lines of a model say."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        asyncio.run(_play(steps, Path(folder), patch))


async def _play(steps: list[str], folder: Path, patch: pytest.MonkeyPatch) -> None:
    begun = now_ms()
    now, number = 0, 0
    codes: list[str] = []
    sent_at, tries = None, 0
    patch.setattr(module, "now_ms", lambda: begun + now)
    patch.setattr(module, "MAILS_AN_HOUR", 1_000)
    patch.setattr(module, "CODES_PER_PLACE", 1_000)
    patch.setattr(module, "LOGINS_PER_PLACE", 1_000)
    outbox = Outbox()
    async with fresh_sqlite(folder / "x.sqlite3") as engine:
        at = door(engine, outbox)
        for step in steps:
            if step in ("minute", "ten minutes"):
                now += MINUTE if step == "minute" else 10 * MINUTE
                continue
            if step == "send":
                number += 1
                patch.setattr(module.secrets, "randbelow", lambda _below, number=number: number)
                too_soon = sent_at is not None and now < sent_at + MINUTE
                with pytest.raises(RateLimited) if too_soon else contextlib.nullcontext():
                    await at.send_code(ANN, IP)
                if not too_soon:
                    codes.append(outbox.code)
                    sent_at, tries = now, 5
                continue
            guess = {"right": codes[-1:], "old": codes[-2:-1], "wrong": []}[step]
            alive = sent_at is not None and tries > 0 and now < sent_at + 10 * MINUTE
            opens = step == "right" and alive
            with contextlib.nullcontext() if opens else pytest.raises(Unauthorized):
                await at.log_in(ANN, guess[0] if guess else "999999", IP)
            if opens:
                sent_at = None
            elif alive:
                tries -= 1

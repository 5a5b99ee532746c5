"""Access tokens at the door: they open like a key, end when they should, and are told from keys."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path

import pytest
from fakes.kiln import Kiln
from fakes.mail import Outbox
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts import principals as module
from mediakiln.accounts.keys import MOST_KEYS, Scope, create_key, delete_key, digest, list_keys, rename
from mediakiln.accounts.plans import subscribe
from mediakiln.accounts.principals import Authenticator
from mediakiln.accounts.rates import RateLimiter
from mediakiln.accounts.sign_in import SignIn
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms, uuid7
from mediakiln.database.tables import api_key, login
from mediakiln.errors import Conflict, InvalidRequest, NotFound, Unauthorized
from mediakiln.ledger import entries

IP = "203.0.113.7"


@pytest.fixture
def kiln(engine: AsyncEngine, tmp_path: Path) -> Kiln:
    """A kiln on a fresh database."""
    return Kiln(engine, tmp_path / "data")


async def token_for(kiln: Kiln, account_id: str, *, lives: int = 60_000) -> str:
    """An access token, written as sign-in writes it; `lives` in milliseconds."""
    token = f"mks_{uuid7()}"
    row = {"id": uuid7(), "account_id": account_id, "digest": digest(token), "created_at": 0, "expires_at": now_ms() + lives}
    async with writing(kiln.engine) as connection:
        await connection.execute(insert(login).values(**row))
    return token


async def test_a_token_opens_like_a_key_without_scopes(kiln: Kiln) -> None:
    """The account's plan comes along; the caller is known as signed in, under the login's id."""
    ann = await kiln.account()
    token = await token_for(kiln, ann.account_id)
    async with writing(kiln.engine) as connection:
        await subscribe(connection, ann.account_id, "pro", now_ms() + 60_000)
        _, key = await create_key(connection, ann.account_id)
    authenticator = Authenticator(kiln.engine)
    principal = await authenticator.authenticate(token)
    for scope in (None, *Scope):
        principal.require(scope)
    assert (principal.account_id, principal.signed_in, principal.rate_limit) == (ann.account_id, True, None)
    assert principal.subscription is not None
    assert principal.subscription.plan == "pro"
    assert not (await authenticator.authenticate(key)).signed_in


@pytest.mark.parametrize("token", ["mks_", "mks_" + "A" * 43, "mks_é"])
async def test_unknown_tokens(kiln: Kiln, token: str) -> None:
    """Unauthorized, with a word that fits; a key's digest is no token's."""
    ann = await kiln.account()
    async with writing(kiln.engine) as connection:
        row = {"id": uuid7(), "account_id": ann.account_id, "name": "x", "hint": "x", "digest": digest(token), "scopes": "[]"}
        await connection.execute(insert(api_key).values(**row, enabled=True, created_at=0))
    with pytest.raises(Unauthorized, match="sign in again"):
        await Authenticator(kiln.engine).authenticate(token)


async def test_an_expired_token_is_unauthorized(kiln: Kiln) -> None:
    """Also one that ends while it is remembered."""
    ann = await kiln.account()
    authenticator = Authenticator(kiln.engine)
    past, soon = await token_for(kiln, ann.account_id, lives=-1), await token_for(kiln, ann.account_id, lives=300)
    with pytest.raises(Unauthorized):
        (await authenticator.authenticate(past)).require(None)
    (await authenticator.authenticate(soon)).require(None)
    await asyncio.sleep(0.35)
    with pytest.raises(Unauthorized):
        (await authenticator.authenticate(soon)).require(None)


async def test_a_sign_out_bites_within_five_seconds(kiln: Kiln) -> None:
    """On every server; at once on the one that was asked to forget."""
    ann = await kiln.account()
    token = await token_for(kiln, ann.account_id)
    here, there = Authenticator(kiln.engine), Authenticator(kiln.engine)
    for server in (here, there):
        await server.authenticate(token)
    sign_in = SignIn(kiln.engine, Outbox(), RateLimiter(), entries.open_wallet, b"k", kiln.settings)
    await sign_in.log_out(token)
    out = time.monotonic()
    here.forget(token)
    with pytest.raises(Unauthorized):
        await here.authenticate(token)
    with contextlib.suppress(Unauthorized):
        while await there.authenticate(token):
            assert time.monotonic() - out < 5.0
            await asyncio.sleep(0.05)
    assert module.TTL <= 4.0


@pytest.mark.parametrize("prefix", ["mks", "mks_", "mks_x"])
async def test_no_key_looks_like_a_token(kiln: Kiln, prefix: str) -> None:
    """Such a key would never open."""
    ann = await kiln.account()
    with pytest.raises(InvalidRequest, match="prefix"):
        async with writing(kiln.engine) as connection:
            await create_key(connection, ann.account_id, prefix=prefix)
    async with writing(kiln.engine) as connection:
        _, secret = await create_key(connection, ann.account_id, prefix="mksx")
    assert (await Authenticator(kiln.engine).authenticate(secret)).account_id == ann.account_id


async def test_keys_are_bounded(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """Per account, also for requests that come together; a deleted one makes room."""
    monkeypatch.setattr("mediakiln.accounts.keys.MOST_KEYS", 3)
    ann, bob = await kiln.account(), await kiln.account()

    async def make(account_id: str) -> str:
        async with writing(kiln.engine) as connection:
            return (await create_key(connection, account_id))[0].id

    made = await asyncio.gather(*(make(ann.account_id) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in made) == 5
    await make(bob.account_id)
    async with writing(kiln.engine) as connection:
        await delete_key(connection, ann.account_id, next(one for one in made if isinstance(one, str)))
    await make(ann.account_id)
    assert MOST_KEYS >= 100


async def test_renaming_and_deleting_are_for_the_owner(kiln: Kiln) -> None:
    """A foreign key answers like a missing one, and stays as it is."""
    ann, bob = await kiln.account(), await kiln.account()
    async with writing(kiln.engine) as connection:
        info, _ = await create_key(connection, ann.account_id, name="mine")
    for account_id, key_id in ((bob.account_id, info.id), (ann.account_id, "missing")):
        with pytest.raises(NotFound):
            async with writing(kiln.engine) as connection:
                await rename(connection, account_id, key_id, "theirs")
        with pytest.raises(NotFound):
            async with writing(kiln.engine) as connection:
                await delete_key(connection, account_id, key_id)
    for name in ("", "x" * 129, "a\x00b", "a\nb"):
        with pytest.raises(InvalidRequest, match="name"):
            async with writing(kiln.engine) as connection:
                await rename(connection, ann.account_id, info.id, name)
    async with writing(kiln.engine) as connection:
        await rename(connection, ann.account_id, info.id, "ours")
    async with reading(kiln.engine) as connection:
        assert [key.name for key in await list_keys(connection, ann.account_id)] == ["ours"]

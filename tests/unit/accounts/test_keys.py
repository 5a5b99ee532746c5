"""API keys: what is stored of them, what they may do, and how fast a change bites."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes.kiln import Kiln
from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts import principals as module
from mediakiln.accounts.keys import KeyInfo, Scope, create_key, digest, list_keys, set_enabled
from mediakiln.accounts.people import create_account, find_account
from mediakiln.accounts.plans import plans, subscribe
from mediakiln.accounts.principals import Authenticator
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import api_key
from mediakiln.errors import Forbidden, InvalidRequest, NotFound, Unauthorized


@pytest.fixture
def kiln(engine: AsyncEngine, tmp_path: Path) -> Kiln:
    """A kiln on a fresh database."""
    return Kiln(engine, tmp_path / "data")


async def new_key(engine: AsyncEngine, account_id: str, **options: object) -> tuple[KeyInfo, str]:
    async with writing(engine) as connection:
        return await create_key(connection, account_id, **options)  # type: ignore[arg-type]


@asynccontextmanager
async def statements(engine: AsyncEngine) -> AsyncIterator[list[str]]:
    """The key look-ups that reach the database inside the block."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "api_key" in statement:
            seen.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


async def test_the_secret_is_never_stored(kiln: Kiln) -> None:
    """Only a SHA-256 and a hint of four characters are; no column of any table holds the secret or a long part of it."""
    ann = await kiln.account()
    info, secret = await new_key(kiln.engine, ann.account_id, name="ci", prefix="nb_sk")
    assert re.fullmatch(r"nb_sk_[A-Za-z0-9_-]{43}", secret)
    async with reading(kiln.engine) as connection:
        row = (await connection.execute(select(api_key))).one()
        assert row.digest == hashlib.sha256(secret.encode()).hexdigest() == digest(secret)
        everything = repr(list(row))
    body = secret.removeprefix("nb_sk_")
    assert all(body[start : start + 8] not in everything for start in range(len(body) - 8))
    assert info.hint == f"nb_sk_…{secret[-4:]}"
    assert "digest" not in KeyInfo.__struct_fields__


async def test_secrets_differ(kiln: Kiln) -> None:
    """256 random bits each."""
    ann = await kiln.account()
    secrets = {(await new_key(kiln.engine, ann.account_id))[1] for _ in range(20)}
    assert len(secrets) == 20


@pytest.mark.parametrize("prefix", ["mk", "np", "nb_sk", "a", "abcdefghijklmno"])
async def test_prefixes(kiln: Kiln, prefix: str) -> None:
    """Any prefix of the allowed form opens the same door."""
    ann = await kiln.account()
    _, secret = await new_key(kiln.engine, ann.account_id, prefix=prefix)
    assert secret.startswith(f"{prefix}_")
    assert (await Authenticator(kiln.engine).authenticate(secret)).account_id == ann.account_id


@pytest.mark.parametrize(
    "options",
    [
        {"prefix": ""},
        {"prefix": "A"},
        {"prefix": "1a"},
        {"prefix": "a" * 16},
        {"prefix": "a-b"},
        {"prefix": "a\n"},
        {"name": ""},
        {"name": "x" * 129},
        {"scopes": ["everything"]},
    ],
)
async def test_senseless_keys(kiln: Kiln, options: dict[str, object]) -> None:
    """Wrong prefixes, names and scopes are refused, naming the field."""
    ann = await kiln.account()
    with pytest.raises(InvalidRequest) as refused:
        await new_key(kiln.engine, ann.account_id, **options)
    assert refused.value.field in ("prefix", "name", "scope")


@pytest.mark.parametrize("secret", [None, "", "mk_nope", "x" * 10_000, "é", "mk_" + "A" * 43])
async def test_unknown_keys(kiln: Kiln, secret: str | None) -> None:
    """No key, nonsense, and a key nobody made: Unauthorized, and nothing of it is kept in memory."""
    authenticator = Authenticator(kiln.engine)
    for _ in range(2):
        with pytest.raises(Unauthorized):
            await authenticator.authenticate(secret)
    assert len(authenticator._known) == 0


async def test_scopes(kiln: Kiln) -> None:
    """A key may do what its scopes say, one without scopes everything."""
    ann = await kiln.account()
    authenticator = Authenticator(kiln.engine)
    _, narrow = await new_key(kiln.engine, ann.account_id, scopes=["images"])
    _, wide = await new_key(kiln.engine, ann.account_id)
    one, two = await authenticator.authenticate(narrow), await authenticator.authenticate(wide)
    one.require(Scope.IMAGES)
    one.require(None)
    for scope in set(Scope) - {Scope.IMAGES}:
        with pytest.raises(Forbidden, match=scope):
            one.require(scope)
    for scope in Scope:
        two.require(scope)


async def test_expiry_bites_at_once(kiln: Kiln) -> None:
    """An expired key is known but forbidden, also when it expires while it is remembered."""
    ann = await kiln.account()
    authenticator = Authenticator(kiln.engine)
    _, past = await new_key(kiln.engine, ann.account_id, expires_at=now_ms() - 1)
    _, soon = await new_key(kiln.engine, ann.account_id, expires_at=now_ms() + 400)
    with pytest.raises(Forbidden, match="expired"):
        (await authenticator.authenticate(past)).require(None)
    (await authenticator.authenticate(soon)).require(None)
    await asyncio.sleep(0.45)
    with pytest.raises(Forbidden, match="expired"):
        (await authenticator.authenticate(soon)).require(None)


async def test_revocation_bites_within_five_seconds(kiln: Kiln) -> None:
    """In every process that knows the key: each forgets what it knows after TTL seconds, which leaves room to spare."""
    ann = await kiln.account()
    info, secret = await new_key(kiln.engine, ann.account_id)
    servers = [Authenticator(kiln.engine) for _ in range(2)]
    for server in servers:
        (await server.authenticate(secret)).require(None)
    async with writing(kiln.engine) as connection:
        await set_enabled(connection, ann.account_id, info.id, enabled=False)
    revoked = time.monotonic()
    for server in servers:
        while (await server.authenticate(secret)).enabled:
            assert time.monotonic() - revoked < 5.0
            await asyncio.sleep(0.05)
        with pytest.raises(Forbidden, match="disabled"):
            (await server.authenticate(secret)).require(None)
    assert module.TTL <= 4.0


async def test_a_deleted_key_is_unknown(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key whose row is gone is refused when its time in memory is over, and takes no memory then."""
    monkeypatch.setattr(module, "TTL", 0.05)
    ann = await kiln.account()
    _, secret = await new_key(kiln.engine, ann.account_id)
    authenticator = Authenticator(kiln.engine)
    await authenticator.authenticate(secret)
    await kiln.execute("DELETE FROM api_key")
    await asyncio.sleep(0.06)
    with pytest.raises(Unauthorized):
        await authenticator.authenticate(secret)
    assert len(authenticator._known) == 0


async def test_answers_come_from_memory(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in use is asked for once in TTL seconds, and memory is bounded."""
    ann = await kiln.account()
    secrets = [(await new_key(kiln.engine, ann.account_id))[1] for _ in range(3)]
    monkeypatch.setattr(module, "KEPT", 2)
    authenticator = Authenticator(kiln.engine)
    async with statements(kiln.engine) as seen:
        for _ in range(50):
            await authenticator.authenticate(secrets[0])
        assert len(seen) == 1
        for secret in secrets:
            await authenticator.authenticate(secret)
        assert (len(seen), len(authenticator._known)) == (3, 2)


async def test_set_enabled_is_for_the_owner(kiln: Kiln) -> None:
    """A foreign key answers like a missing one."""
    ann, bob = await kiln.account(), await kiln.account()
    info, _ = await new_key(kiln.engine, ann.account_id)
    for account_id, key_id in ((bob.account_id, info.id), (ann.account_id, "missing")):
        with pytest.raises(NotFound):
            async with writing(kiln.engine) as connection:
                await set_enabled(connection, account_id, key_id, enabled=False)
    async with reading(kiln.engine) as connection:
        assert [key.enabled for key in await list_keys(connection, ann.account_id)] == [True]
        assert await list_keys(connection, bob.account_id) == []


async def test_listing_round_trips(kiln: Kiln) -> None:
    """What a listing shows is what creation returned."""
    ann = await kiln.account()
    made = [
        (await new_key(kiln.engine, ann.account_id))[0],
        (await new_key(kiln.engine, ann.account_id, name="ci", scopes=["images", "videos"], expires_at=9, rate_limit=7))[0],
    ]
    async with reading(kiln.engine) as connection:
        assert sorted(await list_keys(connection, ann.account_id), key=lambda key: key.id) == sorted(made, key=lambda key: key.id)


async def test_plans(kiln: Kiln) -> None:
    """What a plan opens, until its end, told by the principal."""
    ann = await kiln.account()
    _, secret = await new_key(kiln.engine, ann.account_id)

    async def seen() -> tuple[bool, bool]:
        principal = await Authenticator(kiln.engine).authenticate(secret)
        return principal.subscribed, principal.subscription is not None and principal.subscription.is_vip

    assert await seen() == (False, False)
    for name, plan in plans().items():
        for ends_at, active in ((now_ms() + 60_000, True), (now_ms() - 1, False)):
            async with writing(kiln.engine) as connection:
                await subscribe(connection, ann.account_id, name, ends_at)
            assert await seen() == (active and plan.subscription, active and plan.vip)
    with pytest.raises(InvalidRequest, match="plan"):
        async with writing(kiln.engine) as connection:
            await subscribe(connection, ann.account_id, "platinum", 0)


async def test_a_plan_that_is_no_more(kiln: Kiln) -> None:
    """A subscription to a plan that this program does not know opens nothing, and breaks nothing."""
    ann = await kiln.account()
    _, secret = await new_key(kiln.engine, ann.account_id)
    await kiln.execute(
        "INSERT INTO subscription (account_id, plan, ends_at, created_at) VALUES (:id, 'legacy', :end, 0)",
        id=ann.account_id,
        end=now_ms() + 60_000,
    )
    principal = await Authenticator(kiln.engine).authenticate(secret)
    assert principal.subscription is not None
    assert (principal.subscribed, principal.subscription.is_vip) == (False, False)


async def test_accounts(kiln: Kiln) -> None:
    """One account per address, whatever its case, also at the same moment; nonsense is refused."""
    made = await asyncio.gather(*(kiln.account(email=name) for name in ["Ann@Example.com"] * 4), return_exceptions=True)
    assert sum(isinstance(one, InvalidRequest) for one in made) == 3
    async with reading(kiln.engine) as connection:
        assert (await find_account(connection, " ANN@example.com ")).email == "ann@example.com"
        assert (await connection.execute(text("SELECT count(*) FROM wallet"))).scalar_one() == 1
        with pytest.raises(NotFound):
            await find_account(connection, "bob@example.com")
    for email in ("", "ann", "a b@c", "a@b@c"):
        with pytest.raises(InvalidRequest):
            async with writing(kiln.engine) as connection:
                await create_account(connection, email)

"""Logins of tools: who gets in, with which proof, how often, and who does not, on both databases."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import pytest
from fakes.cli import Device
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts import device as module
from mediakiln.accounts.device import ALPHABET, Answered, Begun, DeviceLogins, Status, plain, sweep
from mediakiln.accounts.keys import list_keys
from mediakiln.accounts.people import create_account
from mediakiln.accounts.principals import Authenticator
from mediakiln.accounts.rates import RateLimiter
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import device_login, device_nonce, login
from mediakiln.errors import Forbidden, InvalidRequest, NotFound, RateLimited, Unauthorized

IP = "203.0.113.7"
NAME = "Vtrix CLI"


@pytest.fixture
def logins(engine: AsyncEngine) -> DeviceLogins:
    return opened(engine)


def opened(engine: AsyncEngine) -> DeviceLogins:
    return DeviceLogins(engine, RateLimiter(), 7)


async def someone(engine: AsyncEngine) -> str:
    async with writing(engine) as connection:
        return (await create_account(connection, f"{secrets.token_hex(6)}@example.com")).id


async def begun(logins: DeviceLogins) -> tuple[Device, Begun]:
    device = Device()
    return device, await logins.begin("vtrix-cli", device.public_key, IP)


async def asked(logins: DeviceLogins, question: dict[str, str], **changes: str) -> Answered:
    q = question | changes
    return await logins.ask(q["device_code"], q["timestamp"], q["nonce"], q["proof"], IP, key_name=NAME, key_prefix="mk")


async def its_time(engine: AsyncEngine) -> None:
    """As if everybody had waited for the interval."""
    async with writing(engine) as connection:
        await connection.execute(update(device_login).values(polled_at=0))


async def count(engine: AsyncEngine, table: Any) -> int:
    async with reading(engine) as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


async def test_the_whole_way(engine: AsyncEngine, logins: DeviceLogins) -> None:
    """Pending until its user lets it in; then tokens and a key that work, once."""
    ann = await someone(engine)
    device, start = await begun(logins)
    assert (start.expires_in, start.interval, len(start.user_code)) == (600, 5, 9)
    assert set(start.user_code) <= {*ALPHABET, "-"}
    await its_time(engine)
    assert await asked(logins, device.question(start.device_code)) == Answered(Status.PENDING)
    waiting = await logins.waiting(start.user_code.lower().replace("-", " "), ann)
    assert (waiting.user_code, waiting.client) == (start.user_code, f"vtrix-cli\n{IP}")
    await logins.decide(start.user_code, ann, allow=True)
    await its_time(engine)
    got = await asked(logins, device.question(start.device_code))
    assert got.status is Status.AUTHORIZED
    assert got.tokens is not None
    known = Authenticator(engine)
    assert (await known.authenticate(got.tokens.access)).account_id == ann
    assert (await known.authenticate(got.tokens.access)).signed_in
    assert (await known.authenticate(got.api_key)).account_id == ann
    with pytest.raises(Unauthorized):
        await known.authenticate(got.tokens.renewal)
    async with reading(engine) as connection:
        assert [key.name for key in await list_keys(connection, ann)] == [NAME]
    await its_time(engine)
    assert await asked(logins, device.question(start.device_code)) == Answered(Status.EXPIRED)


async def test_secrets_are_not_stored(engine: AsyncEngine, logins: DeviceLogins) -> None:
    """Neither the device code nor a token stands in the database."""
    _, start = await begun(logins)
    async with reading(engine) as connection:
        row = (await connection.execute(select(device_login))).mappings().one()
    assert start.device_code not in map(str, row.values())


async def test_only_its_own_key_proves(engine: AsyncEngine, logins: DeviceLogins) -> None:
    """Another key's signature, one over other words, a broken one: none passes, and none uses anything up."""
    ann = await someone(engine)
    device, start = await begun(logins)
    await logins.decide(start.user_code, ann, allow=True)
    await its_time(engine)
    good = device.question(start.device_code)
    for changes in (
        {"proof": Device().question(start.device_code)["proof"]},
        {"nonce": "another-nonce"},
        {"timestamp": str(int(good["timestamp"]) + 1)},
        {"proof": ""},
        {"proof": "ä"},
        {"proof": good["proof"][:-4]},
    ):
        with pytest.raises(Forbidden, match=r"^proof: "):
            await asked(logins, good, **changes)
    assert (await asked(logins, good)).status is Status.AUTHORIZED


@pytest.mark.parametrize("late", [-360, 360])
async def test_stale_and_future_proofs(logins: DeviceLogins, late: int) -> None:
    """A rightly signed question from another time is refused, and told why."""
    device, start = await begun(logins)
    with pytest.raises(Forbidden, match=r"^timestamp: got .* within 300 s"):
        await asked(logins, device.question(start.device_code, late=late))


@pytest.mark.parametrize("field", ["timestamp", "nonce"])
async def test_questions_of_no_form(logins: DeviceLogins, field: str) -> None:
    """The field is named."""
    device, start = await begun(logins)
    for wrong in ("", "ten\0", "x" * 80, "-5"):
        with pytest.raises(InvalidRequest) as caught:
            await asked(logins, device.question(start.device_code), **{field: wrong})
        assert caught.value.field == field


async def test_a_proof_counts_once(engine: AsyncEngine, logins: DeviceLogins) -> None:
    """Whoever has overheard a question cannot ask it again, not even for the answer that was not given yet."""
    ann = await someone(engine)
    device, start = await begun(logins)
    await its_time(engine)
    heard = device.question(start.device_code)
    await asked(logins, heard)
    await logins.decide(start.user_code, ann, allow=True)
    await its_time(engine)
    with pytest.raises(Forbidden, match=r"^nonce: used before"):
        await asked(logins, heard)
    assert (await asked(logins, device.question(start.device_code))).status is Status.AUTHORIZED


async def test_two_questions_at_once_get_one_key(engine: AsyncEngine) -> None:
    """However many servers are asked at the same moment."""
    ann = await someone(engine)
    logins = opened(engine)
    device, start = await begun(logins)
    await logins.decide(start.user_code, ann, allow=True)
    await its_time(engine)
    answers = await asyncio.gather(*(asked(opened(engine), device.question(start.device_code)) for _ in range(12)))
    given = [answer for answer in answers if answer.status is Status.AUTHORIZED]
    assert len(given) == 1
    assert {answer.api_key for answer in answers if answer is not given[0]} == {""}
    async with reading(engine) as connection:
        assert len(await list_keys(connection, ann)) == 1


async def test_haste_gets_nothing(engine: AsyncEngine, logins: DeviceLogins) -> None:
    """Before the interval is over the answer is `pending` even when it is decided; asking on does not put it off."""
    ann = await someone(engine)
    device, start = await begun(logins)
    await logins.decide(start.user_code, ann, allow=True)
    for _ in range(3):
        assert (await asked(logins, device.question(start.device_code))).status is Status.PENDING
    async with writing(engine) as connection:
        await connection.execute(update(device_login).values(polled_at=now_ms() - 5_000))
    assert (await asked(logins, device.question(start.device_code))).status is Status.AUTHORIZED


async def test_refused_expired_unknown(engine: AsyncEngine, logins: DeviceLogins) -> None:
    """All three look the same to the tool; a decision is for ever."""
    ann = await someone(engine)
    device, start = await begun(logins)
    await logins.decide(start.user_code, ann, allow=False)
    with pytest.raises(NotFound):
        await logins.decide(start.user_code, ann, allow=True)
    await its_time(engine)
    assert await asked(logins, device.question(start.device_code)) == Answered(Status.EXPIRED)
    other, late = await begun(logins)
    async with writing(engine) as connection:
        await connection.execute(update(device_login).values(expires_at=now_ms() - 1))
    assert await asked(logins, other.question(late.device_code)) == Answered(Status.EXPIRED)
    with pytest.raises(NotFound):
        await logins.waiting(late.user_code, ann)
    assert await asked(logins, other.question("never-there")) == Answered(Status.EXPIRED)


async def test_guessing_is_slow(engine: AsyncEngine, logins: DeviceLogins) -> None:
    """A user types ten codes a minute, right or wrong; another user is not held up."""
    ann, bob = await someone(engine), await someone(engine)
    _, start = await begun(logins)
    for _ in range(module.TYPED_PER_ACCOUNT):
        with pytest.raises(NotFound):
            await logins.waiting("BBBB-BBBB", ann)
    with pytest.raises(RateLimited):
        await logins.waiting(start.user_code, ann)
    with pytest.raises(RateLimited):
        await logins.decide(start.user_code, ann, allow=True)
    await logins.decide(start.user_code, bob, allow=True)


async def test_beginning_is_counted(logins: DeviceLogins) -> None:
    """By the network it comes from."""
    device = Device()
    for _ in range(module.BEGUN_PER_PLACE):
        await logins.begin("vtrix-cli", device.public_key, IP)
    with pytest.raises(RateLimited):
        await logins.begin("vtrix-cli", device.public_key, IP)
    await logins.begin("vtrix-cli", device.public_key, "203.0.113.8")


@pytest.mark.parametrize("key", ["", "AAAA", "!" * 43, "A" * 44, "é" * 43])
async def test_keys_that_are_none(logins: DeviceLogins, key: str) -> None:
    """The field is named."""
    with pytest.raises(InvalidRequest) as caught:
        await logins.begin("vtrix-cli", key, IP)
    assert caught.value.field == "client_public_key"


@pytest.mark.parametrize("client", ["", "x" * 65, "a\nb", "<b>"])
async def test_clients_of_no_form(logins: DeviceLogins, client: str) -> None:
    """What a page will show is plain text."""
    with pytest.raises(InvalidRequest) as caught:
        await logins.begin(client, Device().public_key, IP)
    assert caught.value.field == "client_id"


async def test_padding_does_not_matter(logins: DeviceLogins) -> None:
    """Some clients pad base64."""
    assert (await logins.begin("vtrix-cli", Device().public_key + "=", IP)).user_code


async def test_renewing(engine: AsyncEngine, logins: DeviceLogins) -> None:
    """A renewal token makes new tokens once, lives longer than the access token, and an access token is none."""
    ann = await someone(engine)
    device, start = await begun(logins)
    await logins.decide(start.user_code, ann, allow=True)
    await its_time(engine)
    first = (await asked(logins, device.question(start.device_code))).tokens
    assert first is not None
    second = await logins.renew(first.renewal)
    assert (await Authenticator(engine).authenticate(second.access)).account_id == ann
    for used in (first.renewal, second.access, "mkr_nothing", ""):
        with pytest.raises(Unauthorized):
            await logins.renew(used)
    async with reading(engine) as connection:
        lives = sorted((await connection.execute(select(login.c.expires_at - login.c.created_at))).scalars())
    assert lives == [7 * 86_400_000, 7 * 86_400_000, 28 * 86_400_000]
    answers = await asyncio.gather(*(logins.renew(second.renewal) for _ in range(6)), return_exceptions=True)
    assert sum(not isinstance(answer, Unauthorized) for answer in answers) == 1


async def test_the_sweep(engine: AsyncEngine, logins: DeviceLogins) -> None:
    """What is over goes, with its proofs; what is not stays."""
    device, start = await begun(logins)
    await asked(logins, device.question(start.device_code))
    async with writing(engine) as connection:
        await connection.execute(update(device_login).values(expires_at=now_ms() - 1))
    await begun(logins)
    await sweep(engine)
    assert (await count(engine, device_login), await count(engine, device_nonce)) == (1, 0)


def test_codes_however_typed() -> None:
    """Case, blanks and dashes do not matter."""
    assert plain(" bcdf-ghjk ") == plain("BCDF GHJK") == "BCDFGHJK"
    assert plain("\0" * 10**6) == ""

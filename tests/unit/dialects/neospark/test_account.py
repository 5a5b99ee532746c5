"""Sign-in, keys and the balance through the whole application: what is answered, word by word, and what is refused."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from apps import BASE, HOUR, House, serving
from databases import fresh_postgres_database
from fakes.mail import MailServer, mail_server
from sqlalchemy import func, insert, select

from mediakiln.accounts.keys import create_key
from mediakiln.database.engine import reading
from mediakiln.database.ids import now_ms, uuid7
from mediakiln.database.tables import account, ledger_entry, login, wallet
from mediakiln.ledger.audit import audit
from mediakiln.tasks import janitor

SEND, LOGIN, LOGOUT, ME, KEYS = (
    f"/api/v1/{path}" for path in ("auth/email/send-code", "auth/email/login", "auth/logout", "auth/me", "api-keys")
)
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
APP = "https://app.example.com"


class Site:
    """A running server and its mail server. Each `browser` is another client with cookies of its own."""

    def __init__(self, house: House, post: MailServer) -> None:
        self.house = house
        self.post = post
        self._people = 0

    @asynccontextmanager
    async def browser(self, base: str = BASE, ip: str = "") -> AsyncIterator[httpx.AsyncClient]:
        """A client at an address of its own, unless `ip` says whose."""
        self._people += 1
        peer = (ip or f"2001:db8:{self._people:x}::1", 1)
        transport = httpx.ASGITransport(self.house.app, raise_app_exceptions=False, client=peer)
        async with httpx.AsyncClient(transport=transport, base_url=base, timeout=30) as client:
            yield client

    def somebody(self) -> str:
        """An address that nobody had before."""
        self._people += 1
        return f"person{self._people}@example.com"

    async def code_for(self, email: str) -> str:
        """Ask for a code, from anywhere, and read it in the mail."""
        async with self.browser() as client:
            answer = await client.post(SEND, json={"email": email})
            assert answer.status_code == 200, answer.text
        return self.post.to(email.lower())[-1].code

    async def entered(self, client: httpx.AsyncClient, email: str = "") -> dict[str, Any]:
        """Sign in; the client has the cookie then. Answers the login's `data`."""
        email = email or self.somebody()
        answer = await client.post(LOGIN, json={"email": email, "code": await self.code_for(email)})
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data


@asynccontextmanager
async def site_on(data: Path, **settings: Any) -> AsyncIterator[Site]:
    async with mail_server() as post:
        mail = {"smtp_url": post.url, "mail_from": "Kiln <kiln@example.com>"}
        async with serving(data, worker=False, **(mail | settings)) as house:
            yield Site(house, post)


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """The application with 5 credits for new accounts."""
    async with site_on(tmp_path / "data", signup_credits=5) as running:
        yield running


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    """The same on each database."""
    if request.param == "sqlite":
        async with site_on(tmp_path / "data", signup_credits=5) as running:
            yield running
    else:
        async with fresh_postgres_database(tables=False) as engine:
            url = engine.url.render_as_string(hide_password=False)
            async with site_on(tmp_path / "data", signup_credits=5, database_url=url) as running:
                yield running


def told(answer: httpx.Response, status: int, message: str) -> None:
    """An error in the envelope, with exactly these words."""
    assert (answer.status_code, answer.json()) == (
        status,
        {"code": status, "message": message, "detail": message, "data": None},
    )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_the_way_in(site: Site) -> None:
    """A code, a login, an account with credits, and the way out."""
    async with site.browser() as client:
        asked = await client.post(SEND, json={"email": "Ann@Example.com"})
        message = "If this address can sign in, a code is on its way to it"
        assert (asked.status_code, asked.json()) == (200, {"data": {"message": message}, "code": 200, "message": "success"})
        [letter] = site.post.to("ann@example.com")
        assert letter.message["Subject"] == "Your sign-in code"
        entered = await client.post(LOGIN, json={"email": "ann@example.com", "code": letter.code, "referral_code": "X1"})
        assert entered.status_code == 200
        data = entered.json()["data"]
        assert entered.json() == {
            "data": {
                "user_id": data["user_id"],
                "email": "ann@example.com",
                "access_token": data["access_token"],
                "token_type": "bearer",
                "is_new_user": True,
                "message": "Welcome",
                "redirect_url": "/",
            },
            "code": 200,
            "message": "success",
        }
        token = data["access_token"]
        assert 0 < data["user_id"] < 2**53
        cookie = entered.headers["set-cookie"]
        assert cookie == f"neospark_session={token}; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax"
        me = (await client.get(ME)).json()["data"]
        assert list(me) == ["id", "email", "is_admin", "is_logged_in", "last_login_at", "created_at", "balance"]
        assert (me["id"], me["email"], me["is_admin"], me["is_logged_in"]) == (data["user_id"], "ann@example.com", False, True)
        assert me["balance"] == 5
        assert re.fullmatch(TIME, me["last_login_at"])
        assert re.fullmatch(TIME, me["created_at"])
        balance = await client.get("/api/v1/balance")
        assert balance.json()["data"] == {"balance": 5, "available": 5, "frozen": 0}
        out = await client.post(LOGOUT)
        assert (out.status_code, out.json()["data"]) == (200, {"message": "Signed out"})
        assert out.headers["set-cookie"] == "neospark_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        assert not client.cookies
        told(await client.get(ME, headers=bearer(token)), 401, "Invalid or expired access token; sign in again")
        told(await client.get(ME), 401, "Missing API key. Send it as: Authorization: Bearer <key>")


async def test_the_second_time(site: Site) -> None:
    """The same account, no second grant, and the first sign-in goes on."""
    email = site.somebody()
    async with site.browser() as one, site.browser() as two:
        first, second = await site.entered(one, email), await site.entered(two, email)
        assert (second["is_new_user"], second["message"]) == (False, "Welcome back")
        assert first["user_id"] == second["user_id"]
        assert first["access_token"] != second["access_token"]
        for client in (one, two):
            assert (await client.get(ME)).json()["data"]["balance"] == 5


async def test_a_token_works_wherever_a_key_does(site: Site) -> None:
    """In each header, in each dialect; the cookie only in the one whose browsers carry it."""
    async with site.browser() as client, site.browser() as bare:
        token = (await site.entered(client))["access_token"]
        for headers in (bearer(token), {"Authorization": f"ApiKey {token}"}, {"X-API-Key": token}):
            for path in (ME, "/api/v1/account/credits"):
                assert (await bare.get(path, headers=headers)).status_code == 200
        assert (await client.get(ME)).status_code == 200
        assert (await client.get("/api/v1/account/credits")).status_code == 401


async def test_an_operators_key_at_me(site: Site) -> None:
    """A key is enough to ask who one is; an account that never signed in has no last time. A scope may forbid it."""
    ann = await site.house.caller(balance=7, prefix="np")
    me = (await ann.get(ME)).json()["data"]
    assert (me["last_login_at"], me["balance"], me["is_logged_in"]) == (None, 7, True)
    eve = await site.house.caller(scopes=["images"])
    for path in (ME, "/api/v1/balance"):
        assert (await eve.get(path)).status_code == 403


async def test_credits_that_are_held(site: Site) -> None:
    """What waits for a generation cannot be spent."""
    ann = await site.house.caller(balance=10)
    assert (await ann.post("/api/v1/images/generate", json={"prompt": "a kiln"})).status_code == 200
    data = (await ann.get("/api/v1/balance")).json()["data"]
    assert data["frozen"] > 0
    assert data == {"balance": 10 - data["frozen"], "available": 10 - data["frozen"], "frozen": data["frozen"]}
    assert (await ann.get(ME)).json()["data"]["balance"] == data["available"]


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        (SEND, {}, "email: required, but missing"),
        (SEND, {"email": None}, "email: got null; allowed: a string"),
        (SEND, {"email": 7}, "email: got an integer; allowed: a string"),
        (SEND, {"email": "ann"}, 'email: got "ann"; allowed: an address such as name@example.com'),
        (LOGIN, {"email": "ann@example.com"}, "code: required, but missing"),
        (LOGIN, {"email": "ann@example.com", "code": 123456}, "code: got an integer; allowed: a string"),
        (LOGIN, {"email": "a@b@c", "code": "123456"}, 'email: got "a@b@c"; allowed: an address such as name@example.com'),
        (LOGIN, [], "body: got an array; allowed: an object"),
    ],
)
async def test_bodies_that_are_wrong(site: Site, path: str, body: object, says: str) -> None:
    """Each names the field."""
    async with site.browser() as client:
        told(await client.post(path, json=body), 400, says)


async def test_a_body_that_is_too_large(site: Site) -> None:
    """Strangers get 16 KiB."""
    async with site.browser() as client:
        told(await client.post(LOGIN, content=b" " * 20_000), 413, "body: too large; allowed: at most 16384 bytes")
        told(await client.post(SEND), 400, "body: required, but missing; send a JSON object")


async def test_a_wrong_code(site: Site) -> None:
    """401, whether there is such an account, such a code, or neither."""
    known, asked, stranger = site.somebody(), site.somebody(), site.somebody()
    async with site.browser() as client:
        await site.entered(client, known)
        right = await site.code_for(asked)
        for email in (known, asked, stranger):
            wrong = f"{(int(right) + 1) % 1_000_000:06d}"
            told(
                await client.post(LOGIN, json={"email": email, "code": wrong}),
                401,
                "code: wrong, used or expired; ask for a new one",
            )


async def test_too_many_requests(site: Site) -> None:
    """429 with Retry-After: for one address, and for one client."""
    email = site.somebody()
    await site.code_for(email)
    async with site.browser(ip="203.0.113.5") as client:
        again = await client.post(SEND, json={"email": email})
        assert again.status_code == 429
        assert 50 <= int(again.headers["retry-after"]) <= 60
        for _ in range(9):
            assert (await client.post(SEND, json={"email": site.somebody()})).status_code == 200
        assert "your network" in (await client.post(SEND, json={"email": site.somebody()})).json()["message"]
        for _ in range(20):
            assert (await client.post(LOGIN, json={"email": email, "code": "x"})).status_code == 401
        over = await client.post(LOGIN, json={"email": email, "code": "x"})
        assert (over.status_code, int(over.headers["retry-after"]) <= 60) == (429, True)


async def test_a_mail_server_that_is_out_of_order(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """502, and a word to the operator; when it works again, so does the next try."""
    email = site.somebody()
    site.post.broken = True
    async with site.browser() as client:
        answer = await client.post(SEND, json={"email": email})
        told(answer, 502, "The mail could not be sent. Check the address and try again shortly")
    assert "mail.failed" in caplog.text
    site.post.broken = False
    assert await site.code_for(email)


async def test_without_signup(tmp_path: Path) -> None:
    """Strangers and customers get the same answers; only customers get mails, and only they come in."""
    async with site_on(tmp_path / "data", signup=False) as site:
        ann = await site.house.caller()
        email = (await ann.get(ME)).json()["data"]["email"]
        async with site.browser() as client:
            answers = [await client.post(SEND, json={"email": each}) for each in (email, "stranger@example.com")]
            assert [answer.status_code for answer in answers] == [200, 200]
            assert answers[0].content == answers[1].content
            for _ in range(100):
                if site.post.to(email):
                    break
                await asyncio.sleep(0.02)
            code = site.post.to(email)[0].code
            assert site.post.to("stranger@example.com") == []
            assert (await client.post(LOGIN, json={"email": "stranger@example.com", "code": code})).status_code == 401
            assert (await client.post(LOGIN, json={"email": email, "code": code})).json()["data"]["is_new_user"] is False


async def test_ten_logins_with_one_code(either: Site) -> None:
    """One comes in; one account, one wallet, one grant, and the books are right."""
    email = either.somebody()
    code = await either.code_for(email)

    async def enter() -> int:
        async with either.browser() as client:
            return (await client.post(LOGIN, json={"email": email, "code": code})).status_code

    assert sorted(await asyncio.gather(*(enter() for _ in range(10)))) == [200] + [401] * 9
    async with reading(either.house.engine) as connection:
        for table in (account, wallet, ledger_entry, login):
            assert await connection.scalar(select(func.count()).select_from(table)) == 1, table.name
        assert await audit(connection) == []


async def test_a_sign_out_bites(site: Site) -> None:
    """At once here; nothing else of the account is touched. An API key only loses its cookie, an unknown token nothing."""
    async with site.browser() as one, site.browser() as two:
        email = site.somebody()
        token = (await site.entered(one, email))["access_token"]
        await site.entered(two, email)
        assert (await one.get(ME)).status_code == 200
        assert (await one.post(LOGOUT, headers=bearer(token))).status_code == 200
        assert (await one.get(ME, headers=bearer(token))).status_code == 401
        assert (await two.get(ME)).status_code == 200
        ann = await site.house.caller()
        for headers in (bearer(ann.key), bearer("mks_unknown"), bearer("nonsense"), {}):
            assert (await two.post(LOGOUT, headers=headers)).status_code == 200
        assert (await ann.get(ME)).status_code == 200


async def test_a_disabled_key_bites_within_five_seconds(site: Site) -> None:
    """Switched off and on again, then deleted."""
    ann = await site.house.caller(prefix="np")
    created = (await ann.post(KEYS, json={"name": "other"})).json()["data"]["key"]
    path, other = f"{KEYS}/{created['id']}", bearer(created["api_key"])

    async def becomes(status: int) -> str:
        begun = time.monotonic()
        while True:
            answer = await site.house.client.get(ME, headers=other)
            if answer.status_code == status:
                return str(answer.json()["message"])
            assert time.monotonic() - begun < 5.0
            await asyncio.sleep(0.1)

    await becomes(200)
    assert (await ann.request("PUT", path, json={"is_active": False})).json()["data"]["status"] == "inactive"
    assert await becomes(403) == "This API key is disabled"
    assert (await ann.request("PUT", path, json={"is_active": True})).json()["data"]["status"] == "active"
    await becomes(200)
    assert (await ann.request("DELETE", path)).json() == {"data": None, "code": 200, "message": "success"}
    assert await becomes(401) == "Invalid API key"


async def test_keys_from_birth_to_death(site: Site) -> None:
    """Create, list, read, rename, switch off, delete."""
    async with site.browser() as client:
        await site.entered(client)
        made = (await client.post(KEYS, json={"name": "my laptop", "expires_days": 30})).json()
        key, usage = made["data"]["key"], made["data"]["usage"]
        secret = key.pop("api_key")
        assert re.fullmatch(r"np_[A-Za-z0-9_-]{43}", secret)
        assert usage == {
            "header_name": "X-API-Key",
            "header_value": secret,
            "curl_example": f'curl "{BASE}/api/v1/drawing/models/config" -H "X-API-Key: {secret}"',
        }
        assert made["data"]["warning"] == "Keep this key now: it is not shown again."
        assert 0 < key["id"] < 2**53
        assert key == {
            "id": key["id"],
            "name": "my laptop",
            "is_active": True,
            "status": "active",
            "last_used_at": None,
            "expires_at": key["expires_at"],
            "created_at": key["created_at"],
        }
        assert re.fullmatch(TIME, key["expires_at"])
        forever = (await client.post(KEYS, json={"name": "forever", "expires_days": None})).json()["data"]["key"]
        assert forever["expires_at"] is None
        path = f"{KEYS}/{key['id']}"
        assert (await client.get(path)).json() == {"data": key, "code": 200, "message": "success"}
        listed = (await client.get(KEYS)).json()["data"]
        assert [item["name"] for item in listed["items"]] == ["forever", "my laptop"]
        assert secret not in json.dumps(listed)
        assert (listed["total"], listed["active_count"], listed["expired_count"]) == (2, 2, 0)
        assert (await client.put(path, json={"name": "old laptop"})).json()["data"] == key | {"name": "old laptop"}
        off = (await client.put(path, json={"is_active": False})).json()["data"]
        assert off == key | {"name": "old laptop", "is_active": False, "status": "inactive"}
        assert (await client.put(path, json={})).json()["data"] == off
        assert (await client.get(KEYS)).json()["data"]["total"] == 1
        for yes in ("true", "True", "1"):
            everything = (await client.get(KEYS, params={"include_inactive": yes})).json()["data"]
            assert (everything["total"], everything["active_count"]) == (2, 1)
        assert (await client.get(KEYS, params={"include_inactive": "False"})).json()["data"]["total"] == 1
        assert (await client.delete(path)).status_code == 200
        for answer in (await client.get(path), await client.delete(path), await client.put(path, json={"name": "x"})):
            told(answer, 404, f'No API key "{key["id"]}"')


async def test_an_expired_key_is_listed_as_such(site: Site) -> None:
    """Its own status and count."""
    ann = await site.house.caller(name="new")
    async with site.house.engine.begin() as connection:
        await create_key(connection, ann.account_id, name="old", expires_at=now_ms() - HOUR)
    listed = (await ann.get(KEYS)).json()["data"]
    assert {item["name"]: item["status"] for item in listed["items"]} == {"old": "expired", "new": "active"}
    assert (listed["total"], listed["active_count"], listed["expired_count"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "name: required, but missing"),
        ({"name": ""}, 'name: got ""; allowed: 1-128 printable characters'),
        ({"name": "x" * 129}, f'name: got "{"x" * 78}…; allowed: 1-128 printable characters'),
        ({"name": "a\x00b"}, 'name: got "a\\u0000b"; allowed: 1-128 printable characters'),
        ({"name": "x", "expires_days": 0}, "expires_days: got 0; allowed: 1-365, or null for never"),
        ({"name": "x", "expires_days": 366}, "expires_days: got 366; allowed: 1-365, or null for never"),
        ({"name": "x", "expires_days": "30"}, "expires_days: got a string; allowed: an integer"),
    ],
)
async def test_keys_that_cannot_be_made(site: Site, body: dict[str, Any], says: str) -> None:
    """Each names the field, and no key is made."""
    ann = await site.house.caller()
    told(await ann.post(KEYS, json=body), 400, says)
    assert (await ann.get(KEYS)).json()["data"]["total"] == 1


async def test_wrong_questions_about_keys(site: Site) -> None:
    """A switch that is neither, and ids that no key can have."""
    ann = await site.house.caller()
    told(await ann.get(KEYS, params={"include_inactive": "maybe"}), 400, 'include_inactive: got "maybe"; allowed: true, false')
    for key_id in ("0", "-1", str(2**53), "9" * 5_000, "abc"):
        assert (await ann.get(f"{KEYS}/{key_id}")).status_code == 404
    made = (await ann.post(KEYS, json={"name": "x"})).json()["data"]["key"]
    told(
        await ann.request("PUT", f"{KEYS}/{made['id']}", json={"name": ""}),
        400,
        'name: got ""; allowed: 1-128 printable characters',
    )


async def test_a_foreign_key_is_a_missing_one(site: Site) -> None:
    """Bob can neither see, change nor delete Ann's key."""
    ann, bob = await site.house.caller(), await site.house.caller()
    key = (await ann.post(KEYS, json={"name": "mine"})).json()["data"]["key"]
    path = f"{KEYS}/{key['id']}"
    for answer in (
        await bob.get(path),
        await bob.request("PUT", path, json={"name": "theirs", "is_active": False}),
        await bob.request("DELETE", path),
    ):
        told(answer, 404, f'No API key "{key["id"]}"')
    assert (await ann.get(path)).json()["data"]["name"] == "mine"
    assert [item["name"] for item in (await bob.get(KEYS)).json()["data"]["items"]] == ["default"]


@pytest.mark.parametrize("scopes", [["account"], ["images", "videos", "account", "storage"]])
async def test_a_scoped_key_makes_no_other(site: Site, scopes: list[str]) -> None:
    """It could give itself what it lacks."""
    eve = await site.house.caller(scopes=scopes)
    for method, path, body in (
        ("GET", KEYS, None),
        ("GET", f"{KEYS}/1", None),
        ("POST", KEYS, {"name": "wide"}),
        ("PUT", f"{KEYS}/1", {"is_active": True}),
        ("DELETE", f"{KEYS}/1", None),
    ):
        answer = await eve.request(method, path, json=body)
        told(answer, 403, "An API key that has scopes may not manage API keys; sign in, or use one without scopes")


async def test_a_slow_key_makes_no_fast_one(tmp_path: Path) -> None:
    """A key's rate limit is inherited."""
    async with site_on(tmp_path / "data") as site:
        slow = await site.house.caller(rate_limit=50)
        secret = (await slow.post(KEYS, json={"name": "x"})).json()["data"]["key"]["api_key"]
        answer = await site.house.client.get(ME, headers=bearer(secret))
        assert answer.headers["ratelimit-limit"] == "50"


async def test_a_foreign_page_changes_nothing(tmp_path: Path) -> None:
    """With a visitor's cookie it is refused; with a key of its own it is an API client like any other."""
    async with site_on(tmp_path / "data", cors_origins=(APP,)) as site, site.browser("https://kiln.test") as client:
        token = (await site.entered(client))["access_token"]
        says = 'Origin: got "https://evil.example.com"; allowed: this server\'s own pages and those of MEDIAKILN_CORS_ORIGINS'
        evil = {"Origin": "https://evil.example.com"}
        told(await client.post(KEYS, json={"name": "x"}, headers=evil), 403, says)
        told(await client.post(LOGOUT, headers=evil), 403, says)
        async with site.browser("https://kiln.test") as without_cookie:
            refused = await without_cookie.post(LOGOUT, headers=evil)
            told(refused, 403, says)
            assert "set-cookie" not in refused.headers
        email = site.somebody()
        told(await client.post(LOGIN, json={"email": email, "code": await site.code_for(email)}, headers=evil), 403, says)
        assert (await client.get(ME)).status_code == 200
        for headers in ({"Origin": "https://kiln.test"}, {"Origin": APP}, {}, evil | bearer(token)):
            assert (await client.post(KEYS, json={"name": "x"}, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("base", "settings", "attributes"),
    [
        ("http://kiln.test", {}, "SameSite=Lax"),
        ("https://kiln.test", {}, "SameSite=Lax; Secure"),
        ("http://kiln.test", {"public_url": "https://kiln.example.com"}, "SameSite=Lax; Secure"),
        ("https://kiln.test", {"cors_origins": (APP,)}, "SameSite=None; Secure"),
        ("http://kiln.test", {"session_days": 1}, "SameSite=Lax"),
    ],
)
async def test_the_cookie_suits_the_way(tmp_path: Path, base: str, settings: dict[str, Any], attributes: str) -> None:
    """Secure over https, for other sites only where the operator named some, and as long as the sign-in."""
    async with site_on(tmp_path / "data", **settings) as site, site.browser(base) as client:
        email = site.somebody()
        answer = await client.post(LOGIN, json={"email": email, "code": await site.code_for(email)})
        days = settings.get("session_days", 7)
        token = answer.json()["data"]["access_token"]
        assert answer.headers["set-cookie"] == (
            f"neospark_session={token}; Path=/; Max-Age={days * 86_400}; HttpOnly; {attributes}"
        )


async def test_last_used_is_written_when_the_server_stops(tmp_path: Path) -> None:
    """No request waits for it, and none is lost."""
    async with site_on(tmp_path / "data") as site:
        ann = await site.house.caller()
        await ann.get(ME)
    async with site_on(tmp_path / "data") as site:
        listed = (await site.house.client.get(KEYS, headers=bearer(ann.key))).json()["data"]["items"]
        assert re.fullmatch(TIME, listed[0]["last_used_at"])


async def test_the_janitor_sweeps_what_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logins whose time has passed do not pile up."""
    monkeypatch.setattr(janitor, "EVERY", 0.05)
    async with serving(tmp_path / "data") as house:
        ann = await house.caller()
        async with house.engine.begin() as connection:
            row = {"account_id": ann.account_id, "created_at": 0}
            rows = [
                row | {"id": uuid7(), "digest": each, "expires_at": now_ms() + ends}
                for each, ends in (("old", -1), ("new", HOUR))
            ]
            await connection.execute(insert(login), rows)
        for _ in range(200):
            async with reading(house.engine) as connection:
                left = (await connection.execute(select(login.c.digest))).scalars().all()
            if left == ["new"]:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(left)


async def test_nothing_private_reaches_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """No code, token, key or e-mail address, at any level, whatever goes well or wrong."""
    email = site.somebody()
    with caplog.at_level(logging.DEBUG, logger="mediakiln"):
        async with site.browser() as client:
            code = await site.code_for(email)
            await client.post(LOGIN, json={"email": email, "code": "999999" if code != "999999" else "0"})
            token = (await client.post(LOGIN, json={"email": email, "code": code})).json()["data"]["access_token"]
            secret = (await client.post(KEYS, json={"name": "x"})).json()["data"]["key"]["api_key"]
            await client.get(ME, headers=bearer(secret))
            await client.post(LOGOUT)
            site.post.broken = True
            other = site.somebody()
            await client.post(SEND, json={"email": other})
    ours = "\n".join(str(record.msg) for record in caplog.records if record.name.startswith("mediakiln"))
    assert "mail.failed" in ours
    for private in (code, token, secret, email, other):
        assert private not in ours


async def test_openapi_tells_of_them(site: Site) -> None:
    """Each call has a summary, a description and its errors; the open ones need no key."""
    spec = (await site.house.client.get("/openapi.json")).json()
    found = {
        (method, path): operation
        for path, operations in spec["paths"].items()
        for method, operation in operations.items()
        if path.startswith(("/api/v1/auth/", KEYS, "/api/v1/balance"))
    }
    assert len(found) == 10
    for (method, path), operation in found.items():
        assert operation["summary"], path
        assert operation["description"], path
        assert {"401", "403", "429", "500"} <= set(operation["responses"]), path
        assert operation.get("security") == ([{}] if method == "post" and "/auth/" in path else None), path
    assert "502" in found["post", SEND]["responses"]

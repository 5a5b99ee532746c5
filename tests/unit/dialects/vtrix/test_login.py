"""Signing the command line client in: the client's side as strictly as it decodes, the user's side as a browser sees it."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from apps import BASE, House, serving
from fakes.cli import Device
from fakes.mail import MailServer, mail_server
from fakes.vtrix_types import CliError, DeviceCode, Me, Token, read
from sqlalchemy import update

from mediakiln.accounts.secret_key import secret_key, webhook_secret
from mediakiln.database.engine import writing
from mediakiln.database.tables import account, device_login

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLI = {"X-App-Id": "@vtrix/cli", "X-Source": "cli", "X-Plat": "cli", "X-Skip-Nextauth": "true", "User-Agent": "vtrix-cli/1.4.2"}
CODE, TOKEN, ME, PAGE = "/api/v1/cli/device/code", "/api/v1/cli/token", "/api/v1/auth/me", "/device"


class Site:
    """A running server with a mail server. Every client comes from an address of its own."""

    def __init__(self, house: House, post: MailServer) -> None:
        self.house = house
        self.post = post
        self._people = 0

    @asynccontextmanager
    async def client(self, headers: dict[str, str] | None = None, base: str = BASE) -> AsyncIterator[httpx.AsyncClient]:
        self._people += 1
        transport = httpx.ASGITransport(self.house.app, raise_app_exceptions=False, client=(f"2001:db8:{self._people:x}::1", 1))
        async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers, timeout=30) as opened:
            yield opened

    async def its_time(self) -> None:
        """As if every tool had waited for its interval."""
        async with writing(self.house.engine) as connection:
            await connection.execute(update(device_login).values(polled_at=0))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with mail_server() as post:
        mail = {"smtp_url": post.url, "mail_from": "Kiln <kiln@example.com>", "dialects": ("nanobanana", "neospark", "vtrix")}
        async with serving(tmp_path_factory.mktemp("site"), worker=False, **mail) as house:
            yield Site(house, post)


async def begun(cli: httpx.AsyncClient) -> tuple[Device, DeviceCode]:
    device = Device()
    body = {"client_id": "vtrix-cli", "client_public_key": device.public_key}
    return device, read(await cli.post(CODE, json=body), DeviceCode)


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's first form."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.partition("<form")[2].partition("</form>")[0])
    return {name: unescape(value) for name, value in found}


async def signed_in(site: Site, browser: httpx.AsyncClient, code: str, email: str = "") -> httpx.Response:
    """Through the page's own forms; answers the page that follows."""
    email = email or f"{secrets.token_hex(6)}@example.com"
    form = fields((await browser.get(PAGE, params={"code": code})).text)
    page = await browser.post(f"{PAGE}/code", data=form | {"email": email})
    assert page.status_code == 200, page.text
    secret = site.post.to(email)[-1].code
    return await browser.post(f"{PAGE}/sign-in", data=fields(page.text) | {"secret": secret}, follow_redirects=True)


async def test_the_whole_way(site: Site) -> None:
    """From `vtrix auth login` to a key that works, and `vtrix auth status` after it."""
    async with site.client(CLI) as cli, site.client() as browser:
        device, start = await begun(cli)
        assert (start.verification_uri, start.expires_in, start.interval) == ("http://kiln.test/device", 600, 5)
        await site.its_time()
        assert read(await cli.post(TOKEN, json=device.question(start.device_code)), Token) == Token("pending")
        page = await signed_in(site, browser, start.user_code, "ann@example.com")
        assert page.url.path == PAGE
        assert all(word in page.text for word in (start.user_code, "vtrix-cli", "2001:db8:", "ann@example.com", "Let it in"))
        done = await browser.post(f"{PAGE}/answer", data=fields(page.text) | {"choice": "allow"})
        assert (done.status_code, "The tool is let in" in done.text) == (200, True)
        await site.its_time()
        answer = await cli.post(TOKEN, json=device.question(start.device_code))
        token = read(answer, Token)
        assert (token.status, answer.headers["cache-control"]) == ("authorized", "no-store")
        assert token.api_key.startswith("mk_")
        assert token.refresh_token.startswith("mkr_")
        user = read(await cli.get(ME, headers={"Authorization": f"Bearer {token.access_token}"}), Me).user
        assert user is not None
        assert (user.email, user.account, user.name, user.role) == ("ann@example.com", "ann@example.com", "ann", "user")
        called = await cli.post("/model/v1/generation", json={"model": "x"}, headers={"Authorization": f"Bearer {token.api_key}"})
        assert called.status_code == 400, called.text  # let in: it is the model that is wrong
        await site.its_time()
        assert read(await cli.post(TOKEN, json=device.question(start.device_code)), Token) == Token("expired")
        pair = read(await cli.post(f"{TOKEN}/refresh", json={"refresh_token": token.refresh_token}), dict)
        assert read(await cli.get(ME, headers={"Authorization": f"Bearer {pair['access_token']}"}), Me).user == user


async def test_refusing(site: Site) -> None:
    """The tool learns that its time is over, and the same code cannot be answered again."""
    async with site.client(CLI) as cli, site.client() as browser:
        device, start = await begun(cli)
        page = await signed_in(site, browser, start.user_code)
        form = fields(page.text)
        assert "not let in" in (await browser.post(f"{PAGE}/answer", data=form | {"choice": "deny"})).text
        again = await browser.post(f"{PAGE}/answer", data=form | {"choice": "allow"})
        assert (again.status_code, "No login waits for this code" in again.text) == (404, True)
        await site.its_time()
        assert read(await cli.post(TOKEN, json=device.question(start.device_code)), Token).status == "expired"


async def test_errors_as_the_client_reads_them(site: Site) -> None:
    """In the envelope, with codes by which it tells an expired token from an invalid one."""
    async with site.client(CLI) as cli:
        device, start = await begun(cli)
        wrong = Device().question(start.device_code)
        for answer, code, words in (
            (await cli.post(TOKEN, json=wrong), 403, "proof: not a signature"),
            (await cli.post(TOKEN, json={"device_code": "x"}), 400, "timestamp: required, but missing"),
            (await cli.post(TOKEN, content=b"{"), 400, "body: "),
            (await cli.post(CODE, json={"client_id": "a", "client_public_key": "b"}), 400, "client_public_key: got"),
            (await cli.post(CODE, content=b"x" * 20_000), 413, "body: too large"),
            (await cli.get(ME), 401, "Missing API key"),
            (await cli.get(ME, headers={"Authorization": "Bearer mks_x"}), 401, "Invalid or expired access token"),
            (await cli.post(f"{TOKEN}/refresh", json={"refresh_token": "x"}), 401, "Invalid or expired refresh token"),
            (await cli.get("/api/v1/cli/nothing"), 404, "Not Found"),
            (await cli.get(CODE), 405, "Method Not Allowed"),
            (await cli.post(ME), 405, "Method Not Allowed"),
        ):
            assert answer.status_code == code, answer.text
            assert "data" in answer.json()
            with pytest.raises(CliError, match=re.escape(words)) as caught:
                read(answer, Token)
            assert caught.value.code == code
        late = await cli.post(TOKEN, json=device.question(start.device_code, late=400))
        assert late.json()["status"]["message"].startswith("timestamp: got ")


async def test_one_path_two_shapes(site: Site) -> None:
    """The same key at the same path: NeoSpark's shape for its clients, ours for ours, errors alike."""
    ann = await site.house.caller()
    for app in ("@vtrix/cli", "@Vtrix/web", "@seacloud/web"):
        assert read(await ann.get(ME, headers={"X-App-Id": app}), Me).user is not None
    for headers in ({}, {"X-App-Id": "@neospark/web"}, {"X-App-Id": ""}):
        answer = (await ann.get(ME, headers=headers)).json()
        assert (answer["code"], answer["data"]["is_logged_in"]) == (200, True)
    theirs = await site.house.client.get(ME)
    assert (theirs.status_code, theirs.json()["code"], "status" in theirs.json()) == (401, 401, False)
    ours = await site.house.client.get(ME, headers=CLI)
    assert (ours.status_code, ours.json()["status"]["code"], ours.json()["data"]) == (401, 401, None)


async def test_alone_it_answers_everybody(tmp_path: Path) -> None:
    """Without NeoSpark the path is ours whatever the header says; without us it is theirs."""
    async with serving(tmp_path / "a", worker=False, dialects=("vtrix",)) as house:
        ann = await house.caller()
        assert read(await ann.get(ME), Me).user is not None
        assert (await house.client.get("/api/v1/auth/logout")).status_code == 404
    async with serving(tmp_path / "b", worker=False, dialects=("neospark",)) as house:
        ann = await house.caller()
        assert (await ann.get(ME, headers=CLI)).json()["data"]["is_logged_in"] is True
        assert (await house.client.get(PAGE)).status_code == 404


async def test_an_admin_is_told_so(site: Site) -> None:
    """And a key without the scope is told what it lacks."""
    ann = await site.house.caller()
    async with writing(site.house.engine) as connection:
        await connection.execute(update(account).where(account.c.id == ann.account_id).values(is_admin=True))
    user = read(await ann.get(ME, headers=CLI), Me).user
    assert user is not None
    assert (user.role, user.id) == ("admin", ann.account_id)
    bob = await site.house.caller(scopes=("images",))
    with pytest.raises(CliError, match="lacks the scope: account") as caught:
        read(await bob.get(ME, headers=CLI), Me)
    assert caught.value.code == 403


async def test_the_secret_of_callbacks(site: Site) -> None:
    """Its owner learns it, and it is another one for everybody."""
    ann, bob = await site.house.caller(), await site.house.caller()
    key = secret_key(site.house.settings)
    for caller in (ann, bob):
        told = read(await caller.get("/api/v1/cli/webhook-secret"), dict)
        assert told == {"secret": webhook_secret(key, caller.account_id)}
    assert (await site.house.client.get("/api/v1/cli/webhook-secret")).status_code == 401


async def test_pages_keep_to_themselves(site: Site) -> None:
    """No script may run, no other site may frame the page or receive its forms, and nobody keeps a copy."""
    async with site.client(CLI) as cli, site.client() as browser:
        _, start = await begun(cli)
        for page in (await browser.get(PAGE), await signed_in(site, browser, start.user_code)):
            rules = page.headers["content-security-policy"]
            assert rules.startswith("default-src 'none'; style-src 'sha256-")
            assert all(rule in rules for rule in ("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"))
            assert (page.headers["cache-control"], page.headers["x-frame-options"]) == ("no-store", "DENY")
            assert page.headers["content-type"] == "text/html; charset=utf-8"
            assert "<script" not in page.text
        assert "HttpOnly; SameSite=Lax" in _last_cookie(browser)


def _last_cookie(browser: httpx.AsyncClient) -> str:
    """httpx keeps no attributes but these; the server's own header is looked at in `test_the_cookie`."""
    [cookie] = [each for each in browser.cookies.jar if each.name == "mediakiln_session"]
    return "; ".join(name for name in ("HttpOnly", "SameSite") if cookie.has_nonstandard_attr(name)).replace(
        "SameSite", f"SameSite={cookie.get_nonstandard_attr('SameSite')}"
    )


async def test_the_cookie_is_secure_on_https(site: Site) -> None:
    """As the address says that the browser used."""
    async with site.client(base="https://kiln.test") as browser:
        email = f"{secrets.token_hex(6)}@example.com"
        await browser.post(f"{PAGE}/code", data={"email": email})
        answer = await browser.post(f"{PAGE}/sign-in", data={"email": email, "secret": site.post.to(email)[-1].code})
        assert answer.status_code == 303
        assert re.fullmatch(
            r"mediakiln_session=mks_[\w-]+; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure", answer.headers["set-cookie"]
        )


async def test_no_other_site_presses_the_button(site: Site) -> None:
    """Neither with the browser's cookie and a foreign origin, nor with a proof of another session or code."""
    async with site.client(CLI) as cli, site.client() as ann, site.client() as bob:
        device, start = await begun(cli)
        form = fields((await signed_in(site, ann, start.user_code)).text)
        theirs = fields((await signed_in(site, bob, start.user_code)).text)
        allow = form | {"choice": "allow"}
        for headers, data in (
            ({"Origin": "https://evil.example"}, allow),
            ({"Origin": "null"}, allow),
            ({}, allow | {"proof": theirs["proof"]}),
            ({}, allow | {"proof": ""}),
            ({}, allow | {"proof": "é"}),
            ({}, allow | {"choice": ""}),
            ({}, {"user_code": start.user_code, "choice": "allow"}),
        ):
            answer = await ann.post(f"{PAGE}/answer", data=data, headers=headers)
            assert (answer.status_code, "That did not work" in answer.text) == (403, True), answer.text
        for path in ("code", "sign-in", "sign-out"):
            answer = await ann.post(f"{PAGE}/{path}", data={"email": "x@example.com"}, headers={"Origin": "https://evil.example"})
            assert answer.status_code == 403
        async with site.client() as nobody:
            assert (await nobody.post(f"{PAGE}/answer", data=allow)).status_code == 401
        await site.its_time()
        assert read(await cli.post(TOKEN, json=device.question(start.device_code)), Token).status == "pending"
        done = await ann.post(f"{PAGE}/answer", data=allow, headers={"Origin": "http://kiln.test"})
        assert done.status_code == 200


async def test_a_key_is_no_session(site: Site) -> None:
    """Who has an API key in a header is asked to sign in like anybody."""
    ann = await site.house.caller()
    assert "Sign in to go on" in (await ann.get(PAGE)).text


async def test_codes_that_nobody_waits_for(site: Site) -> None:
    """Typed wrong: told so, and asked again; ten times a minute."""
    async with site.client() as browser:
        await signed_in(site, browser, "")
        statuses = []
        for _ in range(12):
            page = await browser.get(PAGE, params={"code": "bbbb bbbb"})
            statuses.append(page.status_code)
        assert statuses == [404] * 10 + [429] * 2
        assert "Too many codes typed by you" in page.text
        assert int(page.headers["retry-after"]) <= 60


async def test_nothing_typed_becomes_markup(site: Site) -> None:
    """Whatever comes from outside is text on the page."""
    evil = '"><script>alert(1)</script>'
    async with site.client() as browser:
        pages = [
            await browser.get(PAGE, params={"code": evil}),
            await browser.post(f"{PAGE}/code", data={"email": evil, "user_code": evil}),
            await browser.post(f"{PAGE}/sign-in", data={"email": "a@example.com", "secret": evil, "user_code": evil}),
        ]
        assert all("<script" not in page.text for page in pages)
        assert [page.status_code for page in pages] == [200, 400, 401]
    async with site.client(CLI) as cli:
        body = {"client_id": evil, "client_public_key": Device().public_key}
        assert (await cli.post(CODE, json=body)).status_code == 400


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"a" * 9_000, b"email=a&email=b", b"%zz=%", b"user_code=" + b"B" * 4_000],
)
async def test_forms_that_are_none(site: Site, content: bytes) -> None:
    """An error page, never a fault."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    async with site.client() as browser:
        for path in ("code", "sign-in", "answer", "sign-out"):
            answer = await browser.post(f"{PAGE}/{path}", content=content, headers=headers)
            assert answer.status_code < 500, f"{path}: {answer.text}"
            assert answer.status_code == 303 or "<html" in answer.text
        many: dict[str, Any] = {"files": {"email": ("a", b"x")}}
        assert (await browser.post(f"{PAGE}/code", **many)).status_code == 400


async def test_signing_out(site: Site) -> None:
    """The session ends, and the code stays in the address."""
    async with site.client(CLI) as cli, site.client() as browser:
        _, start = await begun(cli)
        await signed_in(site, browser, start.user_code)
        token = browser.cookies["mediakiln_session"]
        answer = await browser.post(f"{PAGE}/sign-out", data={"user_code": start.user_code})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?code={start.user_code}")
        browser.cookies.set("mediakiln_session", token)
        assert "Sign in to go on" in (await browser.get(PAGE)).text


@pytest.mark.parametrize("form", ["code", "sign-in", "answer", "sign-out"])
async def test_the_address_of_a_form(site: Site, form: str) -> None:
    """Opened by hand, or reloaded, it leads back to the page."""
    async with site.client() as browser:
        answer = await browser.get(f"{PAGE}/{form}")
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)

"""The page on which a signed-in user lets a tool in: plain HTML, no scripts, nothing from other hosts.

A user who is not signed in does that first, on the same page, with a code by e-mail. Whoever wants to trick a user into letting
a foreign tool in must have them read where it asked from, and press a button that no other site can press for them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, StrictUndefined
from litestar import MediaType, Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from mediakiln import errors
from mediakiln.accounts.device import Waiting, plain, shown
from mediakiln.accounts.people import read_account
from mediakiln.accounts.principals import Principal
from mediakiln.accounts.secret_key import secret_key
from mediakiln.database.engine import reading
from mediakiln.dialects.vtrix.envelope import TABLE
from mediakiln.web.dialect import Services
from mediakiln.web.failures import ask_to_wait, explain, row_of
from mediakiln.web.gate import Gate, address_of, page_origins
from mediakiln.web.sessions import COOKIE, set_session

PAGE = "/device"
SMALL_FORM = 8 * 1024
"""Bytes of a form."""

Anyone = Request[Any, Any, Any]
Page = Response[str]


class _Look:
    """The template, and the headers that keep the page to itself."""

    def __init__(self) -> None:
        source = resources.files(__package__).joinpath("device.html").read_text(encoding="utf-8")
        style = source.partition("<style>")[2].partition("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        rules = f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        self._template = Environment(autoescape=True, undefined=StrictUndefined).from_string(source)
        self._headers = {
            "content-security-policy": rules,
            "cache-control": "no-store",
            "referrer-policy": "same-origin",  # with none at all, browsers would hide the origin of our own forms
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
        }

    def show(self, step: str, *, status: int = 200, problem: str = "", **words: str) -> Page:
        """The page at one of its steps: sign_in, code, ask, decide, allowed, denied, or a message."""
        empty = dict.fromkeys(("email", "user_code", "client", "place", "proof", "signed_in"), "")
        html = self._template.render({**empty, **words, "step": step, "problem": problem})
        return Response(html, status_code=status, media_type=MediaType.HTML, headers=self._headers)


def page_handlers(services: Services) -> list[HTTPRouteHandler]:
    """The page and its forms."""
    settings, look, key = services.settings, _Look(), secret_key(services.settings)
    gate = Gate(
        services.authenticator,
        services.limiter,
        services.bodies,
        per_minute=0,
        cookie=COOKIE,
        origins=page_origins(settings),
    )

    def on_error(request: Anyone, error: Exception) -> Page:
        if isinstance(error, errors.MediakilnError):
            ask_to_wait(request, error)
            return look.show("message", status=row_of(type(error), TABLE) or 500, problem=str(error))
        said = explain(request, error)
        return look.show("message", status=said.status, problem=said.message)

    async def session(request: Anyone) -> Principal | None:
        """Who is signed in with this browser: a key in a header is nobody. Raises Forbidden for a foreign page's request."""
        try:
            principal = await services.authenticator.authenticate(gate.secret(request))
            principal.require(None)
        except errors.Unauthorized:
            return None
        return principal if principal.signed_in else None

    def proof_of(principal: Principal, user_code: str) -> str:
        """What only our own page could have put into its form for this session and this code."""
        return hmac.digest(key, f"device\n{principal.key_id}\n{plain(user_code)}".encode(), "sha256").hex()

    async def address(principal: Principal) -> str:
        async with reading(services.engine) as connection:
            return (await read_account(connection, principal.account_id)).email

    async def decide(principal: Principal, waiting: Waiting) -> Page:
        client, _, place = waiting.client.partition("\n")
        return look.show(
            "decide",
            user_code=waiting.user_code,
            client=client,
            place=place,
            signed_in=await address(principal),
            proof=proof_of(principal, waiting.user_code),
        )

    @get(PAGE, include_in_schema=False)
    async def device(request: Anyone) -> Page:
        """Sign in, or type a code, or decide about the login whose code stands in the address."""
        code = _code(request.query_params.get("code", ""))
        principal = await session(request)
        if principal is None:
            return look.show("sign_in", user_code=code)
        if not code:
            return look.show("ask", signed_in=await address(principal))
        try:
            return await decide(principal, await services.devices.waiting(code, principal.account_id))
        except errors.NotFound as error:
            return look.show("ask", status=404, problem=str(error), user_code=code, signed_in=await address(principal))

    @post(f"{PAGE}/code", include_in_schema=False, request_max_body_size=SMALL_FORM)
    async def send_code(request: Anyone) -> Page:
        """Mail a sign-in code."""
        gate.require_own_page(request)
        email, code = await _fields(request, "email", "user_code")
        try:
            await services.sign_in.send_code(email, address_of(request))
        except (errors.InvalidRequest, errors.MailFailed) as error:
            status = row_of(type(error), TABLE) or 500
            return look.show("sign_in", status=status, problem=str(error), email=email, user_code=_code(code))
        return look.show("code", email=email, user_code=_code(code))

    @post(f"{PAGE}/sign-in", include_in_schema=False, request_max_body_size=SMALL_FORM)
    async def sign_in(request: Anyone) -> Page:
        """Take the code of the mail, and go on."""
        gate.require_own_page(request)
        email, secret, code = await _fields(request, "email", "secret", "user_code")
        try:
            entered = await services.sign_in.log_in(email, secret, address_of(request))
        except (errors.InvalidRequest, errors.Unauthorized) as error:
            status = row_of(type(error), TABLE) or 500
            return look.show("code", status=status, problem=str(error), email=email, user_code=_code(code))
        set_session(request, settings.public_url, entered.token, entered.seconds)
        return _go_on(code)

    @post(f"{PAGE}/answer", include_in_schema=False, request_max_body_size=SMALL_FORM)
    async def answer(request: Anyone) -> Page:
        """Let the tool in, or not."""
        principal = await session(request)
        code, proof, choice = await _fields(request, "user_code", "proof", "choice")
        if principal is None:
            return look.show("sign_in", status=401, user_code=_code(code), problem="Your session is over; sign in again")
        if not hmac.compare_digest(proof.encode(), proof_of(principal, code).encode()) or choice not in ("allow", "deny"):
            raise errors.Forbidden("This form is not of this page, or of another session; open the page again")
        await services.devices.decide(code, principal.account_id, allow=choice == "allow")
        return look.show("allowed" if choice == "allow" else "denied", signed_in=await address(principal))

    @post(f"{PAGE}/sign-out", include_in_schema=False, request_max_body_size=SMALL_FORM)
    async def sign_out(request: Anyone) -> Page:
        """End this browser's session, to sign in as somebody else."""
        gate.require_own_page(request)
        (code,) = await _fields(request, "user_code")
        if await session(request) is not None and (token := gate.secret(request)):
            await services.sign_in.log_out(token)
            services.authenticator.forget(token)
        set_session(request, settings.public_url, "", 0)
        return _go_on(code)

    @get([f"{PAGE}/code", f"{PAGE}/sign-in", f"{PAGE}/answer", f"{PAGE}/sign-out"], include_in_schema=False)
    async def no_form() -> Page:
        """Whoever opens the address of a form instead of sending it begins at the page."""
        return _go_on("")

    handlers = [device, send_code, sign_in, answer, sign_out, no_form]
    for handler in handlers:
        handler.exception_handlers = {Exception: on_error}
    return handlers


def _go_on(code: str) -> Page:
    """Back to the page by GET, so that reloading it sends no form again."""
    query = f"?{urlencode({'code': _code(code)})}" if _code(code) else ""
    return Response("", status_code=303, headers={"location": PAGE + query, "cache-control": "no-store"})


def _code(typed: str) -> str:
    """A user code as it is shown; what is none becomes nothing or something that no login has."""
    signs = plain(typed)[:8]
    return shown(signs) if signs else ""


async def _fields(request: Anyone, *names: str) -> list[str]:
    """Text fields of a form; what is missing or a file is empty."""
    form = await request.form()
    return [value if isinstance(value := form.get(name), str) else "" for name in names]

"""Signing the command line client in, who one is, and the secret of one's callbacks (wire file, section 8)."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from mediakiln import errors
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.people import read_account
from mediakiln.accounts.principals import Principal
from mediakiln.accounts.secret_key import secret_key, webhook_secret
from mediakiln.database.engine import reading
from mediakiln.dialects.vtrix.envelope import IN_ENVELOPE, Answer, documented
from mediakiln.dialects.vtrix.login import translate, wire
from mediakiln.dialects.vtrix.login.page import page_handlers
from mediakiln.web.bodies import StrictBody
from mediakiln.web.dialect import Services
from mediakiln.web.edge import add_headers
from mediakiln.web.gate import OPEN, SMALL_BODY, Gate, address_of
from mediakiln.web.links import base_url
from mediakiln.web.shared import Shared

OWN_ME = "/api/v1/cli/me"
SHARES = (Shared("/api/v1/auth/me", OWN_ME, translate.is_client),)
"""NeoSpark has this path too."""
NOT_KEPT = ("Cache-Control", "no-store")
"""The header of answers with secrets in them."""

Anyone = Request[Any, Any, Any]
Call = Request[Principal, Any, Any]


def login_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """Every handler of this area, with its whole path, the page for people included."""
    return [*_device_handlers(services), *_own_handlers(services, gate), *page_handlers(services)]


def _device_handlers(services: Services) -> list[HTTPRouteHandler]:
    """They have no gate before them: `DeviceLogins` counts by client address."""
    devices = services.devices

    @post(
        "/api/v1/cli/device/code",
        summary="Begin a login",
        dto=StrictBody[wire.BeginLogin],
        return_dto=None,
        status_code=200,
        security=OPEN,
        request_max_body_size=SMALL_BODY,
        exception_handlers=IN_ENVELOPE,
        responses=documented(errors.InvalidRequest, errors.RateLimited, body=True),
    )
    async def device_code(data: JSONBody[wire.BeginLogin], request: Anyone) -> Answer[wire.LoginBegun]:
        """A code for the tool, and one for its user, who lets the tool in on the page `verification_uri` within ten minutes."""
        login = await devices.begin(data.client_id, data.client_public_key, address_of(request))
        return Answer(translate.begun(login, base_url(request, services.settings.public_url)))

    @post(
        "/api/v1/cli/token",
        summary="Ask whether a login was let in",
        dto=StrictBody[wire.AskToken],
        return_dto=None,
        status_code=200,
        security=OPEN,
        request_max_body_size=SMALL_BODY,
        exception_handlers=IN_ENVELOPE,
        responses=documented(errors.InvalidRequest, errors.Forbidden, errors.Conflict, errors.RateLimited, body=True),
    )
    async def token(data: JSONBody[wire.AskToken], request: Anyone) -> Answer[wire.TokenAnswer]:
        """Ask every `interval` seconds, each time signed anew. `authorized` comes once, with the tokens and a new API key."""
        answer = await devices.ask(
            data.device_code,
            data.timestamp,
            data.nonce,
            data.proof,
            address_of(request),
            key_name=translate.KEY_NAME,
            key_prefix=translate.KEY_PREFIX,
        )
        add_headers(request.scope, NOT_KEPT)
        return Answer(translate.answered(answer))

    @post(
        "/api/v1/cli/token/refresh",
        summary="Renew tokens",
        dto=StrictBody[wire.Renew],
        return_dto=None,
        status_code=200,
        security=OPEN,
        request_max_body_size=SMALL_BODY,
        exception_handlers=IN_ENVELOPE,
        responses=documented(errors.InvalidRequest, errors.Unauthorized, body=True),
    )
    async def refresh(data: JSONBody[wire.Renew], request: Anyone) -> Answer[wire.Renewed]:
        """Take a refresh token, which ends with this, for a new pair."""
        add_headers(request.scope, NOT_KEPT)
        return Answer(translate.renewed(await devices.renew(data.refresh_token)))

    return [device_code, token, refresh]


def _own_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    key = secret_key(services.settings)
    gate_errors = (errors.Unauthorized, errors.Forbidden, errors.RateLimited)

    @get(
        OWN_ME,
        summary="Who is signed in",
        before_request=gate.admits(Scope.ACCOUNT),
        exception_handlers=IN_ENVELOPE,
        responses=documented(*gate_errors),
    )
    async def me(request: Call) -> Answer[wire.Me]:
        """The account. Clients ask at `/api/v1/auth/me`; with an `X-App-Id` of theirs this answers there."""
        async with reading(services.engine) as connection:
            return Answer(translate.me(await read_account(connection, request.user.account_id)))

    @get(
        "/api/v1/cli/webhook-secret",
        summary="The secret of your callbacks",
        before_request=gate.admits(Scope.ACCOUNT),
        exception_handlers=IN_ENVELOPE,
        responses=documented(*gate_errors),
    )
    async def callback_secret(request: Call) -> Answer[wire.CallbackSecret]:
        """What the requests to your `callback_url` are signed with (standardwebhooks.com)."""
        add_headers(request.scope, NOT_KEPT)
        return Answer(wire.CallbackSecret(webhook_secret(key, request.user.account_id)))

    return [me, callback_secret]

"""Sign-in by e-mail, API keys, and who one is (wire file, section 9)."""

from __future__ import annotations

import contextlib
from typing import Annotated, Any

from litestar import Request, delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter, QueryParameter

from mediakiln import errors
from mediakiln.accounts import keys as api_keys
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.people import read_account
from mediakiln.accounts.principals import Principal
from mediakiln.database.engine import reading, writing
from mediakiln.dialects.neospark.account import translate, wire
from mediakiln.dialects.neospark.errors import documented
from mediakiln.dialects.neospark.wire import Answer
from mediakiln.ledger.entries import balance
from mediakiln.web.bodies import StrictBody
from mediakiln.web.dialect import Services
from mediakiln.web.edge import add_headers
from mediakiln.web.gate import OPEN, SMALL_BODY, Gate, address_of
from mediakiln.web.links import base_url

KEY_PREFIX = "np"

Anyone = Request[Any, Any, Any]
Call = Request[Principal, Any, Any]
KeyId = Annotated[int, PathParameter(description="The `id` of the key, as the list has it.")]


def account_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """Every handler of this area, for the router at `/api/v1`."""
    return [*_sign_in_handlers(services, gate), *_account_handlers(services, gate), *_key_handlers(services, gate)]


def _sign_in_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """They have no gate before them: `SignIn` counts by client address."""
    sign_in = services.sign_in

    def set_cookie(request: Anyone, token: str, seconds: int) -> None:
        # Pages of other origins get the cookie only where the operator has named some.
        foreign_pages = bool(services.settings.cors_origins)
        secure = foreign_pages or base_url(request, services.settings.public_url).startswith("https:")
        kind = f"SameSite={'None' if foreign_pages else 'Lax'}{'; Secure' if secure else ''}"
        add_headers(request.scope, ("Set-Cookie", f"{wire.COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; {kind}"))

    @post(
        "/auth/email/send-code",
        summary="Send a sign-in code",
        dto=StrictBody[wire.SendCode],
        return_dto=None,
        status_code=200,
        security=OPEN,
        request_max_body_size=SMALL_BODY,
        responses=documented(errors.InvalidRequest, errors.MailFailed, body=True),
    )
    async def send_code(data: JSONBody[wire.SendCode], request: Anyone) -> Answer[wire.Said]:
        """Mail a code of 6 digits, valid for 10 minutes; it ends the one before. One a minute and five an hour for an address."""
        await sign_in.send_code(data.email, address_of(request))
        return Answer(wire.Said("If this address can sign in, a code is on its way to it"))

    @post(
        "/auth/email/login",
        summary="Sign in with a code",
        dto=StrictBody[wire.LogIn],
        return_dto=None,
        status_code=200,
        security=OPEN,
        request_max_body_size=SMALL_BODY,
        responses=documented(errors.InvalidRequest, body=True),
    )
    async def log_in(data: JSONBody[wire.LogIn], request: Anyone) -> Answer[wire.LoggedIn]:
        """Take a code for an access token, which is also set as a cookie. The first time makes the account. A code bears five
        guesses."""
        gate.require_own_page(request)
        entered = await sign_in.log_in(data.email, data.code, address_of(request))
        set_cookie(request, entered.token, entered.seconds)
        return Answer(
            wire.LoggedIn(
                user_id=translate.number_of(entered.account.id),
                email=entered.account.email,
                access_token=entered.token,
                token_type="bearer",  # noqa: S106 (the scheme's name)
                is_new_user=entered.is_new,
                message="Welcome" if entered.is_new else "Welcome back",
                redirect_url="/",
            )
        )

    @post("/auth/logout", summary="Sign out", status_code=200, security=OPEN, responses=documented())
    async def log_out(request: Anyone) -> Answer[wire.Said]:
        """End the access token and take the cookie away. An API key stays as it is."""
        token = gate.secret(request)
        if token is None:
            # SameSite keeps the cookie out of a foreign page's form, but not the answer to it from taking the cookie away.
            gate.require_own_page(request)
        with contextlib.suppress(errors.Unauthorized):
            if token is not None and (await services.authenticator.authenticate(token)).signed_in:
                await sign_in.log_out(token)
                services.authenticator.forget(token)
        set_cookie(request, "", 0)
        return Answer(wire.Said("Signed out"))

    return [send_code, log_in, log_out]


def _account_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    account = gate.admits(Scope.ACCOUNT)

    @get("/auth/me", summary="Who is signed in", before_request=account, responses=documented())
    async def me(request: Call) -> Answer[wire.Me]:
        """The account, and the credits that it can spend."""
        async with reading(services.engine) as connection:
            owner = await read_account(connection, request.user.account_id)
            return Answer(translate.me(owner, await balance(connection, owner.id)))

    @get("/balance", summary="Credits", before_request=account, responses=documented())
    async def credit_balance(request: Call) -> Answer[wire.Balance]:
        """What can be spent, and what is held for generations that are under way."""
        async with reading(services.engine) as connection:
            return Answer(translate.balance_of(await balance(connection, request.user.account_id)))

    return [me, credit_balance]


def _key_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    admit = gate.admits(None)

    async def manager(request: Call) -> None:
        await admit(request)
        if request.user.scopes:
            # It could make itself a key that may do more.
            raise errors.Forbidden("An API key that has scopes may not manage API keys; sign in, or use one without scopes")

    @get("/api-keys", summary="API keys", before_request=manager, responses=documented(errors.InvalidRequest))
    async def list_keys(
        request: Call,
        include_inactive: Annotated[
            str | None, QueryParameter(description="`true` to see those too that were switched off.")
        ] = None,
    ) -> Answer[wire.Keys]:
        """Your keys without their secrets, newest first."""
        everything = translate.switch(include_inactive, "include_inactive")
        async with reading(services.engine) as connection:
            found = await api_keys.list_keys(connection, request.user.account_id)
        return Answer(translate.keys_of(found, include_inactive=everything))

    @get("/api-keys/{key_id:int}", summary="One API key", before_request=manager, responses=documented(errors.NotFound))
    async def read_key(key_id: KeyId, request: Call) -> Answer[wire.Key]:
        """A key without its secret."""
        async with reading(services.engine) as connection:
            found = await api_keys.list_keys(connection, request.user.account_id)
        return Answer(translate.key_of(translate.with_number(found, key_id)))

    @post(
        "/api-keys",
        summary="Create an API key",
        dto=StrictBody[wire.CreateKey],
        return_dto=None,
        status_code=200,
        before_request=manager,
        responses=documented(errors.InvalidRequest, errors.Conflict, body=True),
    )
    async def create_key(data: JSONBody[wire.CreateKey], request: Call) -> Answer[wire.CreatedKey]:
        """Make a key that may do everything the account may. Its secret is in this answer and nowhere else."""
        caller = request.user
        # A key must not make itself one that outlives it, or that has no rate limit where it has one.
        expires_at = translate.expiry(data.expires_days, None if caller.signed_in else caller.expires_at)
        async with writing(services.engine) as connection:
            info, secret = await api_keys.create_key(
                connection,
                caller.account_id,
                name=data.name,
                prefix=KEY_PREFIX,
                expires_at=expires_at,
                rate_limit=caller.rate_limit,
            )
        return Answer(translate.created_key(info, secret, base_url(request, services.settings.public_url)))

    @put(
        "/api-keys/{key_id:int}",
        summary="Change an API key",
        dto=StrictBody[wire.UpdateKey],
        return_dto=None,
        before_request=manager,
        responses=documented(errors.InvalidRequest, errors.NotFound, body=True),
    )
    async def update_key(key_id: KeyId, data: JSONBody[wire.UpdateKey], request: Call) -> Answer[wire.Key]:
        """Rename a key, or switch it off or on; that bites within 5 seconds."""
        owner = request.user.account_id
        async with writing(services.engine) as connection:
            its_id = translate.with_number(await api_keys.list_keys(connection, owner), key_id).id
            if data.name is not None:
                await api_keys.rename(connection, owner, its_id, data.name)
            if data.is_active is not None:
                await api_keys.set_enabled(connection, owner, its_id, enabled=data.is_active)
            changed = await api_keys.list_keys(connection, owner)
        return Answer(translate.key_of(translate.with_number(changed, key_id)))

    @delete(
        "/api-keys/{key_id:int}",
        summary="Delete an API key",
        status_code=200,
        before_request=manager,
        responses=documented(errors.NotFound),
    )
    async def delete_key(key_id: KeyId, request: Call) -> Answer[None]:
        """Delete a key for ever; that bites within 5 seconds."""
        owner = request.user.account_id
        async with writing(services.engine) as connection:
            its_id = translate.with_number(await api_keys.list_keys(connection, owner), key_id).id
            await api_keys.delete_key(connection, owner, its_id)
        return Answer(None)

    return [list_keys, read_key, create_key, update_key, delete_key]

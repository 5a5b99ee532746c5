"""What `doctor` looks at. Each check returns what it found, and raises when the part cannot be used."""

from __future__ import annotations

import tomllib
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from mediakiln.errors import ConfigurationError
from mediakiln.settings import Settings

_KEYS = ("key", "secret", "webhook_secret")


async def _data(settings: Settings) -> str:
    mode = settings.data.stat().st_mode & 0o777
    if mode & 0o077:
        raise ConfigurationError(f"{settings.data} may be read by other users (mode {mode:o}); run: chmod 700 {settings.data}")
    return f"mode {mode:o}"


async def _database(settings: Settings) -> str:
    from mediakiln.database.engine import database_url, open_engine
    from mediakiln.database.migrate import head, revision

    url = database_url(settings)
    engine = open_engine(url)
    try:
        found = await revision(engine)
    finally:
        await engine.dispose()
    where = "SQLite" if settings.sqlite else url.render_as_string(hide_password=True)
    if found == head():
        return f"{where}, revision {found}"
    return f"{where}, revision {found or 'none yet'}; the next command or start brings it to {head()}"


async def _storage(settings: Settings) -> str:
    from mediakiln.assets.blobs import BlobStore

    await BlobStore.open(settings.storage_url, settings.data).check()
    return settings.storage_url or "a folder in the data directory"


async def _dialects(settings: Settings) -> str:
    from mediakiln.bootstrap.dialects import DIALECTS

    unknown = [name for name in settings.dialects if name not in DIALECTS]
    if unknown or not settings.dialects:
        raise ConfigurationError(f"got {', '.join(unknown) or 'none'}; allowed: {', '.join(DIALECTS)}")
    return ", ".join(settings.dialects)


async def _studio(settings: Settings) -> str:
    if not settings.studio:
        return "off"
    try:
        from mediakiln.providers.studio import render  # noqa: F401 - all that a rendering process needs
        from mediakiln.providers.studio.graphics import STAND_INS
    except ImportError as error:
        raise ConfigurationError(f"{error}; install mediakiln[studio] or set MEDIAKILN_STUDIO=off") from None
    lacking = f"; not on this machine and not needed: {', '.join(STAND_INS)}" if STAND_INS else ""
    return f"on: a procedural preview engine, no AI model{lacking}"


async def _fonts(settings: Settings) -> str:
    if not settings.studio:
        return "not needed, the studio is off"
    try:
        from mediakiln.providers.studio.graphics import STAND_INS, skia
    except ImportError:
        return "not looked at, the studio's packages are missing"
    if "libexpat.so.1" in STAND_INS:
        return "not found without libexpat.so.1: the studio cannot write words into pictures"
    families = skia.FontMgr().countFamilies()
    chinese = skia.FontMgr().matchFamilyStyleCharacter("", skia.FontStyle(), [], ord("猫")) is not None
    if not families:
        return "none installed: the studio cannot write words into pictures"
    return f"{families} families{'' if chinese else '; none with Chinese characters'}"


async def _catalogue(settings: Settings) -> str:
    from mediakiln.bootstrap.house import check_inputs, provider_names
    from mediakiln.catalog.load import read_models

    models = read_models(settings.catalog, settings.usd_per_credit)
    check_inputs(models)
    configured = provider_names(settings)
    left_out = [model for model in models if not any(route.provider in configured for route in model.routes)]
    if len(left_out) == len(models):
        raise ConfigurationError(f"none of {len(models)} models can be called: no provider is configured")
    reasons = [f"{model.id} (needs {' or '.join(dict.fromkeys(route.provider for route in model.routes))})" for model in left_out]
    told = f"{len(models) - len(left_out)} of {len(models)} models can be called"
    previews = sum({route.provider for route in model.routes if route.provider in configured} == {"studio"} for model in models)
    if previews:
        told += f", {previews} by the preview engine alone (`mediakiln models --all` tells what each needs)"
    return f"{told}; without a configured provider: {', '.join(reasons)}" if reasons else told


async def _upstreams(settings: Settings) -> str:
    from mediakiln.providers import kinds
    from mediakiln.providers.accounts import FILE

    accounts = kinds.configured(settings)
    path = settings.providers or settings.data / FILE
    if not accounts:
        return f"none: write {path} (docs/providers.md) to drive real models"
    if path.stat().st_mode & 0o077 and _literal(tomllib.loads(path.read_text(encoding="utf-8"))):
        raise ConfigurationError(f"{path} holds keys and may be read by other users; run: chmod 600 {path}")
    await kinds.open_once(settings)
    return ", ".join(f"{account.name} ({kinds.KINDS[account.kind].vendor})" for account in accounts)


def _literal(table: Any) -> bool:
    """Whether a key stands in the file itself, however it is written down there."""
    if isinstance(table, list):
        return any(_literal(each) for each in table)
    if not isinstance(table, dict):
        return False
    return any(
        _literal(value) or (name in _KEYS and isinstance(value, str) and bool(value) and not value.startswith("env:"))
        for name, value in table.items()
    )


async def _moderation(settings: Settings) -> str:
    from mediakiln.moderation.base import open_moderator

    open_moderator(settings)
    return settings.moderation


async def _optimizer(settings: Settings) -> str:
    from mediakiln.prompts.base import open_optimizer

    open_optimizer(settings)
    return settings.prompt_optimizer


async def _mail(settings: Settings) -> str:
    from mediakiln.accounts.mail import open_mailer

    open_mailer(settings)
    if not settings.smtp_url:
        return "sign-in codes are written into the log, for development; set MEDIAKILN_SMTP_URL"
    return f"through {urlsplit(settings.smtp_url).hostname}, from {settings.mail_from}"


async def _rates(settings: Settings) -> str:
    if not settings.redis_url:
        return "counted in each process; with several API processes set MEDIAKILN_REDIS_URL"
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    try:
        client = Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5)
        async with client:
            await client.ping()
    except (RedisError, ValueError, OSError) as error:
        raise ConfigurationError(f"redis: {error}") from None
    return "shared through Redis"


async def _links(settings: Settings) -> str:
    if not settings.public_url:
        return "result links use the address that each client used"
    parts = urlsplit(settings.public_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"MEDIAKILN_PUBLIC_URL: got {settings.public_url}; expected https://media.example.com")
    return settings.public_url


CHECKS: dict[str, Callable[[Settings], Awaitable[str]]] = {
    "data directory": _data,
    "database": _database,
    "storage": _storage,
    "dialects": _dialects,
    "studio": _studio,
    "fonts": _fonts,
    "upstreams": _upstreams,
    "models": _catalogue,
    "moderation": _moderation,
    "optimizer": _optimizer,
    "mail": _mail,
    "rate limits": _rates,
    "public URL": _links,
}

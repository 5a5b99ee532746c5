"""Frozen settings: environment variables `MEDIAKILN_*` over an optional `mediakiln.toml`, read once by the entry points."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from mediakiln.errors import ConfigurationError

PREFIX = "MEDIAKILN_"


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every knob of the server. A field `name` is set by `MEDIAKILN_NAME` or by `name = ...` in mediakiln.toml.

    Lists are comma separated in the environment. Times are seconds, sizes bytes, unless the name says otherwise.
    """

    data: Path = Path("mediakiln-data")
    """Directory for everything the server keeps on disk."""
    database_url: str = ""
    """`postgresql://...` to scale out; empty means SQLite inside `data`."""
    storage_url: str = ""
    """`s3://bucket/prefix` (also gs://, az://); empty means a folder inside `data`."""
    redis_url: str = ""
    """Shared rate limits for several server processes; empty keeps them in each process's memory."""
    public_url: str = ""
    """Base of result links, e.g. `https://media.example.com`; empty means the address each client used."""
    dialects: tuple[str, ...] = ("nanobanana", "neospark", "vtrix")
    """Which wire dialects are mounted."""
    rate_limit: int | None = None
    """Requests per minute and key for every dialect; unset keeps each dialect's own. A key's own beats it; 0 ends them all."""
    studio: bool = True
    """The built-in engine; off means that models without another provider are not listed."""
    studio_processes: int = 0
    """Rendering processes; 0 means one per core."""
    sandbox: bool = False
    """Words in prompts, such as `sandbox:fail`, decide what becomes of a task: for testing clients, never for customers."""
    providers: Path | None = None
    """The file of upstream accounts; unset means `providers.toml` in the data directory, where there is one."""
    catalog: Path | None = None
    """Directory of operator model files (*.toml) laid over the shipped catalogue."""
    moderation: str = "rules"
    """`rules`, `off`, or `package.module:factory` for your own."""
    moderation_rules: Path | None = None
    """A rule file that replaces the shipped one."""
    prompt_optimizer: str = "rules"
    """What `optimize_prompt` does: `rules` adds what a prompt leaves open, `off` nothing, or `package.module:factory`."""
    fetch_allow: tuple[str, ...] = ()
    """Hosts or CIDR networks that inputs may be fetched from although they are private."""
    fetch_max_bytes: int = 30 * 1024 * 1024
    """Largest input that is fetched or accepted inline."""
    fetch_timeout: float = 20.0
    """Longest time one input may take, redirects and body included."""
    output_max_bytes: int = 2 * 1024 * 1024 * 1024
    """Largest result that is copied from an upstream."""
    output_timeout: float = 300.0
    """Longest time the copy of one result may take."""
    max_pixels: int = 64_000_000
    """Largest input picture, checked before it is decoded."""
    max_body_bytes: int = 32 * 1024 * 1024
    """Largest request body."""
    upload_max_bytes: int = 200 * 1024 * 1024
    """Largest file that is uploaded, in one request or in chunks; `max_body_bytes` does not apply to it."""
    upload_quota_bytes: int = 10 * 1024 * 1024 * 1024
    """All that one account may have uploaded at a time; 0 sets no bound."""
    max_waiting_per_account: int = 1_000
    """Unfinished tasks one account may have before submits answer 429."""
    max_waiting: int = 100_000
    """Unfinished tasks of all accounts before submits answer 503."""
    image_deadline: int = 600
    """An image task that has not finished this long after its submit fails and costs nothing."""
    video_deadline: int = 3_600
    """The same for video."""
    retention_days: int = 0
    """Outputs are deleted this many days after they were made; 0 keeps them for ever."""
    usd_per_credit: Decimal = Decimal("0.01")
    """Value of one credit where a dialect speaks of USD."""
    worker_concurrency: int = 2_000
    """Tasks one worker process holds at once; most of them wait for an upstream."""
    cors_origins: tuple[str, ...] = ()
    """Web origins whose pages may use this server with their visitors' session cookies, e.g. `https://app.example.com`."""
    smtp_url: str = ""
    """`smtp://user:password@host:587` or `smtps://...` for mails; TLS is used when offered, and demanded with a password. Empty
    writes mails, sign-in codes included, into the log: for development only."""
    mail_from: str = ""
    """Sender of mails, e.g. `Mediakiln <no-reply@example.com>`."""
    signup: bool = True
    """Signing in with an address for the first time makes an account; off means that only existing accounts can sign in."""
    signup_credits: Annotated[int, Meta(ge=0, le=10**9)] = 0
    """Credits that an account gets when signing in makes it."""
    session_days: Annotated[int, Meta(ge=1, le=365)] = 7
    """How long a sign-in lasts."""
    secret_key: str = ""
    """Key for sign-in codes and the signatures of webhooks, the same on all servers and workers of one database; empty makes one
    inside `data`."""
    metrics_token: str = ""
    """Bearer token for /metrics; without one only loopback and private addresses may read it."""
    log_level: str = "info"
    """debug, info, warning or error."""
    log_format: str = "auto"
    """`json`, `text`, or `auto`: text on a terminal, json elsewhere."""

    @property
    def sqlite(self) -> bool:
        """True when the database is the embedded one."""
        return not self.database_url or self.database_url.startswith("sqlite")


def load(environ: Mapping[str, str] | None = None, *, file: Path | None = None, **overrides: Any) -> Settings:
    """Read the settings: `overrides` (command line) win over the environment, which wins over the file.

    The file is `MEDIAKILN_CONFIG`, or `mediakiln.toml` in the working directory when it exists.
    Raises ConfigurationError that names the first wrong setting.
    """
    environ = os.environ if environ is None else environ
    values = _from_file(file or _config_path(environ))
    values.update(_from_environment(environ))
    values.update({name: value for name, value in overrides.items() if value is not None})
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except (msgspec.ValidationError, ValueError) as error:
        raise ConfigurationError(f"settings: {_named(str(error))}") from None


def prepare_data(data: Path) -> None:
    """Make the data directory, readable by its owner alone."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data / "scratch").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"data: cannot use {data}: {error.strerror}") from None


def _named(message: str) -> str:
    """msgspec's sentence with the setting in front, by the name of its variable."""
    text, _, path = message.partition(" - at `$.")
    return f"{PREFIX}{path.rstrip('`').upper()}: {text}" if path else text


def _config_path(environ: Mapping[str, str]) -> Path | None:
    named = environ.get(PREFIX + "CONFIG")
    if named:
        return Path(named)
    default = Path("mediakiln.toml")
    return default if default.is_file() else None


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from None


_LISTS = {field.name for field in msgspec.structs.fields(Settings) if "tuple" in str(field.type)}
_SWITCHES = {field.name for field in msgspec.structs.fields(Settings) if field.type is bool}
_WORDS = {"on": True, "true": True, "1": True, "yes": True, "off": False, "false": False, "0": False, "no": False}


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Known MEDIAKILN_ variables as typed values; other MEDIAKILN_ names (tests, the client) are not settings."""
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        raw = environ.get(PREFIX + field.name.upper())
        if raw is None or raw == "":
            continue
        if field.name in _LISTS:
            values[field.name] = [part.strip() for part in raw.split(",") if part.strip()]
        elif field.name in _SWITCHES:
            if raw.lower() not in _WORDS:
                raise ConfigurationError(f"settings: {PREFIX}{field.name.upper()} is {raw!r}; allowed: on, off")
            values[field.name] = _WORDS[raw.lower()]
        else:
            values[field.name] = raw
    return values


def _decode(kind: type, value: Any) -> Any:
    if kind is Path or kind == Path:
        return Path(value).expanduser()
    raise NotImplementedError(f"cannot read a setting of type {kind}")

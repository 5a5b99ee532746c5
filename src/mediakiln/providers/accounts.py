"""The operator's accounts at vendors: one file, `providers.toml`, that says which upstreams there are and with which keys.

    [gemini]                       # the name that routes of the catalogue use
    key = "env:GEMINI_API_KEY"     # or the key itself; then keep the file to yourself (chmod 600)

    [ark]
    concurrency = 10               # jobs under way at once, over all workers; for each account
    rate = 120                     # calls a minute, over all workers; 0 sets no bound
    [[ark.accounts]]               # several keys share the work by weight, the least busy first
    name = "eu"
    key = "env:ARK_KEY_EU"
    weight = 2
    [[ark.accounts]]
    name = "us"
    key = "env:ARK_KEY_US"
    base_url = "https://ark.us.example.com/api/v3"

`kind` is the driver (`kinds.KINDS`) where it is not the name; what stands at the top of a table holds for all its accounts;
`options` is the driver's own table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from mediakiln.errors import ConfigurationError

FILE = "providers.toml"
"""In the data directory, where MEDIAKILN_PROVIDERS names no other."""
SEPARATOR = "/"
"""Between a provider's name and an account's: `ark/eu`."""

NAME_MAX = 64
"""Characters of an account's name, its provider's included."""


T = TypeVar("T")


class Secret(str):
    """A key: text that does not show itself when something that holds it is printed or logged."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'" if self else "''"


class Account(Struct, frozen=True, kw_only=True):
    """One key at one vendor.

    `name` is unique among all accounts and is the lane of the dispatcher: the provider's name alone where it has one account,
    else `provider/account`. `key` and `secret` are what the vendor gave (`secret` where it gave two), `webhook_secret` checks
    what the vendor calls us with. `weight` is its share among the provider's accounts, `concurrency` the jobs under way at
    once, and `rate` the submits to the vendor a minute (0: no bound).
    """

    provider: str
    kind: str
    name: str
    key: Secret = Secret()
    secret: Secret = Secret()
    webhook_secret: Secret = Secret()
    base_url: str = ""
    weight: int = 1
    concurrency: int = 100
    rate: int = 0
    options: Mapping[str, Any] = {}


class _Common(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str = ""
    secret: str = ""
    webhook_secret: str = ""
    base_url: str = ""
    weight: int = 1
    concurrency: int = 1
    rate: int = 0
    options: dict[str, Any] = {}


class _One(_Common, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str


class _Table(_Common, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str = ""
    enabled: bool = True
    accounts: list[dict[str, Any]] = []


def options_of(account: Account, into: type[T]) -> T:
    """The account's own table as the driver knows it (a Struct that forbids unknown fields). Raises ConfigurationError."""
    try:
        return msgspec.convert(dict(account.options), into)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{account.name}.options: {error}") from None


def no_options(account: Account) -> None:
    """For drivers that have none. Raises ConfigurationError."""
    if account.options:
        raise ConfigurationError(f"{account.name}.options: got {', '.join(account.options)}; this driver has none")


def read_accounts(path: Path, kinds: Mapping[str, int], environment: Mapping[str, str]) -> tuple[Account, ...]:
    """Every account of the file, in its order; `kinds` are the drivers there are, with the jobs at once that an account bears
    where the file does not say. Raises ConfigurationError: one line with the file and the key."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from None
    found: list[Account] = []
    try:
        for provider, table in document.items():
            found.extend(_accounts(provider, table, kinds, environment))
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None
    return tuple(found)


def _accounts(provider: str, table: object, kinds: Mapping[str, int], environment: Mapping[str, str]) -> Iterator[Account]:
    if not isinstance(table, dict) or not provider or SEPARATOR in provider or provider == "studio":
        raise ConfigurationError(f"{provider}: must be a table with a name of its own (not `studio`, no {SEPARATOR})")
    whole = _convert(table, _Table, provider)
    if not whole.enabled:
        return
    kind = whole.kind or provider
    if kind not in kinds:
        raise ConfigurationError(f"{provider}.kind: got {kind}; allowed: {', '.join(sorted(kinds))}")
    own_keys = ("kind", "enabled", "accounts", "options")
    common = {"concurrency": kinds[kind]} | {key: value for key, value in table.items() if key not in own_keys}
    names: set[str] = set()
    for number, own in enumerate(whole.accounts or [{"name": ""}]):
        where = f"{provider}.accounts[{number}]" if whole.accounts else provider
        one = _convert(common | own, _One, where)
        if one.name in names or SEPARATOR in one.name or (whole.accounts and not one.name):
            raise ConfigurationError(f"{where}.name: got {one.name!r}; each account needs a name of its own without {SEPARATOR}")
        names.add(one.name)
        if len(provider) + 1 + len(one.name) > NAME_MAX:
            raise ConfigurationError(f"{where}: its name and its provider's are longer than {NAME_MAX} characters together")
        for key, least in (("weight", 1), ("concurrency", 1), ("rate", 0)):
            if getattr(one, key) < least:
                raise ConfigurationError(f"{where}.{key}: got {getattr(one, key)}; must be at least {least}")
        if one.base_url and not (one.base_url.startswith(("https://", "http://")) and urlsplit(one.base_url).hostname):
            raise ConfigurationError(f"{where}.base_url: got {one.base_url}; must be like https://api.example.com")
        yield Account(
            provider=provider,
            kind=kind,
            name=f"{provider}{SEPARATOR}{one.name}" if one.name else provider,
            key=_secret(one.key, f"{where}.key", environment),
            secret=_secret(one.secret, f"{where}.secret", environment),
            webhook_secret=_secret(one.webhook_secret, f"{where}.webhook_secret", environment),
            base_url=one.base_url,
            weight=one.weight,
            concurrency=one.concurrency,
            rate=one.rate,
            options={**whole.options, **one.options},
        )


def _convert(table: Mapping[str, Any], into: type[Any], where: str) -> Any:
    try:
        return msgspec.convert(table, into)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{where}: {error}") from None


def _secret(text: str, where: str, environment: Mapping[str, str]) -> Secret:
    """The text itself, or what `env:NAME` stands for, without white space around it. What could not stand in a header is refused
    here: there it would fail in the middle of a submit."""
    if text.startswith("env:"):
        name = text.removeprefix("env:")
        text = environment.get(name, "").strip()
        if not text:
            raise ConfigurationError(f"{where}: the environment has no {name}")
    secret = Secret(text.strip())
    if not secret.isascii() or (secret and not secret.isprintable()):
        raise ConfigurationError(f"{where}: has characters that no key has; was it copied whole?")
    return secret

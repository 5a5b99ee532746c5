"""The drivers there are, and how each is loaded: only those of configured accounts are ever imported.

A driver is a package `providers/<kind>/` whose `provider.py` has `open_provider(account: Account) -> Provider`. Where the
vendor calls back, its `webhooks.py` has `verify(account, headers, body, now)`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec

from msgspec import Struct

from mediakiln.errors import ConfigurationError
from mediakiln.providers.accounts import FILE, Account, read_accounts
from mediakiln.providers.base import Provider
from mediakiln.settings import Settings


class Driver(Struct, frozen=True):
    """`vendor` for people; `package` is what must be importable, given by the extra `mediakiln[extra]`; `key` and `secret` tell
    that an account needs one. `calls_back` tells that the vendor can tell us when a job is done, and `public_keys` that
    it signs its calls with keys that anybody can look up. `here` tells that the driver itself does the work, on this machine;
    `per_item` that it calls once for each item of a task. `concurrency` are the jobs at once that an account bears where the
    operator does not say."""

    vendor: str
    package: str
    extra: str = ""
    key: bool = True
    secret: bool = False
    calls_back: bool = False
    public_keys: bool = False
    here: bool = False
    per_item: bool = False
    concurrency: int = 100


KINDS: Mapping[str, Driver] = {
    "gemini": Driver("Google Gemini", "google.genai", "gemini", per_item=True),
    "openai": Driver("OpenAI images", "openai", "openai"),
    "ark": Driver("BytePlus ModelArk / Volcengine Ark", "byteplussdkarkruntime", "ark", calls_back=True, per_item=True),
    "wavespeed": Driver("WaveSpeed", "wavespeed", "wavespeed", calls_back=True, per_item=True),
    "fal": Driver("fal", "fal_client", "fal", calls_back=True, public_keys=True),
    "replicate": Driver("Replicate", "replicate", "replicate", calls_back=True),
    "kling": Driver("Kling", "jwt", "kling", secret=True, calls_back=True),
    "xai": Driver("xAI", "xai_sdk", "xai"),
    "dashscope": Driver("Alibaba DashScope", "dashscope", "dashscope"),
    # One at work and one behind it: the rest waits here, where it can be canceled, or go to another machine.
    "comfyui": Driver("ComfyUI", "websockets", "comfyui", key=False, concurrency=2),
    "compatible": Driver("an OpenAI-compatible server", "openai", "openai", key=False),
    "diffusers": Driver("diffusers on this machine", "diffusers", "diffusers", key=False, here=True),
}
"""Every driver by the `kind` of providers.toml."""

BEARS: Mapping[str, int] = {kind: driver.concurrency for kind, driver in KINDS.items()}
"""The jobs at once that an account of each kind bears by default."""

Verify = Callable[[Account, Mapping[str, str], bytes, float], None]
"""Checks a vendor's call: account, headers (lower case), raw body, unix time. Raises Forbidden."""


def check(account: Account) -> None:
    """Raise ConfigurationError when this account's driver cannot work here."""
    driver = KINDS[account.kind]
    if missing(driver):
        how = f"install mediakiln[{driver.extra}]" if driver.extra else "reinstall mediakiln"
        raise ConfigurationError(f"{account.name}: {driver.package} is not installed; {how}, or take it out of the file")
    if driver.key and not account.key:
        raise ConfigurationError(f"{account.name}: key: {driver.vendor} needs one")
    if driver.secret and not account.secret:
        raise ConfigurationError(
            f"{account.name}: secret: {driver.vendor} gives an access key (`key`) and a secret key; both are needed"
        )


def configured(settings: Settings) -> tuple[Account, ...]:
    """The accounts of the operator's file, of which there may be none. Raises ConfigurationError."""
    path = settings.providers or settings.data / FILE
    if settings.providers is None and not path.exists():
        return ()
    return read_accounts(path, BEARS, os.environ)


def per_item(account: Account) -> bool:
    """Whether the account's driver calls once for each item of a task; of servers that draw one picture at a time the operator
    says so (`compatible`, the option `n`)."""
    return KINDS[account.kind].per_item or account.options.get("n") is False


def missing(driver: Driver) -> bool:
    """Whether the driver's package is not installed; looks, and imports nothing but a namespace."""
    try:
        return find_spec(driver.package) is None
    except ModuleNotFoundError:  # the parent of a dotted name
        return True


def open_provider(account: Account) -> Provider:
    """The account's driver, ready for use. Raises ConfigurationError."""
    check(account)
    provider: Provider = import_module(f"mediakiln.providers.{account.kind}.provider").open_provider(account)
    return provider


async def open_once(settings: Settings) -> tuple[Account, ...]:
    """Every configured account, each opened as a worker would and closed again. Raises ConfigurationError."""
    accounts = configured(settings)
    for account in accounts:
        await open_provider(account).aclose()
    return accounts


def verifier(account: Account) -> Verify | None:
    """How this account's vendor's calls are checked (it may block); None for one that signs none, or with a secret that we were
    not told."""
    name = f"mediakiln.providers.{account.kind}.webhooks"
    if find_spec(name) is None or not (account.webhook_secret or KINDS[account.kind].public_keys):
        return None
    verify: Verify = import_module(name).verify
    return verify

"""Every driver there is: its door, and what it says of an account that it cannot use."""

from __future__ import annotations

from typing import Any

import pytest

from mediakiln.errors import ConfigurationError
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.kinds import KINDS, check, missing, open_provider, per_item

NEEDED: dict[str, dict[str, Any]] = {
    "compatible": {"base_url": "http://127.0.0.1:1/v1"},
    "diffusers": {"options": {"models": {"m": {"path": "/nowhere", "tasks": ["text-to-image"]}}}},
}
"""What a driver wants beside a key."""


def account(kind: str, **fields: Any) -> Account:
    common: dict[str, Any] = {"provider": kind, "kind": kind, "name": kind, "key": Secret("k"), "secret": Secret("s")}
    return Account(**common | NEEDED.get(kind, {}) | fields)


def installed(kind: str) -> None:
    if missing(KINDS[kind]):
        pytest.skip(f"{KINDS[kind].package} is not installed")


@pytest.mark.parametrize("kind", KINDS)
async def test_every_driver_opens_and_closes(kind: str) -> None:
    """Without a word to its vendor."""
    installed(kind)
    provider = open_provider(account(kind))
    assert provider.name == kind
    await provider.aclose()


@pytest.mark.parametrize("kind", KINDS)
def test_an_option_that_no_driver_knows(kind: str) -> None:
    """A misspelt one must not be ignored in silence."""
    installed(kind)
    options = NEEDED.get(kind, {}).get("options", {}) | {"colour": "red"}
    with pytest.raises(ConfigurationError, match="colour"):
        open_provider(account(kind, options=options))


@pytest.mark.parametrize("kind", [kind for kind, driver in KINDS.items() if driver.key])
def test_a_key_that_is_missing(kind: str) -> None:
    """The line names the account and the key."""
    installed(kind)
    with pytest.raises(ConfigurationError, match=rf"^{kind}: key: "):
        check(account(kind, key=Secret("")))


@pytest.mark.parametrize(
    ("kind", "options", "once"),
    [("gemini", {}, False), ("openai", {}, True), ("compatible", {}, True), ("compatible", {"n": False}, False)],
)
def test_calls_for_several_pictures(kind: str, options: dict[str, object], once: bool) -> None:
    """An account's rate counts every one of them."""
    assert per_item(Account(provider="x", kind=kind, name="x", options=options)) is not once

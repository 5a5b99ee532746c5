"""The operator's file of upstream accounts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mediakiln.errors import ConfigurationError
from mediakiln.providers.accounts import Account, Secret, read_accounts
from mediakiln.providers.kinds import BEARS, open_provider


def read(tmp_path: Path, text: str, **environment: str) -> tuple[Account, ...]:
    path = tmp_path / "providers.toml"
    path.write_text(text)
    return read_accounts(path, BEARS, environment)


def test_one_account_goes_by_its_providers_name(tmp_path: Path) -> None:
    """The common case is two lines."""
    (account,) = read(tmp_path, '[gemini]\nkey = "env:GEMINI_API_KEY"', GEMINI_API_KEY="AIza")
    assert (account.provider, account.kind, account.name, account.key) == ("gemini", "gemini", "gemini", "AIza")


def test_white_space_around_a_key_is_not_of_it(tmp_path: Path) -> None:
    """A variable filled from a file often ends with a line feed, which no header may hold."""
    (account,) = read(tmp_path, '[gemini]\nkey = "env:GEMINI_API_KEY"', GEMINI_API_KEY="AIza\n")
    assert account.key == "AIza"


def test_several_accounts_share_what_stands_above_them(tmp_path: Path) -> None:
    """Each may say otherwise; options are laid over each other."""
    text = """
        [seedance]
        kind = "ark"
        rate = 60
        options = { project = "a", region = "eu" }
        [[seedance.accounts]]
        name = "eu"
        key = "k1"
        [[seedance.accounts]]
        name = "us"
        key = "k2"
        rate = 10
        weight = 3
        options = { region = "us" }
    """
    eu, us = read(tmp_path, text)
    assert (eu.name, eu.kind, eu.rate, eu.weight, eu.options) == ("seedance/eu", "ark", 60, 1, {"project": "a", "region": "eu"})
    assert (us.name, us.rate, us.weight, us.options) == ("seedance/us", 10, 3, {"project": "a", "region": "us"})


def test_an_account_that_is_off_needs_no_key(tmp_path: Path) -> None:
    """Its table may stay in the file."""
    assert read(tmp_path, '[gemini]\nenabled = false\nkey = "env:NOT_SET"') == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[nowhere]\nkey = 'k'", "nowhere.kind: got nowhere; allowed: "),
        ("[gemini]\nbase_url = 'api.example.com/v1'", "gemini.base_url: got api.example.com/v1; must be like https://"),
        ("[gemini]\nbase_url = 'https://'", "gemini.base_url: got https://; must be like https://"),
        ("[gemini]\nkey = 'sk-…abc'", "gemini.key: has characters that no key has"),
        ("[gemini]\nkey = 'env:MISSING'", "gemini.key: the environment has no MISSING"),
        ("[gemini]\ncolour = 1", "gemini: Object contains unknown field `colour`"),
        ("[gemini]\nrate = 'fast'", "gemini: Expected `int`, got `str`"),
        ("[gemini]\nconcurrency = 0", "gemini.concurrency: got 0; must be at least 1"),
        ("[studio]\nkey = 'k'", "studio: must be a table with a name of its own"),
        ("gemini = 3", "gemini: must be a table"),
        ("[gemini]\n[[gemini.accounts]]\nkey = 'k'", "gemini.accounts[0]: Object missing required field `name`"),
        ("[gemini]\naccounts = [{ name = 'a' }, { name = 'a' }]", "gemini.accounts[1].name: got 'a'"),
        ("[gemini]\naccounts = [{ name = 'a/b' }]", "gemini.accounts[0].name: got 'a/b'"),
        (f"[gemini]\naccounts = [{{ name = '{'x' * 60}' }}]", "longer than 64 characters"),
        ("[gemini", "cannot read "),
    ],
)
def test_a_mistake_is_one_line_with_file_and_key(tmp_path: Path, text: str, told: str) -> None:
    """And never with the key itself."""
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)
    assert told in str(caught.value)
    assert "providers.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["gemini", "kling", "replicate", "xai", "ark", "openai", "dashscope"])
def test_options_that_a_driver_does_not_have(kind: str) -> None:
    """A slip is told when the driver is opened; ignored, it would look as if it worked."""
    account = Account(provider=kind, kind=kind, name=kind, key=Secret("k"), secret=Secret("s"), options={"wrokspace": "w"})
    with pytest.raises(ConfigurationError, match=f"{kind}.options: .*wrokspace"):
        open_provider(account)


def test_a_secret_does_not_show_itself(tmp_path: Path) -> None:
    """Accounts get printed in tracebacks and logs."""
    (account,) = read(tmp_path, '[gemini]\nkey = "very-secret"')
    assert "very-secret" not in repr(account)
    assert isinstance(account.key, Secret)
    assert msgspec.json.encode({"k": "x"})  # a plain str elsewhere

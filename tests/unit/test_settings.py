"""Settings: where they come from, and what is said of wrong ones."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from mediakiln.errors import ConfigurationError
from mediakiln.settings import Settings, load


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without a mediakiln.toml."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults_without_environment_or_file() -> None:
    """Nothing has to be set."""
    assert load({}) == Settings()


def test_every_form_of_value() -> None:
    """Numbers, decimals, paths, lists and switches are read from text."""
    settings = load(
        {
            "MEDIAKILN_RATE_LIMIT": "7",
            "MEDIAKILN_USD_PER_CREDIT": "0.02",
            "MEDIAKILN_DATA": "~/kiln",
            "MEDIAKILN_FETCH_ALLOW": "localhost, 10.0.0.0/8,",
            "MEDIAKILN_STUDIO": "Off",
            "MEDIAKILN_FETCH_TIMEOUT": "1.5",
            "MEDIAKILN_STORAGE_URL": "",
        }
    )
    assert (settings.rate_limit, settings.usd_per_credit) == (7, Decimal("0.02"))
    assert settings.data == Path("~/kiln").expanduser()
    assert settings.fetch_allow == ("localhost", "10.0.0.0/8")
    assert (settings.studio, settings.fetch_timeout, settings.storage_url) == (False, 1.5, "")


def test_command_line_beats_environment_beats_file(elsewhere: Path) -> None:
    """Three sources, one order; a command line option that was not given changes nothing."""
    (elsewhere / "mediakiln.toml").write_text('rate_limit = 1\nlog_level = "debug"\nmax_waiting = 5\n')
    settings = load({"MEDIAKILN_RATE_LIMIT": "2", "MEDIAKILN_LOG_LEVEL": "error"}, log_level="warning", data=None)
    assert (settings.rate_limit, settings.log_level, settings.max_waiting) == (2, "warning", 5)


def test_a_named_file_is_read_instead(elsewhere: Path) -> None:
    """MEDIAKILN_CONFIG names another file."""
    (elsewhere / "mediakiln.toml").write_text("rate_limit = 1\n")
    (elsewhere / "other.toml").write_text("rate_limit = 3\n")
    assert load({"MEDIAKILN_CONFIG": str(elsewhere / "other.toml")}).rate_limit == 3


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"MEDIAKILN_RATE_LIMIT": "abc"}, "MEDIAKILN_RATE_LIMIT"),
        ({"MEDIAKILN_STUDIO": "maybe"}, "MEDIAKILN_STUDIO is 'maybe'; allowed: on, off"),
        ({"MEDIAKILN_CONFIG": "nowhere.toml"}, "cannot read nowhere.toml"),
    ],
)
def test_a_wrong_value_names_its_variable(environment: dict[str, str], says: str) -> None:
    """One line that says which setting is wrong."""
    with pytest.raises(ConfigurationError) as wrong:
        load(environment)
    assert says in str(wrong.value)
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize("text", ["rate_limits = 1\n", "not toml"])
def test_a_wrong_file_is_refused(elsewhere: Path, text: str) -> None:
    """An unknown key or a file that is no TOML."""
    (elsewhere / "mediakiln.toml").write_text(text)
    with pytest.raises(ConfigurationError):
        load({})

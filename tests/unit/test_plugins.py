"""What an operator brings as `package.module:factory`, for whichever setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from mediakiln import plugins
from mediakiln.errors import ConfigurationError
from mediakiln.settings import Settings

OWN = """
from mediakiln.errors import ConfigurationError

class Mine:
    check = "no method"

    def __init__(self, settings):
        self.settings = settings

    async def optimize(self, prompt, style=""):
        return prompt

def fails(settings):
    raise ValueError("no licence")

def explains(settings):
    raise ConfigurationError("my_licence: missing")

class inner:
    factory = Mine

number = 3
"""


@pytest.fixture(autouse=True)
def own_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module `own_plugin` on the path, and one that breaks while it is imported."""
    (tmp_path / "own_plugin.py").write_text(OWN)
    (tmp_path / "broken_plugin.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(str(tmp_path))


def make(named: str, method: str = "optimize(prompt, style)") -> object:
    """What is made of a name, for the setting `prompt_optimizer`."""
    return plugins.make("prompt_optimizer", Settings(prompt_optimizer=named), words="rules, off", method=method)


async def test_a_factory_gets_the_settings() -> None:
    """What it returns is used as it is."""
    made = make("own_plugin:Mine")
    assert made.settings.prompt_optimizer == "own_plugin:Mine"  # type: ignore[attr-defined]
    assert await made.optimize("a kiln") == "a kiln"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("named", "complaint"),
    [
        ("strict", "got strict; allowed: rules, off, package.module:factory"),
        ("", "got ; allowed: rules, off, package.module:factory"),
        (":Mine", "allowed: rules, off, package.module:factory"),
        ("own_plugin:", "allowed: rules, off, package.module:factory"),
        ("no_such_plugin:Mine", "cannot load no_such_plugin:Mine: No module named"),
        ("own_plugin:Nobody", "cannot load own_plugin:Nobody: .*Nobody"),
        ("own_plugin:inner.factory", "cannot load own_plugin:inner.factory"),
        (".relative:Mine", "cannot load .relative:Mine"),
        ("broken_plugin:Mine", "cannot load broken_plugin:Mine: division by zero"),
        ("own_plugin:number", "own_plugin:number is no factory"),
        ("own_plugin:fails", "own_plugin:fails failed: no licence"),
    ],
)
def test_wrong_names(named: str, complaint: str) -> None:
    """One line that begins with the setting."""
    with pytest.raises(ConfigurationError, match=complaint) as wrong:
        make(named)
    assert str(wrong.value).startswith("prompt_optimizer: ")
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize("method", ["check(request)", "missing()"])
def test_what_has_not_the_method(method: str) -> None:
    """Absent, or something that cannot be called: told with the method's form."""
    with pytest.raises(ConfigurationError, match="which has no ") as wrong:
        make("own_plugin:Mine", method)
    assert str(wrong.value).endswith(method)


def test_a_factory_may_explain_itself() -> None:
    """Its own ConfigurationError is told as it is."""
    with pytest.raises(ConfigurationError, match=r"^my_licence: missing$"):
        make("own_plugin:explains")

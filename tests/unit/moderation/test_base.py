"""How a moderator is chosen: `rules`, `off`, or the operator's own factory."""

from __future__ import annotations

from typing import Any

import pytest

from mediakiln.errors import ConfigurationError, ContentFiltered
from mediakiln.generation import GenerationRequest, Kind
from mediakiln.moderation.base import NoModeration, open_moderator
from mediakiln.moderation.rules import RuleList
from mediakiln.settings import Settings

NASTY = GenerationRequest(kind=Kind.IMAGE, model="m", prompt="porn")
OWN = """
from mediakiln.errors import ContentFiltered

class OnlyCats:
    def __init__(self, settings):
        self.settings = settings

    async def check(self, request):
        if "cat" not in request.prompt:
            raise ContentFiltered("Cats only")

number = 3

def nothing(settings):
    return None
"""


@pytest.fixture
def own_module(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module `own_moderation` on the path, and one that breaks while it is imported."""
    (tmp_path / "own_moderation.py").write_text(OWN)
    (tmp_path / "broken_moderation.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(str(tmp_path))


def test_rules_are_the_default() -> None:
    """Nobody has to ask for moderation."""
    assert isinstance(open_moderator(Settings()), RuleList)


async def test_off_lets_everything_pass() -> None:
    """For operators whose upstreams moderate."""
    moderator = open_moderator(Settings(moderation="off"))
    assert isinstance(moderator, NoModeration)
    await moderator.check(NASTY)


@pytest.mark.usefixtures("own_module")
async def test_own_factory() -> None:
    """`package.module:factory` is called with the settings; what it returns decides."""
    settings = Settings(moderation="own_moderation:OnlyCats")
    moderator = open_moderator(settings)
    assert moderator.settings is settings  # type: ignore[attr-defined]
    with pytest.raises(ContentFiltered, match="Cats only"):
        await moderator.check(NASTY)


@pytest.mark.usefixtures("own_module")
@pytest.mark.parametrize(
    ("named", "complaint"),
    [
        ("strict", "got strict; allowed: rules, off, package.module:factory"),
        ("", "allowed: rules, off, package.module:factory"),
        (":factory", "allowed: rules, off, package.module:factory"),
        ("own_moderation:", "allowed: rules, off, package.module:factory"),
        ("no_such_module:factory", "cannot load no_such_module:factory: No module named"),
        ("own_moderation:nobody", "cannot load own_moderation:nobody: .*nobody"),
        (".relative:factory", "cannot load .relative:factory"),
        ("broken_moderation:factory", "cannot load broken_moderation:factory: division by zero"),
        ("own_moderation:number", "is no factory"),
        ("own_moderation:nothing", "returned None, which has no check"),
    ],
)
def test_wrong_names(named: str, complaint: str) -> None:
    """Each mistake is one ConfigurationError at start, never an open gate."""
    with pytest.raises(ConfigurationError, match=complaint):
        open_moderator(Settings(moderation=named))

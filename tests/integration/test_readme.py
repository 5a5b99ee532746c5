"""What the documents say is true: their commands are run, their table of settings is the settings, their links lead somewhere."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from servers import clean_environment, running_server

from mediakiln import settings
from mediakiln.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TESTED = re.compile(r"^```sh tested\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"(<!-- settings: [^>]*-->\n)(.*?)(<!-- /settings -->)", re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
SHOWN_URL = "http://127.0.0.1:8000"


@pytest.mark.timeout(400)
@pytest.mark.parametrize("document", [path for path in DOCUMENTS if TESTED.search(path.read_text())], ids=lambda path: path.name)
def test_the_commands_of_a_document_work(document: Path, tmp_path: Path) -> None:
    _require("curl", "bash")
    blocks = TESTED.findall(document.read_text())
    data = tmp_path / "data"
    with running_server(data) as url:
        script = "\n".join(f"echo '--- block {number}' >&2\n{block}" for number, block in enumerate(blocks, 1))
        environment = clean_environment(data)
        environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script.replace(SHOWN_URL, url)],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    for made, begins in {"*.png": b"\x89PNG", "*.mp4": b"\0\0\0"}.items():
        for path in tmp_path.glob(made):
            assert path.read_bytes().startswith(begins), path


def _require(*programs: str) -> None:
    """Skip the test, loudly, when a program of the documents is not on this machine; fail it when CI=true."""
    missing = [program for program in programs if shutil.which(program) is None]
    if not missing:
        return
    reason = f"NO {' AND NO '.join(missing).upper()} on this machine: the commands of the documents were not run"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason)
    pytest.skip(reason)


def test_the_readme_makes_what_it_promises() -> None:
    commands = "\n".join(TESTED.findall((ROOT / "README.md").read_text()))
    for promise in ("sunset.png", "cat.mp4", "mediakiln generate", "keys create", "credits grant"):
        assert promise in commands


def test_every_setting_is_in_the_readme_with_its_default() -> None:
    readme = ROOT / "README.md"
    text = readme.read_text()
    expected = settings_table()
    if os.environ.get("UPDATE_README"):
        readme.write_text(TABLE.sub(lambda found: found[1] + expected + found[3], text))
        return
    found = TABLE.search(text)
    assert found is not None
    assert found[2] == expected, "run this test once with UPDATE_README=1"


def settings_table() -> str:
    """One row per setting: its variable, its default, and its own docstring."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    meanings = _docstrings()
    for field in msgspec.structs.fields(Settings):
        name = field.name
        rows.append(f"| `{settings.PREFIX}{name.upper()}` | {_shown(field.default)} | {meanings[name]} |")
    return "\n".join(rows) + "\n"


def _shown(default: object) -> str:
    if default in ("", None, ()):
        return "empty"
    if isinstance(default, bool):
        return "`on`" if default else "`off`"
    if isinstance(default, tuple):
        return f"`{','.join(map(str, default))}`"
    return f"`{default}`"


def _docstrings() -> dict[str, str]:
    """The string under each field of Settings: Python keeps them in the source only."""
    source = Path(str(settings.__file__)).read_text()
    body = next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == "Settings").body
    found = {}
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            assert isinstance(text, ast.Expr), f"{field.target.id} has no docstring"
            assert isinstance(text.value, ast.Constant), f"{field.target.id} has no docstring"
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_every_make_target_of_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for path in DOCUMENTS for name in re.findall(r"`make ([a-z]+)`", path.read_text())}
    assert named
    assert named <= targets

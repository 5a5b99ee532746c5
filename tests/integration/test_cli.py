"""The commands as an operator types them. Those that only use the database run in this process, for speed."""

from __future__ import annotations

import json
import logging
import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from msgspec import Struct
from servers import account_key, mediakiln, running_server

from mediakiln.cli import main


class Outcome(Struct):
    status: int
    out: str
    err: str


Call = Callable[..., Outcome]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory that the environment names, and nothing else of the caller's settings."""
    for name in [name for name in os.environ if name.startswith("MEDIAKILN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MEDIAKILN_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@pytest.fixture
def call(data: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """`call("accounts", "list")` runs a command; `ok=False` expects it to fail."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(*args: str, ok: bool = True) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["mediakiln", *args])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capfd.readouterr()
        outcome = Outcome(int(ended.value.code or 0), told.out, told.err)
        assert (outcome.status == 0) is ok, outcome
        return outcome

    yield run
    root.handlers[:], root.level = handlers, level


def rows(table: str) -> list[list[str]]:
    """The cells of a printed table, without its header; columns are two spaces apart or more."""
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in table.splitlines()[1:]]


def test_an_account_has_its_credits_and_plan_at_once(call: Call, data: Path) -> None:
    created = call("accounts", "create", "Ann@Example.com", "--credits", "12.5", "--plan", "pro", "--plan-days", "30")
    assert created.out == "Created ann@example.com with 12.5 credits, on plan pro for 30 days.\n"
    assert rows(call("accounts", "list").out)[0][:5] == ["ann@example.com", "12.5", "0", "12.5", "pro"]
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    call("accounts", "plan", "ann@example.com", "starter", "--days", "3")
    assert rows(call("accounts", "list").out)[0][4] == "starter"


def test_no_accounts_says_how_to_make_one(call: Call) -> None:
    assert "mediakiln accounts create" in call("accounts", "list").out


def test_a_grant_with_a_key_happens_once(call: Call) -> None:
    call("accounts", "create", "ann@example.com")
    assert call("credits", "grant", "ann@example.com", "0.000001", "--key", "k").out == "ann@example.com has 0.000001 credits.\n"
    again = call("credits", "grant", "ann@example.com", "0.000001", "--key", "k").out
    assert again.startswith("ann@example.com has 0.000001 credits. Nothing changed")
    call("credits", "grant", "ann@example.com", "5")
    assert call("credits", "grant", "ann@example.com", "5").out == "ann@example.com has 10.000001 credits.\n"


def test_an_operator_key_is_the_accounts_own(call: Call) -> None:
    for email in ("ann@example.com", "bob@example.com"):
        call("accounts", "create", email)
        assert call("credits", "grant", email, "5", "--key", "july").out == f"{email} has 5 credits.\n"


def test_an_adjustment_goes_down_but_not_below_zero(call: Call) -> None:
    call("accounts", "create", "ann@example.com", "--credits", "10")
    assert call("credits", "adjust", "ann@example.com", "-2.5", "--reason", "billed twice").out.endswith("has 7.5 credits.\n")
    refused = call("credits", "adjust", "ann@example.com", "-8", "--reason", "x", ok=False)
    assert refused.status == 1
    assert "Insufficient credits" in refused.err
    newest, first = rows(call("credits", "history", "ann@example.com").out)
    assert newest[1:6] == ["adjust", "-2.5", "7.5", "0", "billed twice"]
    assert first[1:4] == ["grant", "10", "10"]
    assert len(rows(call("credits", "history", "ann@example.com", "--limit", "1").out)) == 1


def test_a_key_is_shown_once_and_can_be_switched(call: Call) -> None:
    call("accounts", "create", "ann@example.com")
    secret = call("keys", "create", "ann@example.com", "--quiet").out
    assert secret.startswith("nb_sk_")
    assert secret.count("\n") == 1
    options = ("--name", "ci", "--prefix", "mk", "--scope", "images", "--scope", "account", "--expires-days", "9")
    loud = call("keys", "create", "ann@example.com", *options, "--rate-limit", "0")
    assert "cannot be shown again" in loud.err
    listed = call("keys", "list", "ann@example.com").out
    assert secret.strip() not in listed
    first, second = rows(listed)
    assert first[1:7] == ["default", f"nb_sk_…{secret.strip()[-4:]}", "all", "yes", "never", "the dialect's"]
    assert [second[1], *second[3:5], second[6]] == ["ci", "images,account", "yes", "none"]
    call("keys", "disable", "ann@example.com", first[0])
    assert rows(call("keys", "list", "ann@example.com").out)[0][4] == "no"
    call("keys", "enable", "ann@example.com", first[0])
    assert rows(call("keys", "list", "ann@example.com").out)[0][4] == "yes"


def test_a_foreign_key_cannot_be_switched(call: Call) -> None:
    call("accounts", "create", "ann@example.com")
    call("accounts", "create", "bob@example.com")
    call("keys", "create", "ann@example.com", "--quiet")
    key_id = rows(call("keys", "list", "ann@example.com").out)[0][0]
    assert call("keys", "disable", "bob@example.com", key_id, ok=False).status == 1


def test_models_shows_what_can_be_called_here(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = rows(call("models").out)
    assert len(listed) == 32
    assert ["nanobanana", "video", "veo-3.1-fast", "10-35", "720p,1080p", "4,6,8", "no", "studio"] in listed
    monkeypatch.setenv("MEDIAKILN_STUDIO", "off")
    assert "no provider is configured" in call("models", ok=False).out


def test_the_audit_finds_what_was_tampered_with(call: Call, data: Path) -> None:
    call("accounts", "create", "ann@example.com", "--credits", "10")
    assert "The books agree" in call("audit").out
    with sqlite3.connect(data / "mediakiln.sqlite3") as database:
        database.execute("UPDATE wallet SET available = available + 1")
    found = call("audit", ok=False)
    assert found.status == 1
    assert rows(found.out)[0][0] == "wallet is the sum of its entries"


def test_migrate_says_the_revision(call: Call) -> None:
    assert call("migrate").out == "The database is at revision 0005.\n"


def test_the_doctor_looks_at_every_part(call: Call, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {row[1]: row[0] for row in rows(call("doctor").out)}
    assert set(parts.values()) == {"ok"}
    assert {"configuration", "database", "storage", "dialects", "studio", "fonts", "models", "rate limits"} <= parts.keys()
    data.chmod(0o755)
    monkeypatch.setenv("MEDIAKILN_REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("MEDIAKILN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("MEDIAKILN_DIALECTS", "klingon")
    monkeypatch.setenv("MEDIAKILN_MODERATION", "nowhere:nothing")
    monkeypatch.setenv("MEDIAKILN_PUBLIC_URL", "media.example.com")
    monkeypatch.setenv("MEDIAKILN_CATALOG", str(data / "none"))
    sick = call("doctor", ok=False)
    failed = {row[1] for row in rows(sick.out) if row[0] == "FAIL"}
    assert failed == {"data directory", "database", "dialects", "models", "moderation", "rate limits", "public URL"}
    assert sick.status == 1


def test_the_doctor_says_which_models_have_no_provider(call: Call, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "models").mkdir(parents=True)
    (data / "models" / "sora.toml").write_text(
        'dialect = "nanobanana"\nid = "sora-2"\nroutes = [{ provider = "elsewhere", model = "sora-2" }]\n'
    )
    data.chmod(0o700)
    monkeypatch.setenv("MEDIAKILN_CATALOG", str(data / "models"))
    told = call("doctor").out
    assert re.search(r"(\d+) of (\d+) models can be called", told)
    assert "without a configured provider: sora-2 (needs elsewhere)" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[replicate]\naccounts = [{ name = "a", key = "r8_x" }]', "holds keys and may be read by other users"),
        ('[dashscope]\nkey = "env:HOME"\noptions = { wrokspace = "w" }', "dashscope.options: "),
        ('[xai]\nkey = "env:HOME"\nbase_url = "https://api.x.ai/v1"', "xai.base_url: "),
    ],
)
def test_the_doctor_looks_at_the_upstreams(call: Call, data: Path, text: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drivers are opened as a worker would, so that nothing is left to be found when tasks wait. `env:` keys are no secret."""
    data.mkdir(mode=0o700)
    (data / "providers.toml").write_text(text)
    (data / "providers.toml").chmod(0o644)
    (found,) = [line for line in call("doctor", ok=False).out.splitlines() if "upstreams" in line]
    assert found.startswith("FAIL")
    assert told in found


def test_no_start_with_a_driver_that_cannot_be_opened(call: Call, data: Path) -> None:
    """A server that takes tasks in and never works on them would look healthy."""
    data.mkdir(mode=0o700)
    (data / "providers.toml").write_text('[dashscope]\nkey = "env:HOME"\noptions = { wrokspace = "w" }')
    refused = call("serve", "--port", "0", ok=False)
    assert refused.err.splitlines()[-1] == "mediakiln: dashscope.options: Object contains unknown field `wrokspace`"


def test_an_input_that_names_no_value(call: Call, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in a route is told at the start, not by every task."""
    (data / "models").mkdir(parents=True)
    (data / "models" / "sora.toml").write_text(
        'dialect = "nanobanana"\nid = "sora-2"\n'
        'routes = [{ provider = "studio", model = "preview", input = { text = "$promt" } }]\n'
    )
    monkeypatch.setenv("MEDIAKILN_CATALOG", str(data / "models"))
    for command in (["doctor"], ["serve", "--port", "0"]):
        failed = call(*command, ok=False)
        assert "nanobanana/sora-2: route to studio: input: $promt is no value of a request" in failed.out + failed.err


ERRORS = [
    (["accounts", "create", "nonsense"], {}, 2, 'email: got "nonsense"'),
    (["accounts", "create", "a@b.c", "--credits", "-1"], {}, 2, "--credits"),
    (["accounts", "create", "a@b.c", "--credits", "lots"], {}, 2, "got 'lots'"),
    (["accounts", "create", "a@b.c", "--credits", "0.0000001"], {}, 2, "6 decimal places"),
    (["accounts", "create", "a@b.c", "--credits", "1e30"], {}, 2, "at most 100000000000 credits"),
    (["accounts", "create", "a@b.c", "--credits", "nan"], {}, 2, "at most"),
    (["accounts", "create", "a@b.c", "--plan", "gold"], {}, 2, "free, starter, pro, enterprise"),
    (["accounts", "plan", "a@b.c", "pro", "--days", "3"], {}, 1, 'No account for "a@b.c"'),
    (["credits", "grant", "a@b.c", "5"], {}, 1, 'No account for "a@b.c"'),
    (["credits", "grant", "a@b.c", "0"], {}, 2, "more than 0"),
    (["credits", "adjust", "a@b.c", "5"], {}, 2, "--reason"),
    (["keys", "create", "a@b.c"], {}, 1, "No account"),
    (["tasks", "list", "--state", "asleep"], {}, 2, "queued, running"),
    (["tasks", "show", "clxnothing"], {}, 1, 'No task "clxnothing"'),
    (["tasks", "cancel", "clxnothing"], {}, 1, 'No task "clxnothing"'),
    (["serve", "--port", "99999"], {}, 2, "--port"),
    (["serve", "--host", "192.0.2.1"], {}, 1, "cannot listen on 192.0.2.1:8000"),
    (["serve", "--port", "0"], {"MEDIAKILN_DIALECTS": "klingon"}, 1, "dialects: got klingon"),
    (["serve", "--port", "0"], {"MEDIAKILN_RATE_LIMIT": "many"}, 1, "settings:"),
    (["serve", "--port", "0"], {"MEDIAKILN_STUDIO": "maybe"}, 1, "allowed: on, off"),
    (["serve", "--port", "0", "--workers", "2"], {"MEDIAKILN_CATALOG": "/nonexistent"}, 1, "catalog"),
    (["serve", "--port", "0"], {"MEDIAKILN_CONFIG": "/nonexistent.toml"}, 1, "/nonexistent.toml"),
    (["serve", "--port", "0"], {"MEDIAKILN_STORAGE_URL": "ftp://x/y"}, 1, "storage"),
    (["accounts", "list"], {"MEDIAKILN_DATABASE_URL": "postgresql://me:geheim@127.0.0.1:1/x"}, 1, "127.0.0.1:1"),
    (["accounts", "list"], {"MEDIAKILN_DATABASE_URL": "mysql://x"}, 1, "allowed: sqlite, postgresql"),
    (["accounts", "list"], {"MEDIAKILN_DATABASE_URL": "::::"}, 1, "cannot be read"),
    (["accounts", "list", "--data", "/dev/null/x"], {}, 1, "/dev/null/x"),
    (["generate", "a kiln"], {}, 2, "MEDIAKILN_API_KEY"),
    (["generate", "a kiln"], {"MEDIAKILN_API_KEY": "k", "MEDIAKILN_URL": "http://127.0.0.1:1"}, 1, "http://127.0.0.1:1"),
    (["generate", "a kiln"], {"MEDIAKILN_API_KEY": "k", "MEDIAKILN_URL": "nowhere"}, 1, "MEDIAKILN_URL"),
    (["frobnicate"], {}, 2, "No such command"),
]


@pytest.mark.parametrize(("args", "environment", "status", "words"), ERRORS, ids=lambda value: str(value)[:60])
def test_an_error_is_one_clear_line(
    call: Call, monkeypatch: pytest.MonkeyPatch, args: list[str], environment: dict[str, str], status: int, words: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    outcome = call(*args, ok=False)
    assert outcome.status == status
    assert words in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert outcome.err.startswith("mediakiln: ")
    assert "geheim" not in outcome.err
    assert outcome.out == ""


def test_a_file_that_is_no_database_is_named_as_such(call: Call, data: Path) -> None:
    data.mkdir()
    (data / "mediakiln.sqlite3").write_bytes(b"certainly not a database " * 50)
    assert "file is not a database" in call("accounts", "list", ok=False).err


def test_a_database_of_a_newer_program_is_refused(call: Call, data: Path) -> None:
    call("migrate")
    with sqlite3.connect(data / "mediakiln.sqlite3") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer than this program" in call("serve", "--port", "0", ok=False).err


def test_a_port_in_use_is_said_in_one_line(call: Call, tmp_path: Path) -> None:
    with running_server(tmp_path / "other", "--no-worker") as url:
        port = url.rpartition(":")[2]
        refused = call("serve", "--port", port, "--first-account", "ann@example.com", ok=False)
    assert refused.err == f"mediakiln: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert "No accounts yet" in call("accounts", "list").out


def test_help_needs_no_heavy_imports() -> None:
    program = (
        "import sys; sys.argv = ['mediakiln', '--help']\nfrom mediakiln.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    )
    program += "print([name for name in ('litestar', 'sqlalchemy', 'uvicorn', 'av', 'skia') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_goes_away_is_met_with_silence(data: Path) -> None:
    command = f"{sys.executable} -m mediakiln models | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_the_operator_sees_and_cancels_tasks(tmp_path: Path) -> None:
    key = account_key(tmp_path, credits=10, plan="")
    with running_server(tmp_path, "--no-worker") as url:
        headers = {"Authorization": f"Bearer {key}"}
        body = {"prompt": "a kiln", "num_images": 3}
        submitted = httpx.post(f"{url}/api/v1/images/generate", json=body, headers=headers).json()["data"]
        task_id = submitted["task_id"]
        listed = rows(mediakiln(tmp_path, "tasks", "list", "--state", "queued").stdout)
        assert listed[0][:8] == [task_id, "test@example.com", "image", "nano-banana", "queued", "0%", "3", "-"]
        shown = mediakiln(tmp_path, "tasks", "show", task_id).stdout
        assert json.loads(next(line for line in shown.splitlines() if line.startswith("request"))[7:])["prompt"] == "a kiln"
        assert "3 credits went back to test@example.com" in mediakiln(tmp_path, "tasks", "cancel", task_id).stdout
        assert mediakiln(tmp_path, "tasks", "cancel", task_id, check=False).returncode == 1
        status = httpx.get(f"{url}/api/v1/images/status", params={"task_id": task_id}, headers=headers).json()["data"]
        assert status["status"] == "failed"
        assert httpx.get(f"{url}/api/v1/account/credits", headers=headers).json()["data"]["credits"] == 10
    assert "The books agree" in mediakiln(tmp_path, "audit").stdout


def test_generate_saves_what_the_server_made(tmp_path: Path) -> None:
    key = account_key(tmp_path, credits=10)
    with running_server(tmp_path) as url:
        env = {"MEDIAKILN_URL": url, "MEDIAKILN_API_KEY": key}
        made = mediakiln(tmp_path, "generate", "a red kiln", "--ratio", "1:1", "--out", "new/kiln.png", env=env)
        assert made.stdout == "new/kiln.png\n"
        assert "nano-banana: 1 credit used, 9 remaining" in made.stderr
        assert (tmp_path / "new/kiln.png").read_bytes().startswith(b"\x89PNG")
        again = mediakiln(tmp_path, "generate", "in winter", "--image", "new/kiln.png", env=env)
        assert (tmp_path / again.stdout.strip()).read_bytes().startswith(b"\x89PNG")
        assert "2 credits used, 7 remaining" in again.stderr
        refusals = {
            ("generate", "x", "--model", "dall-e"): (2, "nano-banana-pro"),
            ("generate", "x", "--model", "nano-banana", "--duration", "4"): (2, "nano-banana makes images"),
            ("generate", "x", "--ratio", "7:1"): (1, "aspect_ratio"),
            ("generate", "x", "--image", "none.png"): (1, "none.png"),
            ("generate", "x", "--model", "veo-3.1"): (1, "INSUFFICIENT_CREDITS"),
        }
        for args, (status, words) in refusals.items():
            refused = mediakiln(tmp_path, *args, env=env, check=False)
            assert refused.returncode == status, refused.stderr
            assert words in refused.stderr
            assert len(refused.stderr.strip().splitlines()) == 1
        stranger = mediakiln(tmp_path, "generate", "x", env=env | {"MEDIAKILN_API_KEY": "nb_sk_no"}, check=False)
        assert (stranger.returncode, "UNAUTHORIZED" in stranger.stderr) == (1, True)
    assert not list(tmp_path.rglob("*.part"))

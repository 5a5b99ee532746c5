"""A real `mediakiln serve` for tests: its own process, its own data directory, a free loopback port.

    with running_server(tmp_path) as url: ...
    with running_server(tmp_path, "--workers", "2", env={"MEDIAKILN_DATABASE_URL": postgres}) as url: ...
    key = account_key(tmp_path, credits=100)

For tests that kill:

    server = ServerProcess(tmp_path).start()
    server.kill()           # SIGKILL, with the whole process group when `family=True`
    server.start()          # the same data directory again
    server.stop()           # SIGTERM; returns the exit status

Nothing of the caller's MEDIAKILN_* environment or mediakiln.toml reaches these processes.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx

START_SECONDS = 60.0
STOP_SECONDS = 30.0
_URL = re.compile(r"^\s*URL\s+(\S+)$", re.MULTILINE)


def clean_environment(data_dir: Path, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without the caller's MEDIAKILN_* settings, with this data directory and `env` over it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MEDIAKILN_", "PROMETHEUS_"))}
    return kept | {"MEDIAKILN_DATA": str(data_dir)} | dict(env or {})


def mediakiln(
    data_dir: Path, *args: str, env: Mapping[str, str] | None = None, check: bool = True, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end. With `check` a failure raises AssertionError with what it printed."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "mediakiln", *args],
        env=clean_environment(data_dir, env),
        cwd=data_dir,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert not check or done.returncode == 0, f"mediakiln {' '.join(args)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def account_key(
    data_dir: Path,
    email: str = "test@example.com",
    *,
    credits: str | int = 1000,  # noqa: A002 - the option's own name
    plan: str = "pro",
    key_args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
) -> str:
    """Make an account with credits and a plan ("" for none) through the command line, and a key; returns the key."""
    plan_args = ("--plan", plan) if plan else ()
    mediakiln(data_dir, "accounts", "create", email, "--credits", str(credits), *plan_args, env=env)
    return another_key(data_dir, email, *key_args, env=env)


def another_key(data_dir: Path, email: str = "test@example.com", *args: str, env: Mapping[str, str] | None = None) -> str:
    """One more key of an account; `args` are options of `keys create`."""
    return mediakiln(data_dir, "keys", "create", email, "--quiet", *args, env=env).stdout.strip()


class ServerProcess:
    """A `mediakiln` process that serves (or, with `command`, does something else, such as `worker`)."""

    def __init__(self, data_dir: Path, *args: str, env: Mapping[str, str] | None = None, port: int = 0, command: str = "serve"):
        self.data_dir = data_dir
        self.url = ""
        self.process: subprocess.Popen[bytes] | None = None
        self._arguments = [command, *(["--port", str(port)] if command == "serve" else []), *args]
        self._env = clean_environment(data_dir, env)
        self._starts = 0
        self._serves = command == "serve"

    @property
    def pid(self) -> int:
        """The process id of the running process."""
        assert self.process is not None
        return self.process.pid

    def start(self, *, wait: bool = True) -> ServerProcess:
        """Start it, and wait until /readyz says 200."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._starts += 1
        with self._file("out").open("wb") as out, self._file("err").open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mediakiln", *self._arguments],
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
                env=self._env,
                cwd=self.data_dir,
                start_new_session=True,  # so that `kill(family=True)` takes its children along and nothing else
            )
        if wait and self._serves:
            try:
                self._until_ready()
            except BaseException:
                self.kill(family=True)
                raise
        return self

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        return self._end(signal.SIGTERM)

    def kill(self, *, family: bool = False) -> int:
        """SIGKILL, to the process alone or to all of its children too (rendering processes, API processes)."""
        return self._end(signal.SIGKILL, family=family)

    def log(self) -> str:
        """What the last start has written to stderr."""
        return self._file("err").read_text(errors="replace")

    def banner(self) -> str:
        """What the last start has written to stdout."""
        return self._file("out").read_text(errors="replace")

    def _end(self, number: signal.Signals, *, family: bool = False) -> int:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if family else os.kill)(self.process.pid, number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise AssertionError(f"the server did not stop in {STOP_SECONDS} s:\n{self.log()}") from None

    def _until_ready(self) -> None:
        assert self.process is not None
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.banner()}\n{self.log()}")
            found = _URL.search(self.banner())
            if found:
                self.url = found[1]
                with contextlib.suppress(httpx.HTTPError):
                    if httpx.get(self.url + "/readyz", timeout=5, trust_env=False).status_code == 200:
                        return
            time.sleep(0.05)
        raise AssertionError(f"the server was not ready in {START_SECONDS} s:\n{self.banner()}\n{self.log()}")

    def _file(self, kind: str) -> Path:
        return self.data_dir / f"{self._arguments[0]}-{id(self):x}-{self._starts}.{kind}"


@contextlib.contextmanager
def running_server(
    data_dir: Path, *args: str, env: Mapping[str, str] | None = None, port: int = 0, kill: bool = False
) -> Iterator[str]:
    """`mediakiln serve` for the length of the block; yields its base URL. Ends by SIGTERM, or SIGKILL with `kill`."""
    server = ServerProcess(data_dir, *args, env=env, port=port).start()
    try:
        yield server.url
    finally:
        if kill:
            server.kill(family=True)
        else:
            server.stop()

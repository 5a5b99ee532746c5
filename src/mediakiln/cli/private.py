"""A server for one command: its own process, its own data directory, a free loopback port; gone when the block ends."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx

from mediakiln.cli.failures import CommandFailed, one_line
from mediakiln.settings import PREFIX

START_SECONDS = 60.0
STOP_SECONDS = 20.0

_URL = re.compile(r"^\s*URL\s+(\S+)$", re.MULTILINE)


class PrivateServer:
    """`mediakiln serve --port 0` as a context manager. Settings of the caller's environment do not reach it."""

    def __init__(self, data: Path) -> None:
        self.url = ""
        self._data = data
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self._environment = kept | {f"{PREFIX}DATA": str(data)}
        self._log = data / "server.log"

    def __enter__(self) -> PrivateServer:
        with (self._data / "banner").open("wb") as out, self._log.open("wb") as err:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "mediakiln", "serve", "--port", "0"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=self._environment,
                cwd=self._data,  # away from the caller's mediakiln.toml
            )
        try:
            self._await_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def command(self, *arguments: str) -> str:
        """Run another command on the server's data; returns its stdout. Raises CommandFailed with its last words."""
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "mediakiln", *arguments],
            env=self._environment,
            cwd=self._data,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandFailed(f"mediakiln {' '.join(arguments)} failed: {one_line(done.stderr or done.stdout)}")
        return done.stdout

    def last_words(self) -> str:
        """The end of the server's log."""
        words = self._log.read_text(errors="replace").strip().splitlines()
        return words[-1][:500] if words else "it said nothing"

    def _await_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            found = _URL.search((self._data / "banner").read_text())
            if found:
                self.url = found[1]
                with contextlib.suppress(httpx.HTTPError):
                    if httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).status_code == 200:
                        return
            time.sleep(0.1)
        raise CommandFailed(f"the private server did not start: {self.last_words()}")

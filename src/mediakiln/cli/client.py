"""An HTTP client of any Mediakiln server: what `generate` and `demo` speak. It knows the wire, not the server's code."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from mediakiln.cli.failures import CommandFailed

PATIENCE = 10
"""Failures in a row that polling and downloading bear: a server may be restarting."""
TEMPORARY = (429, 500, 502, 503, 504)


class ServerRefused(CommandFailed):
    """The server answered with an error; `status` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Client:
    """Calls of the Nano Banana API. Each returns `data` of the answer and raises ServerRefused or httpx.HTTPError."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise CommandFailed(f"MEDIAKILN_URL: got {url}; expected an address such as http://127.0.0.1:8000")
        # A proxy of the environment is for other machines.
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=not local, follow_redirects=True)
        self._authorization = {"Authorization": f"Bearer {key}"}

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """GET a path of the API."""
        return self._data(self._http.get(path, params=query, headers=self._authorization))

    def post(self, path: str, body: dict[str, Any], *, idempotency_key: str) -> dict[str, Any]:
        """POST a body; sent again with the same key it does nothing twice."""
        headers = {**self._authorization, "Idempotency-Key": idempotency_key}
        return self._data(self._http.post(path, json=body, headers=headers))

    def poll(self, path: str, task_id: str) -> dict[str, Any]:
        """GET a task's status, through short failures of the server or the network."""
        for failures in range(PATIENCE + 1):
            try:
                return self.get(path, task_id=task_id)
            except ServerRefused as error:
                if error.status not in TEMPORARY or failures == PATIENCE:
                    raise
            except httpx.TransportError:
                if failures == PATIENCE:
                    raise
            time.sleep(min(5.0, 0.5 * 2**failures))
        raise AssertionError("unreachable")

    def download(self, url: str, path: Path) -> int:
        """Save a result under `path`, whole or not at all; returns its size in bytes. The key is not sent along."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        try:
            with self._http.stream("GET", url) as answer, part.open("wb") as file:
                if answer.status_code != 200:
                    raise ServerRefused(f"the result cannot be downloaded: HTTP {answer.status_code}", answer.status_code)
                for piece in answer.iter_bytes():
                    file.write(piece)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return path.stat().st_size

    def _data(self, answer: httpx.Response) -> dict[str, Any]:
        try:
            body = answer.json()
        except ValueError:
            body = None
        if isinstance(body, dict) and body.get("success") is True and isinstance(body.get("data"), dict):
            data: dict[str, Any] = body["data"]
            return data
        error = body.get("error") if isinstance(body, dict) else None
        if isinstance(error, dict):
            raise ServerRefused(f"{error.get('message')} ({error.get('code')})", answer.status_code)
        raise ServerRefused(f"{answer.url} answered HTTP {answer.status_code}; is it a Mediakiln server?", answer.status_code)

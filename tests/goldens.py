"""Golden exchanges: files that say word by word what an API answers, played against a running application.

A file is JSON. It holds

- `given`: the `server` it runs on (`house`; `"worker": false` is short for `idle`), what the `upstream` does with a prompt, and
  of the account its `balance` in whole credits, `plan`, `plan_ends_in_hours`, `key` (arguments of `create_key`) and further
  `movements` of its ledger ([kind, credits] each);
- `exchanges`, in their order. A request has a `line`, and `json`, `content` or `file` (the number of a small picture, sent as
  multipart beside the fields of `form`); with `"no_key": true`, or headers of its own that carry one, it goes without the
  account's key. With `"poll": true` it is repeated until it is answered as expected. In the place of a request, `"cancel"`
  names a task that the operator cancels;
- `wallet` after the last one, in whole credits.

What differs each time stands as `<name>` or `<name 2>`: within a file one name is one value, and one value has one name,
except for forms that vary. Names that are no form of the dialect stand for themselves.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps import HOUR, Caller, House, small_picture
from fakes.kiln import dispatcher_for
from fakes.providers import Step

from mediakiln.database.ids import now_ms
from mediakiln.errors import MICRO
from mediakiln.ledger import entries
from mediakiln.providers.base import Accepted, Finished, Job
from mediakiln.tasks.cancel import cancel

FOLDER = Path(__file__).parent / "golden"
FILE = r"/uploads/[0-9a-f-]{36}/%s/\d{4}/\d\d/\d\d/[0-9a-f]{32}_\d"
"""The path of a result without its extension; `images` or `videos` go in."""
POLLING = 10.0
"""Seconds that a polled exchange may take."""
_PLACEHOLDER = re.compile(r"<([a-z_]+)(?: \d+)?>")
_MOVES: Mapping[str, Any] = {"grant": entries.grant, "adjust": entries.adjust, "expire": entries.expire}


@dataclass(frozen=True)
class Form:
    """What a placeholder may stand for: a pattern, and the JSON type. One that `varies` has no lasting value, such as a time."""

    pattern: str
    kind: type = str
    varies: bool = False


@dataclass(frozen=True)
class Goldens:
    """A dialect's files. `forms` by the names of their placeholders, `upstream` by the words that `given` uses; `signed` makes
    the headers that carry a key."""

    dialect: str
    forms: Mapping[str, Form]
    upstream: Mapping[str, Step]
    signed: Callable[[str], dict[str, str]]

    @property
    def files(self) -> list[Path]:
        """All of them."""
        return sorted((FOLDER / self.dialect).glob("*.json"))

    @property
    def text(self) -> str:
        """All of them as one text."""
        return "\n".join(file.read_text() for file in self.files)

    async def play(self, file: Path, servers: Mapping[str, House]) -> None:
        """Assert that every exchange of the file is answered exactly so, and that the wallet is as it says."""
        case = json.loads(file.read_text())
        given = case.get("given", {})
        house = servers[given.get("server", "house" if given.get("worker", True) else "idle")]
        for prompt, does in given.get("upstream", {}).items():
            house.upstream.cues[prompt] = self.upstream[does]
        caller = await _account(house, given)
        known: dict[str, str] = {}
        for number, exchange in enumerate(case["exchanges"]):
            where = f"{file.stem}, exchange {number}"
            if "cancel" in exchange:
                await _cancel(house, _filled(exchange["cancel"], known))
            else:
                await self._exchange(caller, exchange, known, where)
        if "wallet" in case:
            available, held, _, _ = await caller.books()
            assert {"available": available / MICRO, "held": held / MICRO} == case["wallet"], f"{file.stem}: the wallet"

    async def _exchange(self, caller: Caller, exchange: dict[str, Any], known: dict[str, str], where: str) -> None:
        request, expected = exchange["request"], exchange["response"]
        end = time.monotonic() + (POLLING if exchange.get("poll") else 0)
        while True:
            answer = await send(caller, request, known, self.signed)
            found = dict(known)
            try:
                assert answer.status_code == expected["status"], answer.text
                for name, value in expected.get("headers", {}).items():
                    self._compare(answer.headers.get(name), value, found, name)
                self._compare(answer.json(), expected["json"], found, "body")
                known.update(found)
                return
            except AssertionError as error:
                if time.monotonic() >= end:
                    raise AssertionError(f"{where}: {error}") from None
            await asyncio.sleep(0.05)

    def _compare(self, got: Any, expected: Any, known: dict[str, str], where: str) -> None:
        """Equal in every key and value, keys in their order; placeholders are matched by form and remembered."""
        if isinstance(expected, str) and any(found[1] in self.forms for found in _PLACEHOLDER.finditer(expected)):
            self._match(got, expected, known, where)
        elif isinstance(expected, dict):
            assert isinstance(got, dict), f"{where}: got {got!r}"
            assert list(got) == list(expected), f"{where}: got the keys {list(got)}; expected {list(expected)}"
            for name, value in expected.items():
                self._compare(got[name], value, known, f"{where}.{name}")
        elif isinstance(expected, list):
            assert isinstance(got, list), f"{where}: got {got!r}"
            assert len(got) == len(expected), f"{where}: got {got!r}"
            for number, value in enumerate(expected):
                self._compare(got[number], value, known, f"{where}[{number}]")
        else:
            assert got == expected, f"{where}: got {got!r}; expected {expected!r}"
            assert type(got) is type(expected), f"{where}: got {got!r}, which is no {type(expected).__name__}"

    def _match(self, got: Any, expected: str, known: dict[str, str], where: str) -> None:
        """A text that is, or has in it, values that differ each time."""
        names: list[str] = []
        pattern, end = "", 0
        for found in _PLACEHOLDER.finditer(expected):
            form = self.forms.get(found[1])
            if form is not None:
                pattern += f"{re.escape(expected[end : found.start()])}({form.pattern})"
                names.append(found[0])
                end = found.end()
        whole = self.forms.get(names[0].strip("<>").partition(" ")[0]) if expected == names[0] else None
        kind = whole.kind if whole else str
        assert type(got) is kind, f"{where}: got {got!r}; expected {expected}"
        matched = re.fullmatch(pattern + re.escape(expected[end:]), str(got))
        assert matched, f"{where}: got {got!r}; expected {expected}"
        for name, value in zip(names, matched.groups(), strict=True):
            if not self.forms[name.strip("<>").partition(" ")[0]].varies:
                assert known.setdefault(name, value) == value, f"{where}: {name} changed"
                assert list(known.values()).count(value) == 1, f"{where}: {value} has two names"


async def half_way(job: Job) -> Finished | Accepted:
    """An upstream that has got to 42 % and stays there."""
    job.progress(0.42)
    await asyncio.Event().wait()
    raise AssertionError


async def send(caller: Caller, request: dict[str, Any], known: Mapping[str, str], signed: Callable[[str], dict[str, str]]) -> Any:
    """What the application answers to a file's request."""
    method, _, path = _filled(request["line"], known).partition(" ")
    more = {name: _filled(request[name], known) for name in ("json", "content") if name in request}
    if "file" in request:
        more |= {"files": {"file": (f"{request['file']}.png", small_picture(request["file"]))}, "data": request.get("form", {})}
    headers = {name: value.replace("<key>", caller.key) for name, value in request.get("headers", {}).items()}
    if not request.get("no_key") and not {"Authorization", "X-API-Key"} & set(headers):
        headers |= signed(caller.key)
    return await caller.house.client.request(method, path, headers=headers, **more)


async def _account(house: House, given: dict[str, Any]) -> Caller:
    key = dict(given.get("key", {}))
    if "expires_in_hours" in key:
        key["expires_at"] = now_ms() + key.pop("expires_in_hours") * HOUR
    caller = await house.caller(
        balance=given.get("balance", 150),
        plan=given.get("plan"),
        plan_ends_in=given.get("plan_ends_in_hours", 1) * HOUR,
        **key,
    )
    for number, (kind, amount) in enumerate(given.get("movements", [])):
        async with house.engine.begin() as connection:
            name = f"{kind}:{caller.account_id}:{number}"
            await _MOVES[kind](connection, caller.account_id, amount * MICRO, key=name, description=f"golden {kind}")
    return caller


async def _cancel(house: House, public_id: str) -> None:
    async with house.engine.begin() as connection:
        assert await cancel(connection, dispatcher_for(house.engine), public_id)


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    """Known placeholders replaced by what they stand for."""
    if isinstance(value, str):
        for name, text in known.items():
            value = value.replace(name, text)
        return value
    if isinstance(value, dict):
        return {name: _filled(each, known) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, known) for each in value]
    return value

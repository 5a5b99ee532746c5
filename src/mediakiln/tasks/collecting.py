"""What an upstream delivered, as files on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import stamina

from mediakiln.assets.fetch import FetchDoor, unpack
from mediakiln.errors import FetchFailed
from mediakiln.providers.base import OutputFile, OutputUrl

TRIES, PAUSE = 8, 20.0
"""How often a result is fetched from an upstream before it counts as lost, and the longest pause in between, in seconds."""


async def collect(outputs: Sequence[OutputFile | OutputUrl], door: FetchDoor, folder: Path, log: Any) -> list[OutputFile]:
    """Every output as a local file; upstream links are copied into `folder` before they expire. One that cannot be copied is
    left out, as if it had never been delivered. Raises FetchFailed when none can."""
    files, failure = [], None
    for number, output in enumerate(outputs):
        if isinstance(output, OutputUrl):
            try:
                output = await _copy(output.url, door, folder / f"fetched{number}")
            except FetchFailed as error:
                log.warning("task.output_lost", n=number, error=str(error))
                failure = error
                continue
        files.append(output)
    if failure is not None and not files:
        raise failure
    return files


async def _copy(url: str, door: FetchDoor, into: Path) -> OutputFile:
    """Fetch one result, tried again: the work is done and paid upstream, and must not be lost to a network's hiccup."""
    if url[:5].lower() == "data:":
        fetched = await asyncio.to_thread(unpack, url, into, door.max_bytes)
        return OutputFile(fetched.path, fetched.media_type)
    async for attempt in stamina.retry_context(on=FetchFailed, attempts=TRIES, timeout=None, wait_max=PAUSE):
        with attempt:
            fetched = await door.fetch(url, into)
            return OutputFile(fetched.path, fetched.media_type)
    raise AssertionError  # the context returns or raises

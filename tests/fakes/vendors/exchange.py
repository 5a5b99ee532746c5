"""Golden exchanges of a driver: `tests/golden/providers/<kind>/*.json`.

A file with `job` is played against the vendor's fake: what the fake received (`sent`: method, path, body) and what the driver
made of its answers (`outcome`) are compared exactly. `UPDATE_GOLDEN=1` writes both down anew. In them `<input 0>` stands for the
first input as the vendor takes it, `<vendor>` for its address.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec
from fakes.vendors.base import Vendor, picture
from PIL import Image

from mediakiln.generation import GenerationRequest, Role
from mediakiln.providers.base import (
    Accepted,
    Finished,
    InputFile,
    Job,
    OutcomeUnknown,
    OutputFile,
    OutputUrl,
    Provider,
    ProviderError,
    Rejected,
    Retryable,
    Running,
)

FOLDER = Path(__file__).parents[2] / "golden" / "providers"
BROKEN_WIRES: list[tuple[Exception | None, type[ProviderError]]] = [
    (httpx.ConnectError("no"), Retryable),
    (httpx.ConnectTimeout("no"), Retryable),
    (httpx.PoolTimeout("no"), Retryable),
    (httpx.ReadTimeout("no"), OutcomeUnknown),
    (httpx.WriteError("no"), OutcomeUnknown),
    (httpx.RemoteProtocolError("no"), OutcomeUnknown),
    (None, OutcomeUnknown),
]
"""What an SDK wraps that has one class for everything that goes wrong on the wire, and what it means on a submit."""
TASK = "01a1fef4-ed36-709e-8deb-4ebc5a45cfa9"


def files(kind: str) -> list[Path]:
    """The driver's exchanges."""
    return sorted(file for file in (FOLDER / kind).glob("*.json") if "job" in json.loads(file.read_text()))


async def play(file: Path, vendor: Vendor, provider: Provider, folder: Path, forms: Callable[[InputFile], Sequence[str]]) -> None:
    """Play one file, and close the provider. `forms` gives every text an input may be sent as, which the file names."""
    case = json.loads(file.read_text())
    job = _job(case["job"], folder)
    names = {form: f"<input {number}>" for number, file in enumerate(job.inputs) for form in forms(file)}
    vendor.calls.clear()
    try:
        found = await _outcome(provider, job)
    finally:
        await provider.aclose()
    outcome = _named(found, {vendor.url: "<vendor>", vendor.file_url("").removesuffix("/files/"): "<vendor>"})
    sent = [{"method": call.method, "path": call.path, "body": call.body} for call in vendor.calls if call.method == "POST"]
    found = case | {"sent": _named(sent, names), "outcome": outcome}
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    assert found == case


def in_base64(given: InputFile) -> list[str]:
    """An input as vendors take it that know no links."""
    return [base64.b64encode(given.path.read_bytes()).decode()]


def told(error: ProviderError) -> dict[str, str]:
    """A failure as the golden files write it."""
    reason = {"reason": error.reason.value} if isinstance(error, Rejected) else {}
    return {"error": type(error).__name__, **reason, "message": str(error)}


async def _outcome(provider: Provider, job: Job) -> Any:
    try:
        answer: Any = await provider.start(job)
        found = {"remote_id": answer.remote_id} if isinstance(answer, Accepted) else {}
        for _ in range(9):
            if isinstance(answer, Finished):
                return found | {"outputs": [_told(output) for output in answer.outputs]}
            answer = await provider.poll(job, found["remote_id"])
    except ProviderError as error:
        return told(error)
    raise AssertionError("it never finished")


def _told(output: OutputFile | OutputUrl) -> str:
    """A link as it is, a file as its type and, for a picture, its size."""
    if isinstance(output, OutputUrl):
        return output.url
    if not output.media_type.startswith("image/"):
        return output.media_type
    with Image.open(output.path) as shown:
        return f"{output.media_type} {shown.width}x{shown.height}"


def _job(case: dict[str, Any], folder: Path) -> Job:
    request = msgspec.convert(case["request"], GenerationRequest)
    inputs = []
    for number, source in enumerate(request.inputs):
        path = folder / f"input{number}"
        path.write_bytes(picture(32 + number))
        kind = {Role.REFERENCE_VIDEO: "video/mp4", Role.REFERENCE_AUDIO: "audio/mpeg"}.get(source.role, "image/png")
        link = source.source if source.source.startswith("https://") else ""
        inputs.append(InputFile(source.role, path, kind, url=link))
    return Job(
        task_id=TASK,
        request=request,
        upstream_model=case["model"],
        inputs=tuple(inputs),
        workdir=folder,
        idempotency_key=TASK,
        progress=lambda _: None,
        fields=case.get("input", {}),
        callback_url=case.get("callback_url", ""),
    )


def _named(value: Any, names: dict[str, str]) -> Any:
    text = json.dumps(value)
    for long, name in sorted(names.items(), key=lambda item: -len(item[0])):
        text = text.replace(json.dumps(long)[1:-1], name)
    return json.loads(text)


def read(kind: str, into: Callable[[dict[str, Any]], Running | Finished]) -> None:
    """Assert what the driver makes of every answer in its `answers.json`."""
    file = FOLDER / kind / "answers.json"
    cases = json.loads(file.read_text())
    found = [{"answer": case["answer"], "outcome": _meaning(into, case["answer"])} for case in cases]
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    assert found == cases


def _meaning(into: Callable[[dict[str, Any]], Running | Finished], answer: dict[str, Any]) -> Any:
    try:
        outcome = into(answer)
    except ProviderError as error:
        return told(error)
    if isinstance(outcome, Running):
        return {"running": outcome.progress}
    return {"outputs": [output.url for output in outcome.outputs if isinstance(output, OutputUrl)]}

"""From a job to what POST /prompt takes, and from a finished job's record to its files."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from mediakiln.generation import Kind
from mediakiln.providers.base import Job, Rejected, RejectReason
from mediakiln.providers.comfyui.errors import failure
from mediakiln.providers.comfyui.workflow import Graph, order_of, with_settings, with_values
from mediakiln.providers.payload import values_of

MARK = "mediakiln_task"
"""Under `extra_data`: the task, for older servers, which give every job an id of their own."""

_ABSENT = {"prompt": "", "negative_prompt": ""}
"""Words that a node must have even where the request has none."""


class Saved(Struct, frozen=True):
    """A file on the server, as GET /view takes it."""

    filename: str
    subfolder: str = ""
    type: str = "output"

    @property
    def media_type(self) -> str:
        """What its name says; ComfyUI answers with the same."""
        return mimetypes.guess_type(self.filename, strict=False)[0] or "application/octet-stream"


def template_of(job: Job, workflow: Graph) -> Graph:
    """The workflow as the route wants it, before the request's values. Raises ConfigurationError."""
    return with_settings(workflow, order_of(job.fields))


def to_body(job: Job, template: Graph, files: Sequence[str], client_id: str) -> dict[str, Any]:
    """The body of POST /prompt. `files` are the inputs' names on the server. Raises ConfigurationError."""
    return {
        "prompt": with_values(template, _ABSENT | values_of(job, files)),
        "prompt_id": job.idempotency_key,
        "client_id": client_id,
        # Nobody looks at previews, and they would come over the socket at every step.
        "extra_data": {MARK: job.idempotency_key, "preview_method": "none"},
    }


def from_record(job: Job, record: Mapping[str, Any]) -> tuple[Saved, ...]:
    """The results of a job that has ended, at most as many as were asked for. Raises `Rejected` for one that failed."""
    status = record.get("status") or {}
    ends = [(kind, data) for kind, data in status.get("messages") or () if kind in ("execution_error", "execution_interrupted")]
    if ends or status.get("status_str") == "error":
        raise failure(*(ends[-1] if ends else ("execution_error", {})))
    found = tuple(_saved(record.get("outputs") or {}, order_of(job.fields).outputs, job.request.kind))
    if not found:
        raise Rejected(RejectReason.UNSUPPORTED, f"ComfyUI: the workflow saved no {job.request.kind}")
    return found[: job.request.count]


def _saved(outputs: Mapping[str, Any], nodes: Sequence[str], kind: Kind) -> Iterator[Saved]:
    """Files are listed under `images` by most nodes, videos too, under `gifs` by VideoHelperSuite, and under names of their own
    by others. Previews (`temp`) count only where their node was named."""
    for node_id in nodes or outputs:
        for files in (outputs.get(node_id) or {}).values():
            for file in files if isinstance(files, list) else ():
                if isinstance(file, dict) and isinstance(file.get("filename"), str):
                    saved = Saved(file["filename"], str(file.get("subfolder") or ""), str(file.get("type") or "output"))
                    if saved.media_type.startswith(f"{kind}/") and (nodes or saved.type == "output"):
                        yield saved


def is_ours(item: Sequence[Any], task_id: str) -> bool:
    """Whether an item of the queue, `[number, id, workflow, extra_data, ...]`, is this task's."""
    if len(item) < 2:
        return False
    extra = item[3] if len(item) > 3 and isinstance(item[3], dict) else {}
    return bool(item[1] == task_id or extra.get(MARK) == task_id)

"""What ComfyUI's failures mean to us: 400 for a workflow that it cannot run, and a record of what broke for a job that failed.

It has neither keys nor content rules of its own; a proxy in front of it may ask for a key, and nodes may refuse content.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import structlog

from mediakiln.providers.base import OperatorFault, ProviderError, Rejected, RejectReason
from mediakiln.providers.translation import NETWORK, Phase, Table, by_status, quoted

_FILTERED = re.compile(r"nsfw|safety|moderat|content polic|sensitive content|prohibited", re.IGNORECASE)

log = structlog.get_logger(__name__)


class ComfyError(Exception):
    """An answer that is no success. `body` is its JSON, where it is an object; `asked` are node and name of the inputs that the
    request decided; `delay` in seconds where one was asked for."""

    def __init__(
        self, status: int, body: Mapping[str, Any], asked: Collection[tuple[str, str]] = (), delay: float | None = None
    ) -> None:
        super().__init__(f"HTTP {status}")
        self.status, self.body, self.asked, self.delay = status, body, asked, delay


def _refusal(error: ComfyError, phase: Phase) -> ProviderError:
    if phase is Phase.SUBMIT and error.status == 400:
        return _invalid(error)
    return by_status(error.status, f"ComfyUI: HTTP {error.status}", phase, delay=error.delay)


def _invalid(error: ComfyError) -> ProviderError:
    """The caller's fault only where all that is wrong are values of the request; else the workflow does not fit the server, as
    with a model file or a node that it does not have."""
    faults = list(_faults(error.body))
    if faults and all((node_id, name) in error.asked for node_id, name, _, _ in faults):
        wrong = dict.fromkeys(f"{name}: {message}" for _, name, message, _ in faults)
        return Rejected(RejectReason.INVALID, f"ComfyUI: {quoted('; '.join(wrong))}")
    told = error.body.get("error")
    told = told if isinstance(told, dict) else {"message": told or "HTTP 400"}
    lines = [f"node {node_id}: {message}: {details}" for node_id, _, message, details in faults]
    text = "; ".join(lines) or f"{told.get('message')} {told.get('details') or ''}".strip()
    return OperatorFault(f"ComfyUI: the workflow was refused: {quoted(text)}")


def _faults(body: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Node, input, message and details of everything that is wrong."""
    nodes = body.get("node_errors")
    for node_id, node in nodes.items() if isinstance(nodes, dict) else ():
        for fault in node.get("errors") or ():
            name = (fault.get("extra_info") or {}).get("input_name") or ""
            yield node_id, str(name), str(fault.get("message")), str(fault.get("details"))


TABLE = Table({**NETWORK, ComfyError: _refusal})


def failure(kind: str, data: Mapping[str, Any]) -> ProviderError:
    """What the last message of a job that failed means. A node's own words may name files of the server: they are for the log."""
    if kind == "execution_interrupted":
        return Rejected(RejectReason.UNSUPPORTED, "ComfyUI: the job was interrupted there")
    node, text = str(data.get("node_type") or "a node"), str(data.get("exception_message") or "")
    name = str(data.get("exception_type") or "").rpartition(".")[2]
    log.warning("comfyui.failed", prompt_id=data.get("prompt_id"), node=node, exception=name, message=text[:2000])
    if _FILTERED.search(f"{name} {text}"):
        return Rejected(RejectReason.CONTENT_FILTERED, f"ComfyUI: {node} refused the content")
    return Rejected(RejectReason.UNSUPPORTED, f"ComfyUI: {node} failed" + (f" ({name})" if name else ""))

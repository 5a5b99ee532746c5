"""What a task is: its states, its row as a value, and the snapshot that status reads show."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import RowMapping

from mediakiln.assets.outputs import StoredOutput
from mediakiln.catalog import Route
from mediakiln.database.tables import task
from mediakiln.generation import GenerationRequest, Kind


class State(StrEnum):
    """`queued -> running -> succeeded | failed | canceled`; a queued task may also fail or be canceled."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def open(self) -> bool:
        """True until the task is finished, which is for ever."""
        return self in OPEN


OPEN = (State.QUEUED, State.RUNNING)


class Submission(StrEnum):
    """`none -> sending -> accepted | unknown`: what we know of the upstream's side. `sending -> none` when it refused."""

    NONE = "none"
    SENDING = "sending"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"


class ErrorCode(StrEnum):
    """Why a task failed; dialects translate these."""

    INVALID_INPUT = "invalid_input"
    CONTENT_FILTERED = "content_filtered"
    PROVIDER_REJECTED = "provider_rejected"
    OUTPUT_UNUSABLE = "output_unusable"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    SUBMISSION_UNKNOWN = "submission_unknown"
    DEADLINE_EXCEEDED = "deadline_exceeded"
    INTERNAL = "internal"


class TaskError(Struct, frozen=True):
    """A failure as callers may see it: `message` is one clear sentence."""

    code: ErrorCode
    message: str


class Callback(Struct, frozen=True):
    """Where the owner wants to be told of a task's end, and the address that its request came to: links in what is sent there
    begin with it, unless the server has a public URL."""

    url: str
    base_url: str


class Task(Struct, frozen=True, kw_only=True):
    """A task row as the runner needs it. Money in microcredits, times in milliseconds since the epoch. `attempt` counts the
    workers' attempts, `parted` those that ended in good order."""

    id: str
    public_id: str
    account_id: str
    dialect: str
    kind: Kind
    model: str
    request: GenerationRequest
    routes: tuple[Route, ...]
    unit_price: int
    price: int
    state: State
    submission: Submission
    route: int
    remote_id: str | None
    attempt: int
    parted: int
    output_token: str
    deadline: int
    callback: Callback | None
    created_at: int


class TaskSnapshot(Struct, frozen=True, kw_only=True):
    """What its owner may see of a task. `progress` is 0.0-1.0; `charged` is None until the task is finished. `parent_id` is
    the public id of the task whose result it starts from; `details` are what only its dialect understands."""

    id: str
    public_id: str
    account_id: str
    dialect: str
    kind: Kind
    model: str
    state: State
    progress: float
    request: GenerationRequest
    details: dict[str, Any]
    conversation_id: str | None
    parent_id: str | None
    unit_price: int
    price: int
    charged: int | None
    outputs: tuple[StoredOutput, ...]
    error: TaskError | None
    created_at: int
    started_at: int | None
    finished_at: int | None
    deleted_at: int | None

    @property
    def asked(self) -> int:
        """How many items were asked for."""
        return self.price // self.unit_price


TASK_COLUMNS = tuple(task.c[field.name] for field in msgspec.structs.fields(Task))
SNAPSHOT_COLUMNS = tuple(
    task.c.result if field.name == "outputs" else task.c[field.name] for field in msgspec.structs.fields(TaskSnapshot)
)

_request = msgspec.json.Decoder(GenerationRequest)
_routes = msgspec.json.Decoder(tuple[Route, ...])
_outputs = msgspec.json.Decoder(tuple[StoredOutput, ...])
_error = msgspec.json.Decoder(TaskError)
_callback = msgspec.json.Decoder(Callback)


def to_json(value: object) -> str:
    """JSON text for a column."""
    return msgspec.json.encode(value).decode()


def task_from(row: RowMapping) -> Task:
    """A row of TASK_COLUMNS as a value."""
    values: dict[str, Any] = {**row}
    values.update(
        request=_request.decode(row["request"]),
        routes=_routes.decode(row["routes"]),
        kind=Kind(row["kind"]),
        state=State(row["state"]),
        submission=Submission(row["submission"]),
        callback=callback_from(row["callback"]),
    )
    return Task(**values)


def callback_from(value: str | None) -> Callback | None:
    """The column `callback` as a value."""
    return None if value is None else _callback.decode(value)


def snapshot_from(row: RowMapping) -> TaskSnapshot:
    """A row of SNAPSHOT_COLUMNS as a value."""
    values: dict[str, Any] = {**row}
    result, error, details = values.pop("result"), values["error"], values["details"]
    values.update(
        kind=Kind(row["kind"]),
        request=_request.decode(row["request"]),
        details={} if details is None else msgspec.json.decode(details),
        state=State(row["state"]),
        outputs=() if result is None else _outputs.decode(result),
        error=None if error is None else _error.decode(error),
    )
    return TaskSnapshot(**values)

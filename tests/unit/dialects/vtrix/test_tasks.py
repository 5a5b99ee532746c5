"""The strict decoder itself: whatever is not to the letter is caught, so that the other tests of this folder mean something."""

from __future__ import annotations

import copy
import json
from typing import Any

import msgspec
import pytest
from unit.dialects.vtrix.tasks import read_refusal, read_task

ID = "c" + "a" * 24
DONE: dict[str, Any] = {
    "id": ID,
    "status": "completed",
    "model": "spark_dance_v2_0",
    "created_at": 1_795_000_000,
    "output": [
        {
            "content": [
                {"type": "video", "url": "http://kiln.test/uploads/a/videos/b_0.mp4", "size": 5, "jobId": "j"},
                {"type": "image", "url": "http://kiln.test/uploads/a/videos/b_0.png", "size": 5, "jobId": "j"},
            ]
        }
    ],
    "usage": {"cost": "0.28", "discount": 0},
    "metadata": {
        "in_queue_at": 1_795_000_000,
        "started_at": 1_795_000_001,
        "completed_at": 1_795_000_002,
        "width": 864,
        "height": 496,
        "ratio": "16:9",
        "resolution": "480p",
        "duration": 4,
        "fps": 24,
        "generate_audio": True,
        "seed": 7,
    },
}
FILE = ("output", 0, "content", 0)
GONE = object()


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The task with another value at a place, or without it."""
    task: Any = copy.deepcopy(DONE)
    within = task
    for step in path[:-1]:
        within = within[step]
    if value is GONE:
        del within[path[-1]]
    else:
        within[path[-1]] = value
    return dict(task)


def test_what_is_right() -> None:
    """It is read as it stands."""
    assert read_task(json.dumps(DONE).encode()) == DONE


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), "x"),
        (("status",), "done"),
        (("status",), "in_progress"),
        (("model",), GONE),
        (("created_at",), 1_795_000_000.0),
        (("created_at",), "1795000000"),
        (("created_at",), 1_795_000_000_000),
        (("progress",), 1.0),
        (("error",), None),
        (("usage",), GONE),
        (("usage", "cost"), 0.28),
        (("usage", "cost"), "0.280"),
        (("usage", "cost"), "2.8E-1"),
        (("usage", "discount"), "0"),
        (("usage", "discount"), GONE),
        (("usage", "quantity"), "4"),
        (("output",), []),
        (("output", 0, "content"), []),
        ((*FILE, "type"), "video_url"),
        ((*FILE, "type"), "image"),
        ((*FILE, "url"), "/uploads/a/videos/b_0.mp4"),
        ((*FILE, "size"), 5.5),
        ((*FILE, "size"), None),
        ((*FILE, "jobId"), GONE),
        ((*FILE, "duration"), 4),
        ((*FILE, "duration"), "4"),
        (("metadata",), None),
        (("metadata", "duration"), GONE),
        (("metadata", "duration"), "4"),
        (("metadata", "width"), GONE),
        (("metadata", "fps"), 24.0),
        (("metadata", "template_id"), "x"),
        (("metadata", "started_at"), GONE),
        (("metadata", "in_queue_at"), 1_795_000_001),
    ],
)
def test_what_is_wrong(path: tuple[Any, ...], value: Any) -> None:
    """Another type, a key too many or too few, null."""
    with pytest.raises((AssertionError, msgspec.ValidationError)):
        read_task(json.dumps(changed(path, value)).encode())


def test_order_and_repetition() -> None:
    """Keys stand in their order, and once."""
    turned = json.dumps(dict(reversed(DONE.items()))).encode()
    twice = json.dumps(DONE).replace('"seed": 7', '"seed": 7, "seed": 7').encode()
    for raw in (turned, twice, json.dumps(changed(("usage",), {"discount": 0, "cost": "0.28"})).encode()):
        with pytest.raises(AssertionError):
            read_task(raw)


@pytest.mark.parametrize(
    "body",
    [
        {"message": "a", "error": {"message": "a"}, "code": "b"},
        {"message": "a", "error": "c", "code": "b"},
        {"message": "a", "error": "a", "code": 3009001},
        {"message": "a", "error": "a"},
        {"message": "", "error": "", "code": "b"},
        {"error": "a", "message": "a", "code": "b"},
    ],
)
def test_wrong_refusals(body: dict[str, Any]) -> None:
    """Clients show `message`, else `error` where it is a text."""
    assert read_refusal(b'{"message":"a","error":"a","code":"3009001"}') == ("3009001", "a")
    with pytest.raises((AssertionError, msgspec.ValidationError)):
        read_refusal(json.dumps(body).encode())

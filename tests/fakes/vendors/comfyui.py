"""ComfyUI: POST /prompt, GET /history[/{id}], GET and POST /queue, POST /interrupt, POST /upload/image, GET /view, and the
WebSocket /ws, which tells a client of its own jobs. A job waits until it is first asked for and then goes one step with every
question; `takes_ids = False` makes it a server from before callers could choose a job's id."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import uuid
from typing import Any
from urllib.parse import parse_qs

from fakes.vendors.base import Call, Fate, Plan, Reply, Vendor, Work, clip, picture

STEPS = 4


class ComfyServer(Vendor):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self.takes_ids = True
        self.uploads: dict[str, bytes] = {}
        self.files: dict[str, bytes] = {}
        """What /view gives for a file name; others are made by their extension."""
        self.gone: set[str] = set()
        self.interrupts: list[Any] = []
        self.connections = 0
        self.sockets: dict[str, tuple[asyncio.AbstractEventLoop, asyncio.Queue[dict[str, Any] | bytes | None]]] = {}

    def answer(self, call: Call) -> Reply:
        """Route by method and path."""
        match call.method, call.path.strip("/").split("/"):
            case "POST", ["prompt"]:
                return self._submit(call)
            case "GET", ["history", prompt_id]:
                if self.failing_asks:
                    self.failing_asks -= 1
                    return Reply(500, b"500 Internal Server Error", media_type="text/plain")
                return Reply(200, self._history(prompt_id))
            case "GET", ["history"]:
                ended = [work for work in self.jobs.values() if self.over(work)]
                return Reply(200, {work.id: self._record(work) for work in ended[-int(call.query.get("max_items", 10_000)) :]})
            case "GET", ["queue"]:
                return Reply(200, self._queue())
            case "POST", ["queue"]:
                for prompt_id in call.body.get("delete", []):
                    if self._waits(self.jobs.get(prompt_id)):
                        self.jobs[prompt_id].canceled = True
                return Reply(200, b"")
            case "POST", ["interrupt"]:
                self.interrupts.append(call.body)
                for work in self.jobs.values():
                    if self._runs(work) and (not self.takes_ids or call.body.get("prompt_id") in (None, work.id)):
                        work.canceled = True
                return Reply(200, b"")
            case "POST", ["upload", "image"]:
                self.calls.remove(call)
                return self._upload(call)
            case "GET", ["view"]:
                return self._view(call.query)
        return Reply(404, b"404: Not Found", media_type="text/plain")

    def finish(self, work: Work) -> None:
        """Let a job end now, and tell its client."""
        work.asks = work.runs + 1
        self._tell(work, "executing", {"node": None})

    def _submit(self, call: Call) -> Reply:
        plan = self.next_plan()
        sized, size = next((key, one) for key, one in call.body["prompt"].items() if "width" in one["inputs"])
        loader, field = next((key, one) for key, one in call.body["prompt"].items() if "Loader" in one["class_type"])
        match plan:
            case Plan.BAD_KEY:
                return Reply(401, b"a proxy's page", media_type="text/html")
            case Plan.BUSY:
                return Reply(503, b"a proxy's page", {"retry-after": "7"}, media_type="text/html")
            case Plan.INVALID:
                return _refused(sized, size, "value_bigger_than_max", "Value 99999 bigger than max of 16384", "width")
            case Plan.NO_MODEL:
                return _refused(loader, field, "value_not_in_list", "Value not in list", next(iter(field["inputs"])))
        wanted = call.body.get("prompt_id") if self.takes_ids else None
        prompt_id = wanted or str(uuid.uuid4())
        # The same id may be queued twice there.
        self.take(call.body, prompt_id if prompt_id not in self.jobs else f"{prompt_id}+{len(self.jobs)}")
        if plan is Plan.CRASH:
            return Reply(500, b"500 Internal Server Error", media_type="text/plain")
        if plan is Plan.GARBAGE:
            return Reply(200, b"<html>OK</html>", media_type="text/html")
        return Reply(200, {"prompt_id": prompt_id, "number": len(self.jobs), "node_errors": {}})

    def _waits(self, work: Work | None) -> bool:
        return work is not None and not work.asks and not work.canceled

    def _runs(self, work: Work) -> bool:
        return bool(work.asks) and not self.over(work) and not work.canceled

    def _history(self, prompt_id: str) -> dict[str, Any]:
        work = self.jobs.get(prompt_id)
        if work is None or self.ask(prompt_id) is None:
            return {}
        if self.over(work) or (work.canceled and work.asks > 1):
            return {prompt_id: self._record(work)}
        if work.asks == 1:
            self._tell(work, "execution_start", {})
            self._tell(work, "execution_cached", {"nodes": []})
        node = next(key for key, one in work.body["prompt"].items() if one["class_type"] == "KSampler")
        step = {"value": min(work.asks, STEPS), "max": STEPS}
        self._tell(work, "progress", step | {"node": node})
        self._tell(work, "progress_state", {"nodes": {node: step | {"state": "running", "node_id": node}}})
        return {}

    def _item(self, work: Work) -> list[Any]:
        body = work.body
        return [1, work.id, body["prompt"], {**body["extra_data"], "client_id": body["client_id"]}, ["9"]]

    def _queue(self) -> dict[str, Any]:
        known = [work for work in self.jobs.values() if work.fate is not Fate.FORGOTTEN]
        return {
            "queue_running": [self._item(work) for work in known if self._runs(work)],
            "queue_pending": [self._item(work) for work in known if self._waits(work)],
        }

    def _record(self, work: Work) -> dict[str, Any]:
        messages: list[Any] = [["execution_start", {"prompt_id": work.id}]]
        failure = {
            Fate.FAIL: ("torch.OutOfMemoryError", "Allocation on device failed: /srv/comfy/models/x.safetensors"),
            Fate.FILTERED: ("RuntimeError", "NSFW content detected"),
        }.get(work.fate)
        node = {"node_id": "3", "node_type": "KSampler", "executed": []}
        if work.canceled or work.fate is Fate.CANCELED:
            messages.append(["execution_interrupted", {"prompt_id": work.id, **node}])
        elif failure:
            error = {"exception_type": failure[0], "exception_message": failure[1], "traceback": []}
            messages.append(["execution_error", {"prompt_id": work.id, **node, **error}])
        else:
            messages.append(["execution_success", {"prompt_id": work.id}])
        good = messages[-1][0] == "execution_success"
        return {
            "prompt": self._item(work),
            "outputs": self._outputs(work) if good and work.fate is not Fate.EMPTY else {},
            "status": {"status_str": "success" if good else "error", "completed": good, "messages": messages},
        }

    def _outputs(self, work: Work) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for node_id, node in work.body["prompt"].items():
            if node["class_type"] == "SaveImage":
                many = max(
                    one["inputs"].get("batch_size", one["inputs"].get("amount", 1)) for one in work.body["prompt"].values()
                )
                names = [f"mediakiln_{number + 1:05}_.png" for number in range(many)]
                found[node_id] = {"images": [{"filename": name, "subfolder": "", "type": "output"} for name in names]}
            if node["class_type"] == "SaveVideo":
                file = {"filename": "mediakiln_00001_.mp4", "subfolder": "video", "type": "output"}
                found[node_id] = {"images": [file], "animated": [True]}
            if node["class_type"] == "PreviewImage":
                found[node_id] = {"images": [{"filename": "ComfyUI_temp_00001_.png", "subfolder": "", "type": "temp"}]}
            if node["class_type"] == "VHS_VideoCombine":
                file = {"filename": "AnimateDiff_00001.mp4", "subfolder": "", "type": "output", "format": "video/h264-mp4"}
                found[node_id] = {"gifs": [file]}
        return found

    def _upload(self, call: Call) -> Reply:
        head = f"content-type: {call.headers['content-type']}\r\n\r\n".encode()
        message = email.message_from_bytes(head + call.raw, policy=email.policy.HTTP)
        parts = {part.get_param("name", header="content-disposition"): part for part in message.iter_parts()}  # type: ignore[attr-defined]
        name = parts["image"].get_filename()
        folder = parts["subfolder"].get_content().strip()
        self.uploads[f"{folder}/{name}"] = parts["image"].get_payload(decode=True)
        return Reply(200, {"name": name, "subfolder": folder, "type": parts["type"].get_content().strip()})

    def _view(self, query: dict[str, str]) -> Reply:
        name = query["filename"]
        if name in self.gone:
            return Reply(404, b"")
        made = clip() if name.endswith(".mp4") else picture()
        return Reply(200, self.files.get(name, made), media_type="video/mp4" if name.endswith(".mp4") else "image/png")

    def _tell(self, work: Work, kind: str, data: dict[str, Any]) -> None:
        self.tell(work.body["client_id"], {"type": kind, "data": data | {"prompt_id": work.id}})

    def tell(self, client_id: str, message: dict[str, Any] | bytes | None) -> None:
        """Send something to a client; None hangs up."""
        if client_id in self.sockets:
            loop, queue = self.sockets[client_id]
            loop.call_soon_threadsafe(queue.put_nowait, message)

    async def socket(self, scope: Any, receive: Any, send: Any) -> None:
        """One client, until it goes or is hung up on."""
        client_id = parse_qs(scope["query_string"].decode())["clientId"][0]
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        self.connections += 1
        queue: asyncio.Queue[dict[str, Any] | bytes | None] = asyncio.Queue()
        self.sockets[client_id] = asyncio.get_running_loop(), queue
        queue.put_nowait({"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}, "sid": client_id}})
        gone = asyncio.create_task(receive())
        while not gone.done():
            news = asyncio.create_task(queue.get())
            await asyncio.wait((news, gone), return_when=asyncio.FIRST_COMPLETED)
            if not news.done():
                news.cancel()
                break
            message = news.result()
            if message is None:
                await send({"type": "websocket.close", "code": 1001})
                break
            sent = {"bytes": message} if isinstance(message, bytes) else {"text": json.dumps(message)}
            await send({"type": "websocket.send", **sent})
        self.sockets.pop(client_id, None)
        gone.cancel()


def _refused(node_id: str, node: dict[str, Any], kind: str, message: str, name: str) -> Reply:
    details = f"{name}: {node['inputs'][name]!r} not in []" if kind == "value_not_in_list" else name
    fault = {"type": kind, "message": message, "details": details, "extra_info": {"input_name": name}}
    error = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": ""}
    nodes = {node_id: {"errors": [fault], "dependent_outputs": ["9"], "class_type": node["class_type"]}}
    return Reply(400, {"error": error | {"extra_info": {}}, "node_errors": nodes})

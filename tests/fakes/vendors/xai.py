"""xAI: the gRPC service `xai_api.Video` (GenerateVideo, GetDeferredVideo) by the SDK's own protocol files, without TLS. Calls are
kept as if they were HTTP: the method's name as the path, the message as JSON. Results come from a plain web server beside it."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import grpc
from fakes.vendors.base import Call, Fate, Plan, Vendor, Work
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from grpc import StatusCode
from xai_sdk.proto import deferred_pb2, video_pb2

KEY = "xai-test"

_REFUSALS = {
    Plan.BUSY: (StatusCode.RESOURCE_EXHAUSTED, "Too many requests. Please retry later."),
    Plan.BAD_KEY: (
        StatusCode.INVALID_ARGUMENT,
        "Incorrect API key provided: xa***st. You can obtain an API key from https://console.x.ai.",
    ),
    Plan.BROKE: (
        StatusCode.RESOURCE_EXHAUSTED,
        "Your team 0f0f has either used all available credits or reached its monthly spending limit.",
    ),
    Plan.INVALID: (StatusCode.INVALID_ARGUMENT, "duration must be between 1 and 15."),
    Plan.FILTERED: (
        StatusCode.PERMISSION_DENIED,
        "Content violates usage guidelines. Team: 0f0f, API key ID: 1a1a, Model: grok-imagine-video, Failed check: SAFETY_CHECK",
    ),
    Plan.CRASH: (StatusCode.INTERNAL, "Internal error."),
    Plan.NO_MODEL: (StatusCode.NOT_FOUND, "The model grok-none does not exist or your team 0f0f does not have access to it."),
}


class XaiServer(Vendor):
    """See the module. `host` is where the service listens; `file_url` where results lie. So many of the next calls meet an
    `unavailable` server, which says nothing of what it did."""

    unavailable = 0

    def __enter__(self) -> Self:
        super().__enter__()
        self._files = self.url
        self._pool = ThreadPoolExecutor(4)
        self._grpc = grpc.server(self._pool, options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", 20 << 20)])
        methods = {
            "GenerateVideo": _method(self._generate, video_pb2.GenerateVideoRequest),
            "GetDeferredVideo": _method(self._get, video_pb2.GetDeferredVideoRequest),
        }
        self._grpc.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("xai_api.Video", methods),))
        self.port = self._grpc.add_insecure_port("127.0.0.1:0")
        self._grpc.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._grpc.stop(0).wait(5)
        self._pool.shutdown(wait=False)
        super().__exit__(*exc)

    def settle(self) -> None:
        """What is still under way there cannot be seen."""
        threading.Event().wait(0.5)

    def file_url(self, name: str = "result.png") -> str:
        """On the web server, not the service's own port."""
        return f"{self._files}/files/{name}"

    def _generate(self, request: video_pb2.GenerateVideoRequest, context: grpc.ServicerContext) -> Message | bytes:
        call = self._note("GenerateVideo", request, context)
        if call.headers.get("authorization") != f"Bearer {KEY}":
            context.abort(*_REFUSALS[Plan.BAD_KEY])
        plan = self.next_plan()
        if self.unavailable:
            self.unavailable -= 1
            context.abort(StatusCode.UNAVAILABLE, "The service is overloaded.")
        if plan in (Plan.TAKE, Plan.CRASH, Plan.GARBAGE):
            work = self.take(call.body)
            if plan is Plan.TAKE:
                return deferred_pb2.StartDeferredResponse(request_id=work.id)
            if plan is Plan.GARBAGE:
                return b"\xff<html>OK</html>"
        if plan is Plan.BUSY:
            context.set_trailing_metadata((("retry-after", "7"),))
        context.abort(*_REFUSALS[plan])
        raise AssertionError  # abort raises

    def _get(self, request: video_pb2.GetDeferredVideoRequest, context: grpc.ServicerContext) -> Message:
        self._note("GetDeferredVideo", request, context)
        if self.failing_asks:
            self.failing_asks -= 1
            context.abort(StatusCode.INTERNAL, "Internal error.")
        work = None if self.unseen else self.jobs.get(request.request_id)
        if work is None:
            self.unseen = max(0, self.unseen - 1)
            context.abort(StatusCode.NOT_FOUND, "Deferred request not found.")
        work.asks += 1
        return self._video(work)

    def _video(self, work: Work) -> video_pb2.GetDeferredVideoResponse:
        if not self.over(work):
            progress = min(99, 10 * work.asks)
            return video_pb2.GetDeferredVideoResponse(
                status=deferred_pb2.PENDING, response=video_pb2.VideoResponse(model=work.body["model"], progress=progress)
            )
        if work.fate in (Fate.FORGOTTEN, Fate.CANCELED):  # it knows neither another end nor a way to cancel
            return video_pb2.GetDeferredVideoResponse(status=deferred_pb2.EXPIRED)
        if work.fate is Fate.FAIL:
            error = video_pb2.VideoError(code="internal_error", message="Video generation failed.")
            return video_pb2.GetDeferredVideoResponse(status=deferred_pb2.FAILED, response=video_pb2.VideoResponse(error=error))
        video = video_pb2.GeneratedVideo(duration=work.body.get("duration", 8), respect_moderation=work.fate is not Fate.FILTERED)
        if work.fate is Fate.DELIVER:
            video.url = self.file_url("result.mp4")
        return video_pb2.GetDeferredVideoResponse(
            status=deferred_pb2.DONE, response=video_pb2.VideoResponse(model=work.body["model"], video=video, progress=100)
        )

    def _note(self, method: str, request: Message, context: grpc.ServicerContext) -> Call:
        body = MessageToDict(request, preserving_proto_field_name=True)
        heads = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        verb = "POST" if method == "GenerateVideo" else "GET"
        call = Call(verb, f"/xai_api.Video/{method}", {}, heads, json.dumps(body).encode())
        self.calls.append(call)
        return call


def _method(answer: Any, request: type[Message]) -> grpc.RpcMethodHandler:
    def encoded(message: Message | bytes) -> bytes:
        return message if isinstance(message, bytes) else message.SerializeToString()

    return grpc.unary_unary_rpc_method_handler(answer, request_deserializer=request.FromString, response_serializer=encoded)

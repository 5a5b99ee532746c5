"""Raw HTTP replies and real media files, made on the spot."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path

import av
from PIL import Image

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Awaitable[None]]
Serve = Callable[..., Awaitable[int]]


def reply(status: str = "200 OK", headers: str = "", body: bytes = b"", *, length: int | None = -1) -> bytes:
    """A raw HTTP/1.1 response; `length` None leaves Content-Length out, -1 tells the truth."""
    told = "" if length is None else f"Content-Length: {len(body) if length == -1 else length}\r\n"
    return f"HTTP/1.1 {status}\r\n{told}Connection: close\r\n{headers}\r\n".encode() + body


def picture(extension: str = "png", size: tuple[int, int] = (40, 30), colour: str = "teal") -> bytes:
    """An encoded picture of one colour."""
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, {"jpg": "jpeg"}.get(extension, extension))
    return buffer.getvalue()


def clip(extension: str = "mp4", *, video: str | None = "libx264", audio: str | None = None, side: int = 64) -> bytes:
    """A short encoded video or sound."""
    path = Path(tempfile.mkdtemp()) / "clip"
    options = {"movflags": "faststart"} if extension in ("mp4", "mov") else {}
    names = {"m4a": "ipod"}
    with av.open(str(path), "w", format=names.get(extension, extension), options=options) as container:
        picture_track = container.add_stream(video, rate=10) if video else None
        sound_track = container.add_stream(audio, rate=48_000) if audio else None
        if picture_track:
            picture_track.width = picture_track.height = side
            picture_track.pix_fmt = "yuv420p"
            for number in range(6):
                frame = av.VideoFrame(side, side, "yuv420p")
                for plane in frame.planes:
                    plane.update(bytes((number * 40 + at * at) % 256 for at in range(plane.buffer_size)))
                container.mux(picture_track.encode(frame))
            container.mux(picture_track.encode())
        if sound_track:
            context = sound_track.codec_context
            samples = context.frame_size or 1024
            for number in range(10):
                sound = av.AudioFrame(format=context.format.name, layout=context.layout.name, samples=samples)
                for plane in sound.planes:
                    plane.update(bytes(plane.buffer_size))
                sound.sample_rate, sound.pts = 48_000, number * samples
                container.mux(sound_track.encode(sound))
            container.mux(sound_track.encode())
    data = path.read_bytes()
    shutil.rmtree(path.parent)
    return data

"""Frames to an H.264 file. The studio has an encoder of its own, tuned to the byte for its drawings; vendors know nothing of each
other, and a model's frames need a plain one."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from av.video.stream import VideoStream

_OPTIONS = {"crf": "18", "preset": "veryfast"}
_BT709 = 1  # FFmpeg's number for its primaries and its transfer function


def write_video(path: Path, frames: Iterable[Any], *, width: int, height: int, fps: int) -> None:
    """Write frames (uint8 arrays, height x width x RGB) as an MP4 (H.264, yuv420p, BT.709) whose index comes first. Frames of
    another size are scaled; 4:2:0 needs even sides, so an odd one grows by one pixel."""
    even = (width + width % 2, height + height % 2)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as file:
        stream: VideoStream = file.add_stream("libx264", rate=fps, options=_OPTIONS)
        stream.width, stream.height, stream.pix_fmt = *even, "yuv420p"
        context = stream.codec_context
        context.color_primaries = context.color_trc = _BT709
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.thread_count = 2  # beside the device's thread, not instead of it
        for index, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
                *even,
                "yuv420p",
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
                interpolation=Interpolation.LANCZOS,
            )
            frame.pts, frame.time_base = index, Fraction(1, fps)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))

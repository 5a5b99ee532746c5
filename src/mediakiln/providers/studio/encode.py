"""Video files: H.264 High (yuv420p, BT.709) and AAC in an MP4 whose index comes first, the same bytes for the same frames."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from numpy.typing import NDArray

from mediakiln.providers.studio.orders import NOTICE
from mediakiln.providers.studio.stills import Picture

SAMPLE_RATE = 48_000
"""Samples per second of every soundtrack (mono)."""

_BT709 = 1
_LIMITED_RANGE = 1
_AAC_SAMPLES = 1024
_CPU_AVX512F = 13  # OpenCV's CpuFeatures; its Python module has no name for it

# Measured on 5 s of 720p: superfast with a short look-ahead, the macroblock tree and fixed B-frames takes 1.1 s and 300 KB;
# veryfast 1.9 s and 340 KB, superfast alone 1.6 s and 1,400 KB, all near 42 dB. One thread: the pool has one process per core,
# and the bytes must not depend on the machine. x264's AVX-512 code for the macroblock tree reads memory that nobody set, so the
# bytes would differ from run to run; its SSE4.2 and AVX2 code give the same bytes always, in the same time.
_PRESET = "superfast"
_QUALITY = "19"
_X264 = "threads=1:rc-lookahead=5:mbtree=1:b-adapt=0:keyint=48"
if cv2.checkHardwareSupport(_CPU_AVX512F):
    _X264 += ":asm=SSE2,SSE3,SSSE3,SSE4.2,AVX,FMA3,BMI2,AVX2"


def write_video(
    path: Path, frames: Iterable[Picture], *, width: int, height: int, fps: int, sound: NDArray[np.floating[Any]] | None = None
) -> None:
    """Encode `frames` (uint8 RGB, height x width) at `fps`; `sound` is float32 mono at `SAMPLE_RATE`, as long as the video.

    H.264 at 4:2:0 needs even sides: an odd one grows by one repeated pixel.
    """
    even = (width + width % 2, height + height % 2)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "bitexact"}) as file:
        file.metadata["comment"] = NOTICE
        video = _video_stream(file, even, fps)
        audio = _audio_stream(file) if sound is not None else None
        samples = sound if sound is not None else np.zeros(0, np.float32)
        written = 0
        for index, picture in enumerate(frames):
            frame = av.VideoFrame(*even, "yuv420p")
            _fill(frame, picture)
            frame.pts, frame.time_base = index, Fraction(1, fps)
            file.mux(video.encode(frame))
            if audio is not None:
                written = _write_sound(file, audio, samples, written, (index + 1) * SAMPLE_RATE // fps)
        file.mux(video.encode(None))
        if audio is not None:
            _write_sound(file, audio, samples, written, len(samples) + _AAC_SAMPLES)
            file.mux(audio.encode(None))


def _video_stream(file: Any, size: tuple[int, int], fps: int) -> VideoStream:
    options = {"preset": _PRESET, "crf": _QUALITY, "profile": "high", "x264-params": _X264}
    stream: VideoStream = file.add_stream("libx264", rate=fps, options=options)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _LIMITED_RANGE
    context.time_base = Fraction(1, fps)
    return stream


def _audio_stream(file: Any) -> AudioStream:
    stream: AudioStream = file.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
    stream.bit_rate = 96_000
    return stream


def _write_sound(file: Any, stream: AudioStream, samples: NDArray[np.floating[Any]], start: int, end: int) -> int:
    """Encode whole AAC frames from sample `start` while they end before `end`; the last may be short. Returns the next start."""
    while start < len(samples) and start + _AAC_SAMPLES <= end:
        piece = samples[start : start + _AAC_SAMPLES]
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece[None], np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        file.mux(stream.encode(frame))
        start += len(piece)
    return start


def _bt709_matrix() -> NDArray[np.float32]:
    """Full-range R'G'B' to limited-range Y'CbCr, rows Y, Cb, Cr with the offset last (ITU-R BT.709, clause 3)."""
    red, blue = 0.2126, 0.0722
    luma = np.array([red, 1 - red - blue, blue])
    cb = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
    cr = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
    rows = [[*(luma * 219 / 255), 16], [*(cb * 224 / 255), 128], [*(cr * 224 / 255), 128]]
    return np.array(rows, np.float32)


_TO_BT709 = _bt709_matrix()


def _fill(frame: av.VideoFrame, picture: Picture) -> None:
    """Write an RGB picture into a yuv420p frame: by OpenCV a quarter of the time that FFmpeg's converter takes."""
    height, width = picture.shape[:2]
    if (width, height) != (frame.width, frame.height):
        picture = cv2.copyMakeBorder(picture, 0, frame.height - height, 0, frame.width - width, cv2.BORDER_REPLICATE)
    full = cv2.transform(picture, _TO_BT709)
    half = cv2.resize(full, (frame.width // 2, frame.height // 2), interpolation=cv2.INTER_AREA)
    for channel, plane in enumerate(frame.planes):
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)  # type: ignore[call-overload]
        rows[:, : plane.width] = (half if channel else full)[:, :, channel]

"""Video files: H.264 High (yuv420p, BT.709) and AAC in an MP4 whose index comes first, the same bytes for the same frames."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Mapping
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
from mediakiln.providers.studio.planes import BT709, LIMITED_RANGE, fill
from mediakiln.providers.studio.stills import Picture

SAMPLE_RATE = 48_000
"""Samples per second of every soundtrack (mono)."""

_AAC_SAMPLES = 1024
_CPU_AVX512F = 13  # OpenCV's CpuFeatures; its Python module has no name for it

# Measured on 5 s of 720p: superfast with a short look-ahead, the macroblock tree and fixed B-frames takes 1.1 s and 300 KB;
# veryfast 1.9 s and 340 KB, superfast alone 1.6 s and 1,400 KB, all near 42 dB. One thread: the pool has one process per core,
# and the bytes must not depend on the machine. x264's AVX-512 code for the macroblock tree reads memory that nobody set, so the
# bytes would differ from run to run; its SSE4.2 and AVX2 code give the same bytes always, in the same time. Key frames are far
# apart: each is sharper than the frame before it, which is seen as a pulse, and they were a fifth of the file.
_PRESET = "superfast"
_QUALITY = "19"
_X264 = "threads=1:mbtree=1:b-adapt=0:keyint=240"
if cv2.checkHardwareSupport(_CPU_AVX512F):
    _X264 += ":asm=SSE2,SSE3,SSSE3,SSE4.2,AVX,FMA3,BMI2,AVX2"
# x264 keeps about 45 bytes a pixel while it looks ahead and searches between pixels. Large frames get a shorter look, and whole
# pixels, which are small there: at 4k it takes a third of the memory and less time, for a file that is a tenth larger.
_AHEAD, _AHEAD_LARGE = ":rc-lookahead=5", ":rc-lookahead=1:bframes=0:subme=0"
_LARGE = 2_400_000

# How near (dB over R, G and B) a frame that is to be met should be, and how much less than the best of 4:2:0 is near enough.
_NEAR, _SPARE = 39.0, 0.4
_ASKED, _HARDLY = 38.2, 0.1


def write_video(
    path: Path,
    frames: Iterable[Picture],
    *,
    width: int,
    height: int,
    fps: int,
    sound: NDArray[np.floating[Any]] | None = None,
    met: Mapping[int, Picture] | None = None,
) -> None:
    """Encode `frames` (uint8 RGB, height x width) at `fps`; `sound` is float32 mono at `SAMPLE_RATE`, as long as the video.

    H.264 at 4:2:0 needs even sides: an odd one grows by one repeated pixel. `met` are frames, by number, that the file must show
    as they are: they get the bits for 38 dB and more, as far as 4:2:0 can show that picture at all.
    """
    even = (width + width % 2, height + height % 2)
    met = met or {}
    finer = {index: _quantizer(picture, even) for index, picture in met.items()}
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "bitexact"}) as file:
        file.metadata["comment"] = NOTICE
        video = _video_stream(file, even, fps, finer)
        audio = _audio_stream(file) if sound is not None else None
        samples = sound if sound is not None else np.zeros(0, np.float32)
        written, numbers = 0, itertools.count()
        for picture in frames:
            index = next(numbers)
            frame = av.VideoFrame(*even, "yuv420p")
            fill(frame, picture, nearest=index in met)
            frame.pts, frame.time_base = index, Fraction(1, fps)
            file.mux(video.encode(frame))
            if audio is not None:
                written = _write_sound(file, audio, samples, written, (index + 1) * SAMPLE_RATE // fps)
            del picture, frame  # the next one is made first; enumerate would keep this one until then
        file.mux(video.encode(None))
        if audio is not None:
            _write_sound(file, audio, samples, written, len(samples) + _AAC_SAMPLES)
            file.mux(audio.encode(None))


def _video_stream(file: Any, size: tuple[int, int], fps: int, finer: Mapping[int, int]) -> VideoStream:
    # x264 heeds a zone on frame 0 only while the macroblock tree is on.
    zones = "/".join(f"{index},{index},q={quantizer}" for index, quantizer in sorted(finer.items()))
    parameters = _X264 + (_AHEAD if size[0] * size[1] <= _LARGE else _AHEAD_LARGE) + (f":zones={zones}" if zones else "")
    options = {"preset": _PRESET, "crf": _QUALITY, "profile": "high", "x264-params": parameters}
    stream: VideoStream = file.add_stream("libx264", rate=fps, options=options)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = LIMITED_RANGE
    context.time_base = Fraction(1, fps)
    return stream


def _quantizer(picture: Picture, size: tuple[int, int]) -> int:
    """The quantizer at which a frame of `picture` comes out as near as it should: reckoned, then tried on the frame alone."""
    frame = av.VideoFrame(*size, "yuv420p")
    fill(frame, picture, nearest=True)
    frame.pts, frame.time_base = 0, Fraction(1, 24)
    best = likeness(_rgb(frame), picture)
    enough = max(min(_NEAR, best - _SPARE), min(_ASKED, best - _HARDLY))
    # A step of 0.625 * 2^(q/6) leaves errors of about a ninth of its square, which weigh twice as much in RGB as in Y'CbCr.
    room = 255**2 * (10 ** (-enough / 10) - 10 ** (-best / 10))
    quantizer = min(18, max(2, int(6 * np.log2(np.sqrt(room * 9 / 2) / 0.625))))
    while quantizer > 2 and likeness(_alone(frame, size, quantizer), picture) < enough:
        quantizer = max(2, quantizer - 3)
    return quantizer


def _alone(frame: av.VideoFrame, size: tuple[int, int], quantizer: int) -> Picture:
    """`frame` coded as a video of its own and decoded."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="h264") as file:
        stream = _video_stream(file, size, 24, {0: quantizer})
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    return _rgb([*decoder.decode(av.Packet(buffer.getvalue())), *decoder.decode(None)][0])


def _rgb(frame: av.VideoFrame) -> Picture:
    return np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def likeness(shown: Picture, picture: Picture) -> float:
    """PSNR in dB over R, G and B; what `shown` has beyond the picture's sides is not looked at."""
    height, width = picture.shape[:2]
    return float(cv2.PSNR(np.ascontiguousarray(shown[:height, :width]), picture))


def _audio_stream(file: Any) -> AudioStream:
    # Its quick coder needs a third of the time, and a few more bits for the same sound.
    stream: AudioStream = file.add_stream("aac", rate=SAMPLE_RATE, layout="mono", options={"aac_coder": "fast"})
    stream.bit_rate = 128_000
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

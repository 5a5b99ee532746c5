"""Every size and length that the video dialects' tables name comes out exactly, to the last column, row, frame and sample."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from mediakiln.generation import GenerationRequest, Kind
from mediakiln.providers.studio.encode import SAMPLE_RATE, write_video
from mediakiln.providers.studio.orders import Order
from mediakiln.providers.studio.render import render

# Resolution and ratio (16:9, 4:3, 1:1, 3:4, 9:16, 21:9), from the documents of the API. Many are no multiple of 16.
TABLE = {
    "480p": [(864, 496), (752, 560), (640, 640), (560, 752), (496, 864), (992, 432)],
    "720p": [(1280, 720), (1112, 834), (960, 960), (834, 1112), (720, 1280), (1470, 630)],
    "1080p": [(1920, 1080), (1664, 1248), (1440, 1440), (1248, 1664), (1080, 1920), (2206, 946)],
}
SIZES = [size for row in TABLE.values() for size in row]


def framed(width: int, height: int, shift: int) -> np.ndarray:
    """A soft picture with a bright line along its very right and bottom edges, 4 pixels thick, and a block that moves."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    picture = np.dstack([40 + 60 * x / width, 60 + 60 * y / height, np.full_like(x, 90)]).astype(np.uint8)
    cv2.circle(picture, (width // 3 + shift, height // 2), 40, (200, 80, 60), -1, cv2.LINE_AA)
    picture[:, -4:] = picture[-4:] = (240, 235, 225)
    return picture


@pytest.mark.parametrize(("width", "height"), SIZES, ids=lambda side: str(side))
def test_every_size_is_exact_to_its_edges(tmp_path: Path, width: int, height: int) -> None:
    """Nothing is cut off at the right and bottom, nothing is added, and no macroblock's padding shows."""
    pictures = [framed(width, height, 6 * index) for index in range(3)]
    write_video(tmp_path / "v.mp4", pictures, width=width, height=height, fps=24)
    with av.open(str(tmp_path / "v.mp4")) as file:
        stream = file.streams.video[0]
        assert (stream.width, stream.height) == (width, height)
        assert stream.sample_aspect_ratio in (None, 1)
        frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(stream)]
    assert len(frames) == 3
    for shown, picture in zip(frames, pictures, strict=True):
        assert shown.shape == picture.shape
        for edge in (np.s_[:, -3:], np.s_[-3:, :], np.s_[:, :3], np.s_[:3, :]):
            assert np.abs(shown[edge].astype(int) - picture[edge]).mean() < 6
        # The dark ground just inside of the line: a shift by one pixel would brighten it.
        assert shown[height // 2, width - 9].max() < 140
        assert shown[height - 9, width // 2].max() < 140


@pytest.mark.parametrize("size", [row[5] for row in TABLE.values()], ids=lambda size: f"{size[0]}x{size[1]}")
def test_scenes_are_rendered_at_odd_sizes(tmp_path: Path, size: tuple[int, int]) -> None:
    """From words to file, with a camera that moves; the last columns are painted like their neighbours."""
    request = GenerationRequest(
        kind=Kind.VIDEO,
        model="any",
        prompt="a boat on a lake, pan right",
        width=size[0],
        height=size[1],
        frames=2,
        fps=24,
        seed=1,
    )
    (product,) = render(Order(request, (), str(tmp_path)), lambda share: None)
    with av.open(product.path) as file:
        assert not file.streams.audio
        frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    assert [frame.shape for frame in frames] == [(size[1], size[0], 3)] * 2
    for frame in frames:
        assert np.abs(frame[:, -1].astype(int) - frame[:, -4]).mean() < 12
        assert np.abs(frame[-1].astype(int) - frame[-4]).mean() < 25


@pytest.mark.parametrize("seconds", range(4, 16))
def test_every_length_is_exact_with_sound(tmp_path: Path, seconds: int) -> None:
    """Frames, rate and seconds agree; mono AAC is as long to one AAC frame, and starts with the picture."""
    still = framed(96, 64, 0)
    sound = np.zeros(seconds * SAMPLE_RATE, np.float32)
    clicks = [SAMPLE_RATE // 2, (seconds - 1) * SAMPLE_RATE]
    for click in clicks:
        sound[click : click + 480] = 0.5 * np.sin(np.arange(480) * 0.3)
    write_video(tmp_path / "v.mp4", (still for _ in range(seconds * 24)), width=96, height=64, fps=24, sound=sound)
    with av.open(str(tmp_path / "v.mp4")) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert (audio.codec_context.name, audio.layout.name, audio.rate) == ("aac", "mono", SAMPLE_RATE)
        assert video.average_rate == 24
        assert video.duration * video.time_base == seconds
        assert abs(float(audio.duration * audio.time_base) - seconds) <= 1024 / SAMPLE_RATE
        assert sum(1 for _ in file.decode(video)) == seconds * 24
        file.seek(0)
        heard = np.zeros(seconds * SAMPLE_RATE + 4096, np.float32)
        for frame in file.decode(audio):
            start = round(float(frame.pts * frame.time_base) * SAMPLE_RATE)
            piece = frame.to_ndarray().reshape(-1)
            piece, start = piece[max(0, -start) :], max(0, start)
            heard[start : start + len(piece)] = piece[: len(heard) - start]
    for click in clicks:
        near = np.abs(heard[click - 4800 : click + 4800])
        assert abs(int(np.argmax(near > 0.1)) - 4800) < 1024

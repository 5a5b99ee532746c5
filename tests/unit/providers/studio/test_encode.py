"""Video and picture files: exact counts, durations, order of atoms, metadata, equal bytes."""

from __future__ import annotations

import io
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from mediakiln.providers.studio.encode import SAMPLE_RATE, likeness, write_video
from mediakiln.providers.studio.orders import NOTICE, CannotRender
from mediakiln.providers.studio.stills import encode_still

EXACT = 0x40000 | 0x2000 | 4
"""FFmpeg's flags for rounding that does not darken: accurate_rnd, full_chroma_inp, bicubic."""


def picture(width: int = 96, height: int = 64, seed: int = 1) -> np.ndarray:
    """A smooth colourful picture with a few hard edges."""
    coarse = np.random.default_rng(seed).integers(0, 255, (5, 7, 3)).astype(np.uint8)
    image = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    image[height // 3 : height // 2, width // 4 : width // 2] = (200, 40, 30)
    return image


def record(path: Path, *, width: int = 96, height: int = 64, seconds: int = 2, fps: int = 24, sound: bool = False) -> Path:
    """A clip of a picture that slides sideways."""
    still = picture(width, height)
    samples = (0.2 * np.sin(np.arange(seconds * SAMPLE_RATE) * 0.05)).astype(np.float32) if sound else None
    frames = (np.roll(still, index, 1) for index in range(seconds * fps))
    write_video(path, frames, width=width, height=height, fps=fps, sound=samples)
    return path


@pytest.mark.parametrize(("seconds", "fps"), [(1, 24), (3, 24), (2, 30), (5, 25)])
def test_video_has_exactly_the_frames_and_seconds_asked_for(tmp_path: Path, seconds: int, fps: int) -> None:
    """Container, streams and decoder agree on the length, with sound too."""
    with av.open(str(record(tmp_path / "v.mp4", seconds=seconds, fps=fps, sound=True))) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert file.duration == seconds * 1_000_000
        assert video.duration * video.time_base == seconds
        assert abs(float(audio.duration * audio.time_base) - seconds) <= 1024 / SAMPLE_RATE
        assert video.average_rate == fps
        assert sum(1 for _ in file.decode(video=0)) == seconds * fps


def test_video_is_h264_high_in_bt709_with_mono_aac(tmp_path: Path) -> None:
    """The codecs and colour flags that browsers expect."""
    with av.open(str(record(tmp_path / "v.mp4", sound=True))) as file:
        context, audio = file.streams.video[0].codec_context, file.streams.audio[0].codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
        assert (audio.name, audio.sample_rate, audio.layout.name) == ("aac", SAMPLE_RATE, "mono")
        assert file.metadata["comment"] == NOTICE
        assert "creation_time" not in file.metadata


def test_video_without_sound_has_no_audio_track(tmp_path: Path) -> None:
    """Silence is no track at all, not an empty one."""
    with av.open(str(record(tmp_path / "v.mp4"))) as file:
        assert [stream.type for stream in file.streams] == ["video"]


def test_index_comes_before_the_media(tmp_path: Path) -> None:
    """Playback can start before the file is complete."""
    data = record(tmp_path / "v.mp4", sound=True).read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_odd_sizes_grow_by_one_pixel(tmp_path: Path) -> None:
    """H.264 at 4:2:0 has even sides."""
    with av.open(str(record(tmp_path / "v.mp4", width=97, height=63, seconds=1))) as file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == (98, 64)


def test_same_frames_same_bytes_whatever_the_memory_held(tmp_path: Path) -> None:
    """x264 must not read memory that it did not set (its AVX-512 code does)."""
    files = set()
    for fill in range(4):
        scribbled = [np.full(size, 37 * fill, np.uint8) for size in (1_000, 20_000, 100_000, 1_000_000) * 20]
        del scribbled
        files.add(record(tmp_path / "v.mp4", seconds=2, sound=True).read_bytes())
    assert len(files) == 1


def test_colours_survive(tmp_path: Path) -> None:
    """Our own RGB to BT.709 conversion agrees with FFmpeg's back-conversion."""
    with av.open(str(record(tmp_path / "v.mp4", width=320, height=180, seconds=1))) as file:
        first = (
            next(file.decode(video=0)).reformat(format="rgb24", src_colorspace=1, interpolation=EXACT).to_ndarray().astype(float)
        )
    assert np.abs(first.mean(axis=(0, 1)) - picture(320, 180).mean(axis=(0, 1))).max() < 1.5


def test_frames_that_are_to_be_met_are_met(tmp_path: Path) -> None:
    """38 dB and more for a noisy picture at both ends, which the other frames do not reach nor pay for."""
    noise = np.random.default_rng(3).normal(0, 12, (180, 320, 1))
    noisy = np.clip(cv2.GaussianBlur(picture(320, 180), (0, 0), 2) + noise, 0, 255).astype(np.uint8)
    frames = [np.roll(noisy, 4 * index, 1) for index in range(24)]
    sizes, near = [], []
    for met in ({}, {0: frames[0], 23: frames[23]}):
        write_video(tmp_path / "v.mp4", frames, width=320, height=180, fps=24, met=met)
        sizes.append((tmp_path / "v.mp4").stat().st_size)
        with av.open(str(tmp_path / "v.mp4")) as file:
            shown = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
        near.append([likeness(one, other) for one, other in zip(shown, frames, strict=True)])
    assert max(near[0][0], near[0][23]) < 38
    assert min(near[1][0], near[1][23]) >= 38
    assert sizes[1] < 3 * sizes[0]


@pytest.mark.parametrize("size", [(64, 48), (33, 17), (16, 200)])
def test_png_is_exact_and_says_what_made_it(size: tuple[int, int]) -> None:
    """Our own PNG writer is lossless and readable by others."""
    data, media_type, suffix = encode_still(picture(*size), "png")
    image = Image.open(io.BytesIO(data))
    assert (media_type, suffix, image.format) == ("image/png", ".png", "PNG")
    assert np.array_equal(np.asarray(image), picture(*size))
    assert image.text == {"Software": NOTICE}
    assert np.array_equal(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1], picture(*size))


@pytest.mark.parametrize("name", ["jpeg", "jpg", "JPEG"])
def test_jpeg_says_what_made_it(name: str) -> None:
    """In EXIF and in the comment."""
    data, media_type, _ = encode_still(picture(), name)
    image = Image.open(io.BytesIO(data))
    assert (media_type, image.format) == ("image/jpeg", "JPEG")
    assert image.getexif()[0x0131] == NOTICE
    assert image.info["comment"] == NOTICE.encode()
    assert np.abs(np.asarray(image).astype(int) - picture()).mean() < 4


def test_unknown_format_is_refused() -> None:
    """A clear word, no raw error."""
    with pytest.raises(CannotRender, match="webp"):
        encode_still(picture(), "webp")


def test_key_frames_do_not_pulse(tmp_path: Path) -> None:
    """A scene without cuts has one, and every frame is about as near to its picture as its neighbours."""
    grain = np.random.default_rng(3).normal(0, 14, (180, 480)).astype(np.float32)
    long = np.clip(cv2.resize(picture(96, 64), (480, 180)) + cv2.GaussianBlur(grain, (0, 0), 1.2)[..., None], 0, 255).astype(
        np.uint8
    )
    frames = [np.ascontiguousarray(long[:, index : index + 320]) for index in range(96)]
    write_video(tmp_path / "v.mp4", frames, width=320, height=180, fps=24)
    with av.open(str(tmp_path / "v.mp4")) as file:
        shown = list(file.decode(video=0))
    assert [frame.key_frame for frame in shown].count(True) == 1
    near = [likeness(frame.to_ndarray(format="rgb24"), frames[index]) for index, frame in enumerate(shown)]
    assert max(np.diff(near[24:])) < 1.5

"""Whole videos from pictures, clips and sounds: both ends true, references seen and heard, lengths exact."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from mediakiln.generation import GenerationRequest, Kind, Mode, Role
from mediakiln.providers.studio.encode import likeness, write_video
from mediakiln.providers.studio.orders import Order, Source
from mediakiln.providers.studio.render import render
from mediakiln.providers.studio.source import fit

Picture = np.ndarray
WIDTH, HEIGHT = 320, 180


def photo(seed: int = 1, width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """Like a photograph: soft light, edges, texture, and the noise of a sensor."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    picture = np.dstack([120 + 60 * y / height, 140 + 40 * x / width, 190 - 70 * y / height])
    hills = y > height * (0.55 + 0.1 * np.sin(x / width * 9 + seed))
    picture[hills] = picture[hills] * 0.6 + np.array([10, 30, 0])
    cv2.circle(picture, (width * (2 + seed % 3) // 6, height // 2), height // 6, (190, 150, 120), -1)
    texture = cv2.resize(rng.normal(0, 10, (height // 2, width // 2)).astype(np.float32), (width, height))
    noise = rng.normal(0, 7, (height, width, 1)) + cv2.GaussianBlur(rng.normal(0, 4, (height, width, 3)), (0, 0), 1.0)
    return np.clip(picture + texture[..., None] + noise, 0, 255).astype(np.uint8)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., tuple[list[Picture], Path]]:
    """Render an order of small size; gives its decoded frames and the file."""

    def run(*sources: Source, **fields: object) -> tuple[list[Picture], Path]:
        values = {"prompt": "clouds over the hills", "width": WIDTH, "height": HEIGHT, "duration": 1, "fps": 24, "seed": 1}
        mode = Mode.IMAGE if sources else Mode.TEXT
        request = GenerationRequest(kind=Kind.VIDEO, model="any", mode=mode, **(values | fields))
        folder = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        ticks: list[float] = []
        (product,) = render(Order(request, sources, str(folder)), ticks.append)
        assert ticks == sorted(ticks)
        assert ticks[-1] == 1.0
        frames = decoded(Path(product.path))
        assert len(frames) == len(ticks) == request.length
        return frames, Path(product.path)

    return run


def decoded(path: Path) -> list[Picture]:
    """All frames as RGB."""
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]


def heard(path: Path) -> np.ndarray:
    """The sound track as mono float32."""
    with av.open(str(path)) as file:
        return np.concatenate([frame.to_ndarray().reshape(-1) for frame in file.decode(audio=0)])


def saved(picture: Picture, path: Path, role: Role) -> Source:
    """The picture as an input file."""
    Image.fromarray(picture).save(path)
    return Source(role, str(path), "image/png")


def tone(path: Path, hertz: float, seconds: float = 2.0) -> Source:
    """A stereo WAV of one tone at 22,050 Hz."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=22_050, layout="stereo")
        wave = (9000 * np.sin(np.arange(round(seconds * 22_050)) * 2 * np.pi * hertz / 22_050)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2)[None], format="s16", layout="stereo")
        frame.sample_rate = 22_050
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return Source(Role.REFERENCE_AUDIO, str(path), "audio/wav")


def pitch(sound: np.ndarray) -> float:
    """The strongest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum)) * 48_000 / len(sound)


def test_a_noisy_photograph_is_frame_zero(make: Callable, tmp_path: Path) -> None:
    """PSNR of 38 dB and more after decoding, against the picture fitted without stretching; it moves afterwards."""
    given = photo(1, 480, 200)
    frames, _ = make(saved(given, tmp_path / "a.png", Role.FIRST_FRAME))
    assert likeness(frames[0], fit(given, WIDTH, HEIGHT)) >= 38
    assert np.abs(frames[-1].astype(int) - frames[0]).mean() > 1


def test_first_and_last_are_both_met(make: Callable, tmp_path: Path) -> None:
    """At 38 dB and more at both ends, for like and for unlike pictures, without a jump between."""
    start = photo(1)
    like = cv2.warpAffine(
        start, np.array([[1.08, 0, 6], [0, 1.08, -8]], np.float32), (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT
    )
    for index, goal in enumerate((like, photo(5)[::-1])):
        ends = (
            saved(start, tmp_path / "a.png", Role.FIRST_FRAME),
            saved(np.ascontiguousarray(goal), tmp_path / f"b{index}.png", Role.LAST_FRAME),
        )
        frames, _ = make(*ends)
        assert likeness(frames[0], start) >= 38
        assert likeness(frames[-1], np.ascontiguousarray(goal)) >= 38
        steps = [np.abs(after.astype(int) - before).mean() for before, after in itertools.pairwise(frames)]
        assert max(steps) < 0.35 * np.abs(frames[-1].astype(int) - frames[0]).mean() + 4


def test_a_last_frame_alone_ends_the_scene(make: Callable, tmp_path: Path) -> None:
    """The words' scene first, then over to the picture."""
    goal = photo(3)
    frames, _ = make(saved(goal, tmp_path / "b.png", Role.LAST_FRAME), prompt="a lake at night")
    assert likeness(frames[-1], goal) >= 38
    assert frames[0].mean() < 0.7 * goal.mean()


def test_a_video_goes_on_where_another_ended(make: Callable, tmp_path: Path) -> None:
    """Extension: the last decoded frame is the next one's first, and the second one is near it."""
    before, _ = make(prompt="a boat on a lake")
    after, _ = make(saved(before[-1], tmp_path / "end.png", Role.FIRST_FRAME), prompt="a boat on a lake")
    assert likeness(after[0], before[-1]) >= 36
    assert likeness(after[1], before[-1]) > 28


def test_references_are_subjects(make: Callable, tmp_path: Path) -> None:
    """A magenta ball from a photograph is in the picture; over a given frame it comes after frame 0 and goes before the last."""
    ball = np.full((120, 160, 3), (180, 185, 190), np.uint8)
    cv2.circle(ball, (80, 64), 36, (220, 20, 190), -1, cv2.LINE_AA)
    reference = saved(ball, tmp_path / "ball.png", Role.REFERENCE_IMAGE)

    def amount(picture: Picture) -> float:
        r, g, b = (picture[..., channel].astype(int) for channel in range(3))
        return float(((r > g + 60) & (b > g + 50)).mean())

    frames, _ = make(reference, prompt="a ball on a meadow")
    assert min(amount(frames[0]), amount(frames[-1])) > 0.02
    ends = saved(photo(1), tmp_path / "a.png", Role.FIRST_FRAME), saved(photo(1), tmp_path / "b.png", Role.LAST_FRAME)
    frames, _ = make(*ends, reference, duration=2)
    assert amount(frames[24]) > 0.02
    assert likeness(frames[0], photo(1)) >= 38
    assert likeness(frames[-1], photo(1)) >= 38


def test_a_frame_leads_into_footage(make: Callable, tmp_path: Path) -> None:
    """Frame 0 is the picture, the end is the clip's."""
    still = np.full((90, 160, 3), (30, 60, 200), np.uint8)
    write_video(tmp_path / "c.mp4", (still for _ in range(30)), width=160, height=90, fps=30)
    clip = Source(Role.REFERENCE_VIDEO, str(tmp_path / "c.mp4"), "video/mp4")
    frames, _ = make(saved(photo(2), tmp_path / "a.png", Role.FIRST_FRAME), clip, strength=0.0)
    assert likeness(frames[0], photo(2)) >= 38
    assert np.abs(frames[-1].mean(axis=(0, 1)) - (30, 60, 200)).max() < 6


@pytest.mark.parametrize(
    ("fields", "count"), [({"frames": 17}, 17), ({"duration": 2, "fps": 15}, 30), ({"width": 98, "height": 210}, 24)]
)
def test_lengths_and_sizes_are_exact(make: Callable, fields: dict, count: int) -> None:
    """Frames where they are named, seconds times rate otherwise; the sound is as long, to one AAC frame."""
    frames, path = make(audio=True, **fields)
    assert len(frames) == count
    assert frames[0].shape == (fields.get("height", HEIGHT), fields.get("width", WIDTH), 3)
    with av.open(str(path)) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        seconds = float(video.duration * video.time_base)
        assert seconds == pytest.approx(count / fields.get("fps", 24))
        assert abs(float(audio.duration * audio.time_base) - seconds) <= 1024 / 48_000


def test_reference_sounds_are_heard_one_after_another(make: Callable, tmp_path: Path) -> None:
    """440 Hz first, then 1,000 Hz, in front of the ambience."""
    sounds = tone(tmp_path / "a.wav", 440), tone(tmp_path / "b.wav", 1000)
    _, path = make(*sounds, audio=True, duration=2, fps=8, prompt="rain in a forest")
    sound = heard(path)
    assert pitch(sound[12_000:36_000]) == pytest.approx(440, abs=5)
    assert pitch(sound[60_000:84_000]) == pytest.approx(1000, abs=5)


def test_a_clip_brings_its_own_sound(make: Callable, tmp_path: Path) -> None:
    """When sound is wanted; without it there is no track at all, whatever was given."""
    samples = (0.3 * np.sin(np.arange(48_000) * 2 * np.pi * 660 / 48_000)).astype(np.float32)
    write_video(tmp_path / "c.mp4", (photo(1, 96, 54) for _ in range(24)), width=96, height=54, fps=24, sound=samples)
    clip = Source(Role.REFERENCE_VIDEO, str(tmp_path / "c.mp4"), "video/mp4")
    _, path = make(clip, audio=True)
    assert pitch(heard(path)[8_000:40_000]) == pytest.approx(660, abs=5)
    for silent in (make(clip, audio=False), make(tone(tmp_path / "a.wav", 440), audio=False)):
        with av.open(str(silent[1])) as file:
            assert not file.streams.audio


def test_the_same_order_gives_the_same_bytes(make: Callable, tmp_path: Path) -> None:
    """With everything that can be given."""
    sources = (
        saved(photo(1), tmp_path / "a.png", Role.FIRST_FRAME),
        saved(photo(4), tmp_path / "b.png", Role.LAST_FRAME),
        saved(photo(2), tmp_path / "r.png", Role.REFERENCE_IMAGE),
        tone(tmp_path / "a.wav", 440),
    )
    one, other = (make(*sources, audio=True, frames=8)[1].read_bytes() for _ in range(2))
    assert one == other

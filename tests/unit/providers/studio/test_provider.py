"""The provider over real worker processes: files, progress, cancelling, killed workers, a killed server."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from mediakiln.generation import GenerationRequest, Kind, Mode, Role
from mediakiln.providers.base import Finished, InputFile, Job, OperatorFault, Rejected, RejectReason, Retryable
from mediakiln.providers.studio.provider import StudioProvider

SLOW = {"kind": Kind.VIDEO, "width": 640, "height": 360, "duration": 60}


@pytest.fixture
async def studio() -> AsyncIterator[StudioProvider]:
    """A provider with one worker process."""
    provider = StudioProvider(1)
    yield provider
    await provider.aclose()


@pytest.fixture
def job(tmp_path: Path) -> Callable[..., Job]:
    """Makes jobs with an empty directory each; `progress` collects into the list `job.seen`."""

    def make(*inputs: InputFile, progress: Callable[[float], None] = lambda _: None, **fields: object) -> Job:
        workdir = tmp_path / f"job{len(list(tmp_path.iterdir()))}"
        workdir.mkdir()
        values = {"kind": Kind.IMAGE, "model": "any", "prompt": "a red boat on a lake", "width": 128, "height": 96, "seed": 5}
        request = GenerationRequest(**(values | fields))
        return Job("task", request, "any", inputs, workdir, "key", progress)

    return make


def photograph(path: Path, width: int = 160, height: int = 120) -> InputFile:
    """A picture with soft light and some structure."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    image = np.dstack([90 + 90 * y / height, 120 + 60 * x / width, 200 - 120 * y / height])
    image[height // 2 : height * 3 // 4, width // 4 : width // 2] = (190, 60, 50)
    Image.fromarray(image.astype(np.uint8)).save(path)
    return InputFile(Role.FIRST_FRAME, path, "image/png", width, height)


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> float:
    """Wait for `condition`; returns the seconds that it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds
        await asyncio.sleep(0.01)
    return time.monotonic() - start


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie that nobody reaped has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


async def test_pictures_differ_by_item_and_repeat_by_seed(studio: StudioProvider, job: Callable[..., Job]) -> None:
    """Item 0 has the request's seed, the others their own; a second run gives the same bytes."""
    three = await studio.start(job(count=3))
    one = await studio.start(job(count=1))
    assert [output.media_type for output in three.outputs] == ["image/png"] * 3
    data = [output.path.read_bytes() for output in three.outputs]
    assert len(set(data)) == 3
    assert one.outputs[0].path.read_bytes() == data[0]
    assert Image.open(three.outputs[0].path).size == (128, 96)


async def test_two_processes_render_the_same_bytes(job: Callable[..., Job]) -> None:
    """A video with sound is the same from another worker."""
    files = set()
    for _ in range(2):
        provider = StudioProvider(1)
        finished = await provider.start(job(kind=Kind.VIDEO, duration=1, audio=True))
        files.add(finished.outputs[0].path.read_bytes())
        await provider.aclose()
    assert len(files) == 1


async def test_video_as_asked_for_with_real_progress(studio: StudioProvider, job: Callable[..., Job]) -> None:
    """Exact frames, no audio track unless wanted, progress that rises."""
    seen: list[float] = []
    order = job(kind=Kind.VIDEO, duration=2, fps=24, audio=False, width=640, height=360, progress=seen.append)
    finished = await studio.start(order)
    assert isinstance(finished, Finished)
    assert finished.outputs[0].media_type == "video/mp4"
    assert finished.outputs[0].path.parent == order.workdir
    with av.open(str(finished.outputs[0].path)) as file:
        assert [stream.type for stream in file.streams] == ["video"]
        assert file.duration == 2_000_000
        assert sum(1 for _ in file.decode(video=0)) == 48
    assert len(seen) >= 2
    assert seen == sorted(seen)
    assert all(0 < fraction <= 1 for fraction in seen)


async def test_given_picture_is_the_first_frame(studio: StudioProvider, job: Callable[..., Job], tmp_path: Path) -> None:
    """PSNR of at least 38 dB at frame 0, and the picture moves afterwards."""
    given = photograph(tmp_path / "given.png", 320, 180)
    order = job(given, kind=Kind.VIDEO, mode=Mode.IMAGE, duration=1, width=320, height=180, prompt="it snows")
    finished = await studio.start(order)
    with av.open(str(finished.outputs[0].path)) as file:
        frames = [frame.reformat(format="rgb24", src_colorspace=1).to_ndarray().astype(float) for frame in file.decode(video=0)]
    source = np.asarray(Image.open(given.path)).astype(float)
    assert 10 * np.log10(255**2 / np.mean((frames[0] - source) ** 2)) >= 38
    assert np.abs(frames[-1] - frames[0]).mean() > 1.0
    assert np.corrcoef(frames[-1].ravel(), source.ravel())[0, 1] > 0.8


async def test_cancelling_stops_the_render_and_frees_the_worker(studio: StudioProvider, job: Callable[..., Job]) -> None:
    """Within a second the process is gone; the next job runs."""
    await studio.open()
    pid = studio._pool.pids[0]
    seen: list[float] = []
    task = asyncio.create_task(studio.start(job(**SLOW, progress=seen.append)))
    await until(lambda: bool(seen))
    start = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - start < 1
    assert gone(pid)
    assert len((await studio.start(job())).outputs) == 1


@pytest.mark.parametrize("frames", [0, 2])
async def test_cancelling_a_4k_video_stops_within_a_second(studio: StudioProvider, job: Callable[..., Job], frames: int) -> None:
    """While its layers are still painted and while its frames are; progress counts frames, not time."""
    await studio.open()
    pid = studio._pool.pids[0]
    seen: list[float] = []
    order = job(kind=Kind.VIDEO, duration=15, width=3840, height=2160, prompt="a cat in a garden", progress=seen.append)
    task = asyncio.create_task(studio.start(order))
    await (until(lambda: len(seen) >= frames, 60) if frames else asyncio.sleep(0.3))
    start = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - start < 1
    assert gone(pid)
    assert all(fraction * order.request.length == pytest.approx(round(fraction * order.request.length)) for fraction in seen)
    assert all(fraction < 0.5 for fraction in seen)


async def test_cancelling_a_waiting_job_leaves_the_running_one_alone(studio: StudioProvider, job: Callable[..., Job]) -> None:
    """Only the job's own process ends."""
    running = asyncio.create_task(studio.start(job(kind=Kind.VIDEO, duration=1)))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(studio.start(job()))
    await asyncio.sleep(0.05)
    waiting.cancel()
    assert len((await running).outputs) == 1
    assert waiting.cancelled()


async def test_killed_worker_is_retryable_and_the_pool_heals(studio: StudioProvider, job: Callable[..., Job]) -> None:
    """As after the kernel's out-of-memory killer."""
    await studio.open()
    seen: list[float] = []
    task = asyncio.create_task(studio.start(job(**SLOW, progress=seen.append)))
    await until(lambda: bool(seen))
    os.kill(studio._pool.pids[0], signal.SIGKILL)
    with pytest.raises(Retryable):
        await task
    assert len((await studio.start(job())).outputs) == 1


async def test_worker_that_died_idle_is_replaced_unseen(studio: StudioProvider, job: Callable[..., Job]) -> None:
    """Nobody's job fails for it."""
    await studio.open()
    pid = studio._pool.pids[0]
    os.kill(pid, signal.SIGKILL)
    await until(lambda: gone(pid))
    assert len((await studio.start(job())).outputs) == 1
    assert studio._pool.pids != [pid]


async def test_closing_ends_running_jobs_and_processes(studio: StudioProvider, job: Callable[..., Job]) -> None:
    """As `Retryable`, and nothing stays behind."""
    await studio.open()
    pids = studio._pool.pids
    task = asyncio.create_task(studio.start(job(**SLOW)))
    await asyncio.sleep(0.1)
    await studio.aclose()
    with pytest.raises(Retryable):
        await task
    assert all(gone(pid) for pid in pids)
    with pytest.raises(Retryable):
        await studio.start(job())


SERVER = """
import asyncio, sys, tempfile
from pathlib import Path
from mediakiln.generation import GenerationRequest, Kind
from mediakiln.providers.base import Job
from mediakiln.providers.studio.provider import StudioProvider

async def main():
    studio = StudioProvider(1)
    request = GenerationRequest(kind=Kind.VIDEO, model="m", prompt="a lake", width=1280, height=720, duration=60, seed=1)
    told = lambda fraction: print(*studio._pool.pids, flush=True)
    await studio.start(Job("t", request, "m", (), Path(sys.argv[1]), "k", told))

asyncio.run(main())
"""


async def test_workers_die_with_a_killed_server(tmp_path: Path) -> None:
    """Even in the middle of a render, and even when the server had no chance to say anything."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)], stdout=subprocess.PIPE, env=environment)
    assert server.stdout is not None
    pid = int(server.stdout.readline())
    assert not gone(pid)
    server.kill()
    server.wait()
    server.stdout.close()
    assert await until(lambda: gone(pid)) < 3


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"width": 9000}, "megapixels"),
        ({"output_format": "webp"}, "webp"),
        ({"kind": Kind.VIDEO, "duration": 600}, "seconds"),
        ({"kind": Kind.VIDEO, "duration": 1, "output_format": "webm"}, "webm"),
        ({"kind": Kind.VIDEO, "duration": 1, "fps": 0}, "frames per second"),
    ],
)
async def test_what_it_cannot_do_is_rejected(studio: StudioProvider, job: Callable[..., Job], fields: dict, word: str) -> None:
    """With a message for the caller, and the worker lives on."""
    with pytest.raises(Rejected, match=word) as caught:
        await studio.start(job(**fields))
    assert caught.value.reason is RejectReason.UNSUPPORTED


async def test_unreadable_input_is_invalid(studio: StudioProvider, job: Callable[..., Job], tmp_path: Path) -> None:
    """A broken file is the caller's to mend."""
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n not really")
    with pytest.raises(Rejected) as caught:
        await studio.start(job(InputFile(Role.IMAGE, broken, "image/png"), mode=Mode.IMAGE))
    assert caught.value.reason is RejectReason.INVALID


async def test_missing_folder_is_retryable(studio: StudioProvider, job: Callable[..., Job]) -> None:
    """Trouble with the disk may pass."""
    order = job()
    order.workdir.rmdir()
    with pytest.raises(Retryable):
        await studio.start(order)


async def test_poll_says_that_there_is_nothing_to_ask_for(studio: StudioProvider, job: Callable[..., Job]) -> None:
    """The studio never accepts a job for later."""
    with pytest.raises(Rejected):
        await studio.poll(job(), "id")
    await studio.cancel(job(), "id")


def test_the_server_never_imports_the_renderer() -> None:
    """skia, OpenCV and FFmpeg stay in the workers."""
    code = "import sys, mediakiln.providers.studio.provider; print({'skia', 'cv2', 'av', 'numpy'} & set(sys.modules))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True, text=True)
    assert ran.stdout == "set()\n"


async def test_where_skia_cannot_be_loaded_the_operator_is_told(
    studio: StudioProvider, job: Callable[..., Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once and with the loader's words: trying again would help nobody."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "skia.py").write_text('raise ImportError("libGL.so.1: cannot open shared object file")')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    for _ in range(2):
        with pytest.raises(OperatorFault, match=r"libGL\.so\.1"):
            await studio.start(job())

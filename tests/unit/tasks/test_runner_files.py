"""The files of a task: one attempt never touches another's, and what nobody will speak of is deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from fakes.kiln import PRICE, Kiln, quote
from fakes.providers import Answer, Crash, Scripted, deliver
from PIL import Image
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.assets.stills import SMALL, thumbnail_path
from mediakiln.providers.base import Finished, Job, OutputFile, OutputUrl
from mediakiln.tasks import attempt, collecting, hold, states
from mediakiln.tasks.dispatch.base import Again

pytestmark = pytest.mark.usefixtures("hasty")


def blobs(kiln: Kiln) -> dict[str, bytes]:
    """Every stored file by its public path; each of them, and nothing else, has its thumbnail."""
    root = kiln.settings.data / "blobs"
    found = {f"/{path.relative_to(root)}": path.read_bytes() for path in root.rglob("*") if path.is_file()}
    files = {path: contents for path, contents in found.items() if not path.endswith(SMALL)}
    assert found.keys() - files.keys() == {thumbnail_path(path) for path in files}
    return files


async def results(kiln: Kiln, task_id: str) -> list[str]:
    """The paths that a succeeded task's clients are shown."""
    return [output["path"] for output in msgspec.json.decode((await kiln.row(task_id))["result"])]


def paint(path: Path, colour: str) -> Path:
    """A small picture in one colour."""
    Image.new("RGB", (16, 16), colour).save(path)
    return path


async def test_a_late_worker_changes_no_result(kiln: Kiln) -> None:
    """A worker that slept through its lease wakes after another one succeeded, and stores a different picture: the link that
    is out keeps its bytes, and the late picture is gone."""
    ann = await kiln.account()
    task_id = await kiln.submitted(ann)
    asleep, awake = asyncio.Event(), asyncio.Event()

    async def late(job: Job) -> Answer:
        asleep.set()
        await awake.wait()
        return Finished((OutputFile(paint(job.workdir / "late.png", "blue"), "image/png"),))

    first = asyncio.create_task(kiln.runner(Scripted(start=[late]))(task_id))
    await asleep.wait()
    assert await kiln.runner(Scripted())(task_id) is None
    stored = blobs(kiln)
    assert list(stored) == await results(kiln, task_id)
    awake.set()
    await first
    assert blobs(kiln) == stored
    assert await kiln.movements(task_id) == {"reserve": PRICE, "consume": PRICE}


async def test_canceled_after_storing(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancellation that comes between the store and the success leaves no file behind."""
    submitted = await kiln.submit(await kiln.account())
    task_id = (await kiln.row(submitted.public_id))["id"]
    store = attempt.store_outputs

    async def stored_then_canceled(*args: object, **options: object) -> object:
        stored = await store(*args, **options)  # type: ignore[arg-type]
        await kiln.cancel(submitted.public_id)
        return stored

    monkeypatch.setattr(attempt, "store_outputs", stored_then_canceled)
    await kiln.runner(Scripted())(task_id)
    assert (await kiln.row(task_id))["state"] == "canceled"
    assert blobs(kiln) == {}


async def test_an_answer_lost_after_success(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """The success was committed but its answer lost, so it is tried again and refused: the files stay, they are the result."""
    task_id = await kiln.submitted(await kiln.account())
    write, lost = hold.writing, []

    @asynccontextmanager
    async def losing(engine: object) -> AsyncIterator[AsyncConnection]:
        async with write(engine) as connection:  # type: ignore[arg-type]
            yield connection
        if not lost and (await kiln.row(task_id))["state"] == "succeeded":
            lost.append(True)
            raise OperationalError("COMMIT", {}, ConnectionError("the server closed the connection"))

    monkeypatch.setattr(hold, "writing", losing)
    assert await kiln.runner(Scripted())(task_id) is None
    assert lost
    assert list(blobs(kiln)) == await results(kiln, task_id)


async def test_files_of_a_dead_worker(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker stored before it died goes when the next attempt begins, even if that one delivers nothing."""
    task_id = await kiln.submitted(await kiln.account(), quote(count=2))

    async def crash(*_args: object) -> bool:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(states, "succeed", crash)
        with pytest.raises(Crash):
            await kiln.runner(Scripted())(task_id)
    assert len(blobs(kiln)) == 2
    await kiln.runner(Scripted(start=[deliver(0)]))(task_id)
    assert (await kiln.row(task_id))["state"] == "failed"
    assert blobs(kiln) == {}


@pytest.mark.parametrize("failures", [1, 2])
async def test_a_result_that_cannot_be_fetched_at_first(kiln: Kiln, failures: int, tmp_path: Path) -> None:
    """An upstream's file server that fails for a moment costs nobody the job, which is done and paid there."""
    picture = paint(tmp_path / "out.png", "red").read_bytes()
    asked: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.append(1)
        if len(asked) <= failures:
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(picture), picture))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        upstream = Scripted(start=[Finished((OutputUrl(f"http://127.0.0.1:{port}/out.png"),))])
        task_id = await kiln.submitted(await kiln.account())
        await kiln.runner(upstream)(task_id)
    assert (await kiln.row(task_id))["state"] == "succeeded"
    assert len(asked) == failures + 1


async def test_results_that_cannot_be_fetched(kiln: Kiln, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One of two results is gone for good: the other is delivered, and it alone is paid."""
    monkeypatch.setattr(collecting, "TRIES", 1)
    good = OutputFile(paint(tmp_path / "good.png", "red"), "image/png")
    upstream = Scripted(start=[Finished((OutputUrl("http://127.0.0.1:9/gone.png"), good))])
    task_id = await kiln.submitted(await kiln.account(), quote(count=2))
    result = await kiln.runner(upstream)(task_id)
    assert not isinstance(result, Again)
    row = await kiln.row(task_id)
    assert (row["state"], row["charged"]) == ("succeeded", PRICE)

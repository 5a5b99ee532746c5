"""Taking a generation in: what is looked up, checked and kept before a task is made, and what a repeat is spared."""

from __future__ import annotations

import asyncio
import base64
from io import BytesIO
from pathlib import Path

import pytest
from fakes.kiln import Kiln, second_process
from msgspec.structs import replace
from PIL import Image
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts.principals import Principal
from mediakiln.assets.inline import InlineInputs
from mediakiln.assets.inputs import ResolvedInput
from mediakiln.assets.uploads import Upload, Uploads
from mediakiln.catalog import Catalog, Route
from mediakiln.database.engine import reading
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import asset, task_input
from mediakiln.errors import (
    ContentFiltered,
    FetchFailed,
    Forbidden,
    IdempotencyInFlight,
    IdempotencyMismatch,
    InsufficientCredits,
    InvalidRequest,
    NotFound,
    Overloaded,
    UnknownModel,
    Unreachable,
)
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Mode, Role
from mediakiln.moderation.base import Moderator, NoModeration
from mediakiln.moderation.rules import RuleList
from mediakiln.tasks.intake import Intake, Wish
from mediakiln.tasks.records import Task
from mediakiln.tasks.replays import Idempotency
from mediakiln.tasks.routing import Router

DIALECT = "neospark"
BASE = "http://kiln.test"
catalog = Catalog.load(None, {"studio"})


def png(colour: str = "red") -> bytes:
    """A small picture."""
    buffer = BytesIO()
    Image.new("RGB", (16, 16), colour).save(buffer, "png")
    return buffer.getvalue()


def inline(colour: str = "red") -> str:
    """The same as a `data:` URI."""
    return f"data:image/png;base64,{base64.b64encode(png(colour)).decode()}"


def intake(kiln: Kiln, moderator: Moderator | None = None, models: Catalog = catalog) -> Intake:
    """The use case on this kiln, by default without moderation."""
    inputs = InlineInputs(kiln.engine, kiln.blobs, kiln.inputs, scratch=kiln.scratch)
    router = Router((), kiln.dispatcher)
    return Intake(kiln.engine, models, moderator or NoModeration(), kiln.inputs, inputs, kiln.submitter, router)


def wish(public_id: str, *sources: str, prompt: str = "a kiln", role: Role = Role.IMAGE, **more: object) -> Wish:
    """A picture after a prompt and others."""
    inputs = tuple(MediaInput(role, source) for source in sources)
    request = GenerationRequest(
        kind=Kind.IMAGE,
        model="gemini-3-pro-image-preview",
        prompt=prompt,
        mode=Mode.IMAGE if sources else Mode.TEXT,
        inputs=inputs,
        resolution="1K",
        aspect_ratio="1:1",
    )
    return Wish(request, public_id, **more)  # type: ignore[arg-type]


async def upload(kiln: Kiln, who: Principal, colour: str = "blue") -> tuple[Uploads, Upload]:
    """A picture in somebody's library."""
    uploads = Uploads(kiln.engine, kiln.blobs, scratch=kiln.scratch, max_bytes=1_000_000, max_pixels=1_000_000)
    file = kiln.scratch / f"{colour}.png"
    file.write_bytes(png(colour))
    return uploads, await uploads.add(who.account_id, file, "cat.png", "image")


async def adopted(kiln: Kiln) -> list[bool]:
    """Of every file that was taken in with a request, whether it is kept."""
    async with reading(kiln.engine) as connection:
        query = select(asset.c.expires_at).where(asset.c.path.contains("/inputs/"))
        return sorted(at > now_ms() + 1_000 for at in await connection.scalars(query))


async def sources(kiln: Kiln, public_id: str) -> list[str]:
    """What a task will be given."""
    return [item.source for item in (await task_of(kiln, public_id)).request.inputs]


async def task_of(kiln: Kiln, public_id: str) -> Task:
    """The task as a worker would see it."""
    return await kiln.held((await kiln.row(public_id))["id"])


async def test_a_bundle_of_wishes(kiln: Kiln) -> None:
    """Each wish becomes a task with its own id, conversation, parent and details."""
    ann = await kiln.account()
    thread = await kiln.conversation(ann)
    wishes = [wish(f"dm_{n}", conversation_id=thread, parent_id=f"p{n}", details={"n": n}) for n in range(3)]
    made = await intake(kiln).take_all(DIALECT, ann, wishes, base_url=BASE)
    assert [each.public_id for each in made] == ["dm_0", "dm_1", "dm_2"]
    for n, each in enumerate(made):
        row = await kiln.row(each.public_id)
        assert (row["conversation_id"], row["parent_id"], row["details"]) == (thread, f"p{n}", f'{{"n":{n}}}')
        assert (row["dialect"], row["price"]) == (DIALECT, each.price)


async def test_one_bad_wish_takes_all_with_it(kiln: Kiln) -> None:
    """Whatever is wrong with it, and whether before or after files were taken in: no task, no file that stays."""
    ann = await kiln.account()
    refusing = intake(kiln, RuleList.load(None))
    good = wish("dm_1", inline())
    for bad, error in (
        (wish("dm_2", prompt=" "), InvalidRequest),
        (wish("dm_2", prompt="porn"), ContentFiltered),
        (wish("dm_2", "ftp://example.com/x.png"), InvalidRequest),
        (wish("dm_2", "up_missing"), InvalidRequest),
        (wish("dm_2", conversation_id="ds_missing"), NotFound),
    ):
        with pytest.raises(error):
            await refusing.take_all(DIALECT, ann, [good, bad], base_url=BASE)
    assert (await kiln.tasks(), await kiln.wallet(ann)) == (0, (1_000_000_000, 0, 0))
    assert True not in await adopted(kiln)


async def test_a_repeat_is_answered_whatever_has_changed(engine: AsyncEngine, tmp_path: Path) -> None:
    """The plan ended, the moderator is stricter, the model is gone, the queue is full, the wallet empty, the upload deleted:
    the first answer still stands. Each of these refuses a new request, so that each is known to be in the way."""
    kiln = Kiln(engine, tmp_path, max_waiting_per_account=2)
    ann = await kiln.account(credits=26, plan="starter")
    uploads, cat = await upload(kiln, ann)
    models = Catalog([replace(each, requires_subscription=True) for each in catalog.models(DIALECT)])
    asked = [wish("dm_1", cat.upload_id, prompt="porn"), wish("dm_2", prompt="porn")]
    once = Idempotency("k1", "f")
    first = await intake(kiln, None, models).take_all(DIALECT, ann, asked, base_url=BASE, idempotency=once)

    await uploads.delete(ann.account_id, cat.path, permanent=True)
    poor = replace(ann, subscription=None)
    worse: list[tuple[Intake, Principal, type[Exception]]] = [
        (intake(kiln, None, models), poor, Forbidden),
        (intake(kiln, RuleList.load(None), models), ann, ContentFiltered),
        (intake(kiln, None, Catalog([])), ann, UnknownModel),
        (intake(kiln, None, models), ann, InsufficientCredits),
    ]
    again = [replace(asked[0], public_id="dm_3"), replace(asked[1], public_id="dm_4")]
    for changed, caller, error in worse:
        with pytest.raises(error):
            await changed.take_all(DIALECT, caller, again[1:], base_url=BASE, idempotency=Idempotency("k2", "f"))
        with pytest.raises(InvalidRequest, match="image: got"):
            await changed.take_all(DIALECT, caller, again, base_url=BASE)
        repeated = await changed.take_all(DIALECT, caller, again, base_url=BASE, idempotency=once)
        assert repeated == tuple(replace(each, replayed=True) for each in first)
        with pytest.raises(IdempotencyMismatch):
            await changed.take_all(DIALECT, caller, again, base_url=BASE, idempotency=Idempotency("k1", "g"))
    assert await kiln.tasks() == 2
    assert await kiln.audit() == []


@pytest.mark.parametrize("limit", ["max_waiting", "max_waiting_per_account"])
async def test_a_repeat_is_answered_by_a_full_server(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """A full queue refuses what is new, not what was taken already."""
    monkeypatch.setattr("mediakiln.tasks.submit.COUNT_EVERY", 0.0)
    kiln = Kiln(engine, tmp_path, **{limit: 1})
    ann = await kiln.account()
    taking, once = intake(kiln), Idempotency("k1", "f")
    await taking.take_all(DIALECT, ann, [wish("dm_1")], base_url=BASE, idempotency=once)
    with pytest.raises(Overloaded):
        await taking.take_all(DIALECT, ann, [wish("dm_2")], base_url=BASE)
    [again] = await taking.take_all(DIALECT, ann, [wish("dm_3")], base_url=BASE, idempotency=once)
    assert (again.public_id, again.replayed) == ("dm_1", True)


async def test_inline_inputs_become_files(kiln: Kiln) -> None:
    """Named by several wishes, a file is taken in once; the rows carry its path and say who was given it."""
    ann = await kiln.account()
    wishes = [wish("dm_1", inline("red"), inline("green")), wish("dm_2", inline("red")), wish("dm_3")]
    await intake(kiln).take_all(DIALECT, ann, wishes, base_url=BASE)
    given = {public_id: await sources(kiln, public_id) for public_id in ("dm_1", "dm_2", "dm_3")}
    assert [len(each) for each in given.values()] == [2, 1, 0]
    assert given["dm_2"] == given["dm_1"][:1]
    assert all(path.startswith(f"/uploads/{ann.account_id}/inputs/") for path in given["dm_1"])
    assert await adopted(kiln) == [True, True]
    async with reading(kiln.engine) as connection:
        rows = (await connection.execute(select(task_input.c.path))).scalars()
        assert sorted(rows) == sorted([*given["dm_1"], *given["dm_2"]])


async def test_files_of_a_request_that_made_no_task(kiln: Kiln) -> None:
    """Too dear, a deleted conversation, a second file that is broken: what was taken in before is the next sweep's."""
    poor, ann = await kiln.account(credits=1), await kiln.account()
    taking = intake(kiln)
    with pytest.raises(InsufficientCredits):
        await taking.take_all(DIALECT, poor, [wish("dm_1", inline())], base_url=BASE)
    with pytest.raises(NotFound):
        await taking.take_all(DIALECT, ann, [wish("dm_1", inline(), conversation_id="ds_gone")], base_url=BASE)
    cut = f"data:image/png;base64,{base64.b64encode(png()[:48]).decode()}"
    with pytest.raises(FetchFailed) as broken:
        await taking.take_all(DIALECT, ann, [wish("dm_1", inline(), cut)], base_url=BASE)
    assert broken.value.field == "image"
    assert await adopted(kiln) == [False] * 3
    assert await kiln.tasks() == 0


async def test_files_of_repeats_are_given_up(kiln: Kiln, tmp_path: Path) -> None:
    """The same request several times at the same moment, in two processes: one task, and one file of its own that stays."""
    ann = await kiln.account()
    async with second_process(kiln.engine, tmp_path / "other") as other:
        for n in range(6):
            once = Idempotency(f"k{n}", "f")
            outcomes = await asyncio.gather(
                *(
                    intake(each).take_all(DIALECT, ann, [wish(f"dm_{n}_{m}", inline())], base_url=BASE, idempotency=once)
                    for m, each in enumerate((kiln, other, kiln, other))
                ),
                return_exceptions=True,
            )
            answers = [outcome for outcome in outcomes if isinstance(outcome, tuple)]
            assert len({answer[0].public_id for answer in answers}) == 1
            assert {type(outcome) for outcome in outcomes} <= {tuple, IdempotencyInFlight}
            assert (await adopted(kiln)).count(True) == n + 1
    assert await kiln.tasks() == 6


async def test_upload_ids(kiln: Kiln) -> None:
    """An id stands for its file, in every wish that names it."""
    ann = await kiln.account()
    _, cat = await upload(kiln, ann, "blue")
    _, dog = await upload(kiln, ann, "brown")
    wishes = [wish("dm_1", cat.upload_id, dog.upload_id), wish("dm_2", dog.upload_id, "https://example.com/x.png")]
    await intake(kiln).take_all(DIALECT, ann, wishes, base_url=BASE)
    assert await sources(kiln, "dm_1") == [cat.path, dog.path]
    assert await sources(kiln, "dm_2") == [dog.path, "https://example.com/x.png"]
    assert await adopted(kiln) == []


@pytest.mark.parametrize("role", [Role.IMAGE, Role.FIRST_FRAME, Role.REFERENCE_VIDEO])
async def test_ids_that_are_not_ours_to_use(kiln: Kiln, role: Role) -> None:
    """Missing, foreign and deleted ids, and what PostgreSQL would not even be asked: one error that names the role."""
    ann, bob = await kiln.account(), await kiln.account()
    uploads, mine = await upload(kiln, ann)
    _, foreign = await upload(kiln, bob)
    _, good = await upload(kiln, ann)
    await uploads.delete(ann.account_id, mine.path, permanent=False)
    said = set()
    for name in (mine.upload_id, foreign.upload_id, "up_" + "0" * 32, "up_\0", "up_\ud83d", "up_é", "up_"):
        with pytest.raises(InvalidRequest) as refused:
            await intake(kiln).take_all(DIALECT, ann, [wish("dm_1", good.upload_id, name, role=role)], base_url=BASE)
        assert refused.value.field == role
        said.add(str(refused.value).partition("; ")[2])
    assert said == {"allowed: the id of one of your uploads"}
    assert (await kiln.tasks(), await adopted(kiln)) == (0, [])


async def test_links_to_ourselves(kiln: Kiln) -> None:
    """A URL as we gave it becomes its path; one of another host stays."""
    ann = await kiln.account()
    _, cat = await upload(kiln, ann)
    asked = wish("dm_1", f"{BASE}{cat.path}?download=1", cat.path, f"https://example.com{cat.path}")
    await intake(kiln).take_all(DIALECT, ann, [asked], base_url=BASE)
    assert await sources(kiln, "dm_1") == [cat.path, cat.path, f"https://example.com{cat.path}"]


async def test_fetching_now(kiln: Kiln) -> None:
    """With `fetch_now` a host that is away and a foreign file are told at once, by role; without it the task is made."""
    ann, bob = await kiln.account(), await kiln.account()
    _, mine = await upload(kiln, ann)
    _, foreign = await upload(kiln, bob)
    taking = intake(kiln)
    for source, error in (("http://127.0.0.1:1/x.png", Unreachable), (foreign.path, FetchFailed)):
        asked = [wish("dm_1", inline(), mine.path, source)]
        with pytest.raises(error) as refused:
            await taking.take_all(DIALECT, ann, asked, base_url=BASE, fetch_now=True)
        assert refused.value.field == "image"
    assert (await kiln.tasks(), await adopted(kiln)) == (0, [False, False])
    async with reading(kiln.engine) as connection:
        kept = await connection.scalars(select(asset.c.expires_at).where(asset.c.upload_id.is_not(None)))
        assert set(kept) == {None}, "what is in a library stays, though a failed request named it"
    await taking.take_all(DIALECT, ann, [wish("dm_1", "http://127.0.0.1:1/x.png")], base_url=BASE)


@pytest.mark.parametrize(
    ("prefer", "order"),
    [(None, ["a", "b", "c", "b"]), ("b", ["b", "b", "a", "c"]), ("c", ["c", "a", "b", "b"]), ("z", ["a", "b", "c", "b"])],
)
async def test_preferred_routes_come_first(kiln: Kiln, prefer: str | None, order: list[str]) -> None:
    """The others follow in the catalogue's order, and a provider without a route changes nothing."""
    routes = (Route("a", "1"), Route("b", "2"), Route("c", "3"), Route("b", "4"))
    models = Catalog([replace(each, routes=routes) for each in catalog.models(DIALECT)])
    ann = await kiln.account()
    [made] = await intake(kiln, None, models).take_all(DIALECT, ann, [wish("dm_1", prefer=prefer)], base_url=BASE)
    stored = (await task_of(kiln, "dm_1")).routes
    assert [route.provider for route in stored] == order
    assert [route.model for route in stored if route.provider == "b"] == ["2", "4"]
    assert made.provider == order[0]


async def test_take_is_one_wish(kiln: Kiln) -> None:
    """The short form makes one task, and repeats it."""
    ann = await kiln.account()
    asked, taking = wish("dm_1").request, intake(kiln)
    for public_id, replays in (("dm_1", False), ("dm_2", True)):
        made = await taking.take(DIALECT, ann, asked, public_id=public_id, base_url=BASE, idempotency=Idempotency("k", "f"))
        assert (made.public_id, made.replayed) == ("dm_1", replays)


async def test_slow_links_are_fetched_side_by_side(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several take as long as one, and each that came in is discarded when another fails."""
    ann, taking, begun = await kiln.account(), intake(kiln), asyncio.Event()
    resolve, waiting = kiln.inputs.resolve, 0

    async def slowly(item: MediaInput, account_id: str, workdir: Path) -> ResolvedInput:
        nonlocal waiting
        waiting += 1
        if waiting == 3:
            begun.set()
        await asyncio.wait_for(begun.wait(), 10)
        if item.source.endswith("lost"):
            raise Unreachable("gone")
        return await resolve(replace(item, source=inline()), account_id, workdir)

    monkeypatch.setattr(kiln.inputs, "resolve", slowly)
    wanted = wish("dm_1", "https://a.test/1", "https://a.test/lost", "https://a.test/3")
    with pytest.raises(Unreachable):
        await taking.take_all(DIALECT, ann, [wanted], base_url=BASE, fetch_now=True)
    assert await adopted(kiln) == [False, False]


async def test_a_link_at_either_of_our_addresses(engine: AsyncEngine, tmp_path: Path) -> None:
    """Files have a public address, which need not be the one a client calls; a link with either is our own file."""
    kiln = Kiln(engine, tmp_path, public_url="https://media.test/kiln")
    ann = await kiln.account()
    _, mine = await upload(kiln, ann)
    for number, base in enumerate((BASE, "https://media.test/kiln")):
        await intake(kiln).take_all(DIALECT, ann, [wish(f"dm_{number}", base + mine.path)], base_url=BASE, fetch_now=True)
        assert await sources(kiln, f"dm_{number}") == [mine.path]


async def test_nothing_is_fetched_for_an_empty_wallet(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else anybody who signs up could have other hosts asked for files, as often as they like."""
    poor = await kiln.account(credits=1)
    monkeypatch.setattr(kiln.inputs, "resolve", None)
    with pytest.raises(InsufficientCredits, match="Available: 1, Required: 26"):
        await intake(kiln).take_all(
            DIALECT, poor, [wish("dm_1", "https://a.test/1"), wish("dm_2")], base_url=BASE, fetch_now=True
        )

"""Asset groups on both databases: ids, ownership, projects, lists, and how an asset ends with its file."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from unit.assets.makers import clip, picture
from unit.assets.uploading import ME, OTHER, Bench, open_bench

from mediakiln.assets import groups as module
from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.groups import Asset, Group, Sort
from mediakiln.assets.outputs import delete_expired
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import asset as file
from mediakiln.database.tables import asset_group, group_asset
from mediakiln.errors import Conflict, InvalidRequest, NotFound

NEWEST = Sort()


@pytest.fixture
async def bench(engine: AsyncEngine, tmp_path: Path, blobs: BlobStore) -> Bench:
    """Uploads on an empty database."""
    return await open_bench(engine, tmp_path, blobs)


async def group(bench: Bench, name: str = "cast", project: str = "default", who: str = ME) -> Group:
    """A new group."""
    async with writing(bench.engine) as connection:
        return await module.create_group(connection, who, name=name, project=project)


async def asset(
    bench: Bench, into: Group, name: str = "", data: bytes | None = None, kind: str = "image", who: str = ME
) -> Asset:
    """A new asset of a new upload."""
    upload = await bench.add(data or picture(), kind=kind, who=who)
    async with writing(bench.engine) as connection:
        return await module.add_asset(connection, who, group_id=into.id, name=name, path=upload.path)


async def find(bench: Bench, asset_id: str, who: str = ME, project: str | None = None) -> Asset:
    async with reading(bench.engine) as connection:
        return await module.find_asset(connection, who, asset_id, project=project)


async def listed(bench: Bench, *, sort: Sort = NEWEST, limit: int = 10, offset: int = 0, **more: object) -> tuple[int, list[str]]:
    """How many assets a list has, and the names on one page of it."""
    async with reading(bench.engine) as connection:
        total, found = await module.assets(connection, ME, sort=sort, limit=limit, offset=offset, **more)  # type: ignore[arg-type]
    return total, [each.name for each in found]


async def rows(bench: Bench) -> tuple[int, int]:
    """How many groups and assets there are, whatever may be seen of them."""
    async with reading(bench.engine) as connection:
        counts = [await connection.scalar(select(func.count()).select_from(table)) for table in (asset_group, group_asset)]
    return counts[0] or 0, counts[1] or 0


async def test_ids_and_what_is_kept(bench: Bench) -> None:
    """Ids say when, and everything that was given comes back."""
    made = await group(bench, "Cast of the film", "films")
    assert re.fullmatch(r"group-20\d{12}-[a-z0-9]{5}", made.id)
    assert (made.name, made.project, made.description) == ("Cast of the film", "films", "")
    heroine = await asset(bench, made, "Heroine")
    assert re.fullmatch(r"asset-20\d{12}-[a-z0-9]{5}", heroine.id)
    assert (heroine.name, heroine.group_id, heroine.project, heroine.kind) == ("Heroine", made.id, "films", "image")
    assert heroine == await find(bench, heroine.id, project="films")
    assert abs(heroine.created_at - now_ms()) < 60_000
    assert heroine.created_at == heroine.updated_at


async def test_an_id_that_is_taken_is_not_taken_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that draw the same letters in the same second both get an id."""
    letters = iter("aaaaa" * 3 + "bbbbb")
    monkeypatch.setattr(module.secrets, "choice", lambda _signs: next(letters))
    monkeypatch.setattr(module, "now_ms", lambda: 1_775_304_000_000)
    assert [(await group(bench)).id for _ in range(2)] == ["group-20260404120000-aaaaa", "group-20260404120000-bbbbb"]


async def test_foreign_is_missing(bench: Bench) -> None:
    """Another account's group or asset is told in the words for one that never was, by every way in."""
    theirs = await group(bench, who=OTHER)
    film = await asset(bench, theirs, who=OTHER)
    for real, invented in ((theirs.id, "group-20260404120000-aaaaa"), (film.id, "asset-20260404120000-aaaaa")):
        kind = real.partition("-")[0]
        words = []
        for name in (real, invented):
            async with writing(bench.engine) as connection:
                calls = (
                    [
                        module.find_group(connection, ME, name),
                        module.change_group(connection, ME, name, name="mine"),
                        module.hold_group(connection, ME, name),
                        module.delete_group(connection, ME, name),
                    ]
                    if kind == "group"
                    else [module.find_asset(connection, ME, name), module.rename_asset(connection, ME, name, name="mine")]
                )
                for call in calls:
                    with pytest.raises(NotFound) as caught:
                        await call
                    words.append(str(caught.value).replace(name, "ID"))
        assert words[: len(words) // 2] == words[len(words) // 2 :]
    assert (await find(bench, film.id, OTHER)).name == ""
    assert await listed(bench) == (0, [])


@pytest.mark.parametrize("name", ["", "x" * 100, "asset-\x00", "é", "../x"])
async def test_odd_ids_are_missing(bench: Bench, name: str) -> None:
    """Nothing that a caller writes reaches the database as a fault."""
    with pytest.raises(NotFound):
        await find(bench, name)
    async with reading(bench.engine) as connection:
        with pytest.raises(InvalidRequest, match=r"^inputs: got .*; allowed: asset:// and the id"):
            await module.resolve_assets(connection, ME, [f"asset://{name}"])
    assert await listed(bench, group_ids=[name]) == (0, [])


async def test_projects(bench: Bench) -> None:
    """A project is there once it has a group, for its owner alone; `default` always is. What it narrows stays within it."""
    films = await group(bench, project="films")
    await group(bench, project="theirs", who=OTHER)
    async with reading(bench.engine) as connection:
        known = [await module.has_project(connection, ME, name) for name in ("default", "films", "Films", "theirs")]
        assert known == [True, True, False, False]
        with pytest.raises(NotFound, match=r'in the project "default"$'):
            await module.find_group(connection, ME, films.id, project="default")
    inside = await asset(bench, films, "inside")
    await asset(bench, await group(bench), "outside")
    assert await listed(bench, project="films") == (1, ["inside"])
    assert await listed(bench) == (2, ["outside", "inside"])
    with pytest.raises(NotFound):
        await find(bench, inside.id, project="default")


async def test_lists(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Filters, both orders, pages; signs that mean something in SQL mean nothing here."""
    moments = iter(range(1_000, 100_000, 1_000))
    real = module.now_ms
    monkeypatch.setattr(module, "now_ms", lambda: real() + next(moments))
    one, two = await group(bench, "One"), await group(bench, "two_%")
    first = await asset(bench, one, "Anna")
    await asset(bench, one, "hannah")
    await asset(bench, two, "100%")
    await asset(bench, two, "song", clip("wav", video=None, audio="pcm_s16le"), "audio")
    assert await listed(bench) == (4, ["song", "100%", "hannah", "Anna"])
    assert await listed(bench, limit=2, offset=1) == (4, ["100%", "hannah"])
    assert await listed(bench, sort=Sort(oldest_first=True), limit=1) == (4, ["Anna"])
    assert await listed(bench, group_ids=[two.id, "nonsense"]) == (2, ["song", "100%"])
    assert await listed(bench, name="ANNA") == (2, ["hannah", "Anna"])
    assert await listed(bench, name="%") == (1, ["100%"])
    assert await listed(bench, kind="audio") == (1, ["song"])
    async with writing(bench.engine) as connection:
        await module.rename_asset(connection, ME, first.id, name="Anne")
        await module.change_group(connection, ME, one.id, description="all of them")
    assert await listed(bench, sort=Sort(by_update=True), limit=1) == (4, ["Anne"])
    async with reading(bench.engine) as connection:
        total, found = await module.groups(connection, ME, sort=Sort(by_update=True), limit=10, offset=0)
        assert (total, [(each.name, each.description) for each in found]) == (2, [("One", "all of them"), ("two_%", "")])
        assert (await module.groups(connection, ME, name="_%", sort=NEWEST, limit=1, offset=0))[0] == 1
        assert (await module.groups(connection, ME, ids=[one.id], project="x", sort=NEWEST, limit=1, offset=0))[0] == 0


@pytest.mark.parametrize("way", ["hidden", "for good", "retention"])
async def test_an_asset_ends_with_its_file(bench: Bench, way: str) -> None:
    """However its owner or the operator ends the file, no id leads to it any more."""
    into = await group(bench)
    gone, kept = await asset(bench, into, "gone"), await asset(bench, into, "kept")
    if way == "retention":
        async with writing(bench.engine) as connection:
            await connection.execute(update(file).where(file.c.path == gone.path).values(expires_at=now_ms() - 1))
    else:
        await bench.uploads.delete(ME, gone.path, permanent=way == "for good")
    with pytest.raises(NotFound):
        await find(bench, gone.id)
    async with reading(bench.engine) as connection:
        with pytest.raises(InvalidRequest):
            await module.resolve_assets(connection, ME, [f"asset://{gone.id}"])
    assert await listed(bench) == (1, ["kept"])
    await delete_expired(bench.engine, bench.blobs, now_ms())
    assert await rows(bench) == (1, 2 if way == "hidden" else 1)
    assert await find(bench, kept.id) == kept


async def test_sources(bench: Bench) -> None:
    """What is no asset is passed over; the scheme may be written in any case, the id may not."""
    made = await asset(bench, await group(bench), "me")
    theirs = await asset(bench, await group(bench, who=OTHER), who=OTHER)
    wanted = [f"asset://{made.id}", f"Asset://{made.id}", "up_1", "https://x/asset://y", ""]
    async with reading(bench.engine) as connection:
        found = await module.resolve_assets(connection, ME, wanted)
        assert {source: each.path for source, each in found.items()} == dict.fromkeys(wanted[:2], made.path)
        for other in (made.id.upper(), theirs.id, "asset-20260404120000-aaaaa"):
            with pytest.raises(InvalidRequest, match="the id of one of your assets"):
                await module.resolve_assets(connection, ME, [f"asset://{other}"])


async def test_a_group_with_assets_stays(bench: Bench) -> None:
    """One whose files are gone does not hold it."""
    into = await group(bench)
    inside = await asset(bench, into)
    async with writing(bench.engine) as connection:
        with pytest.raises(Conflict, match=f'got "{into.id}", which holds assets: 1'):
            await module.delete_group(connection, ME, into.id)
    await bench.uploads.delete(ME, inside.path, permanent=False)
    async with writing(bench.engine) as connection:
        await module.delete_group(connection, ME, into.id)
    assert await rows(bench) == (0, 0)
    async with reading(bench.engine) as connection:
        assert await connection.scalar(select(func.count()).select_from(file)) == 1


async def test_many_at_once_in_one_group(bench: Bench) -> None:
    """Every one gets an id of its own."""
    into = await group(bench)
    made = await asyncio.gather(*(asset(bench, into, str(n)) for n in range(8)))
    assert len({each.id for each in made}) == 8
    assert (await listed(bench))[0] == 8


async def test_a_group_that_goes_while_an_asset_comes(bench: Bench) -> None:
    """Either the asset is in and the group stays, or the group is gone and the asset is refused: never a lost asset."""
    for _ in range(4):
        into = await group(bench)
        upload = await bench.add(picture())

        async def come(into: Group = into, path: str = upload.path) -> None:
            async with writing(bench.engine) as connection:
                await module.hold_group(connection, ME, into.id)
                await asyncio.sleep(0.01)
                await module.add_asset(connection, ME, group_id=into.id, name="", path=path)

        async def go(into: Group = into) -> None:
            async with writing(bench.engine) as connection:
                await module.delete_group(connection, ME, into.id)

        outcomes = await asyncio.gather(come(), go(), return_exceptions=True)
        assert [type(each) for each in outcomes] in ([type(None), Conflict], [NotFound, type(None)])

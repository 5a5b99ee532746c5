"""`asset://` ids as inputs of a generation, in any dialect: resolved for their owner alone, and counted as uses of the file."""

from __future__ import annotations

import asyncio

import pytest
from fakes.kiln import Kiln
from sqlalchemy import select
from unit.assets.makers import clip
from unit.tasks.test_intake import BASE, DIALECT, intake, sources, upload, wish

from mediakiln.accounts.principals import Principal
from mediakiln.assets import groups
from mediakiln.assets.groups import Asset
from mediakiln.assets.uploads import Uploads
from mediakiln.database.engine import reading, writing
from mediakiln.database.tables import task_input
from mediakiln.errors import FetchFailed, InvalidRequest
from mediakiln.generation import Role


async def keep(kiln: Kiln, who: Principal, path: str) -> Asset:
    """An asset in a group of its own."""
    async with writing(kiln.engine) as connection:
        made = await groups.create_group(connection, who.account_id, name="cast", project="default")
        return await groups.add_asset(connection, who.account_id, group_id=made.id, name="", path=path)


async def picture(kiln: Kiln, who: Principal) -> tuple[Uploads, Asset]:
    """A picture of somebody's as an asset."""
    uploads, brought = await upload(kiln, who)
    return uploads, await keep(kiln, who, brought.path)


async def take(kiln: Kiln, who: Principal, public_id: str, *named: str, fetch_now: bool = False, **more: object) -> None:
    await intake(kiln).take_all(DIALECT, who, [wish(public_id, *named, **more)], base_url=BASE, fetch_now=fetch_now)  # type: ignore[arg-type]


@pytest.mark.parametrize("fetch_now", [False, True])
async def test_it_becomes_the_path(kiln: Kiln, fetch_now: bool) -> None:
    """The task is given the file itself, and says so."""
    ann = await kiln.account()
    _, cat = await picture(kiln, ann)
    await take(kiln, ann, "dm_1", f"asset://{cat.id}", f"ASSET://{cat.id}", fetch_now=fetch_now)
    assert set(await sources(kiln, "dm_1")) == {cat.path}
    async with reading(kiln.engine) as connection:
        assert list(await connection.scalars(select(task_input.c.path))) == [cat.path]


async def test_foreign_missing_and_deleted_are_alike(kiln: Kiln) -> None:
    """In the same words, naming the input by its role, and nothing is charged."""
    ann, bob = await kiln.account(), await kiln.account()
    _, theirs = await picture(kiln, bob)
    uploads, gone = await picture(kiln, ann)
    await uploads.delete(ann.account_id, gone.path, permanent=False)
    words = set()
    for name in (theirs.id, gone.id, "asset-20260404120000-aaaaa", "", "\x00"):
        with pytest.raises(
            InvalidRequest, match=r"^image: got .*; allowed: asset:// and the id of one of your assets$"
        ) as caught:
            await take(kiln, ann, "dm_1", f"asset://{name}")
        assert type(caught.value) is InvalidRequest
        words.add(str(caught.value).partition("; ")[2])
    assert len(words) == 1
    assert (await kiln.tasks(), await kiln.wallet(ann)) == (0, (1_000_000_000, 0, 0))


async def test_another_kind_is_refused(kiln: Kiln) -> None:
    """A sound is no picture, and a picture no sound, even where the same asset is named rightly beside it."""
    ann = await kiln.account()
    uploads, cat = await picture(kiln, ann)
    file = kiln.scratch / "song.wav"
    file.write_bytes(clip("wav", video=None, audio="pcm_s16le"))
    song = await keep(kiln, ann, (await uploads.add(ann.account_id, file, "song.wav", "audio")).path)
    with pytest.raises(FetchFailed, match=rf"^image: got asset://{song.id}, which is audio/wav; allowed: image/png"):
        await take(kiln, ann, "dm_1", f"asset://{cat.id}", f"asset://{song.id}")
    with pytest.raises(FetchFailed, match=rf"^reference_audio: got asset://{cat.id}, which is image/png; allowed: audio/mpeg"):
        await take(kiln, ann, "dm_1", f"asset://{cat.id}", role=Role.REFERENCE_AUDIO)
    assert await kiln.tasks() == 0


async def test_deleted_while_it_is_being_used(kiln: Kiln) -> None:
    """Hidden while the submit is under way or after it: the task has its file all the same, or was refused, never both."""
    ann = await kiln.account()
    for n in range(4):
        uploads, cat = await picture(kiln, ann)
        taken, _ = await asyncio.gather(
            take(kiln, ann, f"dm_{n}", f"asset://{cat.id}", fetch_now=bool(n % 2)),
            uploads.delete(ann.account_id, cat.path, permanent=False),
            return_exceptions=True,
        )
        assert taken is None or isinstance(taken, InvalidRequest)
        if taken is None:
            assert await sources(kiln, f"dm_{n}") == [cat.path]
            await kiln.blobs.head(cat.path.removeprefix("/"))

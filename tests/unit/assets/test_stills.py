"""Pictures taken from files: thumbnails that come and go with their file, and a video's last frame, exact."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.stills import SIDE, add_thumbnail, delete_file, thumbnail_path, write_last_frame
from mediakiln.errors import NotFound

MOST = 1_000_000
PATH = "/uploads/ann/images/2026/01/02/" + "ab" * 16 + "_0.png"


async def shrunk(blobs: BlobStore, file: Path, media_type: str) -> Image.Image:
    """The stored thumbnail of a file."""
    await add_thumbnail(blobs, PATH, file, media_type, max_pixels=MOST)
    pieces = [piece async for piece in blobs.stream(thumbnail_path(PATH).removeprefix("/"))]
    return Image.open(io.BytesIO(b"".join(pieces)), formats=("JPEG",))


def video(path: Path, frames: int, *, keys: int = 250) -> list[np.ndarray]:
    """Write a video whose every frame is another grey; returns the frames as they decode."""
    with av.open(str(path), "w") as container:
        track = container.add_stream("libx264", rate=Fraction(24), options={"g": str(keys), "qp": "0"})
        track.width, track.height, track.pix_fmt = 64, 48, "yuv420p"
        for n in range(frames):
            container.mux(track.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 2 * n, np.uint8), "rgb24")))
        container.mux(track.encode())
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


@pytest.mark.parametrize(("size", "small"), [((1200, 300), (SIDE, 120)), ((300, 1200), (120, SIDE)), ((40, 30), (40, 30))])
async def test_pictures_are_shrunk_and_never_blown_up(tmp_path: Path, size: tuple[int, int], small: tuple[int, int]) -> None:
    """The longest side decides, the ratio stays."""
    Image.new("RGB", size, "red").save(tmp_path / "x.png")
    thumbnail = await shrunk(BlobStore.open("", tmp_path), tmp_path / "x.png", "image/png")
    assert thumbnail.size == small
    assert np.allclose(np.asarray(thumbnail)[10, 10], (255, 0, 0), atol=6)


async def test_clear_and_turned_pictures(tmp_path: Path) -> None:
    """What is clear becomes white, and a photograph is turned upright."""
    blobs = BlobStore.open("", tmp_path)
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(tmp_path / "x.png")
    assert np.allclose(np.asarray(await shrunk(blobs, tmp_path / "x.png", "image/png"))[20, 20], 255, atol=3)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 20)).save(tmp_path / "x.jpg", exif=exif)
    assert (await shrunk(blobs, tmp_path / "x.jpg", "image/jpeg")).size == (20, 60)


async def test_a_video_shows_its_first_frame(tmp_path: Path) -> None:
    """The preview of a video is where it begins."""
    frames = video(tmp_path / "x.mp4", 30)
    thumbnail = await shrunk(BlobStore.open("", tmp_path), tmp_path / "x.mp4", "video/mp4")
    assert thumbnail.size == (64, 48)
    assert abs(int(np.asarray(thumbnail)[20, 20, 0]) - int(frames[0][20, 20, 0])) < 5


async def test_sound_and_broken_files_have_none(tmp_path: Path) -> None:
    """Nothing is stored for sound; a file that cannot be read is only logged, since its work is done and paid."""
    blobs = BlobStore.open("", tmp_path)
    (tmp_path / "x").write_bytes(b"RIFF")
    for media_type in ("audio/wav", "image/png", "video/mp4"):
        await add_thumbnail(blobs, PATH, tmp_path / "x", media_type, max_pixels=MOST)
        with pytest.raises(NotFound):
            await blobs.head(thumbnail_path(PATH).removeprefix("/"))
    assert not list(tmp_path.glob("tmp*"))


async def test_both_go_together(tmp_path: Path) -> None:
    """Deleting a file deletes its thumbnail, and doing so again is no error."""
    blobs = BlobStore.open("", tmp_path)
    Image.new("RGB", (20, 20)).save(tmp_path / "x.png")
    await blobs.put_file(PATH.removeprefix("/"), tmp_path / "x.png", "image/png")
    await shrunk(blobs, tmp_path / "x.png", "image/png")
    for _ in range(2):
        await delete_file(blobs, PATH)
    for path in (PATH, thumbnail_path(PATH)):
        with pytest.raises(NotFound):
            await blobs.head(path.removeprefix("/"))


@pytest.mark.parametrize(("frames", "keys"), [(1, 250), (30, 250), (90, 12)])
def test_the_last_frame_is_exact(tmp_path: Path, frames: int, keys: int) -> None:
    """However the file is indexed, it is the very last frame and no other."""
    decoded = video(tmp_path / "x.mp4", frames, keys=keys)
    write_last_frame(tmp_path / "x.mp4", "video/mp4", tmp_path / "last.png", max_pixels=MOST)
    with Image.open(tmp_path / "last.png") as last:
        assert np.array_equal(np.asarray(last), decoded[-1])

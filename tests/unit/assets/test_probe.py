"""Media files are what their bytes are; bombs and fragments are refused."""

from __future__ import annotations

import struct
import time
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from unit.assets.makers import clip, picture

from mediakiln.assets.media import FORMATS, sniff
from mediakiln.assets.probe import Probed, probe, probe_async, verify_output
from mediakiln.errors import FetchFailed
from mediakiln.generation import Kind

LIMIT = 1_000_000
CLIPS = {
    "mp4": {"audio": "aac"},
    "mov": {},
    "webm": {"video": "libvpx-vp9", "audio": "libopus"},
    "mp3": {"video": None, "audio": "libmp3lame"},
    "wav": {"video": None, "audio": "pcm_s16le"},
    "m4a": {"video": None, "audio": "aac"},
    "ogg": {"video": None, "audio": "libopus"},
    "flac": {"video": None, "audio": "flac"},
}


def write(tmp_path: Path, data: bytes) -> Path:
    """The bytes as a file whose name tells nothing."""
    path = tmp_path / "file.bin"
    path.write_bytes(data)
    return path


def refuse(tmp_path: Path, data: bytes, match: str, max_pixels: int = LIMIT) -> None:
    """Expect `probe` to refuse these bytes."""
    with pytest.raises(FetchFailed, match=match):
        probe(write(tmp_path, data), max_pixels=max_pixels)


@pytest.mark.parametrize("extension", ["png", "jpg", "webp", "gif", "avif", "bmp", "tiff"])
def test_pictures(tmp_path: Path, extension: str) -> None:
    """Every allowed picture format is opened; half of one, and one pixel too many, are refused."""
    data = picture(extension, (64, 48))
    found = probe(write(tmp_path, data), max_pixels=64 * 48)
    assert found == Probed(found.media_type, len(data), 64, 48)
    assert FORMATS[found.media_type].extension == extension
    refuse(tmp_path, data[: len(data) * 2 // 3], "do not decode|no usable size")
    refuse(tmp_path, data, "got 64x48 pixels; allowed: at most 3071", 64 * 48 - 1)


@pytest.mark.parametrize("extension", CLIPS)
def test_clips(tmp_path: Path, extension: str) -> None:
    """Every allowed video and sound format is opened."""
    data = clip(extension, **CLIPS[extension])  # type: ignore[arg-type]
    found = probe(write(tmp_path, data), max_pixels=LIMIT)
    assert FORMATS[found.media_type].extension == extension
    assert found.size == len(data)
    assert found.duration is not None
    assert 0.1 < found.duration < 1
    assert found.has_audio == ("audio" in CLIPS[extension])
    assert (found.width, found.height) == ((0, 0) if found.media_type.startswith("audio/") else (64, 64))


@pytest.mark.parametrize("extension", ["mp4", "webm"])
def test_video_pixel_limit(tmp_path: Path, extension: str) -> None:
    """A video larger than the limit is refused before a frame of it is decoded."""
    refuse(tmp_path, clip(extension, video="libvpx-vp9" if extension == "webm" else "libx264"), "pixels", 64 * 64 - 1)


def test_truncated_video(tmp_path: Path, mp4: bytes) -> None:
    """A video whose last frames are missing is refused although the first one decodes."""
    refuse(tmp_path, mp4[:-200], "ends too early|do not decode")


def _png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of these chunks between a header of the given size and the end."""
    whole = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), *chunks, (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in whole
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    "bomb",
    [
        _png(60_000, 60_000, (b"IDAT", zlib.compress(bytes(1_000_000)))),
        _png(2**31 - 1, 2**31 - 1, (b"IDAT", b"")),
        b"GIF89a"
        + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0)
        + b","
        + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0)
        + b"\x02\x00;",
        b"RIFF\x1e\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + b"\xff\x3f\x00" * 2 + bytes(20),
        b"RIFF\x1e\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x2f" + b"\xff\xff\xff\x0f" + bytes(20),
    ],
    ids=["png", "png-max", "gif", "webp-vp8x", "webp-vp8l"],
)
def test_pixel_bombs(tmp_path: Path, bomb: bytes) -> None:
    """A small file that claims enormous pixels is refused from its header, in no time."""
    began = time.process_time()
    refuse(tmp_path, bomb, "pixels; allowed: at most 64000000", 64_000_000)
    assert time.process_time() - began < 0.5


def test_jpeg_bomb(tmp_path: Path) -> None:
    """A JPEG whose frame header was enlarged is refused from that header."""
    data = bytearray(picture("jpg"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    refuse(tmp_path, bytes(data), "pixels; allowed", 64_000_000)


def test_text_bomb(tmp_path: Path) -> None:
    """A PNG whose compressed text grows without bound is refused."""
    text = (b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(80_000_000)))
    refuse(tmp_path, _png(1, 1, text, (b"IDAT", zlib.compress(b"\0\0\0\0"))), "do not decode")


@pytest.mark.parametrize("extension", ["gif", "webp", "png", "avif"])
def test_animations(tmp_path: Path, extension: str) -> None:
    """An animation is a picture of its first frame's size; no more than that frame is decoded."""
    buffer = BytesIO()
    frames = [Image.new("RGB", (32, 16), (shade, 0, 0)) for shade in range(0, 250, 25)]
    frames[0].save(buffer, extension, save_all=True, append_images=frames[1:])
    found = probe(write(tmp_path, buffer.getvalue()), max_pixels=LIMIT)
    assert (found.width, found.height, found.duration) == (32, 16, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"BM" + bytes(60),
        b"II+\x00" + bytes(60),
        b"\x00\x00\x00\x18ftypheic" + bytes(60),
        b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska" + bytes(60),
        b"RIFF\x10\x00\x00\x00AVI LIST" + bytes(60),
        b"<?xml version='1.0'?><MPD/>",
    ],
)
def test_other_formats(tmp_path: Path, data: bytes) -> None:
    """Playlists, vector pictures, scripts and formats nobody asked for never reach a decoder."""
    assert sniff(data) is None
    refuse(tmp_path, data, "unknown contents; allowed: image/png")


@pytest.mark.parametrize(
    "head",
    ["\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF89a", "II*\x00", "OggS", "fLaC", "ID3", "RIFF....WEBP", "RIFF....WAVE"],
)
def test_heads_alone(tmp_path: Path, head: str) -> None:
    """The right first bytes with rubbish behind them are refused."""
    refuse(tmp_path, head.encode("latin-1") + bytes(range(256)) * 8, "allowed")


def test_playlist_in_disguise(tmp_path: Path, mp4: bytes) -> None:
    """A playlist behind a media file's first bytes is read by that format's demuxer alone."""
    refuse(tmp_path, b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n" * 20, "allowed")
    refuse(tmp_path, mp4[:32] + b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n" * 20, "allowed")


def test_unusual_codec(tmp_path: Path) -> None:
    """A codec that is not on the list is refused even in an allowed container."""
    refuse(tmp_path, clip("mov", video="mpeg2video"), "unusual codec")


def test_sound_without_pictures_is_no_video(tmp_path: Path) -> None:
    """An MP4 that holds sound alone does not pass for a video."""
    refuse(tmp_path, clip("mp4", video=None, audio="aac"), "without sound or pictures")


def test_verify_output(tmp_path: Path, png: bytes, mp4: bytes) -> None:
    """An output must be of the kind that was ordered."""
    assert verify_output(write(tmp_path, png), kind=Kind.IMAGE, max_pixels=LIMIT).width == 40
    with pytest.raises(FetchFailed, match="type image/png; allowed: video/mp4"):
        verify_output(write(tmp_path, png), kind=Kind.VIDEO, max_pixels=LIMIT)
    assert verify_output(write(tmp_path, mp4), kind=Kind.VIDEO, max_pixels=LIMIT).duration
    with pytest.raises(FetchFailed, match="type video/mp4; allowed: image/png"):
        verify_output(write(tmp_path, mp4), kind=Kind.IMAGE, max_pixels=LIMIT)


async def test_probe_async(tmp_path: Path, png: bytes) -> None:
    """The asynchronous form answers the same."""
    path = write(tmp_path, png)
    assert await probe_async(path, max_pixels=LIMIT) == probe(path, max_pixels=LIMIT)


@pytest.mark.parametrize(("kind", "orientation", "size"), [("jpeg", 1, (40, 30)), ("jpeg", 6, (30, 40)), ("tiff", 8, (30, 40))])
def test_a_picture_on_its_side(tmp_path: Path, kind: str, orientation: int, size: tuple[int, int]) -> None:
    """Width and height are those of the picture as it is shown: a camera held upright writes a turn, not turned pixels."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (40, 30)).save(tmp_path / "a", kind, exif=exif)
    probed = probe(tmp_path / "a", max_pixels=10_000)
    assert (probed.width, probed.height) == size


def test_broken_exif_breaks_no_picture(tmp_path: Path) -> None:
    """It is taken as it lies."""
    Image.new("RGB", (40, 30)).save(tmp_path / "a", "jpeg", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xff" * 40)
    assert probe(tmp_path / "a", max_pixels=10_000).width == 40

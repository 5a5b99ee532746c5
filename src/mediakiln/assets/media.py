"""The media types this server reads, told by their bytes alone. A name or a header is never believed."""

from __future__ import annotations

from msgspec import Struct

SNIFF_BYTES = 512
"""How much of a file `sniff` wants to see."""


class Format(Struct, frozen=True):
    """One readable format. `decoder` is Pillow's format name for images and FFmpeg's demuxer name otherwise."""

    media_type: str
    extension: str
    decoder: str

    @property
    def kind(self) -> str:
        """`image`, `video` or `audio`."""
        return self.media_type.partition("/")[0]


FORMATS: dict[str, Format] = {
    entry.media_type: entry
    for entry in (
        Format("image/png", "png", "PNG"),
        Format("image/jpeg", "jpg", "JPEG"),
        Format("image/webp", "webp", "WEBP"),
        Format("image/gif", "gif", "GIF"),
        Format("image/avif", "avif", "AVIF"),
        Format("image/bmp", "bmp", "BMP"),
        Format("image/tiff", "tiff", "TIFF"),
        Format("video/mp4", "mp4", "mp4"),
        Format("video/quicktime", "mov", "mov"),
        Format("video/webm", "webm", "webm"),
        Format("audio/mpeg", "mp3", "mp3"),
        Format("audio/wav", "wav", "wav"),
        Format("audio/mp4", "m4a", "mp4"),
        Format("audio/ogg", "ogg", "ogg"),
        Format("audio/flac", "flac", "flac"),
    )
}
"""Every format that the decoders installed with the server really open. HEIC is absent: Pillow has no decoder for it."""

BY_EXTENSION: dict[str, Format] = {entry.extension: entry for entry in FORMATS.values()}

ALIASES: dict[str, str] = {
    "image/jpg": "image/jpeg",
    "image/tif": "image/tiff",
    "image/x-ms-bmp": "image/bmp",
    "video/mov": "video/quicktime",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/x-flac": "audio/flac",
}
"""Names that callers write for a type of `FORMATS`."""


def names(kind: str | None = None) -> str:
    """The allowed types as one line for an error message; `kind` narrows it to image, video or audio."""
    return ", ".join(entry.media_type for entry in FORMATS.values() if kind in (None, entry.kind))


def sniff(head: bytes) -> str | None:
    """The media type of a file that begins with `head` (`SNIFF_BYTES` suffice), or None when it is not in `FORMATS`."""
    for offset, magic, media_type in _MAGIC:
        if head.startswith(magic, offset):
            return media_type
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head[:2] == b"BM" and head[15:18] == bytes(3) and head[14:15] in _BMP_HEADERS:
        return "image/bmp"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm" if _doctype(head) == b"webm" else None
    return "audio/mpeg" if _mpeg_layer_three(head) else None


_MAGIC = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
)


_BMP_HEADERS = b"\x0c\x28\x34\x38\x40\x6c\x7c"
"""Lengths a BMP's second header may have: the two letters at the start alone would be too little to go by."""


def _iso_media(head: bytes) -> str | None:
    """ISO base media files name their kind in the brands of the first box (ISO/IEC 14496-12, 4.3)."""
    size = min(int.from_bytes(head[:4]), len(head))
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, size - 3, 4))}
    if major in (b"avif", b"avis") or (major in (b"mif1", b"msf1") and b"avif" in brands):
        return "image/avif"
    if major == b"qt  ":
        return "video/quicktime"
    if major in (b"M4A ", b"M4B "):
        return "audio/mp4"
    if major[:3] in (b"iso", b"mp4") or major in (b"avc1", b"M4V ", b"MSNV", b"dash", b"av01"):
        return "video/mp4"
    return None


def _doctype(head: bytes) -> bytes:
    """The DocType of an EBML header (RFC 8794): Matroska and WebM differ in nothing else at this place."""
    at = head.find(b"\x42\x82", 4)
    return head[at + 3 : at + 3 + (head[at + 2] & 0x7F)] if 0 < at < len(head) - 3 else b""


def _mpeg_layer_three(head: bytes) -> bool:
    """A bare MPEG audio frame header of layer III with a legal bit rate and sampling rate."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[2] >> 4 not in (0x0, 0xF) and head[2] >> 2 & 0x3 != 0x3

"""File names: cleaned when they come in from callers, made unique and safe when files go out. Nothing on our disk has them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from mediakiln.assets.media import BY_EXTENSION, FORMATS

LONGEST = 255
"""Characters in a name."""

_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Unicode categories that never belong in a name: control characters, marks that turn text around, halves of characters."""
_SAME = {"jpeg": "jpg", "tif": "tiff", "m4v": "mp4"}


def clean_filename(name: str | None, fallback: str) -> str:
    """The last part of what a caller called a file, without invisible characters, at most `LONGEST` characters long;
    `fallback` when nothing is left of it."""
    visible = "".join(sign for sign in unicodedata.normalize("NFC", name or "") if unicodedata.category(sign) not in _INVISIBLE)
    last = visible.replace("\\", "/").rpartition("/")[2].strip(" .")
    if not last:
        return fallback
    stem, dot, extension = last.rpartition(".")
    if len(last) > LONGEST and stem and len(extension) <= 10:
        return stem[: LONGEST - len(dot + extension)] + dot + extension
    return last[:LONGEST]


def with_extension(name: str, media_type: str) -> str:
    """The name with the extension of what the file really is, where it has another one or none."""
    extension = FORMATS[media_type].extension
    found = PurePosixPath(name).suffix.removeprefix(".").lower()
    if _SAME.get(found, found) == extension:
        return name
    stem = name[: -len(found) - 1] if found in BY_EXTENSION or found in _SAME else name
    return f"{stem[: LONGEST - len(extension) - 1]}.{extension}"


def unique(names: Iterable[str]) -> Iterator[str]:
    """The names in order; one that came before, in whatever case, gets a number: `cat.png`, `cat (2).png`."""
    taken: set[str] = set()
    for name in names:
        stem, dot, extension = name.rpartition(".")
        stem, extension = (stem, dot + extension) if stem else (name, "")
        given, number = name, 1
        while given.casefold() in taken:
            number += 1
            given = f"{stem} ({number}){extension}"
        taken.add(given.casefold())
        yield given

"""The `content` of a video: what may stand in it together, and what each piece is for (seed 002, "content").

Three scenarios exclude each other: a first frame; a first and a last frame; and references, which are images, videos and sounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from mediakiln.catalog import Model
from mediakiln.dialects.vtrix.dance.wire import Item
from mediakiln.errors import InvalidRequest
from mediakiln.generation import Role

TYPES = ("text", "image_url", "video_url", "audio_url")
ROLES: dict[str, tuple[Role, ...]] = {
    "image_url": (Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE_IMAGE),
    "video_url": (Role.REFERENCE_VIDEO,),
    "audio_url": (Role.REFERENCE_AUDIO,),
}
FRAMES = (Role.FIRST_FRAME, Role.LAST_FRAME)
ORDER = (*FRAMES, Role.REFERENCE_VIDEO, Role.REFERENCE_IMAGE, Role.REFERENCE_AUDIO)
COMBINATIONS = "text, or images, videos, or audio beside an image or a video, each with or without text"

_INLINE = re.compile(r"data:(image|video|audio)/[a-z0-9.+-]+;base64,", re.ASCII)


class Script(Struct, frozen=True):
    """What a body's content says: the prompt, where its first text stands, and the pieces in the order of their roles."""

    prompt: str
    place: str
    pieces: tuple[Piece, ...]


class Piece(Struct, frozen=True):
    """An image, video or sound: what it is for, where it is, and where that stands in the body."""

    role: Role
    source: str
    place: str


def read(content: Sequence[Item] | None, model: Model) -> Script:
    """The content, understood; several texts are joined by line ends. Raises InvalidRequest with the place of what is wrong."""
    if not content:
        raise InvalidRequest(f"got none; allowed: {COMBINATIONS}", field="content")
    texts: list[tuple[str, str]] = []
    given: list[tuple[str, Item]] = []
    for number, item in enumerate(content):
        place = f"content[{number}]"
        if item.type not in TYPES:
            if item.type is None:
                raise InvalidRequest(f"required, but missing; allowed: {', '.join(TYPES)}", field=f"{place}.type")
            raise InvalidRequest.not_allowed(f"{place}.type", item.type, TYPES)
        if item.type == "text":
            texts.append((f"{place}.text", _text(item, place)))
        else:
            given.append((place, item))
    pieces = list(_pieces(given))
    _check(pieces, model)
    said = [text for text in texts if text[1].strip()]
    if not pieces and not said:
        raise InvalidRequest("got no words; allowed: words, or at least one image or video", field=texts[0][0])
    return Script(
        "\n".join(text for _, text in said),
        said[0][0] if said else "content",
        tuple(sorted(pieces, key=lambda piece: ORDER.index(piece.role))),
    )


def _text(item: Item, place: str) -> str:
    if item.text is None:
        raise InvalidRequest("required, but missing; allowed: the prompt", field=f"{place}.text")
    return item.text


def _pieces(given: Sequence[tuple[str, Item]]) -> Iterator[Piece]:
    for place, item in given:
        yield Piece(_role(item, place, given), _source(item, place), f"{place}.{item.type}.url")


def _role(item: Item, place: str, given: Sequence[tuple[str, Item]]) -> Role:
    """The role as it was named. Without one a lone image is the first frame; videos and sounds have but one role."""
    allowed = ROLES[item.type or ""]
    if item.role:
        if item.role not in allowed:
            raise InvalidRequest.not_allowed(f"{place}.role", item.role, allowed)
        return Role(item.role)
    if len(allowed) == 1 or len(given) == 1:
        return allowed[0]
    if all(other.type == "image_url" for _, other in given):
        why = "first_frame and last_frame for two frames, or reference_image for each" if len(given) == 2 else "reference_image"
    else:
        why = "reference_image, for an image beside videos or audio"
    raise InvalidRequest(f"got none; allowed: {why}; only a single image may go without", field=f"{place}.role")


def _source(item: Item, place: str) -> str:
    link = getattr(item, item.type or "")
    field = f"{place}.{item.type}"
    if link is None:
        raise InvalidRequest("required, but missing; allowed: an object with a url", field=field)
    source: str = (link.url or "").strip()
    if not source:
        raise InvalidRequest("required, but missing; allowed: a URL, a data: URI or asset://<id>", field=f"{field}.url")
    if source[:5].lower() == "data:" and not _INLINE.match(source, 0, 128):
        head = source[:128].partition(",")[0]
        kind = (item.type or "").removesuffix("_url")
        allowed = f"data:{kind}/<format>;base64,<contents>, the format in lower case"
        raise InvalidRequest.not_allowed(f"{field}.url", head, allowed)
    return source


def _check(pieces: Sequence[Piece], model: Model) -> None:
    """The scenario, and as many of each role as the model takes."""
    counts = {role: [piece for piece in pieces if piece.role is role] for role in ORDER}
    for role, found in counts.items():
        most = model.roles.get(role, 0)
        if len(found) > most:
            raise InvalidRequest(f"got {len(found)} pieces of the role {role}; allowed: at most {most}", field="content")
    frames = [piece for piece in pieces if piece.role in FRAMES]
    others = [piece for piece in pieces if piece.role not in FRAMES]
    if counts[Role.LAST_FRAME] and not counts[Role.FIRST_FRAME]:
        raise _at(frames[0], "got last_frame without a first_frame; allowed: a last frame beside a first one")
    if frames and others:
        raise _at(
            others[0],
            f"got {others[0].role} beside {frames[0].role}; allowed: either frames or references. "
            "To begin with a reference image, say so in the text",
        )
    if counts[Role.REFERENCE_AUDIO] and not (counts[Role.REFERENCE_IMAGE] or counts[Role.REFERENCE_VIDEO]):
        raise InvalidRequest("got audio without an image or a video; allowed: audio beside at least one of them", field="content")


def _at(piece: Piece, detail: str) -> InvalidRequest:
    return InvalidRequest(detail, field=f"{piece.place.partition('.')[0]}.role")

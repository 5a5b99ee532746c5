"""Between the asset models' words and ours, and the codes of what can be wrong: `<Cause>.<Parameter>`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from mediakiln import errors
from mediakiln.assets import groups
from mediakiln.assets.groups import Sort
from mediakiln.database.ids import iso
from mediakiln.dialects.vtrix.assets import wire
from mediakiln.web.bodies import decode

Body = TypeVar("Body", bound=Struct)

GROUP_TYPE = "AIGC"
ACTIVE = "Active"
STATUSES = (ACTIVE, "Processing", "Failed")
KINDS = {"Image": "image", "Video": "video", "Audio": "audio"}
"""Our kinds by their words."""
PAGES = 1_000_000
"""The last page that may be asked for."""
SIZES = 100
"""The most items on a page."""
VERSION, SERVICE, REGION = "2024-01-01", "ark", "local"
"""What every answer says of the API: the version and the service whose fields these are."""

_REQUIRED = "required, but missing"
_WORDS = {kind: word for word, kind in KINDS.items()}
_SORTS = {"CreateTime": False, "UpdateTime": True}
_ORDERS = {"Desc": False, "Asc": True}


class Absent(errors.NotFound):
    """What a parameter names is not there, or not the caller's. `thing` is the code's word for it."""

    def __init__(self, thing: str, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.thing = thing


class Criteria(Struct, frozen=True):
    """A page of a list, in our words."""

    sort: Sort
    number: int
    size: int
    name: str
    group_ids: list[str] | None
    kind: str | None
    nothing: bool

    @property
    def offset(self) -> int:
        """How many to pass over."""
        return (self.number - 1) * self.size


def code_of(error: errors.MediakilnError | None) -> str | None:
    """The code of what an asset model raised; None where the dialect's own table has to say it."""
    match error:
        case Absent():
            return f"NotFound.{error.thing}"
        case errors.InvalidRequest(field=str(name)) if name not in ("body", "model"):
            cause = "MissingParameter" if error.detail == _REQUIRED else "InvalidParameter"
            return f"{cause}.{name.partition('[')[0]}"
        case errors.Conflict():
            return "OperationDenied"
        case errors.TooLarge():
            return "LimitExceeded.Storage"
        case _:
            return None


@contextmanager
def named(thing: str, field: str) -> Iterator[None]:
    """What is not found in this block was named by this parameter."""
    try:
        yield
    except errors.NotFound as error:
        raise Absent(thing, field, str(error)) from None


def parameters(params: Mapping[str, Any], into: type[Body]) -> Body:
    """The parameters of a call; null is absent. Raises InvalidRequest on the first that is missing or of another type."""
    return decode(msgspec.json.encode({name: value for name, value in params.items() if value is not None}), into)


def name_of(name: str) -> str:
    """A name that says something. Raises InvalidRequest."""
    return needed("Name", text("Name", name, groups.NAME_MAX))


def project_of(name: str | None) -> str | None:
    """The project a call is about, or None for whichever it may be. Raises InvalidRequest."""
    return text("ProjectName", name, groups.NAME_MAX) or None


def needed(field: str, value: str) -> str:
    """A text that says something, without blanks around it. Raises InvalidRequest."""
    found = value.strip()
    if not found:
        raise errors.InvalidRequest(_REQUIRED, field=field)
    return found


def text(field: str, value: str | None, most: int) -> str:
    """A text of at most `most` characters, without blanks around it; "" for none. Raises InvalidRequest."""
    found = (value or "").strip()
    if len(found) > most or "\0" in found:
        raise errors.InvalidRequest(f"got {len(found)} characters; allowed: at most {most} characters of text", field=field)
    return found


def kind_of(word: str) -> str:
    """`image` for `Image`, and so on. Raises InvalidRequest."""
    return KINDS[_one_of("AssetType", word, KINDS)]


def check_group_type(word: str | None, field: str = "GroupType") -> None:
    """Raise InvalidRequest for any type but the one there is."""
    if word:
        _one_of(field, word, (GROUP_TYPE,))


def criteria(body: wire.List) -> Criteria:
    """What a list is to show. Raises InvalidRequest."""
    wanted = body.filter or wire.Filter()
    check_group_type(wanted.group_type, "Filter.GroupType")
    statuses = [_one_of("Filter.Statuses", status, STATUSES) for status in wanted.statuses or ()]
    kind = KINDS[_one_of("Filter.AssetType", wanted.asset_type, KINDS)] if wanted.asset_type else None
    if len(wanted.group_ids or ()) > SIZES:
        raise errors.InvalidRequest(f"got {len(wanted.group_ids or ())} ids; allowed: at most {SIZES}", field="Filter.GroupIds")
    sort = Sort(
        _SORTS[_one_of("SortBy", body.sort_by or "CreateTime", _SORTS)],
        _ORDERS[_one_of("SortOrder", body.sort_order or "Desc", _ORDERS)],
    )
    return Criteria(
        sort,
        _whole("PageNumber", body.page_number, 1, PAGES),
        _whole("PageSize", body.page_size, 10, SIZES),
        text("Filter.Name", wanted.name, groups.NAME_MAX),
        wanted.group_ids or None,
        kind,
        nothing=bool(statuses) and ACTIVE not in statuses,
    )


def asset(found: groups.Asset, base_url: str) -> wire.Asset:
    """An asset, with an absolute link to its file."""
    return wire.Asset(
        id=found.id,
        name=found.name,
        url=base_url + found.path,
        asset_type=_WORDS[found.kind],
        group_id=found.group_id,
        status=ACTIVE,
        project_name=found.project,
        create_time=iso(found.created_at),
        update_time=iso(found.updated_at),
    )


def group(found: groups.Group) -> wire.Group:
    """A group."""
    return wire.Group(
        id=found.id,
        name=found.name,
        description=found.description,
        group_type=GROUP_TYPE,
        project_name=found.project,
        create_time=iso(found.created_at),
        update_time=iso(found.updated_at),
    )


def answer(action: str, request_id: str, result: Struct) -> str:
    """The JSON that a task carries as a text."""
    metadata = wire.ResponseMetadata(request_id, action, VERSION, SERVICE, REGION)
    return msgspec.json.encode(wire.Answer(metadata, result)).decode()


def _one_of(field: str, word: str, allowed: Mapping[str, object] | tuple[str, ...]) -> str:
    if word not in allowed:
        raise errors.InvalidRequest.not_allowed(field, word, tuple(allowed))
    return word


def _whole(field: str, number: int | None, default: int, most: int) -> int:
    if number is not None and not 1 <= number <= most:
        raise errors.InvalidRequest.not_allowed(field, number, f"1 to {most}")
    return default if number is None else number

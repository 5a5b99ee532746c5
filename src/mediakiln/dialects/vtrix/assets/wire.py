"""The JSON of the asset models: parameters, and the answer that a task carries as a text.

The pages of the service name four models. The other six are by the same manner, after the actions of the asset API whose fields
these are. Sizes and words are checked in `translate`.
"""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from msgspec import Struct, field

from mediakiln.web.bodies import told

Result = TypeVar("Result")

Project = Annotated[str | None, told("The project; `default` is always there, others begin with their first group.", "default")]
GroupId = Annotated[str, told("The group's id.", "group-20260404120000-76djj")]
AssetId = Annotated[str, told("The asset's id.", "asset-20260404120000-76djj")]
Page = Annotated[int | None, told("Which page, from 1.", 1)]
PageSize = Annotated[int | None, told("How many on a page: 1 to 100, by default 10.", 10)]
SortBy = Annotated[str | None, told("`CreateTime` (the default) or `UpdateTime`.", "CreateTime")]
SortOrder = Annotated[str | None, told("`Desc` (newest first, the default) or `Asc`.", "Desc")]


class CreateGroup(Struct, rename="pascal"):
    """spark_asset_create_group."""

    name: Annotated[str, told("At most 64 characters.", "Cast of the film")]
    group_type: Annotated[str, told("Always `AIGC`.", "AIGC")]
    project_name: Project = None
    description: Annotated[str | None, told("At most 300 characters.")] = None


class Create(Struct, rename="pascal"):
    """spark_asset_create."""

    url: Annotated[str, told("The file: an http(s) URL, a `data:` URI, or the link of one of your own files.")] = field(
        name="URL"
    )
    asset_type: Annotated[str, told("`Image`, `Video` or `Audio`.", "Image")]
    group_id: GroupId
    name: Annotated[str | None, told("At most 64 characters.", "Heroine, front")] = None
    project_name: Project = None


class Get(Struct, rename="pascal"):
    """spark_asset_get, spark_asset_delete."""

    id: AssetId
    project_name: Project = None


class GetGroup(Struct, rename="pascal"):
    """spark_asset_get_group, spark_asset_delete_group."""

    id: GroupId
    project_name: Project = None


class Update(Struct, rename="pascal"):
    """spark_asset_update."""

    id: AssetId
    name: Annotated[str, told("The new name, at most 64 characters.")]
    project_name: Project = None


class UpdateGroup(Struct, rename="pascal"):
    """spark_asset_update_group."""

    id: GroupId
    name: Annotated[str | None, told("The new name, at most 64 characters.")] = None
    description: Annotated[str | None, told("The new description, at most 300 characters.")] = None
    project_name: Project = None


class Filter(Struct, rename="pascal"):
    """What a list is narrowed to. `Statuses` and `AssetType` are for assets only."""

    group_ids: Annotated[list[str] | None, told("Only these groups.")] = None
    group_type: Annotated[str | None, told("Always `AIGC`.")] = None
    statuses: Annotated[list[str] | None, told("Of `Active`, `Processing` and `Failed`.")] = None
    asset_type: Annotated[str | None, told("`Image`, `Video` or `Audio`.")] = None
    name: Annotated[str | None, told("A part of the name.")] = None


class List(Struct, rename="pascal"):
    """spark_asset_list, spark_asset_list_group."""

    filter: Annotated[Filter | None, told("What to list; the default is everything.")] = None
    project_name: Project = None
    page_number: Page = None
    page_size: PageSize = None
    sort_by: SortBy = None
    sort_order: SortOrder = None


ASSET_MODELS: dict[str, type[Struct]] = {
    "spark_asset_create_group": CreateGroup,
    "spark_asset_create": Create,
    "spark_asset_get": Get,
    "spark_asset_list": List,
    "spark_asset_update": Update,
    "spark_asset_delete": Get,
    "spark_asset_get_group": GetGroup,
    "spark_asset_list_group": List,
    "spark_asset_update_group": UpdateGroup,
    "spark_asset_delete_group": GetGroup,
}
"""Every asset model and its parameters."""


class Named(Struct, rename="pascal"):
    """What was made, changed or deleted."""

    id: str


class Asset(Struct, rename="pascal"):
    """An asset; `Status` is `Active`, since a file that cannot be used makes none. Times as `2026-04-04T12:00:00Z`."""

    id: str
    name: str
    url: str = field(name="URL")
    asset_type: str
    group_id: str
    status: str
    project_name: str
    create_time: str
    update_time: str


class Group(Struct, rename="pascal"):
    """A group."""

    id: str
    name: str
    description: str
    group_type: str
    project_name: str
    create_time: str
    update_time: str


class Listed(Struct, Generic[Result], rename="pascal"):
    """A page of a list, and how many there are in all."""

    items: list[Result]
    total_count: int
    page_number: int
    page_size: int


class ResponseMetadata(Struct, rename="pascal"):
    """Which call this answers; `RequestId` is the task's id."""

    request_id: str
    action: str
    version: str
    service: str
    region: str


class Answer(Struct, Generic[Result], rename="pascal"):
    """What a task carries as a text."""

    response_metadata: ResponseMetadata
    result: Result

"""What each asset model does. A call is free, makes no task, and is answered at once; its answer is kept for a day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.assets import groups
from mediakiln.assets.bringing import bring
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.dialects.vtrix.assets import translate, wire
from mediakiln.dialects.vtrix.assets.translate import Absent, named
from mediakiln.errors import Conflict, InvalidRequest, NotFound, UnknownModel, shorten
from mediakiln.tasks import calls
from mediakiln.web.dialect import Services


class AssetAnswer(Struct, frozen=True):
    """An answered call: `text` is JSON, `created_at` in milliseconds."""

    id: str
    model: str
    created_at: int
    text: str


class _Caller(Struct, frozen=True):
    """Who asks, and at which address."""

    services: Services
    account_id: str
    base_url: str


async def asset_call(
    services: Services, principal: Principal, model: str, params: Mapping[str, Any], base_url: str, *, task_id: str
) -> AssetAnswer:
    """Do what one of ASSET_MODELS is for, and keep the answer under `task_id`.

    Raises Forbidden for a key without the scope `storage`, and InvalidRequest, NotFound, Conflict or TooLarge, whose codes
    `code_of` knows.
    """
    principal.require(Scope.STORAGE)
    if model not in _ACTIONS:
        raise UnknownModel(f"got {shorten(model)}; allowed: {', '.join(_ACTIONS)}", field="model")
    action, act = _ACTIONS[model]
    body = translate.parameters(params, wire.ASSET_MODELS[model])
    result = await act(_Caller(services, principal.account_id, base_url), body)
    call = calls.Call(task_id, principal.account_id, model, translate.answer(action, task_id, result), now_ms())
    async with writing(services.engine) as connection:
        await calls.keep(connection, call)
    return AssetAnswer(call.id, call.model, call.created_at, call.text)


async def find_call(services: Services, principal: Principal, task_id: str) -> AssetAnswer:
    """The answer to an earlier call. Raises NotFound alike for one that is missing, foreign or over, and Forbidden as
    `asset_call` does."""
    async with reading(services.engine) as connection:
        call = await calls.find(connection, principal.account_id, task_id)
    principal.require(Scope.STORAGE)
    return AssetAnswer(call.id, call.model, call.created_at, call.text)


async def _create_group(caller: _Caller, body: wire.CreateGroup) -> wire.Named:
    name = translate.name_of(body.name)
    translate.check_group_type(translate.needed("GroupType", body.group_type))
    project = translate.project_of(body.project_name) or groups.DEFAULT_PROJECT
    description = translate.text("Description", body.description, groups.DESCRIPTION_MAX)
    async with writing(caller.services.engine) as connection:
        made = await groups.create_group(connection, caller.account_id, name=name, project=project, description=description)
    return wire.Named(made.id)


async def _create(caller: _Caller, body: wire.Create) -> wire.Named:
    name = translate.text("Name", body.name, groups.NAME_MAX)
    url = translate.needed("URL", body.url)
    kind = translate.kind_of(translate.needed("AssetType", body.asset_type))
    group_id = translate.needed("GroupId", body.group_id)
    async with reading(caller.services.engine) as connection:
        project = await _project(connection, caller, body.project_name)
        with named("GroupId", "GroupId"):
            await groups.find_group(connection, caller.account_id, group_id, project=project)
    services = caller.services
    try:
        made = await bring(
            services.engine,
            services.uploads,
            services.intake.inputs,
            caller.account_id,
            url,
            kind=kind,
            group_id=group_id,
            name=name,
            base_url=caller.base_url,
        )
    except InvalidRequest as error:
        raise type(error)(error.detail, field="URL") from None
    except NotFound as error:
        raise Absent("GroupId", "GroupId", str(error)) from None
    return wire.Named(made.id)


async def _get(caller: _Caller, body: wire.Get) -> wire.Asset:
    asset_id = translate.needed("Id", body.id)
    async with reading(caller.services.engine) as connection:
        project = await _project(connection, caller, body.project_name)
        with named("Asset", "Id"):
            found = await groups.find_asset(connection, caller.account_id, asset_id, project=project)
    return translate.asset(found, caller.base_url)


async def _list(caller: _Caller, body: wire.List) -> wire.Listed[wire.Asset]:
    wanted = translate.criteria(body)
    async with reading(caller.services.engine) as connection:
        total, found = await groups.assets(
            connection,
            caller.account_id,
            group_ids=wanted.group_ids,
            name=wanted.name,
            kind=wanted.kind,
            project=await _project(connection, caller, body.project_name),
            sort=wanted.sort,
            limit=wanted.size,
            offset=wanted.offset,
        )
    if wanted.nothing:
        total, found = 0, []
    return wire.Listed([translate.asset(each, caller.base_url) for each in found], total, wanted.number, wanted.size)


async def _update(caller: _Caller, body: wire.Update) -> wire.Named:
    asset_id, name = translate.needed("Id", body.id), translate.name_of(body.name)
    async with writing(caller.services.engine) as connection:
        project = await _project(connection, caller, body.project_name)
        with named("Asset", "Id"):
            await groups.find_asset(connection, caller.account_id, asset_id, project=project)
            await groups.rename_asset(connection, caller.account_id, asset_id, name=name)
    return wire.Named(asset_id)


async def _delete(caller: _Caller, body: wire.Get) -> wire.Named:
    """Delete an asset, and its file for good."""
    asset_id = translate.needed("Id", body.id)
    async with reading(caller.services.engine) as connection:
        project = await _project(connection, caller, body.project_name)
        with named("Asset", "Id"):
            found = await groups.find_asset(connection, caller.account_id, asset_id, project=project)
    with named("Asset", "Id"):
        await caller.services.uploads.delete(caller.account_id, found.path, permanent=True)
    return wire.Named(asset_id)


async def _get_group(caller: _Caller, body: wire.GetGroup) -> wire.Group:
    group_id = translate.needed("Id", body.id)
    async with reading(caller.services.engine) as connection:
        return translate.group(await _group(connection, caller, group_id, body.project_name))


async def _list_group(caller: _Caller, body: wire.List) -> wire.Listed[wire.Group]:
    wanted = translate.criteria(body)
    async with reading(caller.services.engine) as connection:
        total, found = await groups.groups(
            connection,
            caller.account_id,
            ids=wanted.group_ids,
            name=wanted.name,
            project=await _project(connection, caller, body.project_name),
            sort=wanted.sort,
            limit=wanted.size,
            offset=wanted.offset,
        )
    return wire.Listed([translate.group(each) for each in found], total, wanted.number, wanted.size)


async def _update_group(caller: _Caller, body: wire.UpdateGroup) -> wire.Named:
    group_id = translate.needed("Id", body.id)
    name = None if body.name is None else translate.name_of(body.name)
    description = None if body.description is None else translate.text("Description", body.description, groups.DESCRIPTION_MAX)
    async with writing(caller.services.engine) as connection:
        await _group(connection, caller, group_id, body.project_name)
        await groups.change_group(connection, caller.account_id, group_id, name=name, description=description)
    return wire.Named(group_id)


async def _delete_group(caller: _Caller, body: wire.GetGroup) -> wire.Named:
    group_id = translate.needed("Id", body.id)
    async with writing(caller.services.engine) as connection:
        await _group(connection, caller, group_id, body.project_name)
        try:
            await groups.delete_group(connection, caller.account_id, group_id)
        except Conflict as error:
            raise Conflict(f"Id: {error}") from None
    return wire.Named(group_id)


async def _group(connection: AsyncConnection, caller: _Caller, group_id: str, project_name: str | None) -> groups.Group:
    project = await _project(connection, caller, project_name)
    with named("GroupId", "Id"):
        return await groups.find_group(connection, caller.account_id, group_id, project=project)


async def _project(connection: AsyncConnection, caller: _Caller, name: str | None) -> str | None:
    """The project that a call names, where it names one. Raises NotFound for one that nobody began."""
    project = translate.project_of(name)
    if project is not None and not await groups.has_project(connection, caller.account_id, project):
        raise Absent("ProjectName", "ProjectName", f"got {shorten(project)}; allowed: a project of yours")
    return project


_ACTIONS: dict[str, tuple[str, Callable[[_Caller, Any], Awaitable[Struct]]]] = {
    "spark_asset_create_group": ("CreateAssetGroup", _create_group),
    "spark_asset_create": ("CreateAsset", _create),
    "spark_asset_get": ("GetAsset", _get),
    "spark_asset_list": ("ListAssets", _list),
    "spark_asset_update": ("UpdateAsset", _update),
    "spark_asset_delete": ("DeleteAsset", _delete),
    "spark_asset_get_group": ("GetAssetGroup", _get_group),
    "spark_asset_list_group": ("ListAssetGroups", _list_group),
    "spark_asset_update_group": ("UpdateAssetGroup", _update_group),
    "spark_asset_delete_group": ("DeleteAssetGroup", _delete_group),
}
"""The action that each model stands for, in the asset API's words, and what does it."""

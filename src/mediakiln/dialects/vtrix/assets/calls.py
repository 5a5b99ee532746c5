"""What each asset model does. A call is free, makes no task, and is answered at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.assets import groups
from mediakiln.assets.bringing import bring, place
from mediakiln.database.engine import reading, writing
from mediakiln.dialects.vtrix.assets import translate, wire
from mediakiln.dialects.vtrix.assets.answers import AssetAnswer, Call, find_answer
from mediakiln.dialects.vtrix.assets.translate import Absent, named
from mediakiln.errors import Conflict, InvalidRequest, shorten
from mediakiln.web.dialect import Services


async def asset_call(
    services: Services,
    principal: Principal,
    model: str,
    params: Mapping[str, Any],
    base_url: str,
    *,
    task_id: str,
    fingerprint: str = "",
) -> AssetAnswer:
    """Do what one of ASSET_MODELS is for, and keep the answer under `task_id`. With a `fingerprint`, a repeat is answered as
    before and does nothing.

    Raises Forbidden for a key without the scope `storage`, IdempotencyMismatch, and InvalidRequest, NotFound, Conflict or
    TooLarge, whose codes `code_of` knows.
    """
    principal.require(Scope.STORAGE)
    action, act = _ACTIONS[model]
    call = Call(services, principal.account_id, base_url, task_id, model, action, fingerprint)
    if first := await call.first():
        return first
    try:
        return await act(call, translate.parameters(params, wire.ASSET_MODELS[model]))
    except IntegrityError:
        if first := await call.first():
            return first
        raise


async def find_call(services: Services, principal: Principal, task_id: str) -> AssetAnswer:
    """The answer to an earlier call. Raises NotFound alike for one that is missing, foreign or over, and Forbidden as
    `asset_call` does."""
    found = await find_answer(services, principal.account_id, task_id)
    principal.require(Scope.STORAGE)
    return found


async def _create_group(call: Call, body: wire.CreateGroup) -> AssetAnswer:
    name = translate.name_of(body.name)
    translate.check_group_type(translate.needed("GroupType", body.group_type))
    project = translate.project_of(body.project_name) or groups.DEFAULT_PROJECT
    description = translate.text("Description", body.description, groups.DESCRIPTION_MAX)
    async with writing(call.services.engine) as connection:
        made = await groups.create_group(connection, call.account_id, name=name, project=project, description=description)
        return await call.answer(wire.Named(made.id), connection)


async def _create(call: Call, body: wire.Create) -> AssetAnswer:
    name = translate.text("Name", body.name, groups.NAME_MAX)
    url = translate.needed("URL", body.url)
    kind = translate.kind_of(translate.needed("AssetType", body.asset_type))
    group_id = translate.needed("GroupId", body.group_id)
    async with reading(call.services.engine) as connection:
        project = await _project(connection, call, body.project_name)
        with named("GroupId", "GroupId"):
            await groups.find_group(connection, call.account_id, group_id, project=project)
    services = call.services
    try:
        brought = await bring(
            services.engine,
            services.uploads,
            services.intake.inputs,
            call.account_id,
            url,
            kind=kind,
            name=name,
            base_url=call.base_url,
        )
    except InvalidRequest as error:
        raise type(error)(error.detail, field="URL") from None
    async with writing(services.engine) as connection:
        with named("GroupId", "GroupId"):
            made = await place(connection, brought, group_id=group_id, name=name)
        return await call.answer(wire.Named(made.id), connection)


async def _get(call: Call, body: wire.Get) -> AssetAnswer:
    asset_id = translate.needed("Id", body.id)
    async with reading(call.services.engine) as connection:
        found = await _asset(connection, call, asset_id, body.project_name)
    return await call.answer(translate.asset(found, call.base_url))


async def _list(call: Call, body: wire.List) -> AssetAnswer:
    wanted = translate.criteria(body)
    async with reading(call.services.engine) as connection:
        total, found = await groups.assets(
            connection,
            call.account_id,
            group_ids=wanted.group_ids,
            name=wanted.name,
            kind=wanted.kind,
            project=await _project(connection, call, body.project_name),
            sort=wanted.sort,
            limit=wanted.size,
            offset=wanted.offset,
        )
    if wanted.nothing:
        total, found = 0, []
    items = [translate.asset(each, call.base_url) for each in found]
    return await call.answer(wire.Listed(items, total, wanted.number, wanted.size))


async def _update(call: Call, body: wire.Update) -> AssetAnswer:
    asset_id, name = translate.needed("Id", body.id), translate.name_of(body.name)
    async with writing(call.services.engine) as connection:
        await _asset(connection, call, asset_id, body.project_name)
        with named("Asset", "Id"):
            await groups.rename_asset(connection, call.account_id, asset_id, name=name)
        return await call.answer(wire.Named(asset_id), connection)


async def _delete(call: Call, body: wire.Get) -> AssetAnswer:
    """Delete an asset, and its file for good."""
    asset_id = translate.needed("Id", body.id)
    async with reading(call.services.engine) as connection:
        found = await _asset(connection, call, asset_id, body.project_name)
    with named("Asset", "Id"):
        await call.services.uploads.delete(call.account_id, found.path, permanent=True)
    return await call.answer(wire.Named(asset_id))


async def _get_group(call: Call, body: wire.GetGroup) -> AssetAnswer:
    group_id = translate.needed("Id", body.id)
    async with reading(call.services.engine) as connection:
        found = await _group(connection, call, group_id, body.project_name)
    return await call.answer(translate.group(found))


async def _list_group(call: Call, body: wire.List) -> AssetAnswer:
    wanted = translate.criteria(body)
    async with reading(call.services.engine) as connection:
        total, found = await groups.groups(
            connection,
            call.account_id,
            ids=wanted.group_ids,
            name=wanted.name,
            project=await _project(connection, call, body.project_name),
            sort=wanted.sort,
            limit=wanted.size,
            offset=wanted.offset,
        )
    items = [translate.group(each) for each in found]
    return await call.answer(wire.Listed(items, total, wanted.number, wanted.size))


async def _update_group(call: Call, body: wire.UpdateGroup) -> AssetAnswer:
    group_id = translate.needed("Id", body.id)
    name = None if body.name is None else translate.name_of(body.name)
    description = None if body.description is None else translate.text("Description", body.description, groups.DESCRIPTION_MAX)
    async with writing(call.services.engine) as connection:
        await _group(connection, call, group_id, body.project_name)
        await groups.change_group(connection, call.account_id, group_id, name=name, description=description)
        return await call.answer(wire.Named(group_id), connection)


async def _delete_group(call: Call, body: wire.GetGroup) -> AssetAnswer:
    group_id = translate.needed("Id", body.id)
    async with writing(call.services.engine) as connection:
        await _group(connection, call, group_id, body.project_name)
        try:
            await groups.delete_group(connection, call.account_id, group_id)
        except Conflict as error:
            raise Conflict(f"Id: {error}") from None
        return await call.answer(wire.Named(group_id), connection)


async def _asset(connection: AsyncConnection, call: Call, asset_id: str, project_name: str | None) -> groups.Asset:
    project = await _project(connection, call, project_name)
    with named("Asset", "Id"):
        return await groups.find_asset(connection, call.account_id, asset_id, project=project)


async def _group(connection: AsyncConnection, call: Call, group_id: str, project_name: str | None) -> groups.Group:
    project = await _project(connection, call, project_name)
    with named("GroupId", "Id"):
        return await groups.find_group(connection, call.account_id, group_id, project=project)


async def _project(connection: AsyncConnection, call: Call, name: str | None) -> str | None:
    """The project that a call names, where it names one. Raises NotFound for one that nobody began."""
    project = translate.project_of(name)
    if project is not None and not await groups.has_project(connection, call.account_id, project):
        raise Absent("ProjectName", "ProjectName", f"got {shorten(project)}; allowed: a project of yours")
    return project


_ACTIONS: dict[str, tuple[str, Callable[[Call, Any], Awaitable[AssetAnswer]]]] = {
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

"""Every handler of the storage area, and the downloads below `/drawing`."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from mediakiln.dialects.neospark.storage.downloads import download_handlers
from mediakiln.dialects.neospark.storage.files import file_handlers
from mediakiln.dialects.neospark.storage.uploads import upload_handlers
from mediakiln.web.dialect import Services
from mediakiln.web.gate import Gate


def storage_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """The handlers, for the router at `/api/v1`."""
    return [*upload_handlers(services, gate), *file_handlers(services, gate), *download_handlers(services, gate)]

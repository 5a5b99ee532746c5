"""What a dialect is given and what it gives back; dialects never meet each other."""

from __future__ import annotations

from collections.abc import Callable

from litestar import Request, Response, Router
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts.device import DeviceLogins
from mediakiln.accounts.principals import Authenticator
from mediakiln.accounts.rates import RateLimiter
from mediakiln.accounts.sign_in import SignIn
from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.chunked import ChunkedUploads
from mediakiln.assets.uploads import Uploads
from mediakiln.catalog import Catalog
from mediakiln.prompts.base import PromptOptimizer
from mediakiln.settings import Settings
from mediakiln.tasks.dispatch.base import Dispatcher
from mediakiln.tasks.intake import Intake
from mediakiln.tasks.snapshots import Snapshots
from mediakiln.web.budget import BodyBudget
from mediakiln.web.shared import Shared

ENGINES = {"studio": "procedural preview engine, not an AI model"}
"""What is told of a model by its provider, where no AI model is behind it."""


class Services(Struct, frozen=True):
    """Everything a dialect may use, wired once in bootstrap."""

    settings: Settings
    engine: AsyncEngine
    authenticator: Authenticator
    sign_in: SignIn
    devices: DeviceLogins
    limiter: RateLimiter
    bodies: BodyBudget
    catalog: Catalog
    intake: Intake
    snapshots: Snapshots
    dispatcher: Dispatcher
    optimizer: PromptOptimizer
    blobs: BlobStore
    uploads: Uploads
    chunked: ChunkedUploads


class Dialect(Struct, frozen=True):
    """A mounted dialect. `areas` are the paths (`web.edge.area_of`) whose unrouted requests (404, 405) it answers through
    `on_error`; `shares` are those that it has in common with others."""

    name: str
    areas: tuple[str, ...]
    router: Router
    on_error: Callable[[Request, Exception], Response]  # type: ignore[type-arg]
    shares: tuple[Shared, ...] = ()

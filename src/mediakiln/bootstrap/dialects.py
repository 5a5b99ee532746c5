"""Every dialect there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mediakiln.dialects.nanobanana.routes import nanobanana
from mediakiln.dialects.neospark.routes import neospark
from mediakiln.dialects.vtrix.routes import vtrix
from mediakiln.dialects.vtrix.translate import renderer
from mediakiln.settings import Settings
from mediakiln.tasks.webhooks import Renderer

DIALECTS = {"nanobanana": nanobanana, "neospark": neospark, "vtrix": vtrix}
"""Every dialect by the name MEDIAKILN_DIALECTS knows."""
RENDERERS: Mapping[str, Callable[[Settings], Renderer]] = {"vtrix": renderer}
"""The dialects whose callers may want to be told of a task's end, with what makes the body of their webhooks."""

"""The one import of skia, after what a small machine lacks was put in its place (decision 005).

`from mediakiln.providers.studio.graphics import skia`. Raises ImportError without the extra `mediakiln[studio]`, and
ConfigurationError where a missing library cannot be stood in for.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from mediakiln.providers.studio import stand_ins

STAND_INS = stand_ins.load()
"""The libraries of the system that this machine lacks."""

if sys.platform == "linux" and not Path("/etc/fonts/fonts.conf").exists():
    # Else skia's fontconfig looks in the same places, but tells of an error first.
    os.environ.setdefault("FONTCONFIG_FILE", str(Path(__file__).with_name("fonts.conf")))

import skia  # noqa: E402, TID251 - only now can it be loaded

__all__ = ["STAND_INS", "skia"]

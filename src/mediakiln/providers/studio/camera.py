"""Camera moves: where the camera looks at a time, in shares of the frame."""

from __future__ import annotations

import math
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.scene import Scene


class View(Struct, frozen=True):
    """`x` how far the camera has moved sideways (frame widths, for the nearest layer), `zoom` >= 1, `turn` degrees, `rise` how
    far it looks up (frame heights, as far as `zoom` leaves room). Zooms and turns leave the `focus` in place (shares of the
    frame)."""

    x: float = 0.0
    zoom: float = 1.0
    turn: float = 0.0
    rise: float = 0.0
    focus: tuple[float, float] = (0.5, 0.55)


Path = Callable[[float], View]

_TILTED = 1.28
"""A camera that looks up and down sees less at a time."""


def _ease(share: float) -> float:
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def pivot(scene: Scene, chase: float = 0.0) -> float:
    """The depth that stays where it is: the sky's, or of what the camera goes round."""
    return 1.0 if scene.camera == "orbit" and not chase else 0.0


def _tilt(share: float) -> float:
    """From the lower edge of what `_TILTED` leaves to the upper one."""
    return (_TILTED - 1) * (share - 1 + View().focus[1])


def path(scene: Scene, duration: float, chase: float = 0.0) -> Path:
    """The move the scene's camera makes over `duration` seconds; a still does not move. `chase` is how far (in frame widths) the
    camera goes along with a subject that would walk out of the picture."""
    if duration <= 0 or scene.camera == "static":
        return lambda _t: View()
    way = 1 if dice(scene.seed, "camera").random() < 0.5 else -1
    centred = duration / 2

    def share(t: float) -> float:
        return (t - centred) / duration

    if chase:
        return lambda t: View(x=chase * share(t), zoom=1.0 + (0.2 * _ease(t / duration) if scene.camera == "zoom_in" else 0.0))
    moves: dict[str, Path] = {
        "drift": lambda t: View(x=0.08 * way * share(t)),
        "pan_left": lambda t: View(x=-0.3 * share(t)),
        "pan_right": lambda t: View(x=0.3 * share(t)),
        "pan": lambda t: View(x=0.3 * way * share(t)),
        "zoom_in": lambda t: View(zoom=1.0 + 0.24 * _ease(t / duration)),
        "zoom_out": lambda t: View(zoom=1.24 - 0.24 * _ease(t / duration)),
        "tilt_up": lambda t: View(zoom=_TILTED, rise=_tilt(_ease(t / duration))),
        "tilt_down": lambda t: View(zoom=_TILTED, rise=_tilt(1 - _ease(t / duration))),
        "orbit": lambda t: View(x=0.16 * math.sin(share(t) * math.pi), zoom=1.06 + 0.03 * math.cos(share(t) * math.tau)),
        "handheld": lambda t: View(x=0.012 * math.sin(t * 1.9), zoom=1.03, turn=0.35 * math.sin(t * 1.3)),
    }
    return moves.get(scene.camera, moves["drift"])


def aimed(path: Path, focus: tuple[float, float]) -> Path:
    """`path`, with zooms that go to what is at `focus`."""
    return lambda t: replace(path(t), focus=focus)


def reach(path: Path, duration: float) -> float:
    """The furthest the camera moves sideways either way, in frame widths."""
    return max(abs(path(duration * i / 24).x) for i in range(25)) if duration > 0 else 0.0

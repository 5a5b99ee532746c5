"""How near the camera is: close-ups, portraits and details move and enlarge the placed subjects, and blur what is behind them."""

from __future__ import annotations

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.cast.figure import figure, telling, thickest
from mediakiln.providers.studio.reading.subject import LIVING
from mediakiln.providers.studio.stage import Sheet, Stage

# Where the head is, in heights of the subject (forward, up), and the share of its height that a close-up of it shows.
FACES: dict[str, tuple[float, float, float]] = {
    "person": (0.02, 0.87, 0.34),
    "child": (0.02, 0.82, 0.46),
    "robot": (0.02, 0.84, 0.5),
    "snowman": (0.0, 0.82, 0.55),
    "teddy": (0.0, 0.74, 0.7),
    "cat": (0.34, 0.72, 0.66),
    "dog": (0.38, 0.78, 0.62),
    "rabbit": (0.26, 0.6, 0.8),
    "horse": (0.52, 0.84, 0.52),
    "giraffe": (0.24, 0.9, 0.34),
    "elephant": (0.46, 0.66, 0.66),
    "bear": (0.06, 0.76, 0.62),
    "owl": (0.0, 0.76, 0.62),
    "monkey": (0.0, 0.76, 0.6),
    "kangaroo": (0.24, 0.8, 0.5),
    "squirrel": (0.16, 0.7, 0.66),
    "mouse": (0.55, 0.5, 1.0),
    "ladybird": (0.3, 0.45, 1.3),
    "crocodile": (1.1, 0.6, 1.2),
    "snake": (0.2, 0.8, 0.7),
    "bird": (0.3, 0.6, 1.0),
    "fish": (0.2, 0.5, 1.1),
    "turtle": (0.6, 0.5, 1.1),
    "butterfly": (0.0, 0.5, 1.3),
    "bee": (0.1, 0.5, 1.2),
    "dragonfly": (0.1, 0.5, 1.2),
    "octopus": (0.0, 0.6, 1.1),
    "dragon": (0.6, 0.8, 0.5),
    "dinosaur": (0.4, 0.84, 0.5),
    "frog": (0.3, 0.6, 1.1),
    "penguin": (0.06, 0.84, 0.5),
}
BEAST = (0.4, 0.74, 0.66)


class Lens(Struct, frozen=True):
    """What is at (x, y) pixels comes to (tx, ty), `scale` times as large; `blur` in pixels for what is behind."""

    x: float
    y: float
    tx: float
    ty: float
    scale: float
    blur: float

    def move(self, actor: Actor) -> Actor:
        """The actor as the lens shows it. It keeps its step but the camera goes along with it."""
        x, y = self.tx + (actor.x - self.x) * self.scale, self.ty + (actor.y - self.y) * self.scale
        return replace(actor, x=x, y=y, size=actor.size * self.scale, speed=0.0)


def lead_of(actors: list[Actor], stage: Stage) -> Actor | None:
    """The actor that the picture is about: the largest of the first subject's kind."""
    kinds = [s.kind for s in stage.scene.subjects]
    return max(actors, key=lambda a: (a.subject.kind == kinds[0], a.size * max(1.0, a.kind.width)), default=None)


def wide_of(actors: list[Actor]) -> float:
    """The breadth of all actors together, in pixels."""
    halves = [(a.x, 0.5 * a.size * a.kind.width) for a in actors]
    return max(x + half for x, half in halves) - min(x - half for x, half in halves)


def framed(stage: Stage, actors: list[Actor]) -> tuple[list[Actor], Lens | None]:
    """The actors as the scene's shot frames them, and the lens where the shot is near enough to need one."""
    lead, shot = lead_of(actors, stage), stage.scene.shot
    if lead is None:
        return actors, None
    if shot in ("closeup", "portrait", "detail", "material"):
        lens = _near(stage, lead, shot)
        return [lens.move(a) for a in actors], lens
    shown = stage.scene.setting == "white" or (stage.scene.setting == "stilllife" and stage.scene.shop)
    if stage.scene.setting == "graphic" and lead.kind.home in ("ground", "table", "water"):
        # On a poster the subject is large on its printed floor.
        standing = [a for a in actors if a.kind.home != "air"]
        foot = max(a.y for a in standing)
        room = 0.5 if stage.scene.lettering else 0.62
        k = min(0.7 * stage.width / wide_of(actors), room * stage.height / (foot - min(a.y - a.size for a in standing)))
        middle, low = (min(a.x for a in standing) + max(a.x for a in standing)) / 2, stage.height * 0.9
        return [
            replace(a, x=stage.width / 2 + (a.x - middle) * k, y=low + (a.y - foot) * k, size=a.size * k)
            if a.kind.home != "air"
            else a
            for a in actors
        ], None
    if shown and not shot and lead.kind.home in ("ground", "table", "water"):
        # Alone on its ground: large and in the middle, as shops show things.
        k = min(0.74 * stage.width / wide_of(actors), 0.72 * stage.height / lead.size)
        low = stage.height * 0.5 + 0.5 * k * lead.size
        middle = (min(a.x for a in actors) + max(a.x for a in actors)) / 2
        return [
            replace(a, x=stage.width / 2 + (a.x - middle) * k, y=low + (a.y - lead.y) * k, size=a.size * k) for a in actors
        ], None
    if shot == "far":
        # Feet on the ground go up toward the horizon as they go away.
        return [
            replace(
                a,
                size=a.size * 0.42,
                x=stage.width * 0.5 + (a.x - stage.width * 0.5) * 0.7,
                y=stage.horizon + (a.y - stage.horizon) * 0.6,
            )
            for a in actors
        ], None
    if shot == "hero":
        k = min(1.45, 0.8 * stage.width / wide_of(actors), 0.74 * stage.height / lead.size)
        middle = (min(a.x for a in actors) + max(a.x for a in actors)) / 2
        return [replace(a, x=stage.width / 2 + (a.x - middle) * k, size=a.size * k) for a in actors], None
    if shot == "closing":
        shift = stage.width * (0.3 if stage.width > stage.height else 0.5) - lead.x
        return [replace(a, x=a.x + shift, size=a.size * 0.82) for a in actors], None
    return actors, None


def _near(stage: Stage, lead: Actor, shot: str) -> Lens:
    faces = 1 if lead.right or not lead.kind.faces else -1
    wide = lead.size * lead.kind.width
    if lead.subject.kind in LIVING - {"emblem"}:
        forward, up, share = FACES.get(lead.subject.kind, BEAST if lead.kind.faces else (0.0, 0.62, 0.8))
        if lead.kind.faces and lead.subject.pose == "sitting" and lead.subject.kind not in ("person", "child"):
            forward, up, share = 0.06, 0.78, 0.6
        if lead.subject.pose == "sleeping":
            up = min(up, 0.42)
        share *= 1.7 if shot == "portrait" else 1.0
        scale, low = stage.height / (share * lead.size), 0.5
        scale = min(scale, max(1.1, 2.4 * stage.width / wide))
    elif shot == "closeup":
        shape = figure(stage, lead, 0.0, 120.0)
        forward, up, low = 0.0, 0.5 * shape.pixels.shape[0] / 120, 0.5
        # Filled both ways, and cropped at least one way.
        tall = stage.height / (lead.size * shape.pixels.shape[0] / 120)
        broad = stage.width / (lead.size * shape.pixels.shape[1] / 120)
        scale = min(1.22 * max(tall, broad), 2.0 * min(tall, broad))
    else:
        # Where there is most to see.
        shape = figure(stage, lead, 0.0, 120.0)
        across, up = telling(shape, 1)[0] if shot == "detail" else thickest(shape)
        up, low = up * shape.pixels.shape[0] / 120, 0.5
        forward = faces * (across - 0.5) * shape.pixels.shape[1] / 120
        scale = (1.9 if shot == "detail" else 4.2) * max(stage.height / lead.size, 0.6 * stage.width / wide)
    x, y = lead.x + faces * forward * lead.size, lead.y - up * lead.size
    blur = min(0.02 * stage.u, 0.004 * stage.u * scale)
    return Lens(x, y, stage.width * 0.5, stage.height * low, scale, blur)


def through(stage: Stage, lens: Lens) -> None:
    """Blur and enlarge what is painted so far, as far as something behind the subject grows when the camera comes near."""
    scale = min(2.0, 1 + 0.3 * (lens.scale - 1))
    for sheet in stage.sheets():
        _moved(sheet, lens, max(1.0, scale))


def _moved(sheet: Sheet, lens: Lens, scale: float) -> None:
    height, width = sheet.pixels.shape[:2]
    x = min(max(lens.x - sheet.left, width * 0.25), width * 0.75)
    y = min(max(lens.y, height * 0.25), height * 0.75)
    matrix = np.array([[scale, 0, lens.tx - sheet.left - scale * x], [0, scale, lens.ty - scale * y]], np.float32)
    part = 4 if lens.blur > 6 else 2 if lens.blur > 3 else 1
    small = cv2.resize(sheet.pixels, (max(2, width // part), max(2, height // part)), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(0.5, lens.blur / part / scale))
    matrix[:, :2] *= part
    sheet.pixels[:] = cv2.warpAffine(soft, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)

"""A picture of several pictures: what each cell of a grid shows, where it lies, and the sheet that they are laid on."""

from __future__ import annotations

import re

import cv2
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from mediakiln.providers.studio.noise import key
from mediakiln.providers.studio.reading.subject import LARGE, LIVING, Subject
from mediakiln.providers.studio.scene import Scene, compose
from mediakiln.providers.studio.words import lexicon

Box = tuple[int, int, int, int]

# The views of a thing to sell, of somebody alive and of a place, the most telling first.
OF_A_PRODUCT = ("hero", "white", "detail", "lifestyle", "angles", "packaging", "flatlay", "material", "scale")
OF_SOMEBODY = ("", "closeup", "running", "far", "sitting", "sunset", "portrait", "sleeping", "night")
OF_A_VEHICLE = ("", "closeup", "front", "far", "running", "sunset", "detail", "back", "night")
OF_A_PLACE = ("day", "dawn", "sunset", "night", "clouds", "rain", "fog", "snow", "storm")
# Kinds of many kinds: "different fruits" shows another one in each cell.
FAMILIES = {
    "fruit": ("", "orange", "pear", "lemon", "banana", "strawberry", "cherry", "grapes", "watermelon", "pineapple", "peach"),
    "vegetable": ("", "tomato", "pumpkin", "corn", "avocado", "eggplant"),
    "treat": ("", "cookie", "sushi", "fries", "hotdog", "dumpling", "bubbletea", "lollipop", "cheese", "mooncake"),
    "flower": ("", "rose", "tulip", "sunflower", "daisy", "lotus", "violet"),
    "dog": ("", "corgi", "shiba", "retriever", "fox", "wolf"),
    "bird": ("", "gull", "crow", "swallow", "crane", "parrot", "eagle"),
    "person": ("wizard", "knight", "chef", "king", "ninja", "pirate", "angel", "samurai", "hero", "witch"),
}
_VARIOUS = re.compile(r"\b(different|various|assorted|variety|diverse|all kinds|types of)\b|各种|不同的|多种", re.IGNORECASE)
# Gutters, as a share of the frame's shorter side, and the colour of the sheet.
GUTTER, SHEET = 0.012, 250


def cells(scene: Scene) -> list[Scene]:
    """One scene for each cell, row by row, each another view of the same."""
    rows, columns = scene.grid
    count = rows * columns
    plain = replace(scene, grid=(0, 0), panels=(), lettering="", camera="static")
    if scene.panels:
        return [_told(plain, scene.panels[n % len(scene.panels)], n) for n in range(count)]
    lead = scene.subjects[0] if scene.subjects else None
    if lead is not None and lead.kind in FAMILIES and not lead.traits and _VARIOUS.search(scene.prompt):
        kinds = FAMILIES[lead.kind]
        others = [replace(lead, count=1, traits=(kinds[n % len(kinds)],) if kinds[n % len(kinds)] else ()) for n in range(count)]
        return [replace(plain, subjects=(one,), setting="white" if lead.kind not in LIVING else plain.setting) for one in others]
    views = _views(scene)
    out = []
    for n in range(count):
        lap = n // len(views)
        cell = _view(plain, views[n % len(views)])
        # A longer grid goes round again, other chances each time.
        out.append(replace(cell, seed=key(scene.seed, "cell", n) & 0xFFFFFFFF if lap or not scene.subjects else scene.seed))
    return out


def boxes(scene: Scene, width: int, height: int) -> list[Box]:
    """(left, top, width, height) of each cell in pixels, with a gutter around every one."""
    rows, columns = scene.grid
    gap = max(1, round(GUTTER * min(width, height)))
    xs = np.linspace(gap, width, columns + 1).round().astype(int)
    ys = np.linspace(gap, height, rows + 1).round().astype(int)
    return [
        (int(xs[c]), int(ys[r]), max(4, int(xs[c + 1] - xs[c]) - gap), max(4, int(ys[r + 1] - ys[r]) - gap))
        for r in range(rows)
        for c in range(columns)
    ]


def laid(pictures: list[NDArray[np.uint8]], places: list[Box], width: int, height: int) -> NDArray[np.uint8]:
    """The cells' pictures (uint8 RGB, at their sizes or near) on the sheet."""
    sheet = np.full((height, width, 3), SHEET, np.uint8)
    for picture, (left, top, wide, tall) in zip(pictures, places, strict=True):
        if picture.shape[:2] != (tall, wide):
            picture = np.asarray(cv2.resize(picture, (wide, tall), interpolation=cv2.INTER_AREA), np.uint8)
        sheet[top : top + tall, left : left + wide] = picture
    return sheet


def _views(scene: Scene) -> tuple[str, ...]:
    lead = scene.subjects[0] if scene.subjects else None
    if lead is None:
        return OF_A_PLACE
    home = lexicon().tables["home"].get(lead.kind)
    if scene.shop or (lead.kind not in LIVING and (home in ("interior", "stilllife") or lead.kind == "emblem")):
        return OF_A_PRODUCT if lead.kind not in LARGE else tuple("far" if v == "flatlay" else v for v in OF_A_PRODUCT)
    return OF_SOMEBODY if lead.kind in LIVING else OF_A_VEHICLE


def _view(scene: Scene, view: str) -> Scene:
    lead = scene.subjects[0] if scene.subjects else Subject("")
    if view in ("day", "dawn", "sunset", "night"):
        return replace(scene, time=view, shot="")
    if view in ("clouds", "rain", "fog", "snow", "storm"):
        return replace(scene, weather=view)
    if view in ("running", "sitting", "sleeping"):
        pose = {"fish": "swimming", "bird": "flying"}.get(lead.kind, view)
        return replace(scene, shot="", subjects=(replace(lead, pose=pose), *scene.subjects[1:]))
    if view == "white":
        return replace(scene, shot="", setting="white", time="day", weather="clear")
    if view == "lifestyle" and lead.kind not in LARGE:
        lead = replace(lead, relation="on", target="table")
        return replace(scene, shot=view, setting="interior", subjects=(lead, *scene.subjects[1:]))
    sets = {"hero": "stilllife", "detail": "stilllife", "angles": "white", "packaging": "stilllife", "flatlay": "tabletop"}
    sets |= {"material": "stilllife", "scale": "white"}
    # Each set has its own colour by the words of its scene.
    setting = sets.get(view, scene.setting) if view in OF_A_PRODUCT else scene.setting
    return replace(scene, shot=view, setting=setting, prompt=f"{scene.prompt} {view}")


def _told(scene: Scene, words: str, place: int) -> Scene:
    """What the prompt says of one panel; who is in the picture is in every panel that names nobody else."""
    told = compose(words, "", scene.seed)
    strangers = not told.subjects or told.subjects[0].kind == "emblem"
    lead = scene.subjects[0] if scene.subjects else None
    if strangers and lead is not None:
        told = replace(told, subjects=(replace(lead, pose=_pose_of(told)),))
    if told.setting in ("abstract", "stilllife", "meadow") and scene.setting != "abstract":
        told = replace(told, setting=scene.setting)
    return replace(told, style=scene.style, grid=(0, 0), panels=(), lettering="", camera="static")


def _pose_of(scene: Scene) -> str:
    return {"running": "running", "walking": "walking", "flying": "flying"}.get(scene.motion, "")

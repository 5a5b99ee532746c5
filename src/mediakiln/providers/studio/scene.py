"""What a prompt asks to see, as a plain value: the hand-over from words to paint and sound.

`compose` reads English and Chinese. It never fails: a prompt it cannot read becomes an abstract scene of its own.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from mediakiln.providers.studio.reading.cast import on_a_stage, things_named
from mediakiln.providers.studio.reading.doing import liveliest
from mediakiln.providers.studio.reading.framing import (
    DESIGNS,
    grid_named,
    in_a_studio,
    is_shop,
    on_a_table,
    panels_told,
    printed,
    set_of,
    shot_named,
    without_grid,
)
from mediakiln.providers.studio.reading.nouns import told_apart
from mediakiln.providers.studio.reading.places import OUTDOORS, TRAIT_ROOMS, places_named, ruling_place
from mediakiln.providers.studio.reading.refusals import avoided, first, names_of, refused
from mediakiln.providers.studio.reading.sky import time_named, weather_named
from mediakiln.providers.studio.reading.strangers import stranger
from mediakiln.providers.studio.reading.subject import POSES, Subject
from mediakiln.providers.studio.reading.tone import loose_colours
from mediakiln.providers.studio.words import read

__all__ = ["POSES", "Scene", "Subject", "compose"]


# A poster that sells nothing in particular shows presents.
SALE = re.compile(r"\b(?:sale|discount|giveaway|black friday|voucher|coupon)\b|促销|打折|优惠|大促|红包", re.IGNORECASE)


class Scene(Struct, frozen=True):
    """A whole picture.

    `setting` names an entry of `backdrop.SETTINGS`; `time` is dawn, day, sunset or night; `weather` is clear, clouds, rain, snow,
    fog or storm; `extras` are things of the sky and air (stars, moon, aurora, rainbow, fireflies, petals, fireworks). `motion` is
    still, gentle, walking, running or flying: the liveliest pose in it. `mood` is calm, bright, melancholy, dramatic, festive,
    mysterious or futuristic. `palette` are colour names the prompt gave to the whole; `avoid` is what was refused;
    `beyond` are further settings that stand behind the first. `shot` is one of `reading.framing.SHOTS` or "" for the whole
    scene. `grid` is (rows, columns) for a picture of several pictures, else (0, 0); `panels` what the prompt says of each.
    `layout` is poster or card for a picture that is printed matter, else "".
    `shop` says that the first subject is a thing to sell; `room` is what an inside is: cafe, office, kitchen ...
    """

    prompt: str
    seed: int
    setting: str = "abstract"
    time: str = "day"
    weather: str = "clear"
    season: str = ""
    style: str = "painterly"
    camera: str = "drift"
    motion: str = "gentle"
    mood: str = "calm"
    subjects: tuple[Subject, ...] = ()
    palette: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    lettering: str = ""
    beyond: tuple[str, ...] = ()
    shot: str = ""
    shop: bool = False
    layout: str = ""
    room: str = ""
    grid: tuple[int, int] = (0, 0)
    panels: tuple[str, ...] = ()


def compose(prompt: str, negative_prompt: str = "", seed: int = 0, *, sitter: bool = False) -> Scene:
    """Read the prompt into a `Scene`. With a `sitter` the thing shown is the caller's own picture, whatever the words call it."""
    grid = grid_named(prompt)
    reading = told_apart(read(without_grid(prompt) if any(grid) else prompt))
    left_out = refused(reading)
    avoid = avoided(negative_prompt) | names_of([reading.hits[i] for i in left_out])
    hits = [hit for i, hit in enumerate(reading.hits) if i not in left_out]
    subjects = tuple(s for s in things_named(reading, hits) if s.kind not in avoid)
    shop = is_shop(hits)
    if not subjects and not (reading.quoted and first(hits, "layout", avoid)):
        subjects = stranger(reading, negative_prompt.lower(), shop)
    if not subjects and SALE.search(prompt):
        subjects = (Subject("gift", count=3),)
    if sitter:
        subjects = (Subject("sitter"),)
    subjects = on_a_stage(subjects, hits)
    shot = shot_named(reading, hits, avoid, subjects)
    places = places_named(hits, avoid)
    extras = tuple(dict.fromkeys(name for hit in hits for kind, name in hit.means if kind == "extra" and name not in avoid))
    style = first(hits, "style", avoid) or "painterly"
    if shot == "lifestyle":
        subjects = on_a_table(subjects, places)
    indoors = any(hit.get("room") for hit in hits) and style != "neon" and not ({"city", "village", "road"} & set(places))
    if indoors and "interior" not in places and not shot:
        places = ["interior", *places]
    setting = set_of(shot, shop, places, subjects) or ruling_place(places, subjects, hits, style, extras)
    if style in ("blueprint", "crossstitch") and subjects and not places:
        setting = "white"
    setting = in_a_studio(setting, subjects, hits)
    layout = first(hits, "layout", avoid)
    if layout and not shot and printed(places, subjects, hits):
        setting = "graphic"
    weather = weather_named(hits, setting, avoid)
    scene = Scene(
        prompt=prompt,
        seed=seed,
        setting=setting,
        weather=weather,
        style=style,
        subjects=subjects,
        extras=extras,
        time=time_named(hits, setting, () if setting == "graphic" else extras, style, subjects, avoid),
        season=first(hits, "season", avoid) or ("winter" if weather == "snow" else ""),
        camera=first(hits, "camera", avoid) or ("static" if shot in DESIGNS else "drift"),
        palette=loose_colours(reading, hits),
        avoid=tuple(sorted(avoid)),
        lettering=reading.quoted,
        beyond=tuple(p for p in places if p != setting and p in OUTDOORS),
        motion=liveliest(subjects, hits),
        shot=shot,
        shop=shop,
        layout=layout,
        room=first(hits, "room", avoid) or next((TRAIT_ROOMS[t] for s in subjects for t in s.traits if t in TRAIT_ROOMS), ""),
        grid=grid,
        panels=panels_told(prompt) if any(grid) else (),
    )
    if scene.lettering and any(s.kind == "sign" for s in subjects):
        scene = replace(
            scene,
            subjects=tuple(
                replace(s, traits=("=" + scene.lettering.splitlines()[0],)) if s.kind == "sign" else s for s in subjects
            ),
        )
    scene = replace(scene, mood=first(hits, "mood", avoid) or _mood(scene))
    if scene.mood == "festive" or layout == "card" or setting in ("interior", "graphic"):
        # No balloon of a party carries a basket.
        toys = (
            replace(s, traits=(*s.traits, "toy")) if s.kind == "balloon" and "hot air" not in prompt.lower() else s
            for s in scene.subjects
        )
        scene = replace(scene, subjects=tuple(toys))
    return scene


def _mood(scene: Scene) -> str:
    if scene.style == "neon":
        return "futuristic"
    if scene.weather == "storm" or scene.motion == "running":
        return "dramatic"
    if "fireworks" in scene.extras or any(s.kind == "cake" for s in scene.subjects):
        return "festive"
    if scene.weather in ("rain", "fog"):
        return "melancholy"
    if scene.setting in ("space", "moon", "mars", "underwater") or "aurora" in scene.extras:
        return "mysterious"
    return "bright" if scene.time == "day" else "calm"

"""What somebody looks like: skin, hair and clothes, and the head with its hat."""

from __future__ import annotations

import math

from msgspec import Struct

from mediakiln.providers.studio.colour import NAMED, RGB, mix, named, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act
from mediakiln.providers.studio.subjects.costumes import beard
from mediakiln.providers.studio.subjects.pen import Pen, oval, smooth
from mediakiln.providers.studio.subjects.quadruped import crown, headset, shades
from mediakiln.providers.studio.subjects.wardrobe import cape_tone, costume_of

HAIR = ("#2a1d18", "#4a2f20", "#1d1a1f", "#7a4a28", "#b98a4a")
TOPS = ("#c8463f", "#3f6fae", "#e0a53a", "#4f8a6a", "#7d5aa6", "#d97f6a")
BOTTOMS = ("#2f3a52", "#4a4238", "#5d6470", "#39424a")


class Look(Struct, frozen=True):
    """One person's body and clothes; lengths in the person's own height."""

    skin: RGB
    hair: RGB
    top: RGB
    bottom: RGB
    head: float
    hip: float
    shoulder: float
    dress: bool
    long_hair: bool


def look_of(pen: Pen, act: Act, child: bool) -> Look:
    """Skin, hair and clothes by the prompt, else by chance."""
    roll = pen.roll
    skin = rgb(roll.choice(("#f2cfb0", "#e2b189", "#c98f64", "#8f5f42")))
    hair, top, bottom = rgb(roll.choice(HAIR)), rgb(roll.choice(TOPS)), rgb(roll.choice(BOTTOMS))
    female = roll.random() < 0.35 and not act.has("man")
    female = female or act.has("woman", "girl", "dress")
    if act.has("pair"):
        female = act.index % 2 == 1
    if act.colour:
        top = named(act.colour, "#c8463f")
    if act.has("old"):
        hair = rgb("#d9d6d0")
    hair = _said(act, "hair-", hair)
    worn = costume_of(act)
    if worn is not None:
        top, bottom = top if act.colour else rgb(worn.top), rgb(worn.bottom)
        female = act.has("woman", "girl", "witch", "queen", "angel", "bride", "ballerina", "fairy", "nurse")
        female = (female or (act.has("wedding") and act.index % 2 == 1)) and not act.has("man")
    if act.has("mermaid"):
        female, top, bottom = True, top if act.colour else rgb("#d98aa8"), rgb("#1f9a92")
    return Look(
        skin,
        hair,
        top,
        bottom,
        0.125 if child else 0.085,
        0.42 if child else 0.49,
        0.68 if child else 0.8,
        worn.robe or (female and act.has("queen", "dress"))
        if worn is not None
        else not act.has("mermaid") and (act.has("dress", "girl") or (female and roll.random() < 0.5)),
        female,
    )


def _said(act: Act, part: str, otherwise: RGB) -> RGB:
    """The colour that the prompt gives to hair or beard ("hair-red"), as hair has it."""
    said = next((trait.removeprefix(part) for trait in act.traits if trait.startswith(part)), "")
    return rgb({"gold": "#d8b060", "red": "#9a3a1e"}.get(said, NAMED.get(said, "#000000"))) if said else otherwise


def head(pen: Pen, act: Act, look: Look) -> None:
    """Three-quarter face in head radii."""
    if act.has("astronaut"):
        pen.fill(oval(0, 0, 1.35, 1.35), rgb("#f3f5f7"), shade=0.3)
        pen.fill(
            smooth([(-0.4, -0.7), (0.6, -0.85), (1.18, -0.3), (1.15, 0.45), (0.5, 0.8), (-0.3, 0.65), (-0.62, 0.0)]),
            rgb("#2a3f5f"),
            shade=0.5,
        )
        pen.fill(
            smooth([(0.1, -0.55), (0.7, -0.55), (0.95, -0.1), (0.4, -0.3)]), rgb("#f2c97a"), shade=0.1, alpha=0.7, edge=False
        )
        return
    if look.long_hair:
        wave = 0.12 * math.sin(act.t * 2.6)
        pen.fill(
            smooth([(-0.3, -1.1), (-1.0, -0.7), (-1.2, 0.3), (-1.35 - wave, 1.3), (-1.0 - wave, 1.9), (-0.4, 1.5), (0.1, 0.6)]),
            scaled(look.hair, 0.85),
            shade=0.3,
        )
    pen.fill(
        smooth(
            [
                (-0.8, -0.4),
                (-0.3, -0.95),
                (0.5, -0.9),
                (0.92, -0.3),
                (0.95, 0.15),
                (0.75, 0.62),
                (0.3, 0.95),
                (-0.25, 0.8),
                (-0.75, 0.3),
            ]
        ),
        look.skin,
        shade=0.18,
    )
    pen.fill(oval(-0.35, 0.12, 0.15, 0.2), scaled(look.skin, 0.9), shade=0.1, edge=False)
    closed = act.pose == "sleeping" or (act.t + act.index * 0.7) % 3.9 > 3.75
    for x in (0.28, 0.74):
        if closed or act.pose == "reading":
            pen.stroke(smooth([(x - 0.12, 0.05), (x, 0.11), (x + 0.12, 0.05)], closed=False), rgb("#3a2620"), 0.07)
        else:
            pen.fill(oval(x, 0.04, 0.085, 0.13), rgb("#231713"), shade=0, edge=False)
            pen.fill(oval(x + 0.03, -0.01, 0.03, 0.04), rgb("#ffffff"), shade=0, edge=False)
        pen.stroke(smooth([(x - 0.12, -0.24), (x, -0.29), (x + 0.12, -0.24)], closed=False), scaled(look.hair, 0.9), 0.06)
    pen.soft(0.2, 0.38, 0.2, 0.13, rgb("#e8806a"), 0.5)
    pen.stroke(smooth([(0.4, 0.52), (0.55, 0.58), (0.7, 0.52)], closed=False), rgb("#9a4a40"), 0.06)
    pen.stroke(smooth([(0.58, 0.16), (0.66, 0.3), (0.56, 0.34)], closed=False), scaled(look.skin, 0.78), 0.05)
    fringe = [
        (0.98, -0.22),
        (0.72, -0.52),
        (0.3, -0.4),
        (-0.1, -0.5),
        (-0.35, 0.0),
        (-0.5, 0.35),
        (-0.95, 0.2),
        (-1.08, -0.4),
        (-0.75, -1.0),
        (0.0, -1.22),
        (0.7, -1.02),
        (1.02, -0.58),
    ]
    pen.fill(smooth(fringe), look.hair, shade=0.32)
    pen.stroke(smooth([(-0.6, -0.75), (-0.1, -0.98), (0.4, -0.9)], closed=False), mix(look.hair, (1, 1, 1), 0.4), 0.08, alpha=0.5)
    if any(trait.startswith("beard") for trait in act.traits) and not look.long_hair:
        beard(pen, _said(act, "beard-", look.hair), act)
    if act.has("shades"):
        shades(pen, 0.03, 0.3, 0.8)
    if act.has("headset"):
        headset(pen, -0.08, 0.9)
    if act.has("crown"):
        crown(pen, 0.0, -0.86)
    worn = costume_of(act)
    if worn is not None:
        for part in (worn.face, worn.hat):
            if part is not None:
                part(pen, cape_tone(act) if part is worn.hat and act.has("knight") else look.top, act)
    elif act.has("hat"):
        pen.fill(
            smooth([(-1.7, -0.5), (-0.8, -0.68), (0.8, -0.7), (1.7, -0.45), (0.8, -0.36), (-0.8, -0.34)]),
            rgb("#e3c583"),
            shade=0.2,
        )
        pen.fill(smooth([(-0.85, -0.6), (-0.7, -1.3), (0, -1.5), (0.7, -1.3), (0.85, -0.6)]), rgb("#e9cf94"), shade=0.25)

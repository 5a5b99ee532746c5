"""A garden: trees beyond, a hedge and a picket fence, a lawn with a path, beds full of flowers, blossoms close to the eye."""

from __future__ import annotations

from mediakiln.providers.studio.backdrop.ground import path, plane
from mediakiln.providers.studio.backdrop.sky import paint_sky
from mediakiln.providers.studio.backdrop.trees import blossoms, bush, foliage, grass, tree
from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.noise import f32
from mediakiln.providers.studio.stage import Sheet, Stage

PETALS = ["#e8506a", "#f6a8c0", "#f4c53d", "#f7f2ea", "#9a6fd0", "#f0793a", "#d93a4a"]
LAWNS = {"": "#6fa544", "spring": "#83b64c", "summer": "#5f9a3c", "autumn": "#a89a4a", "winter": "#dfe7ee"}


def lawn(stage: Stage) -> RGB:
    """The colour of grass this season, snowed over when it snows."""
    if stage.scene.weather == "snow":
        return rgb(LAWNS["winter"])
    return rgb(LAWNS.get(stage.scene.season, LAWNS[""]))


def petals(stage: Stage, count: int = 3) -> list[RGB]:
    """A few flower colours that go together, by seed."""
    roll = stage.dice("petals")
    return [rgb(code) for code in roll.sample(PETALS, count)]


def paint(stage: Stage) -> None:
    """The whole garden; things may stand on the lawn."""
    roll = stage.dice("plan")
    stage.horizon = stage.height * roll.uniform(0.4, 0.46)
    paint_sky(stage, stage.horizon + 0.1 * stage.height)
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    back = stage.layer(0.35)
    _beyond(stage, back, side)
    near = stage.layer(1.0)
    top = stage.horizon + stage.height * 0.035
    plane(stage, near, top, lawn(stage), rough=0.55, cell=46, haze=0.4)
    left = roll.random() < 0.5
    path(
        stage,
        near,
        top,
        rgb("#d8c6a0"),
        x_far=stage.width * (0.36 if left else 0.64),
        x_near=stage.width * (0.22 if left else 0.78),
        wide=0.4,
        wind=0.16,
    )
    grass(
        near,
        top + stage.height * 0.01,
        stage.height * 1.03,
        stage.light,
        stage.rng("grass"),
        stage.u,
        blade=lawn(stage),
        count=int(2600 * near.width / stage.u),
        tall=0.032,
        far=0.35,
    )
    _hedge(stage, near, side, top)
    if "fence" not in stage.scene.avoid:
        _fence(stage, near, top + stage.height * 0.012)
    _beds(stage, near, top, side, left)
    stage.ground = (stage.height * 0.7, stage.height * 0.9)


def front(stage: Stage) -> None:
    """Blossoms and blades before the subjects, low in the corners."""
    sheet = stage.layer(1.25)
    roll = stage.dice("front")
    for x0, x1 in ((-0.05, 0.2), (0.82, 1.05)):
        blossoms(
            sheet,
            stage.height * 0.93,
            stage.height * 1.02,
            stage.light,
            roll,
            stage.u,
            colours=petals(stage),
            count=16,
            x_range=(stage.width * x0, stage.width * x1),
            size=0.022,
        )


def _beyond(stage: Stage, sheet: Sheet, side: float) -> None:
    roll = stage.dice("beyond")
    leaf = rgb("#5c8f4c") if stage.scene.season != "autumn" else rgb("#cf8a3c")
    count = max(3, round(5 * sheet.width / stage.u))
    for index in range(count):
        x = sheet.left + (index + roll.uniform(0.1, 0.9)) / count * sheet.width
        r = stage.u * roll.uniform(0.1, 0.19)
        y = stage.horizon - r * 0.45
        foliage(sheet, x, y, r * 1.3, r, leaf, stage.light, roll, count=90, far=0.62, side=side, dab=0.16)
    x = stage.width * roll.choice((roll.uniform(0.03, 0.16), roll.uniform(0.84, 0.97)))
    tree(
        sheet,
        x,
        stage.horizon + stage.height * 0.06,
        stage.u * 0.56,
        stage.light,
        roll,
        leaf=stage.scene.season,
        side=side,
        far=0.12,
    )


def _hedge(stage: Stage, sheet: Sheet, side: float, y: float) -> None:
    roll = stage.dice("hedge")
    step = stage.u * 0.085
    x = float(sheet.left) - step
    while x < sheet.right + step:
        foliage(
            sheet,
            x,
            y - stage.u * 0.018,
            step * 0.85,
            stage.u * 0.055 * roll.uniform(0.9, 1.15),
            rgb("#3f7a38"),
            stage.light,
            roll,
            count=42,
            far=0.22,
            side=side,
            dab=0.2,
        )
        x += step


def _fence(stage: Stage, sheet: Sheet, y: float) -> None:
    """White pickets with two rails, lit from above."""
    tall, gap = stage.u * 0.105, stage.u * 0.034
    white, shade = stage.light.lit(rgb("#fbf8f0"), 0.95), stage.light.lit(rgb("#c9cdd2"), 0.5)
    for rail in (0.3, 0.72):
        box = [
            (sheet.left, y - tall * rail),
            (sheet.right, y - tall * rail),
            (sheet.right, y - tall * (rail - 0.08)),
            (sheet.left, y - tall * (rail - 0.08)),
        ]
        sheet.polygon(f32(box), scaled(white, 0.9))
    x = float(sheet.left)
    while x < sheet.right:
        w = gap * 0.5
        sheet.polygon(f32([(x, y), (x, y - tall * 0.86), (x + w / 2, y - tall), (x + w, y - tall * 0.86), (x + w, y)]), white)
        sheet.polygon(f32([(x + w * 0.72, y), (x + w * 0.72, y - tall * 0.94), (x + w, y - tall * 0.86), (x + w, y)]), shade)
        x += gap


def _beds(stage: Stage, sheet: Sheet, top: float, side: float, left: bool) -> None:
    roll = stage.dice("beds")
    colours = petals(stage)
    light = stage.light
    low = top + stage.height * 0.055
    for index in range(int(11 * sheet.width / stage.u)):
        x = sheet.left + (index + roll.random()) * stage.u / 11
        bush(
            sheet,
            x,
            low + roll.uniform(-0.004, 0.012) * stage.u,
            stage.u * roll.uniform(0.06, 0.1),
            light,
            roll,
            leaf=mix(rgb("#4d8a3e"), rgb("#6d9a48"), roll.random()),
            far=0.12,
            side=side,
        )
    blossoms(
        sheet,
        low - stage.u * 0.05,
        low + stage.u * 0.012,
        light,
        roll,
        stage.u,
        colours=colours,
        count=int(120 * sheet.width / stage.u),
        size=0.011,
    )
    x0, x1 = (0.66, 1.04) if left else (-0.04, 0.34)
    base = stage.height * 0.66
    for index in range(5):
        bush(
            sheet,
            stage.width * (x0 + (x1 - x0) * (index + 0.5) / 5),
            base + stage.u * roll.uniform(-0.012, 0.02),
            stage.u * 0.15,
            light,
            roll,
            leaf=rgb("#55903f"),
            side=side,
        )
    blossoms(
        sheet,
        base - stage.u * 0.08,
        base + stage.u * 0.015,
        light,
        roll,
        stage.u,
        colours=colours,
        count=70,
        x_range=(stage.width * x0, stage.width * x1),
        size=0.017,
    )

"""A design for a screen: an app in a telephone, a page in a browser, a dashboard of figures."""

from __future__ import annotations

import re
from typing import Any

from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.cast.figure import Figure, figure, fitted
from mediakiln.providers.studio.cast.lens import lead_of
from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.lettering import draw, measured
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.shots.badges import brand_of
from mediakiln.providers.studio.stage import Stage

_FIGURES = re.compile(r"dashboard|analytics|admin|仪表盘|后台|数据", re.IGNORECASE)
_PAGE = re.compile(r"website|web ?page|landing|homepage|web design|browser|网页|网站|官网|主页|首页", re.IGNORECASE)
PAPER, INK = rgb("#ffffff"), rgb("#20242c")

Box = tuple[float, float, float, float]


def show(stage: Stage, actors: list[Actor]) -> None:
    """The device, upright for an app, lying for a page."""
    lead = lead_of(actors, stage)
    kinds = list({a.subject.kind: a for a in actors}.values())[:4]

    def paint(canvas: Any, t: float) -> None:
        brand, u = brand_of(stage, lead), min(stage.width, stage.height)
        dark = "dark" in stage.scene.prompt.lower() or "深色" in stage.scene.prompt or "暗色" in stage.scene.prompt
        canvas.drawRect(
            skia.Rect.MakeLTRB(-stage.width, 0, 2 * stage.width, stage.height),
            skia.Paint(Color=argb(mix(turned(brand, 0.03, 0.9, 1.0), (1, 1, 1), 0.62))),
        )
        shapes = [figure(stage, actor, t, 0.4 * u) for actor in kinds]
        sheet = _Screen(stage, canvas, brand, shapes, rgb("#171a21") if dark else PAPER, rgb("#f2f4f8") if dark else INK)
        if _FIGURES.search(stage.scene.prompt):
            sheet.dashboard()
        elif _PAGE.search(stage.scene.prompt):
            sheet.page()
        else:
            sheet.app()

    stage.actor(1.0, paint)


class _Screen:
    """The brush of one screen; lengths in pixels."""

    def __init__(self, stage: Stage, canvas: Any, brand: RGB, shapes: list[Figure], ground: RGB, ink: RGB) -> None:
        self.stage, self.canvas, self.brand, self.shapes, self.ground, self.ink = stage, canvas, brand, shapes, ground, ink
        self.card = mix(ground, ink, 0.06)
        self.faint = mix(ground, ink, 0.2)

    def box(self, box: Box, tone: RGB, round_: float, *, drop: float = 0.0, to: RGB | None = None) -> None:
        """A rounded field (left, top, right, bottom)."""
        rect = skia.Rect.MakeLTRB(*box)
        if drop:
            soft = skia.Paint(Color=argb((0.08, 0.09, 0.14), 0.28), AntiAlias=True)
            soft.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, drop))
            self.canvas.drawRoundRect(rect.makeOffset(0, 0.7 * drop), round_, round_, soft)
        ink = skia.Paint(Color=argb(tone), AntiAlias=True)
        if to is not None:
            ink.setShader(
                skia.GradientShader.MakeLinear([skia.Point(box[0], box[1]), skia.Point(box[2], box[3])], [argb(tone), argb(to)])
            )
        self.canvas.drawRoundRect(rect, round_, round_, ink)

    def words(self, x: float, y: float, wide: float, size: float, rows: int, tone: RGB | None = None) -> None:
        """Grey bars where text would be."""
        for row in range(rows):
            share = (1.0, 0.86, 0.6)[row % 3] if rows > 1 else 1.0
            self.box((x, y + row * 1.9 * size, x + wide * share, y + row * 1.9 * size + size), tone or self.faint, size / 2)

    def text(self, text: str, x: float, y: float, size: float, room: float, tone: RGB) -> None:
        """Real letters from (x, y) on the baseline, smaller where they would be too wide."""
        size *= min(1.0, room / max(1.0, measured(text, size)))
        draw(self.canvas, text, x, y, size, skia.Paint(Color=argb(tone), AntiAlias=True))

    def picture(self, box: Box, n: int, round_: float) -> None:
        """A tinted field with one of the subjects on it, or a landscape's sign where there is none."""
        tone = mix(turned(self.brand, 0.14 * n, 0.9, 1.05), (1, 1, 1), 0.6)
        self.box(box, tone, round_, to=scaled(tone, 0.86))
        wide, tall = box[2] - box[0], box[3] - box[1]
        middle = (box[0] + box[2]) / 2
        if self.shapes:
            shape = self.shapes[n % len(self.shapes)]
            high = fitted(shape, 0.72 * wide, 0.76 * tall)
            shape.draw(self.canvas, middle, (box[1] + box[3]) / 2 + high / 2, high)
            return
        self.canvas.drawCircle(middle, box[1] + 0.4 * tall, 0.16 * min(wide, tall), skia.Paint(Color=argb(PAPER), AntiAlias=True))
        self.box(
            (middle - 0.24 * min(wide, tall), box[1] + 0.62 * tall, middle + 0.24 * min(wide, tall), box[1] + 0.8 * tall),
            PAPER,
            0.1 * min(wide, tall),
        )

    @property
    def name(self) -> str:
        """What stands at the top."""
        return self.stage.scene.lettering.splitlines()[0] if self.stage.scene.lettering else ""

    def app(self) -> None:
        """A telephone with a head, a large card, a list of small ones and a row of signs."""
        height = 0.9 * self.stage.height
        wide = min(0.48 * height, 0.8 * self.stage.width)
        height = wide / 0.48
        x, y = (self.stage.width - wide) / 2, (self.stage.height - height) / 2
        self.box((x, y, x + wide, y + height), rgb("#14161b"), 0.13 * wide, drop=0.05 * wide)
        p = 0.035 * wide
        self.box((x + p, y + p, x + wide - p, y + height - p), self.ground, 0.1 * wide)
        self.box((x + 0.34 * wide, y + 1.6 * p, x + 0.66 * wide, y + 2.9 * p), rgb("#14161b"), p)
        left, right, w = x + 0.1 * wide, x + 0.9 * wide, 0.8 * wide
        top = y + 0.2 * wide
        if self.name:
            self.text(self.name, left, top + 0.09 * wide, 0.1 * wide, 0.6 * w, self.ink)
        else:
            self.words(left, top + 0.02 * wide, 0.44 * w, 0.05 * wide, 1, self.ink)
        self.canvas.drawCircle(
            right - 0.05 * wide, top + 0.05 * wide, 0.055 * wide, skia.Paint(Color=argb(self.brand), AntiAlias=True)
        )
        self.box((left, top + 0.15 * wide, right, top + 0.25 * wide), self.card, 0.05 * wide)
        self.words(left + 0.06 * wide, top + 0.185 * wide, 0.3 * w, 0.03 * wide, 1)
        hero = top + 0.3 * wide
        self.picture((left, hero, right, hero + 0.52 * wide), 0, 0.06 * wide)
        row = hero + 0.58 * wide
        for n in range(4):
            cell = left + n * w / 4
            self.canvas.drawCircle(
                cell + w / 8,
                row + 0.08 * wide,
                0.07 * wide,
                skia.Paint(Color=argb(mix(turned(self.brand, 0.16 * n, 1, 1), (1, 1, 1), 0.25)), AntiAlias=True),
            )
            self.words(cell + 0.05 * w, row + 0.18 * wide, 0.15 * w, 0.024 * wide, 1)
        row += 0.26 * wide
        foot = y + height - 0.2 * wide
        n = 1
        while row + 0.24 * wide < foot:
            self.box((left, row, right, row + 0.22 * wide), self.card, 0.05 * wide)
            self.picture((left + 0.02 * wide, row + 0.02 * wide, left + 0.2 * wide, row + 0.2 * wide), n, 0.04 * wide)
            self.words(left + 0.25 * wide, row + 0.05 * wide, 0.36 * w, 0.032 * wide, 2)
            self.box((right - 0.17 * wide, row + 0.08 * wide, right - 0.04 * wide, row + 0.14 * wide), self.brand, 0.03 * wide)
            row, n = row + 0.25 * wide, n + 1
        for k in range(4):
            tone = self.brand if k == 0 else self.faint
            self.canvas.drawCircle(
                left + w * (k + 0.5) / 4, foot + 0.07 * wide, 0.035 * wide, skia.Paint(Color=argb(tone), AntiAlias=True)
            )

    def _window(self) -> Box:
        """A browser's frame; the page's room inside it."""
        wide = min(0.92 * self.stage.width, 1.6 * 0.86 * self.stage.height)
        height = min(0.88 * self.stage.height, wide / 1.2)
        x, y = (self.stage.width - wide) / 2, (self.stage.height - height) / 2
        bar = 0.045 * wide
        self.box((x, y, x + wide, y + height), mix(self.ground, self.ink, 0.1), 0.02 * wide, drop=0.02 * wide)
        for n, code in enumerate(("#e8605a", "#f0bf4a", "#5fc05a")):
            self.canvas.drawCircle(
                x + bar * (0.6 + 0.55 * n), y + bar / 2, 0.17 * bar, skia.Paint(Color=argb(rgb(code)), AntiAlias=True)
            )
        self.box((x + 0.2 * wide, y + 0.22 * bar, x + 0.8 * wide, y + 0.78 * bar), self.ground, 0.3 * bar)
        inner = (x, y + bar, x + wide, y + height)
        self.box((x, y + bar, x + wide, y + height), self.ground, 0.012 * wide)
        return inner

    def page(self) -> None:
        """A head with its menu, a large first field with words and a picture, three cards."""
        x0, y0, x1, y1 = self._window()
        wide, tall = x1 - x0, y1 - y0
        p = 0.05 * wide
        self.canvas.drawCircle(x0 + p * 1.2, y0 + 0.06 * tall, 0.022 * wide, skia.Paint(Color=argb(self.brand), AntiAlias=True))
        for n in range(4):
            self.words(x1 - p - (n + 1) * 0.11 * wide, y0 + 0.052 * tall, 0.07 * wide, 0.014 * wide, 1)
        top, low = y0 + 0.13 * tall, y0 + 0.62 * tall
        self.box((x0, top, x1, low), mix(self.brand, self.ground, 0.82), 0.0)
        if self.name:
            self.text(self.name, x0 + p, top + 0.17 * tall, 0.07 * wide, 0.46 * wide, self.ink)
        else:
            self.words(x0 + p, top + 0.1 * tall, 0.36 * wide, 0.036 * wide, 2, self.ink)
        self.words(x0 + p, top + 0.25 * tall, 0.34 * wide, 0.014 * wide, 3)
        self.box((x0 + p, top + 0.38 * tall, x0 + p + 0.16 * wide, top + 0.45 * tall), self.brand, 0.03 * wide)
        self.picture((x0 + 0.56 * wide, top + 0.04 * tall, x1 - p, low - 0.04 * tall), 0, 0.02 * wide)
        for n in range(3):
            left = x0 + p + n * (wide - 2 * p + 0.03 * wide) / 3
            right = left + (wide - 2 * p - 0.06 * wide) / 3
            self.box((left, low + 0.05 * tall, right, y1 - 0.05 * tall), self.card, 0.015 * wide)
            self.picture((left + 0.1 * p, low + 0.06 * tall, right - 0.1 * p, low + 0.2 * tall), n + 1, 0.012 * wide)
            self.words(left + 0.3 * p, low + 0.23 * tall, 0.7 * (right - left), 0.012 * wide, 2)

    def dashboard(self) -> None:
        """A menu at the side, four numbers, a curve, columns and a ring."""
        x0, y0, x1, y1 = self._window()
        wide, tall, roll = x1 - x0, y1 - y0, dice(self.stage.scene.seed, "dashboard")
        self.box((x0, y0, x0 + 0.17 * wide, y1), scaled(self.brand, 0.5), 0.012 * wide)
        for n in range(6):
            self.words(
                x0 + 0.03 * wide,
                y0 + (0.1 + 0.09 * n) * tall,
                0.1 * wide,
                0.016 * wide,
                1,
                mix(self.brand, (1, 1, 1), 0.8 if n == 1 else 0.4),
            )
        left, w, g = x0 + 0.2 * wide, 0.77 * wide, 0.02 * wide
        if self.name:
            self.text(self.name, left, y0 + 0.09 * tall, 0.035 * wide, 0.5 * w, self.ink)
        for n in range(4):
            cell = (left + n * (w + g) / 4, y0 + 0.12 * tall, left + (n + 1) * (w + g) / 4 - g, y0 + 0.28 * tall)
            self.box(cell, self.card, 0.012 * wide)
            self.words(cell[0] + g, cell[1] + 0.03 * tall, 0.3 * (cell[2] - cell[0]), 0.012 * wide, 1)
            value = f"{roll.randint(12, 98)}{'%' if n % 2 else 'k'}"
            self.text(
                value,
                cell[0] + g,
                cell[3] - 0.03 * tall,
                0.042 * wide,
                0.8 * (cell[2] - cell[0]),
                turned(self.brand, 0.12 * n, 1, 1),
            )
        self._curve((left, y0 + 0.31 * tall, left + w, y0 + 0.62 * tall))
        half = left + 0.6 * w
        self._columns((left, y0 + 0.65 * tall, half - g, y1 - 0.04 * tall))
        self._ring((half, y0 + 0.65 * tall, left + w, y1 - 0.04 * tall))

    def _curve(self, box: Box) -> None:
        roll, (x0, y0, x1, y1) = dice(self.stage.scene.seed, "curve"), box
        self.box(box, self.card, 0.012 * (x1 - x0))
        knots = [
            (x0 + (x1 - x0) * (0.05 + 0.1 * n), y1 - (y1 - y0) * (0.2 + 0.05 * n + roll.uniform(-0.1, 0.12))) for n in range(10)
        ]
        path = skia.Path.Polygon([skia.Point(*k) for k in knots], False)
        ink = skia.Paint(Color=argb(self.brand), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.008 * (x1 - x0))
        ink.setPathEffect(skia.CornerPathEffect.Make(0.03 * (x1 - x0)))
        area = skia.Path.Polygon(
            [skia.Point(*k) for k in [*knots, (knots[-1][0], y1 - 0.06 * (y1 - y0)), (knots[0][0], y1 - 0.06 * (y1 - y0))]], True
        )
        self.canvas.drawPath(area, skia.Paint(Color=argb(self.brand, 0.18), AntiAlias=True))
        self.canvas.drawPath(path, ink)

    def _columns(self, box: Box) -> None:
        roll, (x0, y0, x1, y1) = dice(self.stage.scene.seed, "columns"), box
        self.box(box, self.card, 0.012 * (x1 - x0))
        for n in range(8):
            x, high = x0 + (x1 - x0) * (0.07 + 0.11 * n), (y1 - y0) * roll.uniform(0.25, 0.8)
            self.box(
                (x, y1 - 0.08 * (y1 - y0) - high, x + 0.07 * (x1 - x0), y1 - 0.08 * (y1 - y0)),
                mix(self.brand, (1, 1, 1), 0.12 * (n % 3)),
                0.01 * (x1 - x0),
            )

    def _ring(self, box: Box) -> None:
        x0, y0, x1, y1 = box
        self.box(box, self.card, 0.02 * (x1 - x0))
        r = 0.3 * min(x1 - x0, y1 - y0)
        oval = skia.Rect.MakeLTRB((x0 + x1) / 2 - r, (y0 + y1) / 2 - r, (x0 + x1) / 2 + r, (y0 + y1) / 2 + r)
        start = -90.0
        for n, share in enumerate((0.46, 0.3, 0.24)):
            ink = skia.Paint(
                Color=argb(turned(self.brand, 0.16 * n, 1, 1.1)),
                AntiAlias=True,
                Style=skia.Paint.kStroke_Style,
                StrokeWidth=0.5 * r,
            )
            self.canvas.drawArc(oval, start, 360 * share - 2, False, ink)
            start += 360 * share

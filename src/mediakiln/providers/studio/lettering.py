"""Words in quotation marks, painted as lettering: in the studio's own bold typeface (fonts/README.md), so that a picture has
the same words on every machine; then in any that this machine has. Glyphs that none has are drawn as a frame with the
character's number in it, so that what is missing is seen."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.reading.framing import DESIGNS
from mediakiln.providers.studio.stage import Stage

_BUNDLED = Path(__file__).with_name("fonts") / "NotoSansCJKsc-Bold-subset.otf"

# What may not begin a line, and what may not end one.
_CLOSING, _OPENING = "，。、；：！？）」』】》〉”’…·,.;:!?)]}", "（「『【《〈“‘([{"


@lru_cache(maxsize=1)
def _bundled() -> Any:
    """The studio's own typeface; skia maps the file, so that only the glyphs in use are read."""
    return skia.Typeface.MakeFromFile(str(_BUNDLED))


@lru_cache(maxsize=512)
def _face(character: str) -> Any:
    """A bold typeface that has `character`, or None."""
    own = _bundled()
    if own is not None and _has(own, character):
        return own
    manager = skia.FontMgr()
    style = skia.FontStyle.Bold()
    names = ["", *sorted(manager.getFamilyName(i) for i in range(manager.countFamilies()))]
    for name in names:
        face = manager.matchFamilyStyle(name, style) if name else manager.legacyMakeTypeface("", style)
        if face is not None and _has(face, character):
            return face
    return None


def _has(face: Any, character: str) -> bool:
    return bool(skia.Font(face, 16).unicharToGlyph(ord(character)))


def measured(text: str, size: float) -> float:
    """The width of `text` in pixels."""
    return sum(_advance(character, size) for character in text)


def _advance(character: str, size: float) -> float:
    face = _face("x" if character == " " else character)
    return float(_font(face, size).measureText(character)) if face is not None else size * 0.98


def _font(face: Any, size: float) -> Any:
    """Letters at fractions of a pixel and in their true shape, so that all sizes have the same proportions."""
    font = skia.Font(face, size)
    font.setSubpixel(True)
    font.setHinting(skia.FontHinting.kNone)
    return font


def draw(canvas: Any, text: str, x: float, y: float, size: float, paint: Any) -> None:
    """`text` from (x, y) on the baseline, each character in the first face that has it."""
    for character in text:
        face = _face(character)
        if character == " ":
            pass
        elif face is not None:
            canvas.drawString(character, x, y, _font(face, size), paint)
        else:
            _missing(canvas, character, x, y, size, paint)
        x += _advance(character, size)


def _missing(canvas: Any, character: str, x: float, y: float, size: float, paint: Any) -> None:
    frame = skia.Paint(paint)
    frame.setStyle(skia.Paint.kStroke_Style)
    frame.setStrokeWidth(size * 0.05)
    canvas.drawRect(skia.Rect.MakeXYWH(x + size * 0.08, y - size * 0.78, size * 0.82, size * 0.86), frame)
    code = f"{ord(character):04X}"
    font = _font(_face("0"), size * 0.36)
    for row, pair in enumerate((code[:-2], code[-2:])):
        canvas.drawString(pair, x + (size * 0.98 - font.measureText(pair)) / 2, y - size * (0.42 - 0.36 * row), font, paint)


def text_image(text: str, size: float, colour: RGB) -> Any:
    """`text` alone on a transparent picture, for signs and plaques."""
    surface = skia.Surface(max(1, round(measured(text, size))) + 4, round(size * 1.3))
    draw(surface.getCanvas(), text, 2, size, size, skia.Paint(Color=argb(colour), AntiAlias=True))
    return surface.makeImageSnapshot()


def lines_of(text: str, size: float, room: float) -> tuple[list[str], float]:
    """The text on the lines that it has, or on two where that lets one line stand larger; and the size that fits."""
    lines = [line for line in (part.strip() for part in text.splitlines()) if line] or [text]
    if len(lines) == 1 and measured(text, size) > room * 1.25:
        lines = _halves(text)
    widest = max(measured(line, size) for line in lines)
    return lines, size * min(1.0, room / widest, 3 / (len(lines) + 1))


def _halves(text: str) -> list[str]:
    """`text` on two lines as even as can be: broken at a space, or between two Chinese characters or kana."""
    breaks = [i for i in range(1, len(text)) if _breaks(text[i - 1], text[i])]
    if not breaks:
        return [text]
    # A pause in the sentence is the better place even where it is not quite the middle.
    middle = min(
        breaks, key=lambda i: abs(measured(text[:i], 1) - measured(text[i:], 1)) - (2.5 if text[i - 1] in _CLOSING else 0)
    )
    return [text[:middle].strip(), text[middle:].strip()]


def _breaks(before: str, after: str) -> bool:
    if after == " " or before in _OPENING or after in _CLOSING:
        return False
    return before == " " or any(unicodedata.east_asian_width(each) in "WF" for each in (before, after))


def letter(stage: Stage) -> None:
    """Write the scene's lettering in the upper third, as a neon sign in neon scenes and at night."""
    text = stage.scene.lettering
    if not text:
        return
    if any(s.kind == "sign" for s in stage.scene.subjects) or stage.scene.shot in DESIGNS:
        return  # it stands on the sign; designs write it where it belongs
    lines, size = lines_of(text, stage.u * 0.16, stage.width * 0.88)
    canvas = stage.layer(0.5).canvas
    glows = stage.scene.style == "neon" or (stage.light.lamps and not stage.scene.layout)
    for row, line in enumerate(lines):
        x = (stage.width - measured(line, size)) / 2
        y = stage.height * 0.1 + size * (0.95 + 1.15 * row)
        if glows:
            tone = rgb("#ff4fb0")
            for blur in (size * 0.2, size * 0.07):
                draw(canvas, line, x, y, size, _blurred(tone, 0.9, blur))
            draw(canvas, line, x, y, size, skia.Paint(Color=argb(mix(tone, (1, 1, 1), 0.75)), AntiAlias=True))
            continue
        outline = _blurred((0.05, 0.07, 0.12), 0.85, size * 0.06)
        draw(canvas, line, x, y + size * 0.03, size, outline)
        draw(canvas, line, x, y + size * 0.01, size, outline)
        draw(canvas, line, x, y, size, skia.Paint(Color=argb(rgb("#fff8ea")), AntiAlias=True))


def _blurred(tone: RGB, alpha: float, blur: float) -> Any:
    return skia.Paint(Color=argb(tone, alpha), AntiAlias=True, MaskFilter=skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))

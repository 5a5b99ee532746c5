"""Words in quotation marks, painted as lettering where a font has their glyphs."""

from __future__ import annotations

from typing import Any

from mediakiln.providers.studio.colour import argb, mix, rgb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Stage


def _font(text: str, size: float) -> Any:
    """A font with every glyph of `text`, or None."""
    manager = skia.FontMgr()
    names = ["", *[manager.getFamilyName(i) for i in range(manager.countFamilies())]]
    style = skia.FontStyle.Bold()
    for name in names:
        face = manager.matchFamilyStyle(name, style) if name else manager.legacyMakeTypeface("", style)
        if face is None:
            continue
        font = skia.Font(face, size)
        if all(char == " " or font.unicharToGlyph(ord(char)) for char in text):
            return font
    return None


def letter(stage: Stage) -> None:
    """Write the scene's lettering in the upper third, as a neon sign in neon scenes."""
    text = stage.scene.lettering
    if not text:
        return
    size = min(stage.u * 0.14, stage.width * 1.35 / max(4, len(text)))
    font = _font(text, size)
    if font is None:
        return
    width = font.measureText(text)
    if width > stage.width * 0.9:
        font.setSize(size * stage.width * 0.9 / width)
        width = stage.width * 0.9
    x, y = (stage.width - width) / 2, stage.height * 0.24
    sheet = stage.layer(0.5)
    canvas = sheet.canvas
    if stage.scene.style == "neon" or stage.light.lamps:
        tone = rgb("#ff4fb0")
        for blur, alpha in ((size * 0.2, 0.9), (size * 0.07, 0.9)):
            canvas.drawString(
                text,
                x,
                y,
                font,
                skia.Paint(
                    Color=argb(tone, alpha), AntiAlias=True, MaskFilter=skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur)
                ),
            )
        canvas.drawString(text, x, y, font, skia.Paint(Color=argb(mix(tone, (1, 1, 1), 0.75)), AntiAlias=True))
        return
    canvas.drawString(
        text,
        x,
        y + size * 0.03,
        font,
        skia.Paint(
            Color=argb((0, 0, 0), 0.5), AntiAlias=True, MaskFilter=skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, size * 0.05)
        ),
    )
    canvas.drawString(text, x, y, font, skia.Paint(Color=argb(rgb("#fff8ea")), AntiAlias=True))

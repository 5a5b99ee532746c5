"""The light of a scene: sky colours, sun, and the tint everything on the ground receives. One table per time of day."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from mediakiln.providers.studio.colour import NAMED, RGB, luma, mix, named, rgb, scaled, times, turned
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.scene import Scene


class Light(Struct, frozen=True):
    """Colours are (r, g, b) floats. `sky` runs from the zenith to the horizon; `sun` is (x, y) as fractions of the frame and of
    the sky's height; `key` and `ambient` multiply surface colours in light and in shade; `haze` is what distance fades to and
    `thickness` (0..1) how fast; `glow` is the strength of the halo; `lamps` says whether windows and lamps are lit."""

    sky: tuple[RGB, ...]
    sun: tuple[float, float]
    disc: RGB
    halo: RGB
    key: RGB
    ambient: RGB
    haze: RGB
    cloud_lit: RGB
    cloud_shade: RGB
    thickness: float = 0.5
    glow: float = 0.5
    lamps: bool = False
    sun_shown: bool = True

    def lit(self, surface: RGB, amount: float = 0.7) -> RGB:
        """`surface` with `amount` (0..1) of the key light on it, the rest ambient."""
        return scaled(times(surface, mix(self.ambient, self.key, amount)), 1.0)

    def far(self, colour: RGB, distance: float) -> RGB:
        """`colour` seen through `distance` (0..1) of air."""
        return mix(colour, self.haze, min(1.0, distance * (0.45 + self.thickness)))


def _sky(*codes: str) -> tuple[RGB, ...]:
    return tuple(rgb(code) for code in codes)


TIMES: dict[str, Light] = {
    "dawn": Light(
        _sky("#4d78b5", "#86a9d8", "#c9c5dd", "#f6cdbc", "#ffdca6"),
        (0.3, 0.84),
        rgb("#fff6dd"),
        rgb("#ffd9a0"),
        rgb("#ffe8cc"),
        rgb("#9a9cbe"),
        rgb("#d9bcc4"),
        rgb("#fff0dc"),
        rgb("#b3a3c0"),
        0.42,
        0.7,
    ),
    "day": Light(
        _sky("#2a70c8", "#4f93de", "#86b9ec", "#b9d9f3", "#e2f0f6"),
        (0.76, 0.2),
        rgb("#fffdf0"),
        rgb("#fff6d8"),
        rgb("#fffaea"),
        rgb("#8fa6c4"),
        rgb("#c6dcec"),
        rgb("#ffffff"),
        rgb("#a9bdd4"),
        0.42,
        0.4,
        sun_shown=False,
    ),
    "sunset": Light(
        _sky("#2b2f6b", "#6a4389", "#b95079", "#ee7a4b", "#ffc15e"),
        (0.6, 0.86),
        rgb("#fffbe0"),
        rgb("#ffb347"),
        rgb("#ffb98a"),
        rgb("#4a3f70"),
        rgb("#b56f88"),
        rgb("#ffb877"),
        rgb("#74406f"),
        0.5,
        1.0,
    ),
    "night": Light(
        _sky("#060b22", "#0d1a40", "#1a2f62", "#2c4a82", "#44679c"),
        (0.72, 0.26),
        rgb("#fbf6e2"),
        rgb("#a9c3f0"),
        rgb("#8ea6d8"),
        rgb("#2c3c66"),
        rgb("#31497a"),
        rgb("#7f96c4"),
        rgb("#24345e"),
        0.5,
        0.35,
        lamps=True,
    ),
}


def _weathered(light: Light, scene: Scene) -> Light:
    """Grey the sky and soften the key for bad weather."""
    night = scene.time == "night"
    if scene.weather in ("rain", "storm"):
        heavy = 0.82 if scene.weather == "storm" else 0.66
        grey = rgb("#222c3c") if night else rgb("#6c7a88")
        if scene.weather == "storm" and not night:
            grey = rgb("#48525f")
        sky = tuple(mix(c, scaled(grey, 0.75 + 0.12 * i), heavy) for i, c in enumerate(light.sky))
        return replace(
            light,
            sky=sky,
            key=mix(light.key, rgb("#9fb0c0") if not night else light.key, 0.6),
            haze=mix(light.haze, scaled(grey, 1.2), 0.7),
            cloud_lit=mix(light.cloud_lit, scaled(grey, 1.35), 0.75),
            cloud_shade=mix(light.cloud_shade, scaled(grey, 0.7), 0.75),
            thickness=light.thickness + 0.15,
            glow=light.glow * 0.35,
            sun_shown=False,
            lamps=light.lamps or scene.weather == "storm",
        )
    if scene.weather in ("snow", "fog"):
        pale = rgb("#2d3d60") if night else mix(rgb("#dfe6ec"), light.haze, 0.35)
        amount = 0.45 if scene.weather == "snow" else 0.62
        sky = tuple(mix(c, pale, amount) for c in light.sky)
        return replace(
            light,
            sky=sky,
            haze=mix(light.haze, pale, 0.6),
            thickness=light.thickness + (0.12 if amount < 0.5 else 0.4),
            glow=light.glow * 0.6,
            sun_shown=light.sun_shown and not night,
            key=mix(light.key, scaled(pale, 1.1), 0.4),
            cloud_shade=mix(light.cloud_shade, pale, 0.4),
        )
    return light


def _flavoured(light: Light, scene: Scene) -> Light:
    """The prompt's own colours and a small drift by seed, so that no two seeds share a palette."""
    roll = dice(scene.seed, "light")
    hue, deep = roll.uniform(-0.018, 0.018), roll.uniform(0.92, 1.1)
    sky = tuple(turned(c, hue, deep, 1.0) for c in light.sky)
    x, y = light.sun
    x = min(0.86, max(0.14, roll.choice((x, 1 - x)) + roll.uniform(-0.1, 0.1)))
    light = replace(light, sky=sky, sun=(x, y + roll.uniform(-0.06, 0.04)))
    wanted = [named(name, "#808080") for name in scene.palette if name in NAMED]
    if not wanted:
        return light
    tone = wanted[0]
    second = wanted[-1]
    n = len(light.sky)
    sky = tuple(mix(c, scaled(mix(tone, second, i / n), 0.5 + luma(c)), 0.55) for i, c in enumerate(light.sky))
    return replace(
        light,
        sky=sky,
        haze=mix(light.haze, second, 0.35),
        key=mix(light.key, second, 0.15),
        cloud_lit=mix(light.cloud_lit, second, 0.3),
    )


def _styled(light: Light, scene: Scene) -> Light:
    """Styles with a light of their own."""
    if scene.style == "neon":
        sky = _sky("#070618", "#130b36", "#2c1160", "#6a1b86", "#e2489c")
        return replace(
            light,
            sky=sky,
            haze=rgb("#4f2478"),
            key=rgb("#e6c4ff"),
            ambient=rgb("#4a3a86"),
            halo=rgb("#ff5fc0"),
            cloud_lit=rgb("#ff6ac1"),
            cloud_shade=rgb("#2b1160"),
            lamps=True,
        )
    if scene.style == "anime" and scene.time == "day" and scene.weather in ("clear", "clouds"):
        sky = _sky("#1f78e0", "#3f9af0", "#74bff8", "#a9def9", "#dff5f4")
        return replace(
            light, sky=sky, key=rgb("#fffdf2"), ambient=rgb("#9db4de"), haze=rgb("#cdeaf5"), cloud_shade=rgb("#b4cdf0")
        )
    return light


def light_of(scene: Scene) -> Light:
    """The light of `scene`: its hour, then its style, its weather and its palette."""
    light = TIMES.get(scene.time, TIMES["day"])
    return _flavoured(_weathered(_styled(light, scene), scene), scene)

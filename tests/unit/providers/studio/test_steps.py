"""Steps are heard when painted feet come down."""

from __future__ import annotations

import numpy as np
import pytest

from mediakiln.providers.studio.cast.perform import perform
from mediakiln.providers.studio.cast.place import actors_of
from mediakiln.providers.studio.cast.steps import footfalls
from mediakiln.providers.studio.scene import compose
from mediakiln.providers.studio.sound import mix, soundtrack
from mediakiln.providers.studio.sound.take import RATE
from mediakiln.providers.studio.stage import Sheet, Stage

SIZE, SECONDS = (640, 360), 4.0


def ground_ahead(prompt: str, moments: list[float]) -> list[float]:
    """How far ahead of its middle the walker touches the ground at each moment, in its heights."""
    scene = compose(prompt, seed=3)
    actor = actors_of(scene, *SIZE, SECONDS)[0]
    stage = Stage(scene, *SIZE, duration=SECONDS)
    actor = type(actor)(
        **{name: getattr(actor, name) for name in actor.__struct_fields__} | {"x": 320.0, "y": 340.0, "size": 300.0}
    )
    paint = perform(stage, actor, grounded=False)
    found = []
    for moment in moments:
        sheet = Sheet(*SIZE)
        way = actor.speed * (moment - SECONDS / 2) * actor.size * (1 if actor.right else -1)
        sheet.canvas.translate(-way, 0)
        paint(sheet.canvas, moment)
        columns = np.flatnonzero(sheet.pixels[334:342, :, 3].max(axis=0) > 128)
        ahead = (columns - 320) if actor.right else (320 - columns)
        found.append(float(ahead.max()) / actor.size)
    return found


@pytest.mark.parametrize("prompt", ["a man walking on a road", "a woman running in the desert"])
def test_a_step_is_when_the_front_foot_touches_the_ground(prompt: str) -> None:
    """Before it nothing stands ahead of the walker, after it a foot does."""
    falls = [moment for moment, _ in footfalls(compose(prompt, seed=3), *SIZE, SECONDS) if 0.2 < moment < SECONDS - 0.2]
    assert len(falls) > 4
    before, after = (ground_ahead(prompt, [moment + late for moment in falls]) for late in (-0.09, 0.02))
    assert np.mean(after) > np.mean(before) + 0.06
    assert all(later > sooner for sooner, later in zip(before, after, strict=True))


def test_steps_are_heard_when_they_are_due() -> None:
    """Louder just after each step than just before it; nobody's steps are not heard."""
    scene = compose("a man walking in the desert", seed=3)
    steps = footfalls(scene, *SIZE, SECONDS)
    sound = soundtrack(scene, SECONDS, None, steps) - soundtrack(scene, SECONDS, None, ())
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) < 1200] = 0  # the grit: wind and music are lower
    grit = np.abs(np.fft.irfft(spectrum, len(sound)))

    def loud(moment: float) -> float:
        return float(grit[round(moment * RATE) : round((moment + 0.05) * RATE)].mean())

    inner = [moment for moment, _ in steps if 0.4 < moment < SECONDS - 0.8]
    assert len(inner) >= 4
    assert all(loud(moment + 0.03) > 2 * loud(moment - 0.09) for moment in inner)


def test_feet_of_four_and_of_none() -> None:
    """A dog's four feet come down in turn; a horse that grazes has no hoofbeats; a rabbit lands once a leap."""
    corgi = footfalls(compose("a corgi running through a meadow"), *SIZE, SECONDS)
    assert len(corgi) > 12
    assert footfalls(compose("a horse in a meadow"), *SIZE, SECONDS) == ()
    assert mix.cues(compose("a horse in a meadow"), "hooves", SECONDS, ()) == []
    hops = [moment for moment, _ in footfalls(compose("a rabbit hopping in a garden"), *SIZE, SECONDS)]
    assert np.ptp(np.diff(hops)) < 1e-6

"""What is seen when it is to be heard: flashes in painted scenes and over given pictures."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mediakiln.providers.studio import events
from mediakiln.providers.studio.overlay import Overlay
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import Scene


@pytest.mark.parametrize("seed", [1, 4])
def test_lightning_flashes_at_its_moments(seed: int) -> None:
    """In the scene and over a picture alike: dark just before, bright just after."""
    scene = Scene("", seed, "mountains", "night", weather="storm", camera="static")
    painter = Painter(scene, 160, 90, duration=9.0)
    overlay, grey = Overlay(scene, 160, 90), np.full((90, 160, 3), 90, np.uint8)
    flashes = events.strikes(seed, 9.0)
    assert len(flashes) >= 2
    for flash in flashes:
        for frame in (painter.frame, lambda t: overlay.over(grey, t)):
            assert frame(flash + 0.03).mean() > frame(flash - 0.05).mean() + 4


def test_flashes_repeat_by_seed_and_differ_between_seeds() -> None:
    """A longer video has the same ones and more."""
    assert events.strikes(5, 20.0)[: len(events.strikes(5, 8.0))] == events.strikes(5, 8.0)
    assert events.strikes(5, 20.0) != events.strikes(6, 20.0)
    assert all(later - sooner >= 2 for sooner, later in itertools.pairwise(events.strikes(5, 60.0)))


def test_no_two_rounds_of_fireworks_are_alike() -> None:
    """A shell that follows another in its turn bursts elsewhere."""
    painter = Painter(Scene("", 3, "lake", "night", extras=("fireworks",), camera="static"), 160, 90, duration=8.0)
    bursts = [painter.frame(moment).astype(int) for moment in (0.5, 3.0, 5.5)]
    for one, other in itertools.combinations(bursts, 2):
        assert np.count_nonzero(np.abs(one - other)[:40].max(axis=2) > 25) > 30

"""Soundtracks by synthesis: ambience, creatures, machines and a soft bed of music, from numbers alone."""

from mediakiln.providers.studio.sound.mix import soundtrack

__all__ = ["soundtrack"]

"""The subjects on the stage: sized, placed, moved and painted."""

from mediakiln.providers.studio.cast.actor import Actor, travel
from mediakiln.providers.studio.cast.perform import perform
from mediakiln.providers.studio.cast.place import chase, focus, plan

__all__ = ["Actor", "chase", "focus", "perform", "plan", "travel"]

"""Replicate: predictions of any public model; the route's `input` says what its model takes."""

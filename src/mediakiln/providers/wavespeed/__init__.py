"""WaveSpeed: any model of its API v3; the route's `input` says what its model takes."""

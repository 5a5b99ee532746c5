"""fal: any model of its queue; the route's `input` says what its model takes."""

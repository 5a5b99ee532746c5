"""The finish of a frame: the style's rendering, see `styles.STYLES`."""

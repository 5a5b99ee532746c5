"""Video tasks of the NeoSpark API."""

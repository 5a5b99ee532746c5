"""Uploads, lists of files, downloads of the NeoSpark API."""

"""One module per driver, each with the `CASES` it is tested by."""

"""`python -m mediakiln` is the command `mediakiln`."""

from mediakiln.cli import main

if __name__ == "__main__":
    main()

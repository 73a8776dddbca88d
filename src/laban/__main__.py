"""``python -m laban``: the command line."""

from laban.cli import main

if __name__ == "__main__":
    main()

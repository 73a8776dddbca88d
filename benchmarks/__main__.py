"""``make bench``: every benchmark there is."""

from benchmarks.pose import main

if __name__ == "__main__":
    main()

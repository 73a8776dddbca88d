"""``make bench``: every benchmark, each suite in a separate process; one that fails stops no other.

python -m benchmarks [SUITE ...]
"""

import argparse
import subprocess
import sys

_SUITES = ("pose", "recognition", "coaching", "posture", "invariance")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", nargs="*", help=f"of {', '.join(_SUITES)}; all of them if none is named")
    suites = parser.parse_args().suite or _SUITES
    if unknown := sorted(set(suites) - set(_SUITES)):
        parser.error(f"no suite is called {', '.join(unknown)}; there are {', '.join(_SUITES)}")
    # A separate process: memory left over by one suite would count in the next.
    commands = [[sys.executable, "-m", f"benchmarks.{suite}"] for suite in suites]
    sys.exit(max(subprocess.run(command, check=False).returncode for command in commands))


if __name__ == "__main__":
    main()

"""``make bench``: every benchmark, each suite in a process of its own; one that fails stops no other."""

import subprocess
import sys

_SUITES = (
    "benchmarks.pose",
    "benchmarks.recognition",
    "benchmarks.coaching",
    "benchmarks.posture",
    "benchmarks.invariance",
)


def main() -> None:
    # A process of its own: what one suite leaves in memory would count in the other's.
    codes = [subprocess.run([sys.executable, "-m", suite], check=False).returncode for suite in _SUITES]
    sys.exit(max(codes))


if __name__ == "__main__":
    main()

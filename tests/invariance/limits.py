"""What is known not to hold, with its reason: printed in the published table, and said where users read of it."""

from collections.abc import Mapping

_EAR = "BlazePose's ear under the name of another format's, see the page on posture"
_FAST = (
    "a rope is jumped 2.4 times a second: with fewer than four frames a jump the count is refused, and at 2 and 3 "
    "frames a second wrong"
)
_LOST = "a rope is jumped 2.4 times a second: frames lost at random leave some jumps without their turn"
_UNEVEN = "a rope is jumped 2.4 times a second: of twelve jumps one is lost where frames lie far apart"

LIMITS: Mapping[tuple[str, str, str], str] = {
    **{
        (f"through a file, {name}", answer, "leans"): _EAR
        for name in ("coco", "openpose", "yolo-pose", "pyskl", "mmpose")
        for answer in ("posture", "findings")
    },
    **{(f"{fps:g} frames a second", "repetitions", "jumps"): _FAST for fps in (2, 3, 5, 7.5)},
    ("half of the frames dropped", "repetitions", "jumps"): _LOST,
    ("uneven frames", "repetitions", "jumps"): _UNEVEN,
}
"""(change, answer, subject) to the reason."""


def is_limit(change: str, answer: str, subject: str) -> bool:
    return (change, answer, subject) in LIMITS

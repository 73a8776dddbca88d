"""What is known not to hold, with its reason: printed in the published table, and said where users read of it."""

from collections.abc import Mapping

_EAR = "BlazePose's ear under the name of another format's, see the page on posture"
_FAST = (
    "a rope is jumped 2.4 times a second, so that few frames, or uneven or missing ones, fall on a jump: the "
    "period of the clip, which is played four times, is then counted instead"
)

LIMITS: Mapping[tuple[str, str, str], str] = {
    **{
        (f"through a file, {name}", answer, "leans"): _EAR
        for name in ("coco", "openpose", "yolo-pose", "pyskl")
        for answer in ("posture", "findings")
    },
    **{
        (change, "repetitions", "jumps"): _FAST
        for change in (
            *(f"{fps:g} frames a second" for fps in (2, 3, 5, 7.5, 15)),
            "uneven frames",
            "half of the frames dropped",
            "still for 2 s before and after",
            "not found in 1 frame of 10",
        )
    },
}
"""(change, answer, subject) to the reason."""


def is_limit(change: str, answer: str, subject: str) -> bool:
    return (change, answer, subject) in LIMITS

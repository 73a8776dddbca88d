"""What is known not to hold, with its reason: printed in the published table, and said where users read of it."""

from collections.abc import Mapping

_EAR = "BlazePose's ear under the name of another format's, see the page on posture"
_FAST = (
    "a rope is jumped 2.4 times a second: with fewer than four frames a jump the count is refused, with the frame "
    "rate that it needs"
)
_CUT = "the film ends in the last jump, and the last of the uneven frames is before its end: 11 of 12"
_AT_LIMIT = (
    "the interval of how far the head is ahead ends 0.002 torso lengths beyond its limit, and moves by up to 0.017 "
    "with the file: a finding becomes not sure, never within limits"
)
_AT_VIEW = (
    "the body is turned by 28°, two degrees from where a view is called oblique and its measures are withheld"
)
_NO_METRES = "the tutorial's layout holds no metres, and what is compared is the image"
_SMALL = "somebody this small (400 × 300) is taken for another person in mid-fall, and the fall is missed"
_AT_HEAD = "the tilt of the head is 8° ± 6° in colour and 10° ± 6° in grey, about its limit"
_OTHER_FILES = (
    "JPEG", "JPEG of low quality", "JPEG of middling quality", "AVIF", "WebP", "grey", "darker", "twice the size",
    "mirrored",
)  # fmt: skip

LIMITS: Mapping[tuple[str, str, str], str] = {
    **{
        (f"through a file, {name}", answer, "leans"): _EAR
        for name in ("coco", "openpose", "yolo-pose", "pyskl", "mmpose", "ultralytics")
        for answer in ("posture", "findings")
    },
    **{(f"{fps:g} frames a second", "repetitions", "jumps"): _FAST for fps in (2, 3, 5, 7.5)},
    **{(name, "findings", "head carried forward"): _AT_LIMIT for name in _OTHER_FILES},
    **{(name, "posture", "from the front"): _AT_VIEW for name in ("AVIF", "mirrored")},
    ("grey", "findings", "from the front"): _AT_HEAD,
    ("uneven frames", "repetitions", "jumps"): _CUT,
    ("through a file, tutorial", "comparison", "squats"): _NO_METRES,
    **{
        (change, answer, "falling"): _SMALL
        for change in ("pixels 4:3", "low quality")
        for answer in ("people found", "fall", "safety")
    },
    ("pixels 4:3", "identity", "falling"): _SMALL,
}
"""(change, answer, subject) to the reason."""


def is_limit(change: str, answer: str, subject: str) -> bool:
    return (change, answer, subject) in LIMITS

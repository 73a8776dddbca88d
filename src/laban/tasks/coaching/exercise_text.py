"""An exercise as the text of a TOML file, with comments for the coach who edits it."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from laban.tasks.coaching.exercise_parts import ExercisePart


def exercise_text(part: ExercisePart) -> str:
    """The exercise as the text of a file, with a line of explanation where a coach may want to change something."""
    return "\n".join(_lines(part)) + "\n"


def _lines(part: ExercisePart) -> Iterator[str]:
    yield f"name = {_toml(part.name)}"
    yield f"title = {_toml(part.title)}"
    yield f"source = {_toml(part.source)}"
    yield f"view = {_toml(part.view)}  # from where a camera sees it best: front, side or any"
    yield f"either_side = {_toml(part.either_side)}  # whether it may be done on the other side as well"
    if part.count:
        yield from ("", "# A repetition goes from rest beyond turn and back.", "[count]")
        yield from _pairs(part.count)
    if part.tempo:
        yield from (
            "",
            "# Seconds that the way out and the way back may take, the least and the most.",
            "[tempo]",
        )
        yield from _pairs(part.tempo)
    yield from ("", "# The joints that matter; a difference below the tolerance is as good as none.")
    yield "[joints]"
    for name, rule in part.joints.items():
        yield f"{name} = {{ {', '.join(_pairs(rule))} }}"
    for fault in part.faults:
        yield from ("", "[[faults]]", *_pairs(fault))
    yield from (
        "",
        "# The movement: places in torso lengths from the middle of the hips, to the viewer's right,",
    )
    yield "# downwards, and away from the viewer, of somebody who faces the viewer."
    for keyframe in part.keyframes:
        yield from ("[[keyframes]]", f"time_s = {_toml(keyframe.time_s)}", "[keyframes.points]")
        yield from (f"{name} = {_toml(place)}" for name, place in keyframe.points.items())
        yield ""


def _pairs(part: BaseModel) -> Iterator[str]:
    for key, value in part.model_dump(exclude_none=True).items():
        if value != "":
            yield f"{key} = {_toml(value)}"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return repr(round(float(value), 3) + 0.0)  # no -0.0

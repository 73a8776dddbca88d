"""All commands: where each is written, and the line that ``laban --help`` says of it.

A command's module is imported only when that command runs, so that the help appears at once.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """``target`` is ``module:name`` of a function or a Typer application."""

    target: str
    about: str


COMMANDS = {
    "demo": Entry("laban.cli.demo:demo", "Do the main job on a sample clip and show what comes of it."),
    "extract": Entry("laban.cli.extract:extract", "Find everybody in videos and save their movement."),
    "show": Entry("laban.cli.look:show", "Say who is in a recording, when, and how well seen."),
    "draw": Entry("laban.cli.look:draw", "Draw a recording over its video, as a sheet, as curves."),
    "view": Entry("laban.cli.look:view", "Make a page that shows a recording in 3D."),
    "convert": Entry("laban.cli.convert:convert", "Turn a recording into another format."),
    "assets": Entry("laban.cli.assets:app", "List, fetch and find weights and samples."),
    "evaluate-pose": Entry(
        "laban.cli.evaluate_pose:evaluate_pose", "Measure poses against labelled pictures."
    ),
}

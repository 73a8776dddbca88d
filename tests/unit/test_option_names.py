"""A function and the command that does the same have the same names for the same options."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

import laban
from laban.cli.app import load as command
from laban.cli.compare import CompareOptions
from laban.cli.extract_options import ExtractOptions
from laban.cli.pose_options import PoseOptions
from laban.cli.predict import PredictOptions
from laban.io.formats import FORMATS, WRITTEN_ONLY

ABOUT_CALLS = {"settings", "executor", "progress"}
"""What a function takes besides options: all of them in one value, where to work, and whom to tell."""
OF_FILES = {"output", "overlay", "photos", "video", "cache"}
"""What a command is told of the files that it reads and writes."""
OF_POSES = {field.name for field in fields(PoseOptions)}
"""How a command takes poses from its source, where the function is given a recording."""


def options_of(function: Callable[..., Any]) -> set[str]:
    parameters = inspect.signature(function).parameters.values()
    assert all(one.kind is not inspect.Parameter.VAR_KEYWORD for one in parameters)
    return {one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY}


def flags_of(name: str) -> set[str]:
    return {one.name for one in command(name).params if one.param_type_name == "option" and one.name}


@pytest.mark.parametrize(
    ("function", "kind", "left_out", "only_in_python"),
    [
        (laban.extract, ExtractOptions, OF_FILES, set()),
        (laban.predict, PredictOptions, OF_FILES | OF_POSES, set()),
        (laban.compare, CompareOptions, OF_FILES | OF_POSES, {"min_visibility", "clock_fps"}),
    ],
    ids=["extract", "predict", "compare"],
)
def test_what_a_command_can_be_told_its_function_can(
    function: Callable[..., Any], kind: type[Any], left_out: set[str], only_in_python: set[str]
) -> None:
    told = {field.name for field in fields(kind)} - left_out
    assert options_of(function) - ABOUT_CALLS == told | only_in_python
    shown = flags_of(function.__name__) - {"as_json", "quiet", "help"}
    assert shown <= {field.name for field in fields(kind)}


def test_what_convert_can_be_told_load_and_save_can() -> None:
    renamed = {"from_": "format", "to": "format", "size": "size_wh"}
    told = {renamed.get(name, name) for name in flags_of("convert") - {"as_json", "quiet", "help"}}
    assert told <= options_of(laban.load) | options_of(laban.save)
    assert options_of(laban.load) - told == {"name"}


def test_load_and_save_have_every_option_of_every_format() -> None:
    read = {name for form in FORMATS.values() for name in form.read_options}
    written = {name for form in [*FORMATS.values(), *WRITTEN_ONLY.values()] for name in form.write_options}
    assert options_of(laban.load) == read | {"format", "flip_y", "swap_xy"}
    assert options_of(laban.save) == written | {"format"}

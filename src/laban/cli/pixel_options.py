"""Options on poses, which mean nothing for a recogniser from pixels."""

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING

from laban.errors import InvalidValueError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ENGINE = ("pose_model", "detector", "max_people")
"""The options of ``EngineOptions``."""


def refuse_pose_options(options: "DataclassInstance", *names: str, model: str) -> None:
    """Raises InvalidValueError where one of these options of a command has another value than its default."""
    for one in fields(options):
        if one.name in names and one.default is not MISSING and getattr(options, one.name) != one.default:
            flag = "--" + one.name.replace("_", "-")
            raise InvalidValueError(f"{flag} is about poses, and {model} looks at pixels; leave out {flag}")

"""What every answer does: one JSON form, in which nothing is left that JSON does not hold."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from laban.core.answers import Answer, json_text, known, known_each, known_rounded, to_json
from laban.core.space import Space


@dataclass(frozen=True)
class Inner(Answer):
    angle_deg: float
    path: Path


@dataclass(frozen=True)
class Outer(Answer):
    inner: Inner
    space: Space
    from_: str
    note: str | None = None


@dataclass(frozen=True)
class Wider(Outer):
    files: tuple[str, ...] = ()


def test_json_holds_no_nan_and_no_objects() -> None:
    value = {"a": Inner(math.nan, Path("x")), 2: (np.float32(1.5), np.array([1.0, np.inf])), "b": [True]}
    assert to_json(value) == {"a": {"angle_deg": None, "path": "x"}, "2": [1.5, [1.0, None]], "b": [True]}
    assert json.loads(json_text(value)) == to_json(value)


def test_fields_come_in_their_order_and_what_is_optional_is_left_out() -> None:
    told = Outer(Inner(1.0, Path("x")), Space.WORLD, "coco")
    assert list(told.to_json()) == ["inner", "space", "from"]
    assert told.to_json()["space"] == "world"
    assert Outer(told.inner, told.space, "coco", "n").to_json()["note"] == "n"


def test_an_answer_is_extended_by_further_fields() -> None:
    told = Outer(Inner(1.0, Path("x")), Space.WORLD, "coco", "n")
    wider = Wider.extending(told, files=("a",))
    assert wider.to_json() == told.to_json() | {"files": ["a"]}


def test_what_json_does_not_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="JSON holds no object"):
        to_json({"a": [object()]})


def test_what_is_not_known_is_none() -> None:
    assert known(np.float32(1.5)) == 1.5
    assert type(known(np.float64(1.5))) is float
    assert known(math.inf) is None
    assert known_rounded(math.nan, 2) is None
    assert known_each(np.array([[1.0, np.nan]])[0]) == (1.0, None)

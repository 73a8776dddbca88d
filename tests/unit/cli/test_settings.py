from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from laban.cli.settings import resolve_settings
from laban.errors import InvalidValueError, UnknownNameError


@dataclass(frozen=True)
class Options:
    model: Literal["lite", "full"] = "full"
    max_people: Annotated[int, Field(ge=1, le=100)] = 20
    overlay: bool = False
    threshold: float | None = None

    def __post_init__(self) -> None:
        if self.overlay and self.model == "lite":
            raise InvalidValueError("no overlay with lite")


def resolve(
    tmp_path: Path, *, file: str = "", environment: dict[str, str] | None = None, **flags: Any
) -> Options:
    path = tmp_path / "laban.toml"
    path.write_text(file)
    return resolve_settings(
        Options,
        section="extract",
        flags=flags,
        sections=["draw", "evaluate-pose"],
        file=path,
        environment=environment or {},
    )


def test_defaults_hold_where_nothing_is_said(tmp_path: Path) -> None:
    absent = tmp_path / "absent.toml"
    assert resolve_settings(Options, section="extract", flags={}, file=absent, environment={}) == Options()


def test_the_file_in_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "laban.toml").write_text("[extract]\nmax_people = 7\n")
    monkeypatch.chdir(tmp_path)
    assert resolve_settings(Options, section="extract", flags={}, environment={}).max_people == 7


def test_flags_win_over_variables_over_the_file_over_defaults(tmp_path: Path) -> None:
    file = "[extract]\nmax_people = 2\n"
    variable = {"LABAN_EXTRACT_MAX_PEOPLE": "3"}
    assert resolve(tmp_path).max_people == 20
    assert resolve(tmp_path, file=file).max_people == 2
    assert resolve(tmp_path, file=file, environment=variable).max_people == 3
    assert resolve(tmp_path, file=file, environment=variable, max_people=4).max_people == 4


def test_a_flag_that_was_not_given_overrules_nothing(tmp_path: Path) -> None:
    assert resolve(tmp_path, file="[extract]\noverlay = true\n", overlay=None).overlay is True
    assert resolve(tmp_path, file="[extract]\noverlay = true\n", overlay=False).overlay is False


def test_words_become_the_fields_type(tmp_path: Path) -> None:
    environment = {"LABAN_EXTRACT_OVERLAY": "yes", "LABAN_EXTRACT_THRESHOLD": "0.5"}
    options = resolve(tmp_path, environment=environment)
    assert (options.overlay, options.threshold) == (True, 0.5)


def test_what_belongs_to_other_commands_is_left_alone(tmp_path: Path) -> None:
    file = "[draw]\nanything = 1\n[evaluate-pose]\n"
    environment = {"LABAN_ASSETS": "x", "LABAN_DRAW_SHEET": "1"}
    assert resolve(tmp_path, file=file, environment=environment) == Options()


@pytest.mark.parametrize(
    ("file", "environment", "words"),
    [
        (
            "[extract]\nmax_poeple = 2\n",
            {},
            r"laban.toml, \[extract\] 'max_poeple'; did you mean 'max_people'",
        ),
        ("[extrct]\n", {}, r"unknown table in .*'extrct'; did you mean 'extract'"),
        ("model = 'lite'\n", {}, "unknown table in"),
        ("", {"LABAN_EXTRACT_MODLE": "x"}, "did you mean 'LABAN_EXTRACT_MODEL'"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(
    file: str, environment: dict[str, str], words: str, tmp_path: Path
) -> None:
    with pytest.raises(UnknownNameError, match=words):
        resolve(tmp_path, file=file, environment=environment)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"file": "[extract]\nmax_people = 0\n"},
            r"laban.toml, \[extract\] max_people: input should be .* got 0",
        ),
        ({"environment": {"LABAN_EXTRACT_MAX_PEOPLE": "many"}}, "LABAN_EXTRACT_MAX_PEOPLE: .* got 'many'"),
        ({"model": "litee"}, "--model: input should be 'lite' or 'full', got 'litee'"),
        ({"max_people": 101}, "--max-people: .* less than or equal to 100, got 101"),
        ({"file": "extract = 3\n"}, r"expected a table \[extract\], got 3"),
        ({"file": "[extract\n"}, "is not TOML"),
        ({"model": "lite", "overlay": True}, "^no overlay with lite$"),
    ],
)
def test_wrong_values_are_refused_with_where_they_were_given(
    given: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidValueError, match=words):
        resolve(tmp_path, **given)


def test_a_variable_of_a_section_with_a_longer_name_is_not_this_ones(tmp_path: Path) -> None:
    def resolved(variable: str) -> Options:
        return resolve_settings(
            Options,
            section="extract",
            flags={},
            sections=["extract-pose"],
            file=tmp_path / "absent.toml",
            environment={variable: "5"},
        )

    assert resolved("LABAN_EXTRACT_POSE_MAX_PEOPLE") == Options()
    assert resolved("LABAN_EXTRACT_MAX_PEOPLE").max_people == 5
    with pytest.raises(UnknownNameError, match="LABAN_EXTRACT_POSES"):
        resolved("LABAN_EXTRACT_POSES")

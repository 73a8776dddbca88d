"""Faults that are planted where they are told to stand, and nowhere else."""

import ast
from pathlib import Path

import pytest
from benchmarks.mutation.mutants import Mutant, mutants_of, planted
from benchmarks.mutation.trial import Suite, project_copy, try_mutant

SOURCE = '''"""Words with 1 number and a < b."""

LIMIT: float = 0.5


def share(values: list[int], limit: int = 2) -> float | None:
    """Half of 3 is 1."""
    if not values or len(values) < limit:
        raise ValueError(f"at least {limit + 1} values, got {len(values)}")
    total = sum(values) - max(1, 2)
    return total / len(values)
'''


def changes(source: str) -> set[tuple[str, str]]:
    return {(one.before, one.after) for one in mutants_of(source, path="a.py")}


def test_the_faults_of_a_function() -> None:
    assert changes(SOURCE) == {
        ("0.5", "1.0"),
        ("0.5", "0.25"),
        ("2", "3"),
        ("2", "1"),
        ("1", "2"),
        ("1", "0"),
        ("not values", "values"),
        ("not values or len(values) < limit", "not values and len(values) < limit"),
        ("len(values) < limit", "len(values) <= limit"),
        ("len(values) < limit", "len(values) >= limit"),
        ('raise ValueError(f"at least {limit + 1} values, got {len(values)}")', "pass"),
        ("sum(values) - max(1, 2)", "sum(values) + max(1, 2)"),
        ("total / len(values)", "total * len(values)"),
        ("return total / len(values)", "return None"),
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a == b", ("a == b", "a != b")),
        ("a is not b", ("a is not b", "a is b")),
        ("a in b", ("a in b", "a not in b")),
        ("-a", ("-a", "a")),
        ("True", ("True", "False")),
        ("a if b else c", ("a if b else c", "a if not b else c")),
        ("f(a, b, c)", ("f(a, b, c)", "f(b, a, c)")),
        ("a & b", ("a & b", "a | b")),
        ("f(a)", ("f(a)", "pass")),
        ("x = ('a', 'b', 'c')", ("('a', 'b', 'c')", "('a', 'b')")),
        ("a += b", ("a += b", "a -= b")),
    ],
)
def test_every_kind_of_fault(source: str, expected: tuple[str, str]) -> None:
    assert expected in changes(source)


@pytest.mark.parametrize(
    "source", ["max(a, b)", "f(a, a)", "x: int | str", "'a' + b", "import a", "return None"]
)
def test_what_changes_nothing_or_only_words_is_left_alone(source: str) -> None:
    assert all(after == "pass" for _, after in changes(source))


def test_a_planted_fault_changes_its_place_only_and_still_parses() -> None:
    for mutant in mutants_of(SOURCE, path="a.py"):
        changed = planted(SOURCE, mutant)
        ast.parse(changed)
        before, after = SOURCE.splitlines(), changed.splitlines()
        differ = [line for line, (old, new) in enumerate(zip(before, after, strict=True), 1) if old != new]
        assert differ == [mutant.line], mutant


def test_places_count_in_bytes_as_the_parser_has_them() -> None:
    source = 'x = f("ä", 1) < y\n'
    (fault,) = [one for one in mutants_of(source, path="a.py") if one.before == "1" and one.after == "2"]
    assert planted(source, fault) == 'x = f("ä", 2) < y\n'
    with pytest.raises(ValueError, match="does not read '3'"):
        planted(source, Mutant("a.py", 1, fault.column, "3", "4"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one function and one test of it."""
    for folder in ("src/laban/core", "tests/unit/core", "benchmarks", "scripts", "docs"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "src/laban/core/half.py").write_text("def half(x):\n    return x / 2 if x > 0 else 0\n")
    (tmp_path / "tests/unit/core/test_half.py").write_text("def test_nothing():\n    pass\n")
    for name in ("pyproject.toml", "README.md"):
        (tmp_path / name).write_text("")
    return tmp_path


def test_the_copy_is_a_copy_and_the_file_that_mirrors_a_module_comes_first(project: Path) -> None:
    suite = Suite("core", ("tests/unit/core", "tests/properties/test_core.py"))
    fault = Mutant("src/laban/core/half.py", 2, 11, "x / 2", "x * 2")
    with project_copy(project) as copy:
        assert suite.rounds(fault, root=copy) == [["tests/unit/core/test_half.py"], ["tests/unit/core"]]
        assert suite.arguments(root=copy) == ["tests/unit/core"]
        (copy / "src/laban/core/half.py").write_text("gone")
    assert not copy.exists()
    assert "x / 2" in (project / "src/laban/core/half.py").read_text()


def test_the_tests_of_a_folder_come_before_those_of_the_package(project: Path) -> None:
    inner = project / "tests/unit/pose/tracking"
    inner.mkdir(parents=True)
    (inner.parent / "test_track_sides.py").write_text("")
    fault = Mutant("src/laban/pose/tracking/sides.py", 1, 0, "1", "2")
    whole = Suite("pose", ("tests/unit/pose",))
    assert whole.rounds(fault, root=project) == [
        ["tests/unit/pose/test_track_sides.py"],
        ["tests/unit/pose/tracking"],
        ["tests/unit/pose"],
    ]
    part = Suite("pose/tracking", ("tests/unit/pose/tracking",))
    assert part.rounds(fault, root=project)[1:] == [["tests/unit/pose/tracking"]]


def test_the_source_is_whole_again_after_a_trial(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Mutant("src/laban/core/half.py", 2, 11, "x / 2", "x * 2")
    path = project / "src/laban/core/half.py"
    seen = []

    def passes(copy: Path, arguments: list[str], *, timeout_s: float) -> bool | None:
        seen.append(path.read_text())
        return outcome

    monkeypatch.setattr("benchmarks.mutation.trial.passes", passes)
    for answer, word in ((True, "survived"), (False, "killed"), (None, "timeout")):
        outcome = answer
        assert try_mutant(fault, Suite("core", ()), copy=project, timeout_s=1) == word
    assert set(seen) == {"def half(x):\n    return x * 2 if x > 0 else 0\n"}
    assert path.read_text() == "def half(x):\n    return x / 2 if x > 0 else 0\n"

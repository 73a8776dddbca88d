"""Workouts on file: what was added comes back, and what is not ours is left alone."""

import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from laban.errors import FormatError, MissingExtraError, OutputError
from laban.store.workouts import APPLICATION_ID, SCHEMA_VERSION, History, default_history
from laban.tasks.coaching.feedback import DoneRepetition, Workout

pytest.importorskip("sqlalchemy", reason="workouts are kept with the extra coach")

BEGAN = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
SQUATS = Workout(
    "squat",
    65.0,
    (
        DoneRepetition(1.0, 2.0, 3.5, 88.0, 81.0),
        DoneRepetition(4.0, 5.0, 6.0, float("nan"), 75.0, ("knees_inside_feet", "trunk_leaning")),
    ),
    0.0,
    86.5,
)
PLANK = Workout("plank", 60.0, (), 48.5, 91.0)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "deep" / "workouts.sqlite")


def test_what_was_added_comes_back_the_oldest_first(history: History) -> None:
    assert history.workouts() == []
    assert not history.path.exists()
    history.add(PLANK, began=BEGAN + timedelta(days=1))
    history.add(SQUATS, began=BEGAN.astimezone(timezone(timedelta(hours=7))))
    first, second = history.workouts()
    assert (first.began, second.began) == (BEGAN, BEGAN + timedelta(days=1))
    assert first.answer().to_json() == {"began": "2026-03-01T18:30:00+00:00", **SQUATS.answer().to_json()}
    assert second.workout.answer() == PLANK.answer()
    assert [one.workout.exercise for one in history.workouts("plank")] == ["plank"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_nobody_else_may_read_it(history: History) -> None:
    history.add(PLANK, began=BEGAN)
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600


def test_one_exercise_is_forgotten_without_a_trace_or_all_with_the_file(history: History) -> None:
    history.add(SQUATS, began=BEGAN)
    history.add(PLANK, began=BEGAN)
    assert history.forget("squat") == 1
    assert b"knees_inside_feet" not in history.path.read_bytes()
    assert [one.workout.exercise for one in history.workouts()] == ["plank"]
    assert history.forget("tree") == 0
    assert history.forget() == 1
    assert not history.path.exists()
    assert history.forget() == 0


def test_a_foreign_a_later_and_a_broken_file_are_refused_and_left_as_they_are(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    connection.close()
    text = tmp_path / "notes.txt"
    text.write_text("not a database at all, but long enough to look at" * 40)
    later = tmp_path / "later.sqlite"
    History(later).add(PLANK, began=BEGAN)
    with sqlite3.connect(later) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    for path, said in (
        (foreign, "not of Laban's workouts"),
        (text, "does not hold Laban's workouts"),
        (later, "workouts of version 2, expected 1"),
    ):
        before = path.read_bytes()
        for use in (
            lambda one: one.workouts(),
            lambda one: one.add(PLANK, began=BEGAN),
            lambda one: one.forget(),
        ):
            with pytest.raises(FormatError, match=said) as caught:
                use(History(path))
            assert "\n" not in str(caught.value)
        assert path.read_bytes() == before


def test_a_damaged_file_is_refused(history: History) -> None:
    for _ in range(60):
        history.add(SQUATS, began=BEGAN)
    content = bytearray(history.path.read_bytes())
    content[4096 * 2 : 4096 * 4] = b"\xff" * 8192
    history.path.write_bytes(content)
    with pytest.raises(FormatError, match=r"is damaged|does not hold"):
        history.workouts()


def test_a_place_that_takes_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="name another"):
        History(tmp_path / "file" / "workouts.sqlite").add(PLANK, began=BEGAN)


def test_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'laban\[coach\]'"):
        History(tmp_path / "workouts.sqlite")


def test_where_workouts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    for environment, platform, place in (
        ({"LABAN_HOME": "/mine"}, "linux", "/mine/workouts.sqlite"),
        ({"XDG_DATA_HOME": "/data"}, "linux", "/data/laban/workouts.sqlite"),
        ({"XDG_DATA_HOME": "relative"}, "linux", "/home/me/.local/share/laban/workouts.sqlite"),
        ({}, "darwin", "/home/me/Library/Application Support/laban/workouts.sqlite"),
        ({"LOCALAPPDATA": "/local"}, "win32", "/local/laban/data/workouts.sqlite"),
    ):
        assert default_history(environment, platform=platform) == Path(place)


OURS = f"PRAGMA application_id = {APPLICATION_ID}"
VERSION = f"PRAGMA user_version = {SCHEMA_VERSION}"
MANY = Workout("squat", 65.0, SQUATS.repetitions * 200, 0.0, 86.5)


def killed_within(path: Path, *statements: str) -> None:
    """What is left where the process is killed within a transaction that has already written to the file."""
    script = (
        "import os, signal, sqlite3, sys\n"
        "one = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "one.execute('PRAGMA cache_size = 1')\n"
        "one.execute('BEGIN IMMEDIATE')\n"
        "for statement in sys.argv[2:]: one.execute(statement)\n"
        "one.execute('CREATE TABLE filler (value)')\n"
        "one.executemany('INSERT INTO filler VALUES (?)', [('x' * 3000,)] * 60)\n"
        "os.kill(os.getpid(), getattr(signal, 'SIGKILL', signal.SIGTERM))\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path), *statements], check=False)
    assert path.with_name(path.name + "-journal").stat().st_size > 0


def one_by_one(path: Path, count: int) -> None:
    """The first ``count`` steps of making the file, as they were taken before they were one transaction."""
    path.touch()
    made = path.with_suffix(".made")
    History(made).add(PLANK, began=BEGAN)
    with sqlite3.connect(made) as whole:
        tables = [sql for (sql,) in whole.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    whole.close()
    with sqlite3.connect(path, isolation_level=None) as connection:
        for statement in [OURS, VERSION, *tables][:count]:
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("steps", range(7))
def test_a_file_that_was_never_finished_is_finished(tmp_path: Path, steps: int) -> None:
    path = tmp_path / "workouts.sqlite"
    one_by_one(path, steps)
    History(path).check()
    assert History(path).workouts() == []
    History(path).add(PLANK, began=BEGAN)
    assert len(History(path).workouts()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
@pytest.mark.parametrize("use", ["check", "workouts", "add", "forget"])
@pytest.mark.parametrize("kept", [0, 1, 3])
def test_a_write_that_was_killed_is_taken_back_and_what_was_kept_stays(
    tmp_path: Path, use: str, kept: int
) -> None:
    history = History(tmp_path / "workouts.sqlite")
    for _ in range(kept):
        history.add(SQUATS, began=BEGAN)
    killed_within(history.path, *([] if kept else [OURS, VERSION]))
    if use == "add":
        history.add(PLANK, began=BEGAN)
        assert len(history.workouts()) == kept + 1
    elif use == "forget":
        assert history.forget() == kept
        assert not history.path.exists()
    else:
        history.check()
        assert len(history.workouts()) == kept


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_processes_that_are_killed_at_any_moment_lose_nothing_they_kept(tmp_path: Path) -> None:
    path = tmp_path / "workouts.sqlite"
    script = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from laban.store.workouts import History\n"
        "from laban.tasks.coaching.feedback import DoneRepetition, Workout\n"
        "work = Workout('squat', 9.0, (DoneRepetition(1.0, 2.0, 3.0, 88.0, 81.0),) * 50, 0.0, 86.5)\n"
        "while True:\n"
        "    History(Path(sys.argv[1])).add(work, began=datetime.now(UTC)); print('kept', flush=True)\n"
    )
    said = 0
    for count in (0, 1, 2, 5):
        child = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        said += sum(child.stdout.readline() == b"kept\n" for _ in range(count))
        child.kill()
        said += child.stdout.read().count(b"kept")
        child.stdout.close()
        child.wait()
        assert len(History(path).workouts()) in (said, said + 1)  # one may be kept and not yet said
        said = len(History(path).workouts())
        assert all(len(one.workout.repetitions) == 50 for one in History(path).workouts())


def test_a_foreign_database_that_was_cut_off_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "songs.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    connection.close()
    if sys.platform != "win32":
        killed_within(path)
    before = path.read_bytes()
    for use in (lambda one: one.workouts(), lambda one: one.add(PLANK, began=BEGAN)):
        with pytest.raises((FormatError, OutputError), match="name another"):
            use(History(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize("kept", [0, 2])
def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path, kept: int) -> None:
    from sqlalchemy import Engine, event

    history = History(tmp_path / "workouts.sqlite")
    for _ in range(kept):
        history.add(SQUATS, began=BEGAN)

    def full(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 6")

    event.listen(Engine, "connect", full)
    try:
        with pytest.raises(OutputError, match="no space is left"):
            history.add(MANY, began=BEGAN)
    finally:
        event.remove(Engine, "connect", full)
    assert len(history.workouts()) == kept
    history.add(MANY, began=BEGAN)
    assert len(history.workouts()) == kept + 1

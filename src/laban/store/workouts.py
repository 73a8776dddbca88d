"""The workouts of one person, in a file on their own machine: numbers only, no images and no movement."""

import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from laban.core.answers.coaching import KeptWorkoutAnswer
from laban.errors import FormatError, MissingExtraError, OutputError
from laban.store.paths import data_folder
from laban.tasks.coaching.feedback import DoneRepetition, Workout

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SCHEMA_VERSION = 1
APPLICATION_ID = 0x4C42414E
"""The application id in SQLite's header: "LBAN"."""

_NAME = "workouts.sqlite"


@dataclass(frozen=True)
class PastWorkout:
    """A recorded workout and the time it began, in UTC."""

    began: datetime
    workout: Workout

    def answer(self) -> KeptWorkoutAnswer:
        """The JSON answer; the hints that were given are not recorded."""
        began = self.began.isoformat(timespec="seconds")
        return KeptWorkoutAnswer.extending(self.workout.answer(), began=began)


def default_history(environment: Mapping[str, str] = os.environ, *, platform: str = sys.platform) -> Path:
    """The default file of workouts, in this user's data folder: see ``data_folder``."""
    return data_folder(environment, platform=platform) / _NAME


class History:
    """A file of workouts, made when the first is added.

    Raises MissingExtraError without SQLAlchemy, FormatError for a file that is damaged, not Laban's, or of a later
    version, and OutputError if the system refuses access.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        _needed()

    def check(self) -> None:
        """Raises FormatError if the file exists and cannot be used."""
        if _is_begun(self.path):
            _check(self.path)

    def add(self, workout: Workout, *, began: datetime) -> None:
        """Records a workout that began at ``began``."""
        from laban.store.tables import repetition_row, workout_row

        with self._session(write=True) as session:
            session.add(workout_row(workout, began, [repetition_row(one) for one in workout.repetitions]))
            session.commit()

    def workouts(self, exercise: str | None = None) -> list[PastWorkout]:
        """All recorded workouts, or those of one exercise, the oldest first."""
        from sqlalchemy import select

        from laban.store.tables import WorkoutRow

        if not _is_begun(self.path):
            return []
        _check(self.path)
        if not _is_begun(self.path):
            return []
        query = select(WorkoutRow).order_by(WorkoutRow.began, WorkoutRow.id)
        if exercise is not None:
            query = query.where(WorkoutRow.exercise == exercise)
        with self._session() as session:
            return [_past(row) for row in session.scalars(query)]

    def forget(self, exercise: str | None = None) -> int:
        """Deletes all workouts along with the file, or those of one exercise; returns how many."""
        from sqlalchemy import text

        found = self.workouts(exercise)
        if exercise is None:
            self._remove()
        elif found:
            with self._session(write=True) as session:
                for row in session.scalars(_of(exercise)):
                    session.delete(row)
                session.commit()
            with self._session(write=True) as session:  # otherwise deleted rows stay readable in the file
                session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}).execute(
                    text("VACUUM")
                )
        return len(found)

    def _remove(self) -> None:
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"cannot delete {self.path}: {error.strerror or error}") from error

    @contextmanager
    def _session(self, *, write: bool = False) -> "Iterator[Session]":
        from sqlalchemy import create_engine
        from sqlalchemy.exc import DBAPIError
        from sqlalchemy.orm import Session

        if _is_begun(self.path):
            _check(self.path)
        if write:
            _prepare(self.path)
        engine = create_engine(f"sqlite:///{self.path}")
        try:
            with Session(engine) as session:
                yield session
        except DBAPIError as error:
            raise _refused(self.path, error.orig or error) from error
        finally:
            engine.dispose()


def _of(exercise: str) -> Any:
    from sqlalchemy import select

    from laban.store.tables import WorkoutRow

    return select(WorkoutRow).where(WorkoutRow.exercise == exercise)


def _prepare(path: Path) -> None:
    """Makes the file if it is missing or empty, readable by its owner only."""
    if _is_begun(path):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise OutputError(
            f"cannot write {path}: {error.strerror or error}; name another with --history"
        ) from error
    _make(path)


def _is_begun(path: Path) -> bool:
    """Whether the file has content; if the process that created it died at once, it is empty."""
    return path.exists() and path.stat().st_size > 0


def _make(path: Path) -> None:
    """Writes the application id, the version and the tables, all or nothing; existing tables stay."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import DBAPIError

    from laban.store.tables import Base

    # AUTOCOMMIT hands transactions to us; SQLite's driver would commit before each CREATE TABLE.
    engine = create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text("BEGIN IMMEDIATE"))
            connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))
            connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
            Base.metadata.create_all(connection)
            connection.execute(text("COMMIT"))
    except DBAPIError as error:
        raise _refused(path, error.orig or error) from error
    finally:
        engine.dispose()


def _check(path: Path) -> None:
    """Raises if the file is not Laban's, before anything is read from it or written to it.

    Laban's file is repaired if its process was killed: SQLite rolls back an unfinished transaction, and missing
    tables are created.
    """
    mode = "rw" if _is_ours(path) else "ro"
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
        try:
            (owner,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise _refused(path, error) from error
    if not _is_begun(path):
        return  # the first write was rolled back
    if owner != APPLICATION_ID:
        raise FormatError(f"{path} is a database, but not of Laban's workouts; name another with --history")
    if version not in (0, SCHEMA_VERSION):
        raise FormatError(
            f"{path} holds workouts of version {version}, expected {SCHEMA_VERSION}; use the Laban that wrote it"
        )
    if sound != "ok":
        raise FormatError(
            f"{path} is damaged: {sound}; restore it from a backup, or delete it to start again"
        )
    if version == 0 or not {"workouts", "repetitions"} <= tables:
        _make(path)


def _is_ours(path: Path) -> bool:
    """Whether the file has Laban's application id, or is what an interrupted first write leaves: no content, next
    to the journal that rolls it back. Only then may SQLite write to it; any other file is left unchanged."""
    try:
        with path.open("rb") as file:
            header = file.read(72)
    except OSError:
        return False
    if not header.startswith(b"SQLite format 3"):
        return not header.strip(b"\0") and path.with_name(f"{path.name}-journal").exists()
    return int.from_bytes(header[68:72], "big") == APPLICATION_ID


def _refused(path: Path, error: object) -> FormatError | OutputError:
    if "not a database" in str(error) or "malformed" in str(error) or "no such" in str(error):
        return FormatError(
            f"{path} does not hold Laban's workouts ({error}); name another file with --history"
        )
    if "full" in str(error):
        return OutputError(
            f"no space is left for {path}: nothing was added, and the earlier workouts are unchanged; "
            "free some space, or name another file with --history"
        )
    return OutputError(f"cannot use {path}: {error}; name another file with --history")


def _past(row: Any) -> PastWorkout:
    done = tuple(
        DoneRepetition(
            one.start_s,
            one.turn_s,
            one.end_s,
            _known(one.score_percent),
            _known(one.range_deg),
            tuple(one.faults),
        )
        for one in row.repetitions
    )
    workout = Workout(row.exercise, row.seconds, done, row.held_s, _known(row.score_percent))
    return PastWorkout(row.began.replace(tzinfo=UTC), workout)


def _known(value: float | None) -> float:
    return float("nan") if value is None else value


def _needed() -> None:
    try:
        import sqlalchemy  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "keeping workouts needs SQLAlchemy, which is not installed; run: pip install 'laban[coach]'"
        ) from error

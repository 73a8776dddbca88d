"""The workouts of one person, kept in a file on their own machine: figures only, no pictures and no movement."""

import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from laban.errors import FormatError, MissingExtraError, OutputError
from laban.pipeline.data_folder import data_folder
from laban.tasks.coaching.feedback import DoneRepetition, Workout

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SCHEMA_VERSION = 1
APPLICATION_ID = 0x4C42414E
"""What SQLite's header says whose file it is: "LBAN"."""

_NAME = "workouts.sqlite"


@dataclass(frozen=True)
class PastWorkout:
    """A workout as it was kept: when it began, in UTC, and what was done."""

    began: datetime
    workout: Workout

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it; the hints that were said are not kept."""
        value = self.workout.to_json()
        return {"began": self.began.isoformat(timespec="seconds"), **value}


def default_history(environment: Mapping[str, str] = os.environ, *, platform: str = sys.platform) -> Path:
    """Where workouts are kept: in this user's folder for data, see ``data_folder``."""
    return data_folder(environment, platform=platform) / _NAME


class History:
    """A file of workouts; it is made when the first is added.

    Raises MissingExtraError without SQLAlchemy, FormatError for a file that is broken, not of Laban, or of a later
    version, OutputError where the system refuses it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        _needed()

    def check(self) -> None:
        """Raises FormatError where there is a file that cannot be used; no file yet is well."""
        if self.path.exists():
            _check(self.path)

    def add(self, workout: Workout, *, began: datetime) -> None:
        """Keeps a workout that began at ``began``."""
        from laban.pipeline.history_tables import repetition_row, workout_row

        with self._session(write=True) as session:
            session.add(workout_row(workout, began, [repetition_row(one) for one in workout.repetitions]))
            session.commit()

    def workouts(self, exercise: str | None = None) -> list[PastWorkout]:
        """All that were kept, or those of one exercise, the oldest first."""
        from sqlalchemy import select

        from laban.pipeline.history_tables import WorkoutRow

        if not self.path.exists():
            return []
        query = select(WorkoutRow).order_by(WorkoutRow.began, WorkoutRow.id)
        if exercise is not None:
            query = query.where(WorkoutRow.exercise == exercise)
        with self._session() as session:
            return [_past(row) for row in session.scalars(query)]

    def forget(self, exercise: str | None = None) -> int:
        """Deletes all workouts, and the file with them, or those of one exercise; returns how many."""
        from sqlalchemy import text

        found = self.workouts(exercise)
        if exercise is None:
            self._remove()
        elif found:
            with self._session(write=True) as session:
                for row in session.scalars(_of(exercise)):
                    session.delete(row)
                session.commit()
            with self._session(write=True) as session:  # else what was deleted stays readable in the file
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

        if write:
            _prepare(self.path)
        _check(self.path)
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

    from laban.pipeline.history_tables import WorkoutRow

    return select(WorkoutRow).where(WorkoutRow.exercise == exercise)


def _prepare(path: Path) -> None:
    """Makes the file where there is none, readable by its owner only."""
    if path.exists() and path.stat().st_size:
        return
    from sqlalchemy import create_engine, text

    from laban.pipeline.history_tables import Base

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise OutputError(
            f"cannot write {path}: {error.strerror or error}; name another with --history"
        ) from error
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))
        connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
        Base.metadata.create_all(connection)
    engine.dispose()


def _check(path: Path) -> None:
    """Raises where the file is not one of ours, before anything is read from it or written to it."""
    try:
        connection = sqlite3.connect(f"file:{path.absolute().as_posix()}?mode=ro", uri=True)
        try:
            (owner,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise _refused(path, error) from error
    if owner != APPLICATION_ID:
        raise FormatError(f"{path} is a database, but not of Laban's workouts; name another with --history")
    if version != SCHEMA_VERSION:
        raise FormatError(
            f"{path} holds workouts of version {version}, expected {SCHEMA_VERSION}; use the Laban that wrote it"
        )
    if sound != "ok":
        raise FormatError(f"{path} is damaged: {sound}; restore it from a backup, or delete it to begin anew")


def _refused(path: Path, error: object) -> FormatError | OutputError:
    if "not a database" in str(error) or "malformed" in str(error) or "no such" in str(error):
        return FormatError(
            f"{path} does not hold Laban's workouts ({error}); name another file with --history"
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

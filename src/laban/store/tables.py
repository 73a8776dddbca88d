"""The tables of recorded workouts; needs SQLAlchemy."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from laban.tasks.coaching.feedback import DoneRepetition, Workout


class Base(DeclarativeBase):
    """The tables of version 1."""


class WorkoutRow(Base):
    """A workout; ``began`` is in UTC."""

    __tablename__ = "workouts"

    id: Mapped[int] = mapped_column(primary_key=True)
    exercise: Mapped[str] = mapped_column(index=True)
    began: Mapped[datetime]
    seconds: Mapped[float]
    count: Mapped[int]
    held_s: Mapped[float]
    score_percent: Mapped[float | None]
    repetitions: Mapped[list["RepetitionRow"]] = relationship(
        order_by="RepetitionRow.number", cascade="all, delete-orphan", lazy="selectin"
    )


class RepetitionRow(Base):
    """One repetition of a workout, counted from 1; ``faults`` are the names of the rules it broke."""

    __tablename__ = "repetitions"

    id: Mapped[int] = mapped_column(primary_key=True)
    workout_id: Mapped[int] = mapped_column(ForeignKey("workouts.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    start_s: Mapped[float]
    turn_s: Mapped[float]
    end_s: Mapped[float]
    score_percent: Mapped[float | None]
    range_deg: Mapped[float | None]
    faults: Mapped[list[str]] = mapped_column(JSON)


def workout_row(workout: Workout, began: datetime, repetitions: Sequence[RepetitionRow]) -> WorkoutRow:
    """A workout's row, with its repetitions and faults."""
    for number, one in enumerate(repetitions, 1):
        one.number = number
    return WorkoutRow(
        exercise=workout.exercise,
        began=began.astimezone(UTC).replace(tzinfo=None),
        seconds=float(workout.seconds),
        count=workout.count,
        held_s=float(workout.held_s),
        score_percent=_known(workout.score_percent),
        repetitions=list(repetitions),
    )


def repetition_row(one: DoneRepetition) -> RepetitionRow:
    """A repetition's row, without its number."""
    return RepetitionRow(
        start_s=float(one.start_s),
        turn_s=float(one.turn_s),
        end_s=float(one.end_s),
        score_percent=_known(one.score_percent),
        range_deg=_known(one.range_deg),
        faults=list(one.faults),
    )


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

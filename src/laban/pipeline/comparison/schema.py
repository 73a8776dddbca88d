"""The answers about comparisons and repetitions, for pages and programs."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from laban.core.answers import known, known_each
from laban.core.answers.comparison import (
    ComparedMovements,
    ComparedPoses,
    HesitationAnswer,
    JointAmountAnswer,
    JointDifferenceAnswer,
    JointMotionAnswer,
    JointSeries,
    MomentAnswer,
    MovementsAnswer,
    MovementSeries,
    MovementsFile,
    PhaseAnswer,
    PosesAnswer,
    RepetitionAnswer,
    RepetitionsAnswer,
    ScoresAnswer,
    SymmetryAnswer,
    TempoAnswer,
)
from laban.core.arrays import Float64Array
from laban.features.angles import MAIN_ANGLES
from laban.tasks.comparison.differences import Moment
from laban.tasks.comparison.movements import MovementComparison
from laban.tasks.comparison.poses import JointDifference, PoseComparison
from laban.tasks.comparison.repetitions import Repetition, Repetitions
from laban.tasks.comparison.similarity import Scores
from laban.tasks.comparison.smoothness import Symmetry
from laban.tasks.comparison.tempo import Hesitation, Phase, Tempo


def poses_answer(found: PoseComparison) -> PosesAnswer:
    """Two poses."""
    return PosesAnswer(
        kind="poses",
        verdict=found.verdict,
        score_percent=known(found.scores.overall_percent),
        mirrored=found.mirrored,
        space=found.space,
        scores=_scores(found.scores),
        published=None if found.published is None else _scores(found.published),
        as_it_is_percent=known(found.plain.overall_percent),
        other_side_percent=known(found.mirror.overall_percent),
        facing_deg=known(found.facing_deg),
        joints=tuple(map(_joint_difference, found.joints)),
        warnings=found.warnings,
    )


def movements_answer(found: MovementComparison) -> MovementsAnswer:
    """Two movements."""
    return MovementsAnswer(
        kind="movements",
        score_percent=known(found.score_percent),
        mirrored=found.mirrored,
        space=found.space,
        matched_s=found.matched_s,
        tempo=_tempo(found.tempo),
        joints=tuple(_joint_motions(found)),
        symmetry=tuple(map(_symmetry, found.symmetry)),
        phases=tuple(map(_phase, found.phases)),
        hesitations=tuple(map(_hesitation, found.hesitations)),
        moments=tuple(map(_moment, found.moments)),
        warnings=found.warnings,
    )


def movements_file(found: MovementComparison) -> MovementsFile:
    """Two movements, with all curves over the reference's time."""
    return MovementsFile.extending(movements_answer(found), series=movement_series(found))


def compared(
    found: PoseComparison | MovementComparison, *, attempt: str, reference: str, files: Sequence[Path]
) -> ComparedPoses | ComparedMovements:
    """A comparison with what was compared, and the files that were written."""
    paths = tuple(map(str, files))
    if isinstance(found, PoseComparison):
        return ComparedPoses.extending(poses_answer(found), attempt=attempt, reference=reference, files=paths)
    return ComparedMovements.extending(
        movements_answer(found), attempt=attempt, reference=reference, files=paths
    )


def movement_series(found: MovementComparison) -> MovementSeries:
    """Everything over the reference's time."""
    return MovementSeries(
        times_s=_times(found.times_s),
        attempt_s=_times(found.attempt_s),
        score_percent=_hundredths(found.differences.score_percent),
        joints={name: _joint_series(found, index) for index, name in enumerate(MAIN_ANGLES)},
    )


def repetitions_answer(found: Repetitions) -> RepetitionsAnswer:
    """The repetitions in a clip."""
    return RepetitionsAnswer(
        count=len(found),
        joint=found.joint,
        place=found.place,
        median_duration_s=known(found.median_duration_s),
        warnings=found.warnings,
        repetitions=tuple(map(_repetition, found.repetitions)),
    )


def _scores(scores: Scores) -> ScoresAnswer:
    return ScoresAnswer(
        coordinate_distance=known(scores.coordinate_distance),
        coordinate_percent=known(scores.coordinate_percent),
        angle_distance=known(scores.angle_distance),
        angle_percent=known(scores.angle_percent),
    )


def _joint_difference(one: JointDifference) -> JointDifferenceAnswer:
    return JointDifferenceAnswer(
        joint=one.joint,
        attempt_deg=known(one.attempt_deg),
        reference_deg=known(one.reference_deg),
        uncertainty_deg=known(one.uncertainty_deg),
        verdict=one.verdict,
        reason=one.reason,
        difference_deg=known(one.difference_deg),
    )


def _tempo(tempo: Tempo) -> TempoAnswer:
    return TempoAnswer(ratio=known(tempo.ratio), pace=tempo.pace)


def _joint_motions(found: MovementComparison) -> Iterator[JointMotionAnswer]:
    percent, excess_deg = found.joint_percent, found.differences.excess_deg.mean(axis=0)
    for motion, excess in zip(found.motions, excess_deg.tolist(), strict=True):
        yield JointMotionAnswer(
            joint=motion.joint,
            range_deg=known(motion.range_deg),
            reference_range_deg=known(motion.reference_range_deg),
            verdict=motion.verdict,
            smoothness=known(motion.smoothness),
            reference_smoothness=known(motion.reference_smoothness),
            score_percent=known(percent[motion.joint]),
            excess_deg=known(excess),
        )


def _symmetry(one: Symmetry) -> SymmetryAnswer:
    return SymmetryAnswer(
        joint=one.joint,
        left_deg=known(one.left_deg),
        right_deg=known(one.right_deg),
        index_percent=known(one.index_percent),
        uneven=one.uneven,
    )


def _phase(one: Phase) -> PhaseAnswer:
    return PhaseAnswer(
        start_s=one.start_s,
        end_s=one.end_s,
        attempt_start_s=one.attempt_start_s,
        attempt_end_s=one.attempt_end_s,
        score_percent=known(one.score_percent),
        tempo=_tempo(one.tempo),
        worst_joint=one.worst_joint,
    )


def _hesitation(one: Hesitation) -> HesitationAnswer:
    return HesitationAnswer(start_s=one.start_s, end_s=one.end_s, reference_s=one.reference_s)


def _moment(one: Moment) -> MomentAnswer:
    joints = tuple(JointAmountAnswer(name, known(amount)) for name, amount in one.joints)
    return MomentAnswer(one.time_s, one.attempt_s, known(one.score_percent), joints)


def _joint_series(found: MovementComparison, index: int) -> JointSeries:
    differences = found.differences
    return JointSeries(
        score_percent=_hundredths(differences.joint_percent[:, index]),
        attempt_deg=_hundredths(found.attempt_deg[:, index]),
        reference_deg=_hundredths(found.reference_deg[:, index]),
        attempt_hidden=tuple(found.attempt_guessed[:, index].tolist()),
        reference_hidden=tuple(found.reference_guessed[:, index].tolist()),
        difference_deg=_hundredths(differences.difference_deg[:, index]),
        noise_deg=_hundredths(differences.limit_deg[:, index]),
        measurable=tuple(differences.measurable[:, index].tolist()),
    )


def _repetition(one: Repetition) -> RepetitionAnswer:
    return RepetitionAnswer(
        start_s=one.start_s,
        turn_s=one.turn_s,
        end_s=one.end_s,
        ranges_deg={name: known(value) for name, value in one.ranges_deg.items()},
        score_percent=known(one.score_percent),
        worst=None if one.worst is None else JointAmountAnswer(one.worst[0], known(one.worst[1])),
        duration_s=one.duration_s,
        out_s=one.out_s,
        back_s=one.back_s,
    )


def _times(values_s: Float64Array) -> tuple[float, ...]:
    return tuple(np.round(values_s, 4).tolist())


def _hundredths(values: Float64Array) -> tuple[float | None, ...]:
    return known_each(np.round(values, 2))

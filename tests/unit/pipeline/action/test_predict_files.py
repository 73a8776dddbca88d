"""Predictions for many files do not depend on where they are computed."""

from pathlib import Path

import pytest

from laban.errors import FormatError, SourceError
from laban.pipeline.action import predict_files as module
from laban.pipeline.action.predict import open_model
from laban.pipeline.action.predict_files import FilePrediction, FileResult, PredictionTask, predict_files
from laban.pipeline.recording.executor import Executor, Threads
from laban.pipeline.recording.processes import Processes
from laban.sources import SyntheticScene
from laban.tasks.action.timeline import ActionSettings

EXECUTORS = [Threads(1), Threads(3), Processes(1), Processes(2)]
TASK = PredictionTask("fall", ActionSettings(enter=0.4, all_labels=True))


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four recordings, one of which is given twice, a file that is no recording and one that is not there."""
    folder = tmp_path_factory.mktemp("clips")
    named = [folder / f"{number}.parquet" for number in range(4)]
    for number, path in enumerate(named):
        SyntheticScene(people=1 + number % 2, falls=number % 2, seconds=5.0 + number).recording().save(path)
    broken = folder / "broken.parquet"
    broken.write_bytes(b"PAR1 but no more than that")
    return [named[0], broken, named[1], named[2], folder / "absent.parquet", named[3], named[1]]


@pytest.fixture(scope="module")
def expected(paths: list[Path]) -> list[FileResult]:
    return list(predict_files(TASK, paths))


@pytest.mark.parametrize("executor", EXECUTORS, ids=["1 thread", "3 threads", "1 process", "2 processes"])
def test_predictions_are_the_same_bit_for_bit_with_any_executor(
    paths: list[Path], expected: list[FileResult], executor: Executor
) -> None:
    found = list(predict_files(TASK, paths, executor=executor))
    assert [described(one) for one in found] == [described(one) for one in expected]
    assert sum(isinstance(one, FilePrediction) for one in found) == 5


def test_a_file_that_fails_is_a_result_and_the_others_go_on(expected: list[FileResult]) -> None:
    assert isinstance(expected[1], FormatError)
    assert isinstance(expected[4], SourceError)
    assert described(expected[2]) == described(expected[6])


def test_a_model_that_is_open_predicts_the_same_in_another_process(
    paths: list[Path], expected: list[FileResult]
) -> None:
    task = PredictionTask(open_model("fall"), TASK.settings)
    (found,) = predict_files(task, paths[:1], executor=Processes(1))
    assert described(found) == described(expected[0])


def test_files_are_processed_as_results_are_requested(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []
    real = module.poses_of

    def poses_of(path: Path, **options: object) -> object:
        seen.append(path)
        return real(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "poses_of", poses_of)
    results = predict_files(TASK, paths)
    next(results)
    assert seen == paths[:1]
    results.close()
    assert seen == paths[:1]


def test_copies_of_one_video_are_never_processed_at_the_same_time(tmp_path: Path) -> None:
    videos = [tmp_path / name for name in ("a.avi", "b.avi", "c.avi")]
    for video, more in zip(videos, (b"", b"", b"more"), strict=True):
        video.write_bytes(b"RIFF\x24\x00\x00\x00AVI LIST" + b"\0" * 32 + more)
    poses = tmp_path / "poses.csv"
    poses.write_text("x")
    groups = module._groups([*videos, poses, poses])
    assert [[position for position, _ in group] for group in groups] == [[0, 1], [2], [3, 4]]


def described(result: FileResult) -> object:
    if not isinstance(result, FilePrediction):
        return type(result), str(result)
    found = result.predictions
    scores = [one.probabilities.tobytes() for one in found.answers.tasks]
    return found.timeline, found.raised_s, found.warnings, scores, result.poses.recording

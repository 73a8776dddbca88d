"""From a real clip to a recording: the same whichever way it is worked on, and never lost."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

import laban
from laban.core.body import torso_length
from laban.core.frame import Frame
from laban.core.sequence import Recording
from laban.pipeline.dataset import open_dataset, recordings_of
from laban.pipeline.recording.executor import Executor, Threads
from laban.pipeline.recording.extract import extract_file
from laban.pipeline.recording.processes import Processes
from laban.pipeline.recording.settings import ExtractionSettings
from laban.pose.blazepose.engine import BlazePoseEngine, EngineSettings
from laban.sources import open_source

Asset = Callable[[str], Path]
_FRAMES = 60


@pytest.fixture(scope="session")
def clip(asset: Asset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of two people at half the size: a woman walks below a man on a roof."""
    asset("blazepose_landmarker_full")
    asset("blazepose_detector")
    path = tmp_path_factory.mktemp("clip") / "two.mp4"
    with open_source(asset("demo")) as source, av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.bit_rate = 884, 496, 4_000_000
        for frame in source.frames(60, 60 + _FRAMES):
            image = av.VideoFrame.from_ndarray(frame.image_rgb, format="rgb24").reformat(884, 496)
            out.mux(stream.encode(image))
        out.mux(stream.encode())
    return path


@pytest.fixture(scope="session")
def whole(clip: Path) -> Recording:
    return laban.extract(clip, detector="blazepose")


def frames_of(clip: Path) -> list[Frame]:
    with open_source(clip) as source:
        return list(source.frames())


def test_both_people_are_found_and_keep_their_ids(whole: Recording) -> None:
    assert len(whole.times_s) == _FRAMES
    assert list(whole.people) == [0, 1]
    shares = [sequence.seen.sum() / _FRAMES for sequence in whole.people.values()]
    assert min(shares) > 0.75
    heights = [np.nanmean(one.image_px[..., 1]) for one in whole.people.values() if one.image_px is not None]
    assert sorted(heights)[0] < 200 < sorted(heights)[1]


def test_streaming_and_offline_agree_to_the_last_bit_however_many_threads(clip: Path) -> None:
    frames = frames_of(clip)
    with BlazePoseEngine(EngineSettings(detector="blazepose", threads=1)) as engine:
        streamed = [engine.update(frame) for frame in frames]
    with BlazePoseEngine(EngineSettings(detector="blazepose", threads=3)) as engine:
        offline = [poses for _, poses in engine.run(iter(frames))]
    assert sum(map(len, streamed)) > _FRAMES
    assert streamed == offline


def test_cutting_into_spans_changes_nothing_that_matters(clip: Path, whole: Recording) -> None:
    """Landmarks near the cut within 1 % of the torso, and everybody keeps one id."""
    cut = laban.extract(clip, detector="blazepose", span_s=0.7, overlap_s=0.5)
    assert list(cut.people) == list(whole.people)
    for person, sequence in whole.people.items():
        other = cut.people[person]
        _, rows, columns = np.intersect1d(sequence.times_s, other.times_s, return_indices=True)
        first, second = sequence.image_px, other.image_px
        assert first is not None
        assert second is not None
        torso = torso_length(first[rows], sequence.skeleton)
        apart = np.linalg.norm(first[rows] - second[columns], axis=2).mean(axis=1) / torso
        assert np.nanpercentile(apart, 90) <= 0.01
        assert abs(int(sequence.seen.sum()) - int(other.seen.sum())) <= 3


def test_the_number_of_workers_does_not_change_the_result(clip: Path) -> None:
    one, four = (
        laban.extract(clip, detector="blazepose", span_s=0.7, overlap_s=0.2, workers=workers)
        for workers in (1, 4)
    )
    assert one.people == four.people


@pytest.mark.parametrize(
    "executor",
    [Threads(1), Threads(3), Processes(1), Processes(2)],
    ids=["one thread", "threads", "one process", "processes"],
)
def test_where_the_spans_are_worked_on_does_not_change_the_result(
    clip: Path, in_spans: Recording, executor: Executor, tmp_path: Path
) -> None:
    settings = ExtractionSettings(detector="blazepose", every=2, span_s=0.7, overlap_s=0.2, workers=2)
    told: list[tuple[float, float | None]] = []
    found = laban.extract(clip, settings=settings, executor=executor, progress=lambda *at: told.append(at))
    assert found == in_spans
    assert told[-1][0] == told[-1][1] == max(done for done, _ in told)
    file = extract_file(clip, tmp_path / "two.parquet", settings=settings, executor=executor)
    assert file.recording.people == in_spans.people


@pytest.fixture(scope="session")
def in_spans(clip: Path) -> Recording:
    """Every second frame in three spans, one after the other."""
    return laban.extract(clip, detector="blazepose", every=2, span_s=0.7, overlap_s=0.2, workers=2)


def test_a_dataset_is_the_same_wherever_its_clips_are_extracted(clip: Path, tmp_path: Path) -> None:
    for free, name in enumerate(("walk", "stand")):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "clip.mp4").write_bytes(clip.read_bytes() + b"\0\0\0\x08free" * free)
    settings = ExtractionSettings(detector="blazepose", every=6)
    found = [
        recordings_of(
            open_dataset(tmp_path / "data"), cache=tmp_path / name, settings=settings, executor=executor
        )
        for name, executor in (("threads", Threads(2)), ("processes", Processes(2)))
    ]
    assert [one.extracted for one in found] == [2, 2]
    for index in (0, 1):
        one, other = (each.of(index) for each in found)
        assert one is not None
        assert one == other


def test_every_second_frame(clip: Path) -> None:
    recording = laban.extract(clip, detector="blazepose", every=2)
    assert len(recording.times_s) == _FRAMES // 2
    assert np.diff(recording.times_s) == pytest.approx(2 / 30, abs=1e-6)


@pytest.mark.parametrize(("every", "frames"), [(6, 22), (15, 9)], ids=["5 fps", "2 fps"])
def test_somebody_who_falls_is_one_person_in_a_slow_stream(
    asset: Asset, shared: Path, every: int, frames: int
) -> None:
    asset("yolox_nano")
    clip = shared / "data" / "falls" / "subject_1" / "Fall" / "13.mp4"
    if not clip.is_file():
        pytest.skip("the clips of falls are not here")
    recording = laban.extract(clip, every=every)
    assert len(recording.times_s) == frames
    (person,) = recording.people.values()
    assert person.seen.sum() >= 0.9 * frames


def test_at_most_one_person(clip: Path) -> None:
    recording = laban.extract(clip, detector="blazepose", max_people=1, every=2)
    assert len(recording.people) == 1


def test_what_was_made_with_the_same_settings_is_kept(clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "two.parquet"
    settings = ExtractionSettings(detector="blazepose", every=4)
    first = extract_file(clip, target, settings=settings)
    again = extract_file(clip, target, settings=settings)
    other = extract_file(clip, target, settings=ExtractionSettings(detector="blazepose", every=6))
    assert (first.kept, again.kept, other.kept) == (False, True, False)
    assert again.recording == first.recording
    assert [path.name for path in tmp_path.iterdir()] == ["two.parquet"]


def test_an_extraction_that_is_stopped_goes_on_where_it_was(clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "two.parquet"
    settings = ExtractionSettings(detector="blazepose", span_s=0.7, overlap_s=0.2, workers=1)

    def stop_after_the_first_span(done: float, total: float | None) -> None:
        if done > 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_file(clip, target, settings=settings, progress=stop_after_the_first_span)
    parts = list(tmp_path.glob(".two.parquet.*/*.parquet"))
    assert len(parts) == 1
    done_before = len(laban.load(parts[0]).times_s)
    worked: list[float] = []
    finished = extract_file(clip, target, settings=settings, progress=lambda done, total: worked.append(done))
    assert worked[0] == done_before > 10
    assert finished.recording.people == laban.extract(clip, settings=settings).people
    assert list(tmp_path.glob(".two*")) == []


def test_nobody_is_a_result(tmp_path: Path, asset: Asset) -> None:
    asset("blazepose_landmarker_full")
    asset("blazepose_detector")
    import cv2

    cv2.imwrite(str(tmp_path / "empty.png"), np.full((240, 320, 3), 127, dtype=np.uint8))
    recording = laban.extract(tmp_path / "empty.png", detector="blazepose")
    assert dict(recording.people) == {}
    assert len(recording.times_s) == 1


@pytest.mark.parametrize(
    ("name", "size_wh", "frames"),
    [
        ("sar_2x1_portrait.mp4", (360, 640), 50),
        ("cover_first.mkv", (360, 640), 50),
        ("IMG_grid.HEIC", (1080, 1920), 1),
    ],
)
def test_reported_videos_and_photos(
    asset: Asset, shared: Path, name: str, size_wh: tuple[int, int], frames: int
) -> None:
    """Somebody in the middle, who is found as one; by the other detector a second person at the edge is, too."""
    asset("blazepose_landmarker_full")
    asset("blazepose_detector")
    recording = laban.extract(shared / "data" / "reported" / name, detector="blazepose")
    assert recording.size_wh == size_wh
    assert len(recording.times_s) == frames
    assert [int(one.seen.sum()) for one in recording.people.values()] == [frames]

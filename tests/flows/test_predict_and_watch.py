"""From a source to what people do, through the commands themselves, with a model whose rule is known."""

import csv
import json
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from tests.answers import check_schema

import laban
from laban.cli import main
from laban.core.clock import WholeClip, WindowSpec
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.sequence import Recording
from laban.core.skeleton import COCO17
from laban.features.spec import FeatureSpec
from laban.io import save
from laban.models.card import Head, ModelCard, Task
from laban.models.frame_rates import FRAME_RATES, least_rate
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs
from laban.pipeline.recording import open as poses_of
from laban.pipeline.recording.extract import Extraction
from laban.pose.replay import ReplayEstimator
from laban.render.video import write_video
from laban.sources import SyntheticScene

SCENE = SyntheticScene(people=2, seconds=5.0, fps=30.0, size_wh=(320, 180), falls=1, seed=3)
FALLS = Head(Task("fall", ("fall", "other"), background="other"))
SIDES = Head(Task("side", ("left", "right")), ood_threshold=0.6)
Run = Callable[..., int]


def lying(values: np.ndarray) -> Outputs:
    """A fall where the head is not far above the hips at the end of a window."""
    ends = np.nanmean(np.where(np.isfinite(values[:, -10:, 1]), values[:, -10:, 1], -1.5), axis=1)
    ears = values[:, :, 14].copy()
    side = np.array([np.nanmean(one) if np.isfinite(one).any() else 0.0 for one in ears])
    falls = np.stack([8 * (ends + 0.7), 0 * ends], axis=1).astype(np.float32)
    return Outputs((falls, np.stack([-4 * side, 4 * side], axis=1).astype(np.float32)), falls)


CARD = ModelCard("tiny", "rule", LandmarkInput(FeatureSpec(), WindowSpec(1.0, 0.25, 30.0)), (FALLS, SIDES))
MODEL = FunctionModel(CARD, lying)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Callable[[FunctionModel], None]:
    """Puts a model in the place of what MODEL names on the command line."""

    def use(one: FunctionModel) -> None:
        for door in (
            "predict.open_exported",
            "predict.open_model",
            "watch.open_exported",
            "watch.open_model",
        ):
            monkeypatch.setattr(f"laban.cli.{door}", lambda _: one)

    use(MODEL)
    return use


@pytest.fixture
def estimator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replays the scene's truth instead of looking at images."""
    monkeypatch.setattr("laban.cli.actions.ActionOptions.extraction", lambda *_, **__: None)
    monkeypatch.setattr("laban.cli.watch.open_estimator", lambda _: ReplayEstimator(SCENE.recording()))


@pytest.fixture
def run(model: object, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> int:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in arguments])
        return int(ended.value.code or 0)

    return call


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scene") / "scene.mp4"
    write_video(path, ((time_s, SCENE.image(time_s)) for time_s in SCENE.times_s.tolist()))
    return path


@pytest.fixture(scope="session")
def recording(clip: Path) -> Path:
    truth = SCENE.recording().replace(source=str(clip), metadata={"path": str(clip)})
    return save(truth, clip.with_suffix(".parquet"))


def spans_of(text: str) -> list[dict]:
    (item,) = check_schema("prediction", text)
    return item["details"]["spans"]


def test_a_fall_is_found_and_told_in_every_form(
    run: Run, recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("predict", "tiny", recording, "--json") == 0
    (fall,) = [span for span in spans_of(capsys.readouterr().out) if span["task"] == "fall"]
    (truth,) = SCENE.falls_seen
    assert (fall["person"], fall["label"]) == (truth.person, "fall")
    assert truth.start_s < fall["start_s"] < truth.end_s + 0.5
    assert fall["end_s"] > 4.5
    assert run("predict", "tiny", recording, "-o", tmp_path / "out.csv") == 0
    shown = capsys.readouterr()
    assert "fall" in shown.out
    assert "2 people" in shown.err
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert [float(row["start_s"]) for row in rows if row["task"] == "fall"] == [
        pytest.approx(fall["start_s"])
    ]
    assert {row["label"] for row in rows if row["task"] == "side"} <= {"left", "right", "unknown"}
    assert run("predict", "tiny", recording, "-o", tmp_path / "out.vtt", "--quiet") == 0
    assert "person 0: fall: fall" in (tmp_path / "out.vtt").read_text()
    assert capsys.readouterr().err == ""
    assert run("predict", "tiny", recording, "-o", tmp_path) == 0
    assert check_schema("timeline", (tmp_path / "scene.timeline.json").read_text())[0]["spans"]


def test_who_is_lost_in_mid_image_is_named(
    run: Run, recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = laban.load(recording)
    person, sequence = next(iter(whole.people.items()))
    gone = (sequence.times_s > 2.0) & (sequence.times_s < 3.5)
    fields = {name: np.array(getattr(sequence, name)) for name in ("image_px", "world_m", "depth_px")}
    fields["image_px"] = 0.5 * fields["image_px"] + np.float32([80.0, 45.0])
    for values in fields.values():
        values[gone] = np.nan
    path = tmp_path / "lost.parquet"
    save(whole.replace(people={person: sequence.replace(**fields)}), path)
    assert run("predict", "tiny", path, "--json") == 0
    shown = capsys.readouterr()
    (warning,) = json.loads(shown.out)[0]["details"]["warnings"]
    assert warning.startswith(f"person {person} is lost in mid-image from 2.00 to 3.50 s")
    assert warning in shown.err.replace("\n", " ")


def test_the_python_door_says_the_same(run: Run, recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("predict", "tiny", recording, "--json", "--enter", "0.9") == 0
    told = spans_of(capsys.readouterr().out)
    timeline = laban.predict(MODEL, laban.load(recording), enter=0.9)
    assert [(span["start_s"], span["label"]) for span in told] == [
        (pytest.approx(span.start_s), span.label) for span in timeline
    ]
    with pytest.raises(TypeError, match="unexpected keyword argument 'entr'"):
        laban.predict(MODEL, laban.load(recording), entr=0.9)  # type: ignore[call-arg]


def test_an_overlay_has_the_images_and_the_strip_below(
    run: Run, recording: Path, clip: Path, tmp_path: Path
) -> None:
    target = tmp_path / "over.mp4"
    assert run("predict", "tiny", recording, "--overlay", target, "-q") == 0
    with av.open(str(target)) as video, av.open(str(clip)) as source:
        frames = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
        plain = [frame.to_ndarray(format="rgb24") for frame in source.decode(video=0)]
    assert len(frames) == len(plain) == 150
    high, wide, _ = plain[0].shape
    assert frames[0].shape[0] > high + 30
    assert frames[0].shape[1] == wide
    assert np.abs(frames[9][:high].astype(int) - plain[9]).max() > 90
    assert np.abs(frames[10][high:].astype(int) - frames[140][high:]).max() > 60


def test_bad_sources_are_skipped_and_counted(
    run: Run, recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flat = tmp_path / "coco.parquet"
    truth = SCENE.recording()
    people = {person: one.to_skeleton(COCO17) for person, one in truth.people.items()}
    save(truth.replace(people=people), flat)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"nothing")
    assert run("predict", "tiny", recording, flat, broken, tmp_path / "none.mp4", "--json") == 3
    shown = capsys.readouterr()
    assert [item["status"] for item in check_schema("prediction", shown.out)] == [
        "done",
        "failed",
        "failed",
        "failed",
    ]
    lines = shown.err.strip().splitlines()
    assert (
        sum("the features are measured on blazepose33, the sequence has coco17" in line for line in lines)
        == 1
    )
    assert sum("broken.mp4" in line for line in lines) == 1
    assert run("predict", "tiny", flat) == 1


def test_wrong_use_is_one_line(
    run: Run, recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = tmp_path / "two.parquet"
    two.write_bytes(recording.read_bytes())
    wrong = [
        ((recording, "-o", "x.txt"), "expected a folder or a file ending in .json, .csv, .vtt"),
        ((recording, two, "-o", "x.vtt"), "subtitles belong to one source"),
        ((recording, two, "--overlay", "x.mp4"), "--overlay must be a folder"),
        ((recording, "--enter", "2"), "enter must be"),
    ]
    for arguments, said in wrong:
        assert run("predict", "tiny", *arguments) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert said in shown.err
        assert shown.err.count("\n") == 1


def test_an_unknown_model_is_told(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["predict", "no such model", str(recording)])
    assert ended.value.code == 2
    assert "unknown model 'no such model'" in capsys.readouterr().err


def test_poses_of_a_video_are_taken_once(
    run: Run, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Path] = []

    def extract(source: Path, target: Path, **_: object) -> Extraction:
        kept = target.exists()
        taken.append(target)
        save(SCENE.recording(), target)
        return Extraction(SCENE.recording(), 1.0, kept=kept)

    monkeypatch.setattr(poses_of, "extract_file", extract)
    monkeypatch.setattr(poses_of, "resolve_detector", lambda _: "blazepose")
    monkeypatch.setattr("laban.cli.actions.ActionOptions.extraction", lambda *_, **__: None)
    for _ in range(2):
        assert run("predict", "tiny", clip, "--cache", tmp_path / "kept") == 0
    assert taken[0] == taken[1]
    assert taken[0].is_relative_to(tmp_path / "kept")


def test_watching_a_video_tells_what_prediction_tells(
    run: Run, estimator: None, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("watch", "tiny", clip, "--wall-time") == 0
    shown = capsys.readouterr()
    lines = [check_schema("watch-line", line) for line in shown.out.splitlines()]
    expected = [
        (span.task, span.person, span.label, span.start_s, span.end_s)
        for span in laban.predict(MODEL, SCENE.recording())
    ]
    ended = [line for line in lines if line["kind"] == "end"]
    found = [tuple(line[key] for key in ("task", "person", "label", "start_s", "end_s")) for line in ended]
    assert [one[:3] for one in sorted(found)] == [one[:3] for one in sorted(expected)]
    for one, other in zip(sorted(found), sorted(expected), strict=True):
        assert one[3:] == pytest.approx(other[3:], abs=1e-5)
    begun = [line for line in lines if line["kind"] == "begin"]
    assert len(begun) == len(ended)
    assert {line["id"] for line in begun} == {line["id"] for line in ended}
    assert len({line["id"] for line in begun}) == len(begun)
    assert all("end_s" not in line and line["at"].startswith("20") for line in begun)
    (fall,) = [line for line in begun if line["task"] == "fall"]
    (truth,) = SCENE.falls_seen
    assert truth.start_s < fall["time_s"] < truth.end_s + 1.0
    assert "fps · 2 people · 150 frames" in shown.err


def test_ctrl_c_ends_the_watching_and_what_is_open(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted(ReplayEstimator):
        def update(self, frame: Frame) -> list[Pose]:
            if frame.index == 60:
                signal.raise_signal(signal.SIGINT)
            return super().update(frame)

    monkeypatch.setattr("laban.cli.actions.ActionOptions.extraction", lambda *_, **__: None)
    monkeypatch.setattr("laban.cli.watch.open_estimator", lambda _: Interrupted(SCENE.recording()))
    before = signal.getsignal(signal.SIGINT)
    assert run("watch", "tiny", clip) == 0
    lines = [check_schema("watch-line", line) for line in capsys.readouterr().out.splitlines()]
    assert {line["kind"] for line in lines} == {"begin", "end"}
    assert sum(line["kind"] == "begin" for line in lines) == sum(line["kind"] == "end" for line in lines)
    assert max(line["time_s"] for line in lines) <= 2.1
    assert signal.getsignal(signal.SIGINT) is before


def test_a_model_of_whole_clips_is_not_for_watching(
    run: Run, model: Callable[[FunctionModel], None], clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model(FunctionModel(replace(CARD, input=LandmarkInput(FeatureSpec(), WholeClip(30))), lying))
    assert run("watch", "tiny", clip) == 2
    shown = capsys.readouterr()
    assert "tiny looks at whole clips and cannot watch a stream" in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


def test_a_source_that_cannot_be_watched_is_told(
    run: Run, estimator: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("watch", "tiny", tmp_path / "none.mp4") == 1
    assert "none.mp4" in capsys.readouterr().err


def test_a_rate_that_a_video_does_not_need_is_refused(
    run: Run, estimator: None, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("watch", "tiny", clip, "--fps", "12") == 2
    shown = capsys.readouterr()
    assert "which has times of its own; leave out fps" in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


def test_nobody_is_no_fault(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = save(SCENE.recording().replace(people={}), tmp_path / "empty.parquet")
    assert run("predict", "tiny", path) == 0
    assert "nobody, no events" in capsys.readouterr().err


def test_of_several_sources_each_in_which_something_happens_has_one_line(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    busy = [save(SCENE.recording(), tmp_path / f"busy{number}.parquet") for number in (1, 2)]
    calm = save(SCENE.recording().replace(people={}), tmp_path / "calm.parquet")
    assert run("predict", "tiny", *busy, calm) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert [line.split(": ")[0] for line in lines] == [str(path) for path in busy]
    assert all("fall 0:0" in line and "person" in line for line in lines)
    assert "3 done; no events in 1" in shown.err
    assert shown.err.count("\n") <= 2


RATED = FunctionModel(replace(CARD, about={FRAME_RATES: {"fall": least_rate(20.0)}}), lying)
TOO_SLOW = "fall was trained on 20 frames a second or more; this {what} has 10.0: 'fall' may be missed"


def every_third() -> Recording:
    whole = SCENE.recording()
    people = {person: one.take(slice(None, None, 3)) for person, one in whole.people.items()}
    return whole.replace(times_s=whole.times_s[::3], people=people)


def test_a_recording_slower_than_the_training_is_answered_with_a_warning(
    run: Run,
    model: Callable[[FunctionModel], None],
    recording: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model(RATED)
    slow = save(every_third(), tmp_path / "slow.parquet")
    assert run("predict", "tiny", slow, recording, "--json") == 0
    shown = capsys.readouterr()
    first, second = (one["details"]["warnings"] for one in check_schema("prediction", shown.out))
    assert [one.startswith(TOO_SLOW.format(what="recording")) for one in first] == [True]
    assert second == []
    assert [line for line in shown.err.splitlines() if "trained on" in line] == [
        f"laban: warning: {slow}: {first[0]}"
    ]


def test_a_stream_slower_than_the_training_is_warned_of_once(
    run: Run,
    model: Callable[[FunctionModel], None],
    estimator: None,
    clip: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model(RATED)
    slow = tmp_path / "slow.mp4"
    write_video(slow, ((time_s, SCENE.image(time_s)) for time_s in SCENE.times_s[::3].tolist()))
    assert run("watch", "tiny", slow) == 0
    assert capsys.readouterr().err.count(TOO_SLOW.format(what="stream")) == 1
    assert run("watch", "tiny", clip) == 0
    assert "trained on" not in capsys.readouterr().err

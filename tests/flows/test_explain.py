"""``laban explain`` and ``laban add-class`` on movements whose reasons are known, through the command line."""

import io
import json
import zipfile

import cv2
import numpy as np
import pytest
from tests.answers import check_schema

import laban
from laban.cli import main
from laban.core.clock import WindowSpec
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import skeleton
from laban.errors import ModelError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.deploy.litert_model import CARD_MEMBER
from laban.models.embedding_space import STATISTICS, embedding_statistics
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs
from laban.models.prototypes import with_prototypes
from laban.pipeline.action.add_class import write_with_card
from laban.sources import open_source

BODY = skeleton("blazepose33")
WRIST, ANKLE = BODY.index("left_wrist"), BODY.index("right_ankle")
ROWS = 90


def run(values):
    """A wave is a high left wrist, a kick a high right ankle; the embedding says how much of both there is."""
    known = np.nan_to_num(values, nan=9.0)
    wave = np.maximum(0.0, -1.0 - known[:, :, 2 * WRIST + 1]).sum(axis=1)
    kick = np.maximum(0.0, 0.8 - known[:, :, 2 * ANKLE + 1]).sum(axis=1)
    embedding = np.stack([np.ones_like(wave), np.tanh(wave), np.tanh(kick)], axis=1).astype(np.float32)
    return Outputs((np.stack([np.ones_like(wave), wave], axis=1).astype(np.float32),), embedding)


def card():
    source = np.random.default_rng(0)
    points = np.array([[1, 0, 0], [1, 1, 0]])[np.arange(80) % 2] + 0.1 * source.normal(size=(80, 3))
    statistics = embedding_statistics(points, np.arange(80) % 2)
    task = Task("gesture", ("nothing", "wave"), "nothing")
    return ModelCard(
        "gestures",
        "function",
        LandmarkInput(FeatureSpec(), WindowSpec()),
        (Head(task),),
        {STATISTICS: {"gesture": statistics}},
    )


def body(*, wave=False, kick=False, shift=0.0):
    """(T, 33, 2) somebody standing, who waves or kicks from the first second to the second."""
    points = np.zeros((ROWS, len(BODY), 2))
    height = {"hip": 0.0, "shoulder": -1.0, "elbow": -0.6, "wrist": -0.2, "knee": 0.8, "ankle": 1.6}
    for index, name in enumerate(BODY.names):
        side = 0.3 if "left" in name else -0.3
        points[:, index] = side, height.get(name.split("_")[-1], -1.5 if index < 11 else 1.0)
    points[30:60, WRIST, 1] -= 1.5 * wave
    points[30:60, ANKLE, 1] -= 1.2 * kick
    return 40 * points + (110 + shift, 110)


def recording(*bodies, source="clip.mp4"):
    times = np.arange(ROWS) / 30
    people = {
        person: PoseSequence(times, BODY, np.ones((ROWS, len(BODY))), image_px=points, size_wh=(320, 240))
        for person, points in enumerate(bodies)
    }
    return Recording(source, times, people, size_wh=(320, 240))


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A folder with a model file, and models opened from the cards in such files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(CARD_MEMBER, json.dumps(card().to_json()))
    (tmp_path / "model.tflite").write_bytes(b"a flatbuffer" + buffer.getvalue())

    def opened(path):
        with zipfile.ZipFile(path) as archive:
            return with_prototypes(
                FunctionModel(ModelCard.from_json(json.loads(archive.read(CARD_MEMBER))), run)
            )

    monkeypatch.setattr("laban.cli.explain.open_model", opened)
    monkeypatch.setattr("laban.cli.add_class.open_exported", opened)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys, *arguments, code=0):
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in arguments])
    assert ended.value.code == code
    captured = capsys.readouterr()
    return captured.out if code == 0 else captured.err


def test_the_joint_the_time_and_the_person_are_told_and_drawn(work, capsys, film):
    film(work / "clip.mp4", frames=ROWS, size_wh=(320, 240))
    laban.save(recording(body(), body(wave=True, shift=80)), work / "clip.parquet")
    out = told(capsys, "explain", "model.tflite", "clip.parquet", "-o", "why", "--video", "--json", "-q")
    found = check_schema("explanation", out)
    assert (found["task"], found["label"], found["person"]) == ("gesture", "wave", 1)
    assert found["probability"] > 0.9
    assert found["joints"][0]["joint"] == "left_wrist"
    assert found["joints"][0]["nats"] > 1
    assert next(iter(found["limbs"])) == "left arm"
    assert 0.9 <= found["peak_s"] <= 2.1
    assert found["spans"][0]["start_s"] <= 2.0
    assert found["spans"][0]["end_s"] >= 1.0
    assert [path.split(".", 1)[1] for path in found["files"]] == [
        "heatmap.png",
        "instants.png",
        "explained.mp4",
    ]
    for path in found["files"]:
        assert (work / path).stat().st_size > 1000
    with open_source(work / found["files"][2]) as video:
        assert sum(1 for _ in video.frames()) == ROWS
    assert cv2.imread(found["files"][0]).std() > 5


def test_words_name_what_the_json_does(work, capsys):
    laban.save(recording(body(wave=True), source="gone.mp4"), work / "clip.parquet")
    with pytest.raises(SystemExit, match="0"):
        main(["explain", "model.tflite", "clip.parquet", "--method", "gradients"])
    out, err = capsys.readouterr()
    assert "gesture: wave" in out
    assert "left wrist" in out
    assert "clip.heatmap.png" in out
    assert "only the heat map is drawn" in err
    assert not (work / "clip.instants.png").exists()


def test_another_answer_and_person_may_be_asked_for(work, capsys):
    laban.save(recording(body(), body(wave=True)), work / "clip.parquet")
    out = told(
        capsys,
        "explain",
        "model.tflite",
        "clip.parquet",
        "--label",
        "nothing",
        "--person",
        "1",
        "--json",
        "-q",
    )
    found = check_schema("explanation", out)
    assert (found["label"], found["person"]) == ("nothing", 1)
    assert found["joints"][-1]["joint"] == "left_wrist"
    assert found["joints"][-1]["nats"] < -1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["clip.parquet", "--person", "7"], 2, "no windows of person 7, only of 0"),
        (["clip.parquet", "--label", "wav"], 2, "did you mean 'wave'"),
        (["clip.parquet", "--task", "gestur"], 2, "did you mean 'gesture'"),
        (["clip.parquet", "--method", "magic"], 2, "method"),
        (["clip.parquet", "--instants", "0"], 2, "instants"),
        (["clip.parquet", "--video"], 1, "name it with --source"),
        (["nowhere.mp4"], 1, "does not exist"),
        (["nobody.parquet"], 2, "nobody is seen long enough"),
        (["other.parquet"], 2, "blazepose33"),
    ],
)
def test_what_cannot_be_explained_is_one_line(work, capsys, arguments, code, words):
    laban.save(recording(body(wave=True), source="gone.mp4"), work / "clip.parquet")
    laban.save(recording(source="gone.mp4"), work / "nobody.parquet")
    other = recording(body()).people[0].to_skeleton(skeleton("coco17"))
    laban.save(recording(body()).replace(people={0: other}), work / "other.parquet")
    err = told(capsys, "explain", "model.tflite", *arguments, "-q", code=code)
    assert words in err
    assert err.count("\n") == 1


def test_an_added_class_is_answered_by_the_new_model(work, capsys):
    for name, points in (
        ("one", body(kick=True)),
        ("two", body(kick=True, shift=20)),
        ("seen", body(wave=True)),
    ):
        laban.save(recording(points), work / f"{name}.parquet")
    out = told(
        capsys,
        "add-class",
        "model.tflite",
        "kick",
        "one.parquet",
        "two.parquet",
        "-o",
        "new.tflite",
        "--json",
    )
    found = check_schema("added-class", out)
    assert found["labels"] == ["nothing", "wave", "kick"]
    assert (work / "new.tflite").read_bytes().startswith(b"a flatbuffer")
    laban.save(recording(body(kick=True, shift=40)), work / "three.parquet")
    for clip, label, joint in (("three", "kick", "right_ankle"), ("seen", "wave", "left_wrist")):
        out = told(capsys, "explain", "new.tflite", f"{clip}.parquet", "--json", "-q")
        answer = check_schema("explanation", out)
        assert (answer["label"], answer["joints"][0]["joint"]) == (label, joint)
    out = told(capsys, "add-class", "new.tflite", "both", "seen.parquet", "-q")
    assert "both was added to gesture, from 1 clip" in out
    assert (work / "new-both.tflite").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["wave", "clip.parquet"], 2, "a name of its own"),
        (["kick", "nobody.parquet"], 2, "nobody is seen long enough"),
        (["kick", "nowhere.mp4"], 1, "does not exist"),
        (["kick", *["clip.parquet"] * 2, *[f"{one}.mp4" for one in range(5)]], 2, "one to 5 clips, got 6"),
        (["kick", "clip.parquet", "-o", "model.tflite"], 2, "is the model itself"),
        (["kick", "clip.parquet", "-o", "."], 1, "is a folder"),
        (["kick", "clip.parquet", "--task", "gestur"], 2, "did you mean 'gesture'"),
    ],
)
def test_a_class_that_cannot_be_added_is_one_line(work, capsys, arguments, code, words):
    laban.save(recording(body(kick=True)), work / "clip.parquet")
    laban.save(recording(), work / "nobody.parquet")
    before = (work / "model.tflite").read_bytes()
    err = told(capsys, "add-class", "model.tflite", *arguments, "-q", code=code)
    assert words in err
    assert err.count("\n") == 1
    assert (work / "model.tflite").read_bytes() == before
    assert not list(work.glob("model-*"))


def test_what_is_no_exported_model_gets_no_card(tmp_path):
    (tmp_path / "model.tflite").write_bytes(b"no zip at all")
    with pytest.raises(ModelError, match="no model of Laban"):
        write_with_card(tmp_path / "new.tflite", tmp_path / "model.tflite", card())
    assert [path.name for path in tmp_path.iterdir()] == ["model.tflite"]

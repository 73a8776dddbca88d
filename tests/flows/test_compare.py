"""``laban compare`` and ``laban reps`` through the real command line."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.answers import check_schema

import laban
from laban.cli.app import app
from laban.cli.errors import guarded
from laban.core.sequence import PoseSequence, Recording
from laban.core.subject import biggest_person
from laban.errors import InvalidValueError, SourceError
from laban.features.angles import MAIN_ANGLES
from laban.pipeline.recording import subject
from laban.pipeline.recording.open import FoundPoses
from laban.pipeline.recording.subject import open_side, parse_source
from laban.sources import SyntheticScene, open_source
from laban.tasks.comparison.movements import MovementComparison
from laban.tasks.comparison.poses import PoseComparison

Film = Callable[..., Path]
Run = Callable[..., tuple[int, str, str]]
SIZE_WH = (320, 240)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: str | Path) -> tuple[int, str, str]:
        code = guarded(app, [str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return ran


def walker(*, seed: int = 1, seconds: float = 3.0, people: int = 1) -> Recording:
    """People who walk across the image, known in pixels and metres."""
    scene = SyntheticScene(people=people, seconds=seconds, size_wh=SIZE_WH, seed=seed)
    recording = scene.recording()
    seen = {
        person: one.replace(visibility=np.ones_like(one.visibility))
        for person, one in recording.people.items()
    }
    return recording.replace(people=seen)


def slower(recording: Recording, factor: float) -> Recording:
    people = {one: each.replace(times_s=each.times_s * factor) for one, each in recording.people.items()}
    return recording.replace(times_s=recording.times_s * factor, people=people)


def waving(recording: Recording, *spans: tuple[int, int]) -> Recording:
    """The first of the people with the left forearm stretched out upwards from row to row."""
    one = recording.people[0]
    image, world = np.array(one.image_px), np.array(one.world_m)
    elbow, wrist = (one.skeleton.index(f"left_{joint}") for joint in ("elbow", "wrist"))
    for start, end in spans:
        rows = slice(start, end)
        for points in (image, world):
            length = np.linalg.norm(points[rows, wrist] - points[rows, elbow], axis=1)
            points[rows, wrist] = points[rows, elbow]
            points[rows, wrist, 1] -= length
    return recording.replace(people={0: one.replace(image_px=image, world_m=world)})


def still(recording: Recording, row: int = 0, *, rows: int = 1) -> Recording:
    one = recording.people[0]
    times_s = recording.times_s[:rows]
    fixed = PoseSequence(
        times_s,
        one.skeleton,
        np.repeat(one.visibility[row : row + 1], rows, axis=0),
        image_px=np.repeat(one.image_px[row : row + 1], rows, axis=0),  # type: ignore[index]
        world_m=np.repeat(one.world_m[row : row + 1], rows, axis=0),  # type: ignore[index]
        size_wh=one.size_wh,
    )
    return recording.replace(times_s=times_s, people={0: fixed})


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, film: Film) -> Path:
    """A folder with a walk and its film, a slower one, two people, nobody, and a still."""
    monkeypatch.chdir(tmp_path)
    walk = walker()
    film(tmp_path / "walk.mp4", frames=len(walk.times_s), size_wh=SIZE_WH)
    laban.save(walk.replace(source="walk.mp4"), tmp_path / "walk.parquet")
    laban.save(slower(walk, 1.5).replace(source="gone.mp4"), tmp_path / "slow.parquet")
    laban.save(walker(people=2).replace(source="gone.mp4"), tmp_path / "two.parquet")
    laban.save(walk.replace(people={}), tmp_path / "nobody.parquet")
    laban.save(still(walk, 10).replace(source="gone.mp4"), tmp_path / "pose.parquet")
    laban.save(still(walk, 10, rows=60).replace(source="gone.mp4"), tmp_path / "still.parquet")
    laban.save(
        walk.replace(times_s=walk.times_s[:4], people={0: walk.people[0].take(slice(0, 4))}),
        tmp_path / "short.parquet",
    )
    return tmp_path


def test_two_moments_are_two_poses(work: Path, run: Run) -> None:
    code, out, _ = run("compare", "walk.parquet@0.5s", "walk.parquet@0.5s", "--json")
    assert code == 0
    found = check_schema("comparison", out)
    assert (found["kind"], found["verdict"], found["score_percent"]) == ("poses", "the same pose", 100.0)
    assert [one["joint"] for one in found["joints"]] == list(MAIN_ANGLES)
    assert found["published"]["coordinate_distance"] == 0.0
    assert found["files"] == []


def test_poses_are_drawn_and_told(work: Path, run: Run) -> None:
    code, out, err = run("compare", "walk.parquet@0.4s", "slow.parquet@1.2s", "-o", "made")
    assert code == 0
    assert "left elbow" in out
    assert "published: coordinates" in out
    assert "comparison.png" in err
    image = cv2.imread(str(work / "made" / "comparison.png"))
    assert image.shape[1] >= 1000
    assert image.std() > 20
    assert (work / "made" / "view.html").stat().st_size > 20_000
    assert check_schema("comparison-file", (work / "made" / "comparison.json").read_text())["kind"] == "poses"


def test_two_movements_make_a_page_images_curves_and_a_video(work: Path, run: Run) -> None:
    other = waving(walker(), (10, 30), (55, 75))
    laban.save(other.replace(source="walk.mp4"), work / "other.parquet")
    code, out, _ = run(
        "compare", "other.parquet", "walk.parquet", "-o", "made", "--json", "-q", "--moments", "2"
    )
    assert code == 0
    found = check_schema("comparison", out)
    assert found["kind"] == "movements"
    assert len(found["moments"]) == 2
    names = [Path(one).name for one in found["files"]]
    assert names == [
        *(
            "report.html",
            "view.html",
            "moment_1.png",
            "moment_2.png",
            "curves.png",
            "heatmap.png",
            "comparison.json",
        ),
        "side_by_side.mp4",
    ]
    for name in names[2:6]:
        assert cv2.imread(str(work / "made" / name)).std() > 10
    page = (work / "made" / "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == page.count("data:image/jpeg;base64,") == 2
    assert "http" not in page.replace("http-equiv", "")
    assert "default-src 'none'" in page
    series = check_schema("comparison-file", (work / "made" / "comparison.json").read_text())["series"]
    assert (
        len(series["times_s"])
        == len(series["attempt_s"])
        == len(series["joints"]["left_knee"]["attempt_deg"])
    )
    with open_source(work / "made" / "side_by_side.mp4") as video:
        frames = list(video.frames())
    assert abs(len(frames) - len(walker().times_s)) <= 2
    assert frames[0].size_wh[0] == 2 * round(SIZE_WH[0] * 480 / SIZE_WH[1])


def test_tempo_is_told_in_words(work: Path, run: Run) -> None:
    code, out, _ = run("compare", "slow.parquet", "walk.parquet")
    assert code == 0
    assert "too slow (0.67×)" in out
    assert "% like the reference" in out


def test_without_its_film_there_is_no_video_and_a_warning(work: Path, run: Run) -> None:
    code, _, err = run("compare", "slow.parquet", "walk.parquet", "-o", "made")
    assert code == 0
    assert "the images of slow.parquet are not available, so there is no video" in err
    assert not (work / "made" / "side_by_side.mp4").exists()
    assert (work / "made" / "report.html").exists()


def test_a_name_is_never_markup(work: Path, run: Run) -> None:
    bad = "<b onload=x>.parquet"
    (work / "slow.parquet").rename(work / bad)
    assert run("compare", bad, "walk.parquet", "-o", "made", "--no-video")[0] == 0
    page = (work / "made" / "report.html").read_text(encoding="utf-8")
    assert "<b onload" not in page
    assert "&lt;b onload=x&gt;" in page


def test_steps_are_counted(work: Path, run: Run) -> None:
    code, out, _ = run("reps", "walk.parquet", "--json")
    assert code == 0
    found = check_schema("repetitions", out)
    assert found["count"] == len(found["repetitions"]) >= 1
    for one in found["repetitions"]:
        assert one["duration_s"] == pytest.approx(one["out_s"] + one["back_s"])
        assert set(one["ranges_deg"]) == set(MAIN_ANGLES)
    code, out, _ = run("reps", "walk.parquet")
    assert code == 0
    assert f"{found['count']} repetition" in out


def test_somebody_who_stands_still_has_no_repetitions(work: Path, run: Run) -> None:
    code, out, _ = run("reps", "still.parquet")
    assert (code, out.strip()) == (0, "no repetitions")
    assert check_schema("repetitions", run("reps", "still.parquet", "--json")[1])["count"] == 0


def test_sides_that_change_places_are_said_with_every_answer(work: Path, run: Run) -> None:
    recording = laban.load(work / "walk.parquet")
    (sequence,) = recording.people.values()
    points = np.array(sequence.image_px)
    points[8:12] = points[8:12][:, sequence.skeleton.flip]
    flipped = sequence.replace(image_px=points, world_m=None)
    laban.save(recording.replace(people={0: flipped}), work / "flip.parquet")
    told = "left and right of person 0 change places"
    (counted,) = check_schema("repetitions", run("reps", "flip.parquet", "--json")[1])["warnings"]
    assert counted.startswith(told)
    compared = check_schema("comparison", run("compare", "flip.parquet", "walk.parquet", "--json")[1])[
        "warnings"
    ]
    assert [one for one in compared if told in one]
    (posture,) = check_schema("posture", run("posture", "flip.parquet", "--json")[1])
    assert [one for one in posture["warnings"] if told in one]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere.mp4", "walk.parquet"), 1, "nowhere.mp4 does not exist"),
        (("nobody.parquet", "walk.parquet"), 1, "nobody was found in nobody.parquet"),
        (
            ("walk.parquet", "walk.parquet", "--person", "7"),
            2,
            "there is no person 7 in walk.parquet, only 0",
        ),
        (("pose.parquet", "walk.parquet"), 2, "is a pose and walk.parquet a movement"),
        (("walk.parquet", "pose.parquet"), 2, "nearest to the pose is walk.parquet@0.33s (100 %)"),
        (("still.parquet", "walk.parquet"), 2, "nobody moves in still.parquet"),
        (("walk.parquet", "short.parquet"), 2, "short.parquet is too short for a movement"),
        (("walk.parquet@9s", "walk.parquet@1s"), 1, "not seen at 9 s"),
        (("walk.mp4@9s", "walk.parquet@1s"), 1, "has no moment at 9 s"),
        (("walk.parquet", "walk.parquet", "--mirror", "perhaps"), 2, "mirror"),
        (("walk.parquet", "walk.parquet", "--window-s", "-1"), 2, "--window-s"),
        (("walk.parquet", "walk.parquet", "-o", "walk.mp4"), 1, "walk.mp4 is a file"),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_line(
    work: Path, run: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    ended, out, err = run("compare", *arguments)
    assert ended == code, err
    assert out == ""
    assert words in err
    assert err.startswith("laban: ")
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("pose.parquet",), 2, "one image, expected a movement"),
        (("nobody.parquet",), 1, "nobody was found"),
        (("short.parquet",), 2, "too short"),
        (("walk.parquet", "--joint", "left_kne"), 2, "did you mean 'left_knee'"),
        (("walk.parquet", "--low-deg", "20"), 2, "thresholds are two"),
    ],
)
def test_what_has_no_repetitions_to_count_is_told(
    work: Path, run: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    ended, out, err = run("reps", *arguments)
    assert (ended, out) == (code, "")
    assert words in err
    assert len(err.strip().splitlines()) == 1


def test_of_two_people_the_biggest_is_taken_unless_one_is_named(work: Path, run: Run) -> None:
    recording = walker(people=2)
    biggest = biggest_person(recording)
    heights = {
        one: float(np.nanmean(np.ptp(each.image_px[..., 1], axis=1)))
        for one, each in recording.people.items()
    }  # type: ignore[index]
    assert heights[biggest] == max(heights.values())
    code, out, err = run("reps", "two.parquet", "--json")
    assert check_schema("repetitions", out)["person"] == biggest
    assert "2 people, took the biggest" in err
    other = 1 - biggest
    code, out, err = run("reps", "two.parquet", "--json", "--person", str(other))
    assert (code, check_schema("repetitions", out)["person"], err) == (0, other, "")


def test_in_python_the_same_comes_of_recordings(work: Path) -> None:
    walk, slow = laban.load("walk.parquet"), laban.load("slow.parquet")
    found = laban.compare(slow, walk)
    assert isinstance(found, MovementComparison)
    assert found.tempo.pace == "too slow"
    pose = walk.people[0].take(slice(5, 6))
    assert isinstance(laban.compare(pose, pose), PoseComparison)
    assert laban.compare(walk, walk, moments=1, mirror="never").moments == ()  # type: ignore[union-attr]
    with pytest.raises(InvalidValueError, match="is a pose and the reference a movement"):
        laban.compare(pose, walk)
    with pytest.raises(SourceError, match="nobody was found"):
        laban.compare(laban.load("nobody.parquet"), walk)


def test_repetitions_are_drawn_and_told_on_a_page(work: Path, run: Run) -> None:
    code, out, _ = run("reps", "walk.parquet", "-o", "counted", "--json")
    assert code == 0
    found = check_schema("repetitions", out)
    assert [Path(one).name for one in found["files"]] == [
        "report.html",
        "curve.png",
        "turns.png",
        "repetitions.json",
    ]
    for name in ("curve.png", "turns.png"):
        assert cv2.imread(str(work / "counted" / name)).shape[1] == 1200
    page = (work / "counted" / "report.html").read_text()
    assert f"{found['count']} repetitions" in page
    assert page.count("<tr>") == found["count"] + 1
    kept = check_schema("repetitions-file", (work / "counted" / "repetitions.json").read_text())
    assert kept["repetitions"] == found["repetitions"]


def test_of_somebody_who_stands_still_there_is_a_curve_and_no_turn(work: Path, run: Run) -> None:
    code, out, err = run("reps", "still.parquet", "-o", "counted")
    assert code == 0
    assert "no repetitions" in out
    assert "turns.png" not in err
    assert "no repetitions" in (work / "counted" / "report.html").read_text()


def test_in_a_moment_people_are_chosen_by_their_number_in_the_whole_clip(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = walker(people=2, seed=3)
    monkeypatch.setattr(subject, "poses_of", lambda path, **_: FoundPoses(clip, path))
    for person, sequence in clip.people.items():
        side = open_side(f"{work / 'walk.mp4'}@1s", person=person)
        row = int(np.abs(sequence.times_s - 1.0).argmin())
        assert (side.person, side.is_pose) == (person, True)
        np.testing.assert_array_equal(side.sequence.image_px[0], sequence.image_px[row])  # type: ignore[index]


def test_a_moment_is_told_from_a_name_with_an_at_sign(tmp_path: Path) -> None:
    assert parse_source("a/clip.mp4@12s") == (Path("a/clip.mp4"), 12.0)
    assert parse_source("clip.mp4@2.5") == (Path("clip.mp4"), 2.5)
    assert parse_source("me@home.mp4") == (Path("me@home.mp4"), None)
    odd = tmp_path / "clip@3s"
    odd.touch()
    assert parse_source(str(odd)) == (odd, None)


def test_frames_of_a_real_film_are_compared_and_drawn(
    asset: Callable[[str], Path], tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = asset("demo")
    for name in ("blazepose_detector", "blazepose_landmarker_full"):
        asset(name)
    monkeypatch.setenv("LABAN_COMPARE_DETECTOR", "blazepose")
    code, out, _ = run(
        "compare",
        f"{clip}@0s",
        f"{clip}@0.03s",
        "-o",
        tmp_path / "made",
        "--cache",
        tmp_path / "cache",
        "--json",
    )
    assert code == 0
    found = check_schema("comparison", out)
    assert found["verdict"] == "the same pose"
    assert found["published"]["coordinate_percent"] > 95
    assert max(abs(one["difference_deg"]) for one in found["joints"]) < 20
    assert cv2.imread(str(tmp_path / "made" / "comparison.png")).std() > 30

"""``laban posture`` through the command itself: images, videos, recordings, visits, live, and bad input."""

import csv
import io
import struct
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from benchmarks.posture.figures import facing_bodies, seen, side_bodies
from tests.answers import check_schema

import laban
from laban.cli.app import app
from laban.cli.errors import guarded
from laban.core.arrays import ImageArray
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.io import save
from laban.pipeline.recording import extract as extraction
from laban.pipeline.recording.video import open_frames
from laban.pose.replay import ReplayEstimator
from laban.render.video import write_video

Run = Callable[..., tuple[int, str, str]]
SIZE_WH = (640, 720)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABAN_POSTURE_DETECTOR", "blazepose")
    monkeypatch.setenv("LABAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LABAN_DEBUG", raising=False)

    def ran(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = guarded(app, [str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return ran


def filmed(poses: list[Pose], *, fps: float = 10.0) -> Recording:
    """One person, a pose a frame, moved into the image."""
    points = np.stack([pose.image_px for pose in poses]) + np.float32([150.0, 100.0])
    sequence = PoseSequence(
        np.arange(len(poses)) / fps, poses[0].skeleton, np.stack([pose.visibility for pose in poses]),
        image_px=points, world_m=np.stack([pose.world_m for pose in poses]),
        score=np.ones(len(poses), np.float32), size_wh=SIZE_WH,
    )  # fmt: skip
    return Recording("somebody.mp4", sequence.times_s, {0: sequence}, size_wh=SIZE_WH)


def leaning(trunk_deg: float) -> Pose:
    built = next(one for one in side_bodies() if one.truth["trunk_inclination"] == trunk_deg)
    return seen(built, view="left side", roll_deg=0.0, torso_px=140.0)


@pytest.fixture
def still(tmp_path: Path) -> Path:
    return save(filmed([leaning(30.0)]), tmp_path / "still.parquet")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Upright for four seconds, leaning for ten."""
    return save(filmed([leaning(0.0)] * 40 + [leaning(30.0)] * 100), tmp_path / "film.parquet")


def test_a_recording_becomes_an_image_a_page_json_and_a_table(run: Run, still: Path, tmp_path: Path) -> None:
    code, out, err = run("posture", still, "-o", "out", "--json", "--roll-deg", "0", "--height-cm", "180")
    assert (code, "Traceback" in err) == (0, False)
    (told,) = check_schema("posture", out)
    assert told["view"]["name"] == "left side"
    trunk = next(one for one in told["measures"] if one["name"] == "trunk_inclination")
    assert trunk["value"] == pytest.approx(30.0, abs=0.3)
    assert trunk["verdict"] == "finding"
    assert "assumed" in told["noise"]
    written = check_schema("posture-file", (tmp_path / "out" / "posture.json").read_text())
    assert written["findings"] == told["findings"]
    image = cv2.imread(str(tmp_path / "out" / "posture.png"))
    assert image.shape[1] == 1080
    page = (tmp_path / "out" / "report.html").read_text()
    assert "The trunk leans forward, slight." in page
    with (tmp_path / "out" / "posture.csv").open() as file:
        rows = {row["measure"]: row for row in csv.DictReader(file)}
    assert float(rows["trunk_inclination"]["value"]) == pytest.approx(trunk["value"])
    assert {row["source"] for row in rows.values()} == {told["source"]}
    assert rows["trunk_inclination"]["limits_by"] == trunk["source"]
    assert rows["shoulder_tilt"]["reason"] == "seen from the front or back only"
    assert float(rows["forward_head"]["value_cm"]) == pytest.approx(next(
        one["in_cm"]["value"] for one in told["measures"] if one["name"] == "forward_head"
    ))  # fmt: skip


def test_words_say_what_how_sure_and_what_cannot_be_seen(run: Run, still: Path) -> None:
    code, out, _ = run("posture", still, "--roll-deg", "0")
    assert code == 0
    for words in (
        "the trunk leans forward, slight",
        "30° forward",
        "seen from the left side",
        "Not seen:",
        "not a diagnosis",
    ):
        assert words in out


def test_an_unknown_roll_may_leave_a_finding_unsure(run: Run, still: Path) -> None:
    verdicts = []
    for level in (("--roll-deg", "0"), ("--roll-deg", "12"), ("--plumb-line", "100,700,100,20"), ()):
        told = check_schema("posture", run("posture", still, "--json", *level)[1])[0]
        one = next(one for one in told["measures"] if one["name"] == "trunk_inclination")
        verdicts.append((one["verdict"], round(one["value"])))
        assert one["parts"]["roll"] > (3 if not level else 0)
    assert verdicts == [("finding", 30), ("finding", 42), ("finding", 30), ("finding", 30)]


def test_over_time_there_are_shares_slumps_and_curves(run: Run, film: Path, tmp_path: Path) -> None:
    code, out, _ = run("posture", film, "-o", "out", "--json", "--roll-deg", "0")
    held = check_schema("posture", out)[0]["over_time"]
    assert code == 0
    trunk = next(
        one for one in held["bands"] if one["measure"] == "trunk_inclination" and one["direction"] == "above"
    )
    assert trunk["share_beyond"] == pytest.approx(7.0 / 13.9, abs=0.05)
    assert held["longest_slump"]["duration_s"] == pytest.approx(6.4, abs=0.3)  # known 3 s after it began
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<polyline" in page
    assert "Slumped for" in page


def test_a_rules_file_of_ones_own_decides(run: Run, still: Path, tmp_path: Path) -> None:
    rules = tmp_path / "mine.toml"
    rules.write_text(
        'version = 1\n[[rule]]\nmeasure = "knee_angle"\nunit = "deg"\ndirection = "above"\n'
        'bands = { marked = 100 }\nfinding = "the knee is straight"\nsource = "mine"\n'
    )
    told = check_schema("posture", run("posture", still, "--rules", rules, "--json")[1])[0]
    assert told["findings"] == ["knee_angle"]
    assert told["rules"] == str(rules)
    rules.write_text(rules.read_text().replace("finding", "findng"))
    code, _, err = run("posture", still, "--rules", rules)
    assert code == 2
    assert "did you mean 'finding'" in err


def test_visits_mark_what_changed_beyond_the_error(run: Run, tmp_path: Path) -> None:
    visits = [save(filmed([leaning(angle)]), tmp_path / f"visit{angle:g}.parquet") for angle in (0.0, 30.0)]
    code, out, _ = run("posture", *visits, "--visits", "-o", "out", "--json", "--roll-deg", "0", "-q")
    assert code == 0
    told = check_schema("visits", out)
    changes = {one["name"]: one for one in told["changes"]}
    assert changes["trunk_inclination"]["sure"] == [False, True]
    assert changes["trunk_inclination"]["changes"][1] == pytest.approx(30.0, abs=0.5)
    assert changes["knee_angle"]["sure"] == [False, False]
    assert len(told["visits"]) == 2
    assert cv2.imread(str(tmp_path / "out" / "visits.png")).shape[1] >= 1080
    assert "changed" in (tmp_path / "out" / "visits.html").read_text()
    assert (tmp_path / "out" / "visit0" / "posture.png").exists()
    check_schema("visits-file", (tmp_path / "out" / "visits.json").read_text())


def test_several_sources_go_on_where_one_fails(run: Run, still: Path, tmp_path: Path) -> None:
    code, out, err = run("posture", still, tmp_path / "none.parquet", "--json")
    assert code == 3
    assert len(check_schema("posture", out)) == 1
    assert "does not exist" in err


@pytest.mark.parametrize("piped", [False, True], ids=["a file", "standard input"])
def test_live_there_is_a_line_for_each_change_and_one_reminder(
    run: Run, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, piped: bool
) -> None:
    recording = laban.load(film)
    clip = tmp_path / "live.mp4"
    grey = np.full((SIZE_WH[1], SIZE_WH[0], 3), 90, np.uint8)
    write_video(clip, ((float(time_s), grey) for time_s in recording.times_s))
    monkeypatch.setattr("laban.cli.posture.options.PostureOptions.extraction", lambda *_, **__: None)
    monkeypatch.setattr("laban.cli.posture.live.open_estimator", lambda _: ReplayEstimator(recording))
    if piped:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(clip.read_bytes())))
    source = "-" if piped else clip
    code, out, err = run("posture", source, "--live", "--remind-after-s", "2", "--roll-deg", "0")
    lines = [check_schema("posture-line", line) for line in out.splitlines()]
    assert code == 0
    kinds = [line["kind"] for line in lines]
    assert kinds.count("remind") == 1
    assert kinds[-1] == "sum"
    bent = next(line for line in lines if line["kind"] == "band" and line["measure"] == "trunk_inclination")
    assert (bent["before"], bent["band"]) == ("within", "slight")
    assert bent["time_s"] == pytest.approx(4.0 + 3.0 + 0.5, abs=0.3)
    assert "slumped for" in err


def test_live_watches_one_source(run: Run, still: Path) -> None:
    code, _, err = run("posture", still, still, "--live")
    assert code == 2
    assert "one source" in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--plumb-line", "1,2,3"), "four numbers"),
        (("--plumb-line", "1,2,1,2"), "two points that differ"),
        (("--plumb-line", "1,2,3,4", "--roll-deg", "3"), "give one"),
        (("--height-cm", "9"), "height"),
        (("--person", "7"), "no person 7"),
        (("--tta-samples", "-1"), "--tta-samples"),
    ],
)
def test_wrong_use_is_one_line_and_code_two(
    run: Run, still: Path, options: tuple[str, ...], message: str
) -> None:
    code, _, err = run("posture", still, *options)
    assert message in err
    assert "Traceback" not in err
    assert code in (1, 2)


class TestImages:
    """With the weights at hand, on frames of a sample clip."""

    @pytest.fixture(autouse=True)
    def _weights(self, asset: Callable[[str], Path]) -> None:
        asset("blazepose_detector")
        asset("blazepose_landmarker_full")
        extraction.load_weights(model="full", detector="blazepose", precision="mixed")

    @pytest.fixture
    def photograph(self, asset: Callable[[str], Path]) -> ImageArray:
        """Somebody who stands and faces the camera, alone."""
        with open_frames(asset("demo"), at_s=np.array([1.0])) as frames:
            return np.ascontiguousarray(next(iter(frames)).image_rgb[:520, 300:960])

    def told(self, run: Run, path: Path, *options: str) -> tuple[int, list[dict[str, Any]], str]:
        code, out, err = run("posture", path, "--json", *options)
        assert "Traceback" not in err
        return code, check_schema("posture", out) if out.strip() else [], err

    def written(self, path: Path, image: ImageArray) -> Path:
        cv2.imwrite(str(path), image[..., ::-1])
        return path

    def test_a_photograph_has_intervals_from_looking_again(
        self, run: Run, photograph: ImageArray, tmp_path: Path
    ) -> None:
        code, (one,), _ = self.told(run, self.written(tmp_path / "a.png", photograph))
        assert code == 0
        assert "looks at slightly changed images" in one["noise"]
        assert any(value["value"] is not None for value in one["measures"])

    def test_nobody_is_said_and_nothing_made(self, run: Run, tmp_path: Path) -> None:
        blank = self.written(tmp_path / "wall.png", np.full((480, 640, 3), 170, np.uint8))
        code, found, err = self.told(run, blank, "-o", "out")
        assert (code, found) == (1, [])
        assert "nobody was found" in err
        assert not (tmp_path / "out" / "posture.png").exists()

    def test_a_drawing_is_nobody_or_doubted(self, run: Run, tmp_path: Path) -> None:
        paper = np.full((600, 400, 3), 255, np.uint8)
        cv2.circle(paper, (200, 90), 50, (0, 0, 0), 4)
        for start, end in (((200, 140), (200, 340)), ((200, 180), (120, 280)), ((200, 180), (280, 280)),
                           ((200, 340), (140, 520)), ((200, 340), (260, 520))):  # fmt: skip
            cv2.line(paper, start, end, (0, 0, 0), 5)
        code, found, err = self.told(run, self.written(tmp_path / "drawing.png", paper))
        assert (code == 1 and "nobody was found" in err) or any(
            "not sure" in word for word in found[0]["warnings"]
        )

    def test_half_a_body_withholds_what_is_cut_off(
        self, run: Run, photograph: ImageArray, tmp_path: Path
    ) -> None:
        code, half, _ = self.told(run, self.written(tmp_path / "half.png", photograph[:320]))
        assert code == 0
        reasons = {one["name"]: one["reason"] for one in half[0]["measures"]}
        assert reasons["knee_asymmetry"] == "not seen: knees"
        assert "not seen" in reasons["weight_line_offset"]
        assert reasons["shoulder_tilt"] == ""

    def test_a_small_image_is_measured_with_a_warning_or_refused(
        self, run: Run, photograph: ImageArray, tmp_path: Path
    ) -> None:
        small = cv2.resize(photograph, (200, 150), interpolation=cv2.INTER_AREA)
        code, found, err = self.told(run, self.written(tmp_path / "small.png", np.asarray(small, np.uint8)))
        assert (code == 1 and "nobody" in err) or any(
            "small in the image" in word for word in found[0]["warnings"]
        )

    def test_exif_turns_make_no_difference(self, run: Run, photograph: ImageArray, tmp_path: Path) -> None:
        upright = tmp_path / "upright.jpg"
        cv2.imwrite(str(upright), photograph[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 98])
        _, data = cv2.imencode(".jpg", np.rot90(photograph)[..., ::-1].copy(), [cv2.IMWRITE_JPEG_QUALITY, 98])
        note = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)
        turned = tmp_path / "turned.jpg"
        turned.write_bytes(
            data.tobytes()[:2] + b"\xff\xe1" + struct.pack(">H", len(note) + 2) + note + data.tobytes()[2:]
        )
        (one,), (other,) = (self.told(run, path)[1] for path in (upright, turned))
        first, second = ({m["name"]: m["value"] for m in report["measures"]} for report in (one, other))
        assert one["view"]["name"] == other["view"]["name"]
        assert first["shoulder_tilt"] == pytest.approx(second["shoulder_tilt"], abs=1.5)

    def test_cmyk_is_read(self, run: Run, photograph: ImageArray, tmp_path: Path) -> None:
        image = pytest.importorskip("PIL.Image", reason="only Pillow writes CMYK here")
        path = tmp_path / "cmyk.jpg"
        image.fromarray(photograph).convert("CMYK").save(path, quality=95)
        code, found, _ = self.told(run, path)
        assert code == 0
        assert found[0]["measures"]

    def test_a_hundred_megapixels_are_refused_before_they_are_decoded(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "big.png"
        header = struct.pack(">II", 10_000, 10_000) + b"\x08\x02\0\0\0"
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + header + b"\0\0\0\0")
        code, _, err = self.told(run, path)
        assert code == 1
        assert "scale the source down" in err

    def test_a_mirror_told_as_one_swaps_sides(self, run: Run, photograph: ImageArray, tmp_path: Path) -> None:
        plain = self.written(tmp_path / "plain.png", photograph)
        mirror = self.written(tmp_path / "mirror.png", np.ascontiguousarray(photograph[:, ::-1]))
        tilts = []
        for path, options in ((plain, ()), (mirror, ("--mirrored",)), (mirror, ())):
            (one,) = self.told(run, path, "--roll-deg", "0", *options)[1]
            tilts.append(next(m["value"] for m in one["measures"] if m["name"] == "shoulder_tilt"))
        assert tilts[0] == pytest.approx(tilts[1], abs=3.0)
        assert tilts[0] == pytest.approx(-tilts[2], abs=3.0)

    def test_of_two_people_one_is_taken_and_the_others_are_named(
        self, run: Run, photograph: ImageArray, tmp_path: Path
    ) -> None:
        high, wide = photograph.shape[:2]
        child = cv2.resize(photograph, (wide // 2, high // 2), interpolation=cv2.INTER_AREA)
        both = np.full((high, wide + wide // 2, 3), 128, np.uint8)
        both[:, :wide], both[high - high // 2 :, wide:] = photograph, child
        code, found, err = self.told(run, self.written(tmp_path / "two.png", both))
        (alone,) = self.told(run, self.written(tmp_path / "one.png", photograph))[1]
        assert code == 0
        assert found[0]["other_people"]
        assert "--person chooses another" in err
        tilts = [
            next(one["value"] for one in report["measures"] if one["name"] == "shoulder_tilt")
            for report in (found[0], alone)
        ]
        assert tilts[0] == pytest.approx(tilts[1], abs=2.0)

    def test_a_folder_of_images_is_measured_image_by_image(
        self, run: Run, photograph: ImageArray, tmp_path: Path
    ) -> None:
        (tmp_path / "album").mkdir()
        for name, image in (("a.png", photograph), ("b.png", photograph[:, ::-1])):
            self.written(tmp_path / "album" / name, np.ascontiguousarray(image))
        code, found, _ = self.told(run, tmp_path / "album", "-o", "out")
        assert (code, len(found)) == (0, 2)
        assert (tmp_path / "out" / "a" / "posture.png").exists()

    def test_a_folder_of_photos_and_films_is_measured_whole(
        self, run: Run, photograph: ImageArray, tmp_path: Path
    ) -> None:
        album = tmp_path / "album"
        album.mkdir()
        self.written(album / "a.png", photograph)
        image = pytest.importorskip("PIL.Image", reason="only Pillow writes GIF here")
        stills = [image.fromarray(photograph[::2, ::2])] * 3
        stills[0].save(album / "b.gif", save_all=True, append_images=stills[1:], duration=100)
        (album / "notes.txt").write_text("of today")
        code, found, err = self.told(run, album)
        assert (code, [Path(one["source"]).name for one in found]) == (0, ["b.gif", "a.png"])
        assert "1 video and 1 image in it; left out: 1 other file (.txt)" in err

    def test_a_photo_from_standard_input_is_measured_and_called_so(
        self, run: Run, photograph: ImageArray, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, data = cv2.imencode(".jpg", photograph[..., ::-1].copy())
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data.tobytes())))
        code, (one,), err = self.told(run, "-")
        assert (code, one["source"]) == (0, "standard input")
        assert "stdin" not in err
        assert any(value["value"] is not None for value in one["measures"])


def test_what_standard_input_lacks_is_said_without_a_place_that_nobody_gave(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in (("posture",), ("predict", "fall")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"junk")))
        code, out, err = run(*command, "-")
        assert (code, out) == (1, "")
        assert err.startswith("laban: standard input is neither a video nor a file of poses")


def test_somebody_hardly_visible_is_withheld_and_not_guessed(run: Run, tmp_path: Path) -> None:
    pose = seen(next(facing_bodies()), view="front", roll_deg=0.0, torso_px=140.0)
    cloaked = filmed([Pose(pose.skeleton, pose.image_px, np.full(33, 0.3, np.float32), world_m=pose.world_m)])
    told = check_schema("posture", run("posture", save(cloaked, tmp_path / "cloak.parquet"), "--json")[1])[0]
    assert all(one["value"] is None for one in told["measures"])
    assert any(one["reason"].startswith("not seen") for one in told["measures"])


def test_a_curve_has_a_gap_where_its_joints_are_hidden(run: Run, tmp_path: Path) -> None:
    """A landmark that is more likely hidden than not is not measured, and so not drawn over time either."""
    recording = filmed([leaning(30.0)] * 60)
    sequence = recording.people[0]
    visibility = sequence.visibility.copy()
    hips = [sequence.skeleton.index(f"{side}_hip") for side in ("left", "right")]
    visibility[20:40, hips] = 0.4
    save(recording.replace(people={0: sequence.replace(visibility=visibility)}), tmp_path / "a.parquet")
    code, _, _ = run("posture", tmp_path / "a.parquet", "--roll-deg", "0", "-o", "out")
    assert code == 0
    series = check_schema("posture-file", (tmp_path / "out" / "posture.json").read_text())["series"]
    leans = np.array(series["values"]["trunk_inclination"], dtype=float)
    at = np.rint(np.array(series["times_s"]) * 10).astype(int)
    assert np.isnan(leans).tolist() == ((at >= 20) & (at < 40)).tolist()
    drawn = (tmp_path / "out" / "report.html").read_text()
    assert drawn.count("line own") == 2 * len(series["values"])  # each in two pieces


def test_poses_without_pixels_are_refused(run: Run, tmp_path: Path) -> None:
    recording = filmed([leaning(0.0)])
    one = recording.people[0]
    flat = replace(recording, people={0: one.replace(image_px=None)})
    code, _, err = run("posture", save(flat, tmp_path / "metres.parquet"))
    assert code in (1, 2)
    assert "no pixels" in err


def test_python_says_the_same(still: Path) -> None:
    report = laban.assess_posture(laban.load(still))
    assert report.view.name == "left side"
    assert report["trunk_inclination"].interval is not None

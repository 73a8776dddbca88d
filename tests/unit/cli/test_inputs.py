from pathlib import Path

import pytest

from laban.cli.inputs import check_output_folder, expand_inputs, expand_sources, output_paths
from laban.cli.standard_input import spoken
from laban.errors import InvalidValueError, OutputError, SourceError


def make(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def test_a_file_is_itself(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4")
    assert expand_sources([tmp_path / "a.mp4"]) == [tmp_path / "a.mp4"]


def test_a_file_that_is_not_there_is_left_to_its_reader(tmp_path: Path) -> None:
    assert expand_sources([str(tmp_path / "absent.mp4"), "0"]) == [tmp_path / "absent.mp4", Path("0")]


def test_a_folder_means_the_videos_in_and_below_it(tmp_path: Path) -> None:
    make(tmp_path, "b.MOV", "a.mp4", "notes.txt", "deep/er/c.mkv", ".hidden/d.mp4", "a.overlay.mp4", "p.png")
    relative = [one.relative.as_posix() for one in expand_inputs([tmp_path])]
    assert relative == ["a.mp4", "b.MOV", "deep/er/c.mkv"]


def test_a_folder_of_images_is_one_source(tmp_path: Path) -> None:
    make(tmp_path / "walk", "001.png", "002.png")
    (only,) = expand_inputs([tmp_path / "walk"])
    assert (only.path, only.relative) == (tmp_path / "walk", Path("walk"))


def test_a_folder_with_nothing_to_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    make(tmp_path, "notes.txt")
    with pytest.raises(SourceError, match=r"expected videos in this folder .*found none") as caught:
        expand_sources([tmp_path])
    assert str(tmp_path) in str(caught.value)


def test_one_bad_source_among_several_is_left_to_its_reader(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.touch()
    (tmp_path / "empty").mkdir()
    found = expand_sources([clip, tmp_path / "empty", tmp_path / "*.nothing"])
    assert found == [clip, tmp_path / "empty", tmp_path / "*.nothing"]


def test_a_pattern_means_what_it_matches_in_order(tmp_path: Path) -> None:
    make(tmp_path, "day2/b.mp4", "day1/a.mp4", "day1/a.txt")
    inputs = expand_inputs([str(tmp_path / "day*" / "*.mp4")])
    assert [one.relative.as_posix() for one in inputs] == ["day1/a.mp4", "day2/b.mp4"]
    assert len(expand_inputs([str(tmp_path / "**" / "*.mp4")])) == 2


def test_a_pattern_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file matches"):
        expand_sources([str(tmp_path / "*.mp4")])


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    make(tmp_path, "take[1].mp4")
    assert expand_sources([tmp_path / "take[1].mp4"]) == [tmp_path / "take[1].mp4"]


def test_what_is_named_twice_comes_once(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4")
    assert len(expand_sources([tmp_path, tmp_path / "a.mp4", str(tmp_path / "*.mp4")])) == 1


def test_results_are_laid_out_as_the_inputs_are(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "deep/a.mp4")
    paths = output_paths(expand_inputs([tmp_path]), Path("out"), suffix=".parquet")
    assert [path.as_posix() for path in paths] == ["out/a.parquet", "out/deep/a.parquet"]


def test_two_clips_of_one_stem_keep_their_suffix(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "a.mov", "b.mp4")
    paths = output_paths(expand_inputs([tmp_path]), Path("out"), suffix=".parquet")
    assert [path.name for path in paths] == ["a.mov.parquet", "a.mp4.parquet", "b.parquet"]


def test_two_clips_of_one_name_from_two_folders_are_refused(tmp_path: Path) -> None:
    make(tmp_path, "one/a.mp4", "two/a.mp4")
    inputs = expand_inputs([tmp_path / "one" / "a.mp4", tmp_path / "two" / "a.mp4"])
    with pytest.raises(InvalidValueError, match="would both be written to"):
        output_paths(inputs, Path("out"), suffix=".parquet")


def test_a_folder_that_can_be_made_is_fine_and_not_made_yet(tmp_path: Path) -> None:
    check_output_folder(tmp_path / "deep" / "er")
    assert not (tmp_path / "deep").exists()


def test_results_do_not_go_into_a_file(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4")
    for folder in (tmp_path / "a.mp4", tmp_path / "a.mp4" / "deep"):
        with pytest.raises(OutputError, match=r"a\.mp4 is a file, expected a folder"):
            check_output_folder(folder)


def test_results_do_not_go_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(OutputError, match=r"nothing can be written in .*another folder with -o"):
        check_output_folder(tmp_path / "out")


def test_a_folder_says_what_it_leaves_out(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "b.WMV", "p.png", "q.jpg", "a.parquet", "notes.txt", ".hidden", "a.overlay.mp4")
    told: list[str] = []
    assert len(expand_inputs([tmp_path], notify=told.append)) == 2
    assert told == [
        f"{tmp_path}: a folder stands for the 2 videos in it; left out: 1 drawing by Laban, 1 file of poses, "
        "2 images, 1 other file (.txt)"
    ]
    told.clear()
    make(tmp_path / "all", "c.mp4")
    expand_inputs([tmp_path / "all"], notify=told.append)
    assert told == []


def test_a_program_is_no_transport_stream(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4")
    (tmp_path / "page.ts").write_text("export const answer = 42\n")
    assert [path.name for path in expand_sources([tmp_path])] == ["a.mp4"]


def test_folders_of_images_below_are_sources_each(tmp_path: Path) -> None:
    make(tmp_path / "walks", "one/1.png", "two/1.png", "0.png", "two/notes.txt")
    told: list[str] = []
    found = expand_inputs([tmp_path / "walks"], notify=told.append)
    assert [one.relative.as_posix() for one in found] == ["walks", "one", "two"]
    assert "left out: 1 other file (.txt)" in told[0]


def test_a_link_keeps_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "store/8f1c.mp4", "frames/1.png")
    (tmp_path / "squat.mp4").symlink_to(tmp_path / "store" / "8f1c.mp4")
    (tmp_path / "walk").symlink_to(tmp_path / "frames")
    monkeypatch.chdir(tmp_path)
    found = expand_inputs(["squat.mp4", "walk"])
    assert [one.relative for one in found] == [Path("squat.mp4"), Path("walk")]
    monkeypatch.chdir(tmp_path / "frames")
    assert [one.relative for one in expand_inputs(["."])] == [Path("frames")]


@pytest.mark.parametrize(
    "address", ["http://example.com/a.mp4", "rtsp://user@camera:554/live", "https://x.org"]
)
def test_an_address_is_told_unchanged(address: str) -> None:
    with pytest.raises(SourceError) as caught:
        expand_inputs([address])
    assert str(caught.value).startswith(f"{address} is an address")
    kept, _ = expand_inputs([address, "a.mp4"])  # of several, the reader refuses it
    assert str(kept) == address


def test_a_name_may_begin_with_a_dash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "-clip.mp4")
    monkeypatch.chdir(tmp_path)
    for name in ("-clip.mp4", "./-clip.mp4"):
        (found,) = expand_inputs([name])
        assert found.path.exists()
        assert found.relative == Path("-clip.mp4")


def test_standard_input_is_kept_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    class Piped:
        buffer = io.BytesIO(b"a video")

        def isatty(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", Piped())
    (found,) = expand_inputs(["-"])
    assert found.path.read_bytes() == b"a video"
    assert (str(found), found.relative) == ("standard input", Path("stdin"))
    assert spoken(f"{found.path} is damaged") == "standard input is damaged"
    with pytest.raises(SourceError, match="standard input is empty"):
        expand_inputs(["-"])


def test_a_folder_may_stand_for_its_videos_and_its_images(tmp_path: Path) -> None:
    make(tmp_path, "album/a.jpg", "album/b.png", "album/wave.gif", "album/more/c.jpg", "album/notes.txt")
    told: list[str] = []
    found = expand_inputs([tmp_path / "album"], notify=told.append, both=True)
    assert [one.path.relative_to(tmp_path).as_posix() for one in found] == [
        "album/wave.gif",
        "album",
        "album/more",
    ]
    assert told == [
        f"{tmp_path / 'album'}: a folder stands for the 1 video and 3 images in it; "
        "left out: 1 other file (.txt)"
    ]
    assert [one.path.name for one in expand_inputs([tmp_path / "album"])] == ["wave.gif"]

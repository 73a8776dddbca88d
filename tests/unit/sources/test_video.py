"""Video files as they come from phones, cameras, crashes and people who mean ill."""

import gc
import struct
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from laban.errors import LabanError, LimitError, SourceError
from laban.sources import Limits, VideoSource, open_source
from laban.sources.containers import demuxer_of, read_head

Film = Callable[..., Path]
FASTSTART = {"movflags": "faststart"}
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov"}
TURNED = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def refusal(path: Path, kind: type[LabanError] = SourceError, *, limits: Limits | None = None) -> str:
    """Why the source is refused; the message is one line that names the file, and comes within a second."""
    began_s = time.process_time()
    with pytest.raises(kind) as caught, open_source(path, limits=limits) as source:
        list(source.frames())
    assert time.process_time() - began_s < 1.0
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def patched(path: Path, data: bytes, at: int, value: bytes) -> Path:
    path.write_bytes(data[:at] + value + data[at + len(value) :])
    return path


def turned(path: Path, degrees: int) -> Path:
    """The same file with the display matrix of a camera held at ``degrees`` clockwise (ISO/IEC 14496-12, 8.3.2)."""
    data = path.read_bytes()
    a, b, c, d = (value << 16 for value in TURNED[degrees])
    matrix = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    return patched(path.with_name(f"{degrees}.mp4"), data, data.index(b"tkhd") + 44, matrix)


@pytest.mark.parametrize("degrees", [None, 90])
def test_images_are_let_go_as_soon_as_they_are_used(film: Film, tmp_path: Path, degrees: int | None) -> None:
    """What waits for the cycle collector is not one image in ten: at 1080p each holds three megabytes."""
    path = film(tmp_path / "a.mp4", frames=60)
    with open_source(turned(path, degrees) if degrees else path) as source:
        gc.collect()
        gc.disable()
        try:
            assert sum(frame.planes is not None for frame in source.frames()) == 60
            assert gc.collect() < 60
        finally:
            gc.enable()


@pytest.mark.parametrize(
    ("degrees", "size_wh", "corner"),
    [(90, (48, 64), (0, -1)), (180, (64, 48), (-1, -1)), (270, (48, 64), (-1, 0))],
)
def test_images_come_upright(
    film: Film, tmp_path: Path, degrees: int, size_wh: tuple[int, int], corner: tuple[int, int]
) -> None:
    """What was top left comes out top right after a quarter turn clockwise, and so on."""
    with open_source(turned(film(tmp_path / "a.mp4", corner=True), degrees)) as source:
        assert source.size_wh == size_wh
        for frame in source.frames():
            assert frame.size_wh == size_wh
            assert frame.planes is not None
            for image in (frame.image_rgb[..., 0], frame.planes.luma):
                corners = {(row, column): image[row, column] for row in (0, -1) for column in (0, -1)}
                assert max(corners, key=lambda at: corners[at]) == corner
                assert sorted(corners.values())[2] < 40


@pytest.mark.parametrize(
    ("matrix", "size_wh", "corner"),
    [
        ((-1, 0, 0, 1), (64, 48), (0, -1)),
        ((1, 0, 0, -1), (64, 48), (-1, 0)),
        ((0, 1, 1, 0), (48, 64), (0, 0)),
        ((0, -1, -1, 0), (48, 64), (-1, -1)),
    ],
)
def test_a_mirrored_image_is_put_right(
    film: Film, tmp_path: Path, matrix: tuple[int, ...], size_wh: tuple[int, int], corner: tuple[int, int]
) -> None:
    """As some phones note for the camera on the side of the screen; else left and right would be exchanged."""
    data = film(tmp_path / "a.mp4", corner=True).read_bytes()
    a, b, c, d = (value << 16 for value in matrix)
    content = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    with open_source(patched(tmp_path / "b.mp4", data, data.index(b"tkhd") + 44, content)) as source:
        frame = next(source.frames())
        assert frame.size_wh == source.size_wh == size_wh
        image = frame.image_rgb[..., 0]
        corners = {(row, column): image[row, column] for row in (0, -1) for column in (0, -1)}
        assert max(corners, key=lambda at: corners[at]) == corner


@pytest.mark.parametrize("degrees", [5, 45, 200])
def test_a_turn_between_quarters_is_refused(film: Film, tmp_path: Path, degrees: int) -> None:
    path = tilted(film(tmp_path / "a.mp4"), degrees)
    words = f"its rotation tag says {degrees}°, expected 0, 90, 180 or 270"
    assert words in refusal(path)


@pytest.mark.parametrize("degrees", [0.4, 89.7, 359.5])
def test_a_quarter_turn_may_be_rounded(film: Film, tmp_path: Path, degrees: float) -> None:
    size_wh = (48, 64) if round(degrees / 90) == 1 else (64, 48)
    with open_source(tilted(film(tmp_path / "a.mp4"), degrees)) as source:
        assert source.size_wh == size_wh


def tilted(path: Path, degrees: float) -> Path:
    """The same file with the display matrix of any turn clockwise."""
    data = path.read_bytes()
    cosine, sine = (round(part(np.radians(degrees)) * (1 << 16)) for part in (np.cos, np.sin))
    matrix = struct.pack(">9i", cosine, sine, 0, -sine, cosine, 0, 0, 0, 1 << 30)
    return patched(path.with_name("tilted.mp4"), data, data.index(b"tkhd") + 44, matrix)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_times_of_a_variable_rate_are_the_decoders(film: Film, tmp_path: Path, suffix: str) -> None:
    times_ms = [0, 33, 40, 200, 201, 950, 1000]
    with open_source(film(tmp_path / f"a{suffix}", times_ms=times_ms)) as source:
        assert source.times_s == pytest.approx(np.array(times_ms) / 1000, abs=1e-9)
        assert source.fps == pytest.approx(6.0)


def test_a_rate_is_no_whole_number(film: Film, tmp_path: Path) -> None:
    with open_source(film(tmp_path / "a.mp4", times_ms=[round(k * 1001 / 30) for k in range(31)])) as source:
        assert source.fps == pytest.approx(30000 / 1001, rel=1e-3)


@pytest.mark.parametrize(
    ("suffix", "options"),
    [(".mp4", FASTSTART), (".mp4", FRAGMENTED), (".mkv", {}), (".avi", {}), (".webm", {}), (".ts", {})],
)
@pytest.mark.parametrize("share", [0.55, 0.8])
def test_what_is_cut_short_yields_what_it_holds(
    film: Film, tmp_path: Path, suffix: str, options: dict[str, str], share: float
) -> None:
    whole = film(tmp_path / f"whole{suffix}", frames=150, options=options)
    part = tmp_path / f"part{suffix}"
    part.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share) | 1])
    with open_source(whole) as source:
        assert source.warnings == ()
        expected = [frame.image_rgb.tobytes() for frame in source.frames()]
    with open_source(part) as source:
        got = [(frame.index, frame.image_rgb.tobytes()) for frame in source.frames()]
        assert 0.2 * share < len(got) / len(expected) < 0.99
        assert all(image == expected[index] for index, image in got[:-1])
        assert any("cut short" in warning for warning in source.warnings)


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_a_clock_that_begins_late_is_not_cut_short(film: Film, tmp_path: Path, suffix: str) -> None:
    path = film(tmp_path / f"late{suffix}", times_ms=[1_000_000 + 40 * index for index in range(40)])
    with open_source(path) as source:
        assert source.warnings == ()
        assert len(list(source.frames())) == 40


def test_a_fragmented_file_may_end_anywhere(film: Film, tmp_path: Path) -> None:
    """As a recorder leaves it when the power fails."""
    data = film(tmp_path / "a.mp4", frames=30, gop=1, options=FRAGMENTED).read_bytes()
    first = data.index(b"mdat") + 200
    for length in range(first, data.index(b"mfra") - 4, 31):
        part = tmp_path / "part.mp4"
        part.write_bytes(data[:length])
        with open_source(part) as source:
            assert len(list(source.frames())) >= 1


def test_an_index_at_the_end_that_is_lost_is_told(film: Film, tmp_path: Path) -> None:
    data = film(tmp_path / "a.mp4", frames=60).read_bytes()
    for length in (data.index(b"moov") - 100, data.index(b"moov") + 100):
        (tmp_path / "a.mp4").write_bytes(data[:length])
        assert "before its index" in refusal(tmp_path / "a.mp4")


def test_a_part_that_cannot_be_decoded_is_left_out(film: Film, tmp_path: Path) -> None:
    data = film(tmp_path / "a.avi", frames=20, codec="mjpeg").read_bytes()
    starts = [at for at in range(len(data)) if data.startswith(b"\xff\xd8", at)][:20]
    path = patched(tmp_path / "b.avi", data, starts[0], bytes(300))
    path = patched(path, path.read_bytes(), starts[7], bytes(300))
    with open_source(path) as source:
        assert source.size_wh == (64, 48)
        assert len({frame.index for frame in source.frames()}) >= 18


def test_a_size_that_changes_on_the_way_is_brought_to_the_first(film: Film, tmp_path: Path) -> None:
    """Two broadcasts in one file, whose clock begins anew besides."""
    pair = [film(tmp_path / f"{width}.ts", size_wh=(width, 48)) for width in (64, 96)]
    (tmp_path / "both.ts").write_bytes(b"".join(path.read_bytes() for path in pair))
    with open_source(tmp_path / "both.ts") as source:
        frames = list(source.frames())
        assert {frame.size_wh for frame in frames} == {(64, 48)}
        assert {frame.image_rgb.shape for frame in frames} == {(48, 64, 3)}
        assert (np.diff([frame.time_s for frame in frames]) > 0).all()
        assert len(source.warnings) == 2


def test_packets_with_a_timestamp_before_each_are_read(film: Film, tmp_path: Path) -> None:
    """Transport streams as AVCHD cameras write them."""
    data = film(tmp_path / "a.ts", frames=10).read_bytes()
    stamped = b"".join(b"\0\0\0\0" + data[at : at + 188] for at in range(0, len(data), 188))
    (tmp_path / "a.mts").write_bytes(stamped)
    with open_source(tmp_path / "a.mts") as source:
        assert len(list(source.frames())) == 10
        assert source.warnings == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"x", "neither a video nor an image"),
        (b"These are words and no video.\n" * 50, "neither a video nor an image"),
        (bytes(5000), "neither a video nor an image"),
        (b"\0\0\0\x18ftypmp42" + bytes(16), "cannot be read"),
        (b"\x1aE\xdf\xa3" + bytes(500), "cannot be read"),
        (b"RIFF\0\0\0\0AVI " + bytes(500), "cannot be read"),
        ((b"G" + bytes(187)) * 20, "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(4), "damaged image"),
        (b"\xff\xd8\xff\xe0\xff", "damaged image"),
    ],
)
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    assert words in refusal(path)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "absent.mp4")
    (tmp_path / "empty").mkdir()
    assert "no images" in refusal(tmp_path / "empty")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe.mp4")
    assert "device or a pipe" in refusal(tmp_path / "pipe.mp4")


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=16000)
        for index in range(4):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 16000, index * 1024
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    assert "no video, only audio" in refusal(path)


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{0}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{0}'\n",
        "file '{0}'\n",
        "<?xml version='1.0'?><MPD><Period><BaseURL>{0}</BaseURL></Period></MPD>",
        "[playlist]\nFile1={0}\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    ],
)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".m3u8"])
def test_a_playlist_in_disguise_opens_nothing(
    film: Film, tmp_path: Path, playlist: str, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = film(tmp_path / "secret.mp4")
    path = tmp_path / f"clip{suffix}"
    path.write_text(playlist.format(target))
    opened: list[str] = []
    monkeypatch.setattr(av, "open", lambda *_, **__: opened.append("libav"))
    assert "neither a video nor an image" in refusal(path)
    assert opened == []


def test_a_reference_to_another_file_is_not_followed(film: Film, tmp_path: Path) -> None:
    """A QuickTime file may say that its images lie elsewhere (dref ``url`` without the flag "here")."""
    data = film(tmp_path / "a.mov").read_bytes()
    (tmp_path / "other.mov").write_bytes(data)
    at = data.index(b"dref") + 4 + 8
    assert data[at + 4 : at + 8] == b"url "
    path = patched(tmp_path / "b.mov", data, at + 8, b"\0\0\0\0")
    begin, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    path = patched(path, path.read_bytes(), begin, bytes(end - begin))
    with pytest.raises(SourceError):
        VideoSource(path)


def test_the_container_is_named_by_content_alone(film: Film, tmp_path: Path) -> None:
    for suffix, demuxer in {"mp4": "mov", "mkv": "matroska", "avi": "avi", "ts": "mpegts"}.items():
        path = film(tmp_path / f"a.{suffix}")
        renamed = path.rename(tmp_path / f"{suffix}.jpg")
        assert demuxer_of(read_head(renamed)) == demuxer
        with open_source(renamed) as source:
            assert len(list(source.frames())) == 12


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(max_frames=11), "more than 11 frames"),
        (Limits(max_duration_s=0.3), "hours, more than the limit"),
        (Limits(max_fps=29), "more than 29 frames a second"),
        (Limits(max_streams=1), "2 streams, more than the limit of 1"),
    ],
)
def test_the_gate_refuses_before_anything_is_decoded(
    film: Film, tmp_path: Path, limits: Limits, words: str
) -> None:
    path = film(tmp_path / "a.mkv", streams=2)
    assert words in refusal(path, LimitError, limits=limits)


def test_a_frame_that_takes_too_long_ends_the_reading(film: Film, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    with pytest.raises(LimitError, match="a frame took longer than 1e-09 s"):
        VideoSource(path, limits=Limits(max_frame_wall_s=1e-9))


def test_pixels_are_limited_by_what_is_decoded_too(film: Film, tmp_path: Path) -> None:
    """The container says 16×16, the images inside are larger."""
    data = film(tmp_path / "a.avi", codec="mjpeg").read_bytes()
    path = patched(tmp_path / "b.avi", data, data.index(b"strf") + 12, struct.pack("<ii", 16, 16))
    refusal(path, limits=Limits(max_pixels=1000))


def test_headers_that_lie(film: Film, tmp_path: Path) -> None:
    data = film(tmp_path / "a.mp4").read_bytes()
    path = tmp_path / "lie.mp4"
    ticks = data.index(b"mdhd") + 16
    lie = patched(path, data, ticks, struct.pack(">I", 1_000_000 * 512))
    assert "more than 1000 frames a second" in refusal(lie, LimitError)
    for count in (6_000_000, 2_000_000_000):
        lie = patched(path, data, data.index(b"stsz") + 8, struct.pack(">II", 1, count))
        assert f"claims {count} samples" in refusal(lie, LimitError)
    long = film(tmp_path / "ten.mkv", times_ms=[0, 36_000_000])
    assert "10.0 hours, more than the limit of 8.0" in refusal(long, LimitError)
    fast = film(tmp_path / "fast.mkv", times_ms=range(100))
    assert "more than 500 frames a second" in refusal(fast, LimitError, limits=Limits(max_fps=500))


def test_a_table_of_fragments_is_not_believed(film: Film, tmp_path: Path) -> None:
    data = film(tmp_path / "a.mp4", options=FRAGMENTED).read_bytes()
    lie = patched(tmp_path / "b.mp4", data, data.index(b"trun") + 8, b"\x70\0\0\0")
    assert "samples" in refusal(lie, LimitError)


@pytest.mark.parametrize(("suffix", "name"), [(".mkv", b"V_MPEG4/ISO/ASP"), (".avi", b"FMP4")])
def test_a_codec_that_nobody_knows_is_told(film: Film, tmp_path: Path, suffix: str, name: bytes) -> None:
    path = film(tmp_path / f"a{suffix}")
    path.write_bytes(path.read_bytes().replace(name, name.replace(b"4", b"9")))
    assert "no decoder for its video; convert it to H.264 or VP9" in refusal(path)


def test_an_image_of_16k_is_refused_by_its_header(tmp_path: Path) -> None:
    side = 16384
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", side, side) + bytes(9)
    jpeg = b"\xff\xd8\xff\xc0" + struct.pack(">HBHHB", 17, 8, side, side, 3) + bytes(9)
    bmp = b"BM" + bytes(16) + struct.pack("<ii", side, -side)
    webp = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (side - 1).to_bytes(3, "little") * 2
    tiff = b"II*\0" + struct.pack("<IHHHIIHHII", 8, 2, 256, 4, 1, side, 257, 4, 1, side)
    for name, content in {"png": png, "jpg": jpeg, "bmp": bmp, "webp": webp, "tif": tiff}.items():
        path = tmp_path / f"big.{name}"
        path.write_bytes(content + bytes(100))
        assert f"{side}×{side}, more than the limit" in refusal(path, LimitError)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi", ".ts", ".webm"])
def test_a_frame_that_is_too_large_is_told_with_its_size(film: Film, tmp_path: Path, suffix: str) -> None:
    path = film(tmp_path / f"a{suffix}", frames=2)
    assert "a frame is 64×48, more than the limit" in refusal(
        path, LimitError, limits=Limits(max_pixels=64 * 48 - 1)
    )


@pytest.mark.parametrize(
    ("side", "words"),
    [(12000, "12000×12000, more than the limit of 37.7 megapixels"), (16384, "no size that")],
)
def test_a_video_of_16k_is_refused(film: Film, tmp_path: Path, side: int, words: str) -> None:
    """libav itself tells no sizes as large as 16384×16384."""
    data = film(tmp_path / "a.avi", codec="mjpeg", frames=1).read_bytes()
    path = tmp_path / "wide.avi"
    patched(path, data, data.index(b"\xff\xc0\0\x11\x08") + 5, struct.pack(">HH", side, side))
    assert "not one frame can be decoded" in refusal(path)
    patched(path, path.read_bytes(), data.index(b"strf") + 12, struct.pack("<ii", side, side))
    assert words in refusal(path, LimitError)


def test_a_title_in_another_encoding_does_no_harm(film: Film, tmp_path: Path) -> None:
    data = film(tmp_path / "a.avi", title="Caf_ d_ Flore").read_bytes()
    path = tmp_path / "b.avi"
    path.write_bytes(data.replace(b"Caf_ d_ Flore", b"Caf\xe9 d\xe8 Flore"))
    assert path.read_bytes() != data
    with open_source(path) as source:
        assert len(list(source.frames())) == 12


def test_sound_beside_the_images_does_not_count_as_frames(tmp_path: Path) -> None:
    """Of raw sound each sample is one in the tables: an hour of it is more than any limit of frames."""
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as out:
        sound, images = out.add_stream("pcm_s16le", rate=8000), out.add_stream("mpeg4", rate=30)
        images.width, images.height = 64, 48
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4000), np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 8000, 0
        out.mux([*sound.encode(frame), *sound.encode()])
        for _ in range(5):
            out.mux(
                images.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24"))
            )
        out.mux(images.encode())
    assert (4000).to_bytes(4, "big") in path.read_bytes()
    with open_source(path, limits=Limits(max_frames=100)) as source:
        assert len(list(source.frames())) == 5

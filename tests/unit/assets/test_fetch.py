import hashlib
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from laban.assets import asset_path, find_asset, list_assets
from laban.assets.lock import LOCK_NAME
from laban.errors import AssetError, UnknownNameError

from .conftest import ADDRESS, CONTENT, Server, make_manifest


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {LOCK_NAME}


def put(folder: Path, content: bytes = CONTENT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "thing.bin").write_bytes(content)
    return folder / "thing.bin"


def test_what_is_nowhere_is_not_found(cache: Path) -> None:
    assert find_asset("thing", manifest=make_manifest()) is None
    assert not cache.exists()


def test_what_lies_in_the_cache_is_found_without_asking_anybody(cache: Path) -> None:
    path = put(cache)
    assert find_asset("thing", manifest=make_manifest()) == path
    assert asset_path("thing", offline=True, manifest=make_manifest()) == path


def test_the_named_folder_comes_before_the_cache(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(cache)
    named = put(tmp_path / "named")
    monkeypatch.setenv("LABAN_ASSETS", str(named.parent))
    assert find_asset("thing", manifest=make_manifest()) == named


def test_a_named_folder_without_the_file_leaves_the_cache(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABAN_ASSETS", str(tmp_path))
    cached = put(cache)
    assert find_asset("thing", manifest=make_manifest()) == cached


def test_another_file_of_that_name_in_the_named_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = put(tmp_path / "named", b"another")
    monkeypatch.setenv("LABAN_ASSETS", str(named.parent))
    with pytest.raises(AssetError, match=r"thing\.bin is not thing: expected SHA-256 .* replace the file"):
        find_asset("thing", manifest=make_manifest())


def test_a_damaged_file_in_the_cache_counts_as_absent(cache: Path) -> None:
    put(cache, b"damaged")
    assert find_asset("thing", manifest=make_manifest()) is None


def test_either_of_an_assets_two_forms_is_taken(cache: Path) -> None:
    other = {"npm": "p", "member": "m", "size_bytes": 5, "sha256": hashlib.sha256(b"other").hexdigest()}
    packages = {"p": {"requirement": "p@1", "size_bytes": 1}}
    manifest = make_manifest(mirrors=[{"https": ADDRESS}, other], npm_packages=packages)
    path = put(cache, b"other")
    assert find_asset("thing", manifest=manifest) == path


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'demo'"):
        asset_path("dem")


def test_offline_says_how_to_get_every_shipped_asset_by_hand(cache: Path) -> None:
    for asset in list_assets():
        with pytest.raises(AssetError) as caught:
            asset_path(asset.name, offline=True)
        message = str(caught.value)
        assert str(cache / asset.file) in message
        assert "\n" not in message
        assert any(word in message for word in ("download https://", "-m pip download", "npm pack"))
    assert not cache.exists()


@pytest.mark.enable_socket
def test_a_file_is_fetched_once_and_kept(server: Server, cache: Path) -> None:
    told: list[tuple[float, float | None]] = []
    first = asset_path(
        "thing", manifest=make_manifest(), opener=server.opener, progress=lambda *at: told.append(at)
    )
    second = asset_path("thing", manifest=make_manifest(), opener=server.opener)
    assert first == second == cache / "thing.bin"
    assert first.read_bytes() == CONTENT
    assert len(server.ranges) == 1
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert names_in(cache) == {"thing.bin"}


@pytest.mark.enable_socket
def test_a_damaged_file_in_the_cache_is_replaced(server: Server, cache: Path) -> None:
    put(cache, b"damaged")
    path = asset_path("thing", manifest=make_manifest(), opener=server.opener)
    assert path.read_bytes() == CONTENT


@pytest.mark.enable_socket
def test_a_corrupted_download_never_lands(server: Server, cache: Path) -> None:
    server.content = b"!" + CONTENT[1:]
    with pytest.raises(AssetError, match=r"expected SHA-256 .*, got .*To get it by hand: download https://"):
        asset_path("thing", manifest=make_manifest(), opener=server.opener)
    assert names_in(cache) == set()


@pytest.mark.enable_socket
def test_a_broken_download_is_taken_up_by_the_next_call(server: Server, cache: Path) -> None:
    server.breaks_after, server.breaks_times = 50_000, 3
    with pytest.raises(AssetError, match="stopped at 150000"):
        asset_path("thing", manifest=make_manifest(), opener=server.opener)
    assert names_in(cache) == {".thing.bin.part"}
    path = asset_path("thing", manifest=make_manifest(), opener=server.opener)
    assert path.read_bytes() == CONTENT
    assert server.ranges[-1] == "bytes=150000-"
    assert names_in(cache) == {"thing.bin"}


@pytest.mark.enable_socket
def test_the_rest_of_another_file_is_dropped_and_fetched_anew(server: Server, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / ".thing.bin.part").write_bytes(bytes(1000))
    path = asset_path("thing", manifest=make_manifest(), opener=server.opener)
    assert path.read_bytes() == CONTENT
    assert server.ranges == ["bytes=1000-", None]


@pytest.mark.enable_socket
def test_two_processes_at_once_fetch_once(server: Server, tmp_path: Path) -> None:
    server.delay_s = 0.5
    script = textwrap.dedent(
        f"""
        import sys, urllib.request
        from laban.assets import asset_path
        from laban.assets.manifest import parse_manifest
        asset = dict(name="thing", file="thing.bin", kind="weights", about="a", licence="MIT",
                     size_bytes={len(CONTENT)}, sha256="{hashlib.sha256(CONTENT).hexdigest()}",
                     mirrors=[dict(https="{ADDRESS}")])
        opener = lambda request: urllib.request.urlopen("http://127.0.0.1:{server.port}/")
        print(asset_path("thing", manifest=parse_manifest(dict(assets=[asset])), opener=opener))
        """
    )
    both = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    paths = [process.communicate(timeout=30)[0].strip() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert paths[0] == paths[1]
    assert Path(paths[0]).read_bytes() == CONTENT
    assert len(server.ranges) == 1


WHEELS = {"fixture": {"requirement": "fixture==1.0", "size_bytes": 1000}}


def other_asset(content: bytes) -> dict[str, object]:
    return {
        "name": "other",
        "file": "other.bin",
        "kind": "sample",
        "about": "another thing",
        "licence": "MIT",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "mirrors": [{"wheel": "fixture", "member": "in/other.bin"}],
    }


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for npm is a script")
def test_mirrors_are_tried_in_order_and_a_wheel_gives_all_it_holds(
    wheel_index: Callable[..., Path], fake_npm: Callable[..., Path], cache: Path
) -> None:
    wheel_index({"in/thing.bin": CONTENT, "in/other.bin": b"other"})
    calls = fake_npm({"package/thing.bin": CONTENT})
    mirrors = [{"wheel": "fixture", "member": "in/thing.bin"}, {"npm": "p", "member": "package/thing.bin"}]
    packages = {"p": {"requirement": "p@1", "size_bytes": 1}}
    manifest = make_manifest(
        mirrors=mirrors, wheels=WHEELS, npm_packages=packages, others=[other_asset(b"other")]
    )
    assert asset_path("thing", manifest=manifest).read_bytes() == CONTENT
    assert find_asset("other", manifest=manifest) == cache / "other.bin"
    assert names_in(cache) == {"thing.bin", "other.bin"}
    assert not calls.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for npm is a script")
def test_a_wheel_with_other_bytes_gives_way_to_the_next_place(
    wheel_index: Callable[..., Path], fake_npm: Callable[..., Path], cache: Path
) -> None:
    wheel_index({"in/thing.bin": b"wrong"})
    calls = fake_npm({"package/thing.bin": CONTENT})
    mirrors = [{"wheel": "fixture", "member": "in/thing.bin"}, {"npm": "p", "member": "package/thing.bin"}]
    packages = {"p": {"requirement": "@scope/p@1.2", "size_bytes": 1}}
    manifest = make_manifest(mirrors=mirrors, wheels=WHEELS, npm_packages=packages)
    assert asset_path("thing", manifest=manifest).read_bytes() == CONTENT
    assert calls.read_text().split()[-1] == "@scope/p@1.2"
    assert names_in(cache) == {"thing.bin"}


def test_when_every_place_fails_each_says_why(wheel_index: Callable[..., Path], cache: Path) -> None:
    wheel_index({"elsewhere": CONTENT})
    mirrors = [{"wheel": "fixture", "member": "in/thing.bin"}]
    with pytest.raises(AssetError, match="thing could not be fetched") as caught:
        asset_path("thing", manifest=make_manifest(mirrors=mirrors, wheels=WHEELS))
    message = str(caught.value)
    assert "wheel fixture==1.0: fixture-1.0-py3-none-any.whl holds no in/thing.bin" in message
    assert "run `python -m pip download --no-deps --only-binary=:all: fixture==1.0` and unzip" in message
    assert names_in(cache) == set()


def test_what_a_process_that_died_left_behind_is_cleared(
    wheel_index: Callable[..., Path], cache: Path
) -> None:
    wheel_index({"in/thing.bin": CONTENT})
    (cache / ".work-dead").mkdir(parents=True)
    (cache / ".work-dead" / "half.whl").write_bytes(b"half")
    mirrors = [{"wheel": "fixture", "member": "in/thing.bin"}]
    asset_path("thing", manifest=make_manifest(mirrors=mirrors, wheels=WHEELS))
    assert names_in(cache) == {"thing.bin"}


def test_a_cache_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(AssetError, match=r"cannot write into the cache .*XDG_CACHE_HOME"):
        asset_path("thing", manifest=make_manifest())


@pytest.mark.network
@pytest.mark.enable_socket
@pytest.mark.parametrize("name", ["blazepose_detector", "blazepose_landmarker_lite", "demo"])
def test_the_shipped_mirrors_hold_what_the_manifest_says(name: str, cache: Path) -> None:
    path = asset_path(name)
    assert path.parent == cache
    assert find_asset(name) == path

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from laban.assets.manifest import NpmPackage, Wheel
from laban.assets.mirrors import (
    cache_folder,
    download_npm_package,
    download_wheel,
    extract_member,
    named_folder,
    wheel_arguments,
)
from laban.errors import AssetError


def ignore(_: int) -> None:
    """Takes reports."""


def test_the_named_folder_is_what_the_variable_says(tmp_path: Path) -> None:
    assert named_folder({"LABAN_ASSETS": str(tmp_path)}) == tmp_path
    assert named_folder({"LABAN_ASSETS": " "}) is None
    assert named_folder({}) is None


def test_a_named_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="not a folder"):
        named_folder({"LABAN_ASSETS": str(tmp_path / "absent")})


@pytest.mark.parametrize(
    ("environment", "platform", "end"),
    [
        ({"XDG_CACHE_HOME": "/x"}, "linux", "/x/laban/assets"),
        ({"XDG_CACHE_HOME": "/x"}, "darwin", "/x/laban/assets"),
        ({}, "linux", "/.cache/laban/assets"),
        ({"XDG_CACHE_HOME": "relative"}, "linux", "/.cache/laban/assets"),
        ({}, "darwin", "/Library/Caches/laban/assets"),
        ({"LOCALAPPDATA": "/local"}, "win32", "/local/laban/cache/assets"),
    ],
)
def test_the_cache_lies_where_the_platform_keeps_caches(
    environment: dict[str, str], platform: str, end: str
) -> None:
    assert cache_folder(environment, platform=platform).as_posix().endswith(end)


def test_a_wheel_for_another_machine_is_asked_for_by_its_tags() -> None:
    wheel = Wheel(requirement="a==1", size_bytes=1, python_version="3.11", abi="cp311", platform="p")
    expected = "download --no-deps --only-binary=:all: --python-version 3.11 --abi cp311 --platform p a==1"
    assert wheel_arguments(wheel) == expected.split()


def test_pip_that_finds_nothing_says_so_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(AssetError, match=r"pip failed: ERROR.*absent-thing") as caught:
        download_wheel(Wheel(requirement="absent-thing==1", size_bytes=1), tmp_path, report=ignore)
    assert "\n" not in str(caught.value)


def test_npm_that_is_not_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AssetError, match="npm is not installed"):
        download_npm_package(NpmPackage(requirement="a@1", size_bytes=1), tmp_path, report=ignore)


def wheel_with(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for name, content in members.items():
            target.writestr(name, content)
    return path


def tarball_with(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as target:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            target.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize(("make", "name"), [(wheel_with, "a.whl"), (tarball_with, "a.tgz")])
def test_a_member_is_taken_out_alone(make, name: str, tmp_path: Path) -> None:
    package = make(tmp_path / name, {"in/side": b"content", "other": b"x"})
    extract_member(package, "in/side", tmp_path / "out", limit_bytes=7)
    assert (tmp_path / "out").read_bytes() == b"content"
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(("make", "name"), [(wheel_with, "a.whl"), (tarball_with, "a.tgz")])
def test_an_absent_member_is_told(make, name: str, tmp_path: Path) -> None:
    package = make(tmp_path / name, {"other": b"x"})
    with pytest.raises(AssetError, match="holds no in/side"):
        extract_member(package, "in/side", tmp_path / "out", limit_bytes=7)


@pytest.mark.parametrize(("make", "name"), [(wheel_with, "a.whl"), (tarball_with, "a.tgz")])
def test_a_member_larger_than_told_is_not_unpacked_whole(make, name: str, tmp_path: Path) -> None:
    package = make(tmp_path / name, {"bomb": bytes(10_000_000)})
    extract_member(package, "bomb", tmp_path / "out", limit_bytes=100)
    assert (tmp_path / "out").stat().st_size == 101


@pytest.mark.parametrize("name", ["a.whl", "a.tgz"])
def test_a_damaged_package_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"not a package")
    with pytest.raises(AssetError, match="damaged"):
        extract_member(tmp_path / name, "in/side", tmp_path / "out", limit_bytes=7)

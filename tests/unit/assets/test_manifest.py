import pytest

from laban.assets import list_assets
from laban.assets.manifest import WheelMirror, parse_manifest, shipped_manifest
from laban.errors import AssetError, UnknownNameError

ASSET = {
    "name": "thing",
    "file": "thing.bin",
    "kind": "weights",
    "about": "a thing",
    "licence": "MIT",
    "size_bytes": 3,
    "sha256": "0" * 64,
    "mirrors": [{"https": "https://assets.test/thing.bin"}],
}


def test_the_shipped_manifest_names_what_the_project_needs() -> None:
    names = {asset.name for asset in list_assets()}
    landmarkers = {f"blazepose_landmarker_{size}" for size in ("lite", "full", "heavy")}
    clips = {f"{kind}_person_cam0{camera}" for kind in ("single", "multi") for camera in (1, 2, 3, 4)}
    assert names == {"blazepose_detector", "yolox_nano", "efficientnet_lite0", "demo"} | landmarkers | clips


def test_every_shipped_asset_states_a_licence_that_lets_it_be_used() -> None:
    assert {asset.licence for asset in list_assets()} == {"Apache-2.0", "BSD-3-Clause"}


def test_the_detector_has_a_hash_for_each_of_its_two_forms() -> None:
    detector = shipped_manifest().get("blazepose_detector")
    assert {hash_[:8] for hash_ in detector.hashes} == {"9ba9dd3d", "a63c614b"}


def test_one_package_tells_of_all_its_members() -> None:
    mirror = WheelMirror(wheel="mediapipe", member="any")
    members = shipped_manifest().members_of(mirror)
    assert set(members) == {"blazepose_detector", "blazepose_landmarker_full"}


def test_an_unknown_asset_is_told_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'yolox_nano'"):
        shipped_manifest().get("yolo_nano")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"licnce": "MIT"}, "licnce"),
        ({"sha256": "abc"}, "sha256"),
        ({"mirrors": []}, "mirrors"),
        ({"mirrors": [{"https": "http://assets.test/thing.bin"}]}, "mirrors"),
        ({"mirrors": [{"wheel": "absent", "member": "a"}]}, "unknown wheel 'absent'"),
        ({"mirrors": [{"npm": "absent", "member": "a"}]}, "unknown npm package 'absent'"),
        ({"file": "../thing.bin"}, "file"),
        ({"size_bytes": 0}, "size_bytes"),
    ],
)
def test_a_wrong_manifest_is_refused_with_the_place(change: dict[str, object], word: str) -> None:
    with pytest.raises(AssetError, match=word):
        parse_manifest({"assets": [{**ASSET, **change}]})


@pytest.mark.parametrize("change", [{"name": "other"}, {"file": "other.bin"}])
def test_two_assets_share_neither_name_nor_file(change: dict[str, str]) -> None:
    with pytest.raises(AssetError, match="two assets share"):
        parse_manifest({"assets": [ASSET, {**ASSET, **change}]})

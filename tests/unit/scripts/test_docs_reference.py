from scripts.docs.reference import (
    api_table,
    architectures_table,
    assets_table,
    features_table,
    formats_table,
    skeletons_table,
)

import laban
from laban.assets import list_assets
from laban.core.skeleton import SKELETONS
from laban.features.spec import FEATURE_SETS
from laban.io import FORMATS
from laban.models.architectures import ARCHITECTURES


def test_every_format_tells_what_it_loses() -> None:
    rows = formats_table().splitlines()[2:]
    assert len(rows) == len(FORMATS)
    for row, form in zip(rows, FORMATS.values(), strict=True):
        assert row.startswith(f"| `{form.name}` |")
        assert form.loss in row


def test_every_asset_has_its_licence_and_a_place() -> None:
    rows = assets_table().splitlines()[2:]
    for row, asset in zip(rows, list_assets(), strict=True):
        assert f"`{asset.name}`" in row
        assert asset.licence in row
        assert any(place in row for place in ("https", "wheel `", "npm `"))


def test_every_public_name_is_explained() -> None:
    table = api_table()
    for name in laban.__all__:
        assert name.startswith("_") or f"`laban.{name}" in table
    assert "|  |" not in table


def test_every_feature_set_and_architecture_is_told_of() -> None:
    features, architectures = features_table(), architectures_table()
    assert all(f"| `{name}` |" in features for name in FEATURE_SETS)
    assert all(f"| `{name}` |" in architectures for name in ARCHITECTURES)
    assert "| `xy` | 66 | pixel |" in features
    assert "(Bai et al. 2018, section 3)." in architectures


def test_every_skeleton_is_listed_with_its_joints() -> None:
    rows = skeletons_table().splitlines()[2:]
    assert len(rows) == len(SKELETONS)
    for row, (name, one) in zip(rows, SKELETONS.items(), strict=True):
        assert row.startswith(f"| `{name}` | {len(one)} | ")

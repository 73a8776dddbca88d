"""Weights and samples by name: one manifest, several mirrors each may come from, a SHA-256 for each."""

from laban.assets.fetch import asset_path, find_asset, list_assets
from laban.assets.manifest import Asset

__all__ = ["Asset", "asset_path", "find_asset", "list_assets"]

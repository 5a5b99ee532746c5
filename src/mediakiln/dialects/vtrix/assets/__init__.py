"""The asset models of the gateway: groups of files that are named as `asset://<id>` (seed 002; wire file, section 6.4)."""

from mediakiln.dialects.vtrix.assets.calls import AssetAnswer, asset_call, find_call
from mediakiln.dialects.vtrix.assets.translate import code_of
from mediakiln.dialects.vtrix.assets.wire import ASSET_MODELS

__all__ = ["ASSET_MODELS", "AssetAnswer", "asset_call", "code_of", "find_call"]

"""Models, their parameter rules, their prices and their routes to providers.

Everything about a model is data (`models/<dialect>/*.toml`, with an operator's directory laid over it); this package reads
the data, checks requests against it and answers with a frozen `Quote`. It knows no wire dialect and no vendor.
"""

from mediakiln.catalog.catalog import Catalog, Quote
from mediakiln.catalog.model import Audio, Model, Route

__all__ = ["Audio", "Catalog", "Model", "Quote", "Route"]

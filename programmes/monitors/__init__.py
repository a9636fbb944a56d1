"""What programmes watch for. Importing this fills the catalogue."""

from programmes.monitors import adequacy, policies

__all__ = ["adequacy", "policies"]

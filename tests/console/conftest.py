"""The API's fixtures: the page's door is a door of the same app."""

from tests.api.conftest import api, either, served, served_url, sqlite_url, vault_key

__all__ = ["api", "either", "served", "served_url", "sqlite_url", "vault_key"]

"""The page: its files, its events, and what it asks besides."""

"""Tests of the page's own door."""

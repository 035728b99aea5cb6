"""The lessons of the page, run over the real engine."""

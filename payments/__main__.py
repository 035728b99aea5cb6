"""``python -m payments`` is the command ``payments``."""

from payments.cli import app

if __name__ == "__main__":
    app()

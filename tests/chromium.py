"""Chromium for the tests of the page: where it is, and `python -m tests.chromium`, which `make setup` runs.

It is Debian's, not one that Playwright downloads: the operating system keeps it, and it needs no other network than
its packages. The environment variable PAYMENTS_TEST_CHROMIUM names another, or says `none` to see what the tests say
without one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

VARIABLE = "PAYMENTS_TEST_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
PACKAGES = ("chromium", "fonts-dejavu-core")
"""Of Debian. Without a font a browser shows nothing at all."""

APT_GET = ("apt-get", "--quiet", "--quiet", "-o", "Acquire::Retries=3")
RULE = "!" * 78


class ChromiumMissing(Exception):
    """There is no browser to look at the page with, and why."""


def find_chromium() -> str:
    """The program; raises ``ChromiumMissing``."""
    choice = os.environ.get(VARIABLE, "")
    if choice == "none":
        raise ChromiumMissing(f"{VARIABLE}=none asks for no browser")
    if choice:
        if found := shutil.which(choice):
            return found
        raise ChromiumMissing(f"{VARIABLE}={choice} is not a program")
    installed = (shutil.which(name) for name in (*NAMES, *PLACES))
    if found := next(filter(None, installed), None):
        return found
    raise ChromiumMissing(
        "this machine has no Chromium: `apt install chromium` (`make setup` does so where it may), "
        f"or name one in {VARIABLE}"
    )


def install() -> None:
    """Have Debian install it, if we are root on a Debian; raises ``ChromiumMissing`` when that cannot be."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise ChromiumMissing("this is not root on a Debian: install `chromium` yourself (`sudo apt install chromium`)")
    print("Installing Debian's Chromium, for the tests of the page (a minute, once) ...", flush=True)
    for step in (("update",), ("install", "--yes", "--no-install-recommends", *PACKAGES)):
        done = subprocess.run([*APT_GET, *step], env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, check=False)
        if done.returncode and step[0] == "install":
            raise ChromiumMissing(f"`apt-get install {' '.join(PACKAGES)}` failed")


def main() -> None:
    """Install it unless it is there or was said not to be wanted; say so loudly when there is none."""
    try:
        find_chromium()
    except ChromiumMissing:
        if os.environ.get(VARIABLE):
            return
        try:
            install()
        except ChromiumMissing as missing:
            print(f"{RULE}\nNO CHROMIUM, so nothing will test the page: {missing}\n{RULE}", file=sys.stderr)


if __name__ == "__main__":
    main()

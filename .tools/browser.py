"""The Chromium that is at hand: the tests look through it, and `make slides` prints with it."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync""".split()
# Formulas are set after a page has loaded: the clock of the page runs on until they are.
PRINT = ["--headless", "--no-pdf-header-footer", "--virtual-time-budget=20000"]


def find() -> str | None:
    """The path of the browser that CHROME_PATH names, or else of the first that is there."""
    places = [os.environ["CHROME_PATH"]] if os.environ.get("CHROME_PATH") else BROWSERS
    return next(filter(None, map(shutil.which, places)), None)


def print_pdf(path: str, page: Path) -> bool:
    """Print a page as a PDF beside it, and say whether there is one now."""
    pdf = page.with_suffix(".pdf")
    pdf.unlink(missing_ok=True)
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [path, *FLAGS, *PRINT, f"--user-data-dir={profile}", f"--print-to-pdf={pdf}"]
        try:
            subprocess.run(
                [*command, f"{page.as_uri()}?print-pdf"], capture_output=True, timeout=180
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return pdf.exists()

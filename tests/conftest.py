"""How the notebooks are tested: strictly where the real data is at hand, otherwise only run."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from utils.data import REMOTE, DataError, _is_right, cache_folder, in_course_data  # noqa: E402


def real_data_at_hand() -> bool:
    """Whether MovieLens 100K can be read without the network."""
    try:
        if in_course_data("ml-100k") is not None:
            return True
    except DataError:
        return False
    return all(_is_right(cache_folder() / file.path, file.sha256) for file in REMOTE["ml-100k"])


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("COURSE_DATA"):  # kernels start in the folder of their notebook
        os.environ["COURSE_DATA"] = str(Path(os.environ["COURSE_DATA"]).resolve())
    if getattr(config.option, "nbval", False) and not real_data_at_hand():
        config.option.nbval, config.option.nbval_lax = False, True


def pytest_report_header(config: pytest.Config) -> str:
    if getattr(config.option, "nbval_lax", False):
        return (
            "notebooks: run WITHOUT comparing their outputs, since MovieLens 100K is neither in "
            "COURSE_DATA nor in the cache; they run on planted ratings or on a download"
        )
    return "notebooks: run and their outputs COMPARED with the stored ones, on MovieLens 100K"

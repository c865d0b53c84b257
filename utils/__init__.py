"""What the notebooks share and a student need not read: data, figures, checks.

`utils.data` loads ratings, `utils.plotting` draws. Models are never in here: each notebook
builds, compiles and fits its own in sight.
"""

import logging
import os


def quiet_tensorflow() -> None:
    """Import TensorFlow without the lines that it writes about the machine.

    Some versions report missing graphics cards and CPU options on the error stream before any
    log level can be set, so that stream is shut for the time of the import. A failing import
    still raises its exception. Calling it again changes nothing.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    error_stream = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        import keras  # noqa: F401
        import tensorflow  # noqa: F401
    finally:
        os.dup2(error_stream, 2)
        os.close(error_stream)
    logging.getLogger("tensorflow").setLevel("ERROR")  # no advice on functions traced again

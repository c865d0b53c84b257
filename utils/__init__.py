"""What the notebooks share: `utils.data` loads ratings and reviews, `utils.plotting` draws.

Importing it imports Keras on TensorFlow, without the lines that TensorFlow writes about the
machine. Models are never in here: each notebook builds, compiles and fits its own in sight.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

for _name in [name for name in sys.modules if name.startswith("utils.")]:
    del sys.modules[_name]  # of another package called utils, which was imported before

WATCH = "import sys; written = sys.stdin.buffer.read(); sys.stderr.buffer.write(written)"


@contextmanager
def _error_stream_kept_back() -> Iterator[None]:
    """Show what is written to the error stream only if the body fails, or ends the process.

    A second process reads the stream, so that the last words of a process that dies are shown: on
    a processor that it cannot run on, TensorFlow writes why, and aborts. A notebook cannot show
    anything then, so they go to the terminal of Jupyter, which its kernel keeps a copy of.
    """
    try:
        error_stream = os.dup(2)
    except OSError:  # it is closed: there is nothing to keep back
        yield
        return
    terminal = getattr(sys.stderr, "_original_stdstream_copy", None)  # in a kernel of Jupyter
    watcher = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", WATCH], stdin=subprocess.PIPE, stderr=terminal
    )
    os.dup2(watcher.stdin.fileno(), 2)
    try:
        yield
        watcher.kill()
    finally:
        os.dup2(error_stream, 2)
        os.close(error_stream)
        watcher.communicate()


def _import_keras() -> None:
    """Import Keras on TensorFlow, whatever KERAS_BACKEND says.

    Raises:
        RuntimeError: Keras was imported before, on another backend.
    """
    wanted = os.environ.get("KERAS_BACKEND", "tensorflow")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _error_stream_kept_back():
        import keras
        import tensorflow  # noqa: F401
    logging.getLogger("tensorflow").setLevel("ERROR")  # no advice on functions traced again
    if (backend := keras.backend.backend()) != "tensorflow":
        raise RuntimeError(
            f"Keras already runs on {backend} here, and the course needs TensorFlow: restart the "
            "kernel (or Python), and import utils before keras."
        )
    if wanted != "tensorflow":
        print(f"KERAS_BACKEND asks for {wanted}; the course runs on TensorFlow.")


_import_keras()

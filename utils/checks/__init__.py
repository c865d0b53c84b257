"""What the practices' checks share: three answers, hints in two steps, and never an exception.

A check is a function that looks at a student's function and raises `Mistake` where it is wrong.
The decorator `exercise` turns it into one that prints ⏳ (not filled in), ❌ with one hint, or ✅,
and returns whether it was ✅. The same mistake twice in a row draws a second hint, the nudge.
The second half is for checks of networks: known numbers go into their tables, found by shape.
Nothing here uses the network or changes a file.
"""

import functools
import re
import textwrap
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np


class Mistake(Exception):
    """A wrong answer: what can be seen of it, and a nudge towards the cause.

    Args:
        symptom: what was expected and what was found, without the cause.
        nudge: where to look; shown when the same mistake is made again. Never the solution.
    """

    def __init__(self, symptom: str, nudge: str) -> None:
        super().__init__(symptom)
        self.symptom, self.nudge = symptom, nudge


def require(condition: bool, symptom: str, nudge: str) -> None:
    """Raise a `Mistake` unless the condition holds."""
    if not condition:
        raise Mistake(symptom, nudge)


def close(found, expected) -> bool:
    """Whether two arrays have the same shape and the same numbers, up to rounding."""
    found, expected = np.asarray(found), np.asarray(expected)
    return found.shape == expected.shape and bool(np.allclose(found, expected, atol=1e-4))


def require_something(found, what: str) -> None:
    """A function that ends without `return` gives None; `what` is what it should give."""
    require(
        found is not None,
        f"the function returns nothing; expected {what}",
        "Does it end with a `return`?",
    )


def kind(found) -> str:
    """What something is, in words of the student's: "a list"."""
    return f"a {type(found).__name__}"


def require_whole_number(found, what: str) -> None:
    """One whole number, of Python or of NumPy."""
    require_something(found, what)
    array = np.asarray(found)
    number = array.ndim == 0 and array.dtype.kind in "iuf"
    require(
        number and float(array).is_integer(),
        f"expected {what}; found {kind(found)}" + (f", {found}" if number else ""),
        "A count is a single whole number.",
    )


@dataclass
class Progress:
    """The state of one practice: mark and last mistake of each of its exercises."""

    marks: dict[str, str] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    def exercise(self, name: str) -> Callable:
        """Make a check of a function that raises `Mistake`; `name` is how the text calls it."""
        self.marks[name] = "⏳"

        def decorate(check: Callable[..., None]) -> Callable[..., bool]:
            @functools.wraps(check)
            def checked(*answer) -> bool:
                mark, text, seen, nudge = "✅", "right", "", ""
                try:
                    check(*answer)
                except Mistake as mistake:
                    mark, text, nudge = "❌", mistake.symptom, mistake.nudge
                    seen = text
                except Exception as error:
                    stub = _stub_in(error)
                    if stub is None:
                        mark, text, seen, nudge = "❌", *_what_stopped(error)
                    elif stub in (name, getattr(answer[0], "__name__", name)):
                        mark, text = (
                            "⏳",
                            "not filled in (or `raise NotImplementedError()` still there)",
                        )
                    else:
                        mark, text = "⏳", f"it uses {stub}, which is not filled in yet"
                _print(f"{mark} {name}: {text}")
                if seen and self.last.get(name) == seen:
                    _print(f"   Nudge: {nudge}")
                self.marks[name], self.last[name] = mark, seen
                return mark == "✅"

            return checked

        return decorate

    def summary(self) -> None:
        """Print one line: how many of the practice's checks are ✅."""
        done = list(self.marks.values()).count("✅")
        each = "  ".join(f"{mark} {name}" for name, mark in self.marks.items())
        print(f"{done} of {len(self.marks)} done:  {each}")


def _print(text: str) -> None:
    """Break long lines between words; JupyterLab would break them in the middle of one."""
    print(
        textwrap.fill(
            text, 88, subsequent_indent="   ", break_long_words=False, break_on_hyphens=False
        )
    )


def _stub_in(error: Exception) -> str | None:
    """The function that is still a stub; None for any other error. (Those of Keras have a text.)"""
    if isinstance(error, NotImplementedError) and not str(error):
        return traceback.extract_tb(error.__traceback__)[-1].name
    return None


def _what_stopped(error: Exception) -> tuple[str, str, str]:
    """What to print of an error, with the student's own line; what to know it by; a nudge."""
    kind = type(error).__name__
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))  # Keras prints in bold
    text = re.sub(r"\{\{function_node .*?\}\} | \[Op:.*", "", text)  # TensorFlow names its parts
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("Exception encountered")] or ["?"]
    frames = traceback.extract_tb(error.__traceback__)
    own = [f.line for f in frames if re.search("ipykernel|ipython-input", f.filename) and f.line]
    where = f" in the line `{own[0]}`" if own else ""
    nudge = "Print what goes into that line, and its shape."
    if "Could not interpret" in text:
        nudge = "An object is expected there, with its brackets; a name or a number is not enough."
    elif "(of type int64)" in text:
        nudge = "Keras wants an integer of Python there: int(…) makes one of NumPy's."
    elif "Only input tensors" in text:
        nudge = "Has every layer been applied to its ids, before the results are joined?"
    elif "KerasTensor" in text:
        nudge = "Layers and keras.ops work on Keras tensors; NumPy and methods of arrays do not."
    elif "Matrix size-incompatible" in text:
        nudge = "A matrix product pairs every row with every column. Which rows belong together?"
    elif "not connected" in text:
        nudge = "An input is not used on the way to the output. Which one?"
    elif "Invalid input shape" in text:
        nudge = "A batch of one is an array of shape (1,), such as a slice [k : k + 1]."
    elif "Unrecognized data type" in text:
        nudge = "Keras wants arrays there; np.array makes one of a list."
    elif "monitor" in text:
        nudge = "The metric must be called rmse for val_rmse to exist: look at its `name`."
    elif kind == "KeyError":
        nudge = "A frame was asked for a row or column that it does not have."
    elif re.search("out of bounds|mismatch|broadcast|not aligned", text):
        nudge = "The check has sizes of its own, all different. Which two does that line mix up?"
    elif kind == "UnboundLocalError":
        nudge = "A name that a function assigns is its own everywhere in it: call yours otherwise."
    elif kind in ("NameError", "AttributeError"):
        nudge = "Is the name spelt as where it is defined, and has that cell been run?"
    elif kind == "TypeError" and "argument" in text:
        nudge = "Compare the arguments of the call with those in the first line of the function."
    return f"your code stopped{where} with {kind}: {lines[0][:200]}", kind + (where or text), nudge


# Of networks -------------------------------------------------------------------------------


def require_model(found: object) -> None:
    """A Keras model."""
    import keras

    require_something(found, "a keras.Model")
    require(
        isinstance(found, keras.Model),
        f"expected a keras.Model, found {kind(found)}",
        "keras.Model(inputs, output) makes one from the inputs and the last thing you computed.",
    )


def scorer(model) -> Callable:
    """A function that scores pairs, whether the inputs take ids of shape (n,) or (n, 1)."""
    first = None
    for shape in ((-1,), (-1, 1)):
        try:
            model([np.zeros(2, "int32").reshape(shape)] * 2)
        except Exception as error:
            first = first or error
            continue
        return lambda pairs, shape=shape: model(
            [pairs[:, k].astype("int32").reshape(shape) for k in (0, 1)]
        )
    inputs = getattr(model, "inputs", None)
    require(
        not inputs or len(inputs) == 2,
        f"the network takes {len(inputs or ())} input; expected two, [user ids, item ids]",
        "The first argument of keras.Model is the list of all inputs.",
    )
    require(
        "Incompatible shapes" not in str(first),
        "two pairs cannot be scored: inside the network the numbers of rows do not agree",
        "Axis 0 is the pairs. Is something joined along it, or transposed?",
    )
    raise first


def tables_of(model, wanted: dict[str, tuple[tuple, str]], sizes: str) -> dict:
    """The tables of a network, found by their shapes; a missing one and other weights are mistakes.

    Args:
        model: the network, built for tiny sizes that are all different.
        wanted: for each key the shape, and what the text calls it: "p_u, the factors of the users".
        sizes: what it was built for: "5 users, 7 items and 3 factors".
    """
    left, tables = list(model.weights), {}
    found = [tuple(w.shape) for w in left]
    for key, (shape, _) in wanted.items():
        tables[key] = next((w for w in left if tuple(w.shape) == shape), None)
        left = [w for w in left if w is not tables[key]]
    missing = [key for key in wanted if tables[key] is None]
    lacking = " nor on ".join(wanted[key][1] for key in missing)
    require(
        not missing or bool(left),
        f"the output does not depend on {lacking}",
        "Compare with the formula. A table that is made but not used is no part of the network.",
    )
    shapes = " and ".join(
        f"one of the shape {wanted[key][0]} for {wanted[key][1]}" for key in missing
    )
    require(
        not missing,
        f"with {sizes} the tables have the shapes {found}; there should be {shapes}",
        "Look for the shape that should not be there: which number goes into which table?",
    )
    names = ", ".join(text.split(",")[0] for _, text in wanted.values())
    require(
        not left,
        f"besides the tables there are weights of the shapes {[tuple(w.shape) for w in left]}",
        f"The formula has no weights but {names}. A Dense layer would add some.",
    )
    return tables


def require_one_number_a_pair(found: np.ndarray, n: int) -> None:
    """Scores of n pairs have the shape (n,); columns have been taken apart before."""
    require(
        found.size != 1 and found.shape[:1] != (1,),
        f"{n} pairs give the shape {found.shape}: the whole batch is added up",
        "Axis 0 is the pairs of the batch. It must stay.",
    )
    require(
        found.shape != (n, n),
        f"{n} pairs give {n} x {n} numbers: every user is scored with every item of the batch",
        "A matrix product pairs all rows with all rows. Lecture 2, section 1: one row, one sum.",
    )
    require(
        found.ndim <= 2,
        f"the output has the shape {found.shape}; expected ({n}, 1)",
        "An input of shape (1,) leaves an idle axis behind the look-up: flatten, or Input(()).",
    )
    require(
        found.shape == (n,),
        f"{n} pairs give an output of the shape {found.shape}; expected one number for each pair",
        "Everything is to be added up to one number, row by row.",
    )


def product_mistakes(p: np.ndarray, q: np.ndarray, rest) -> Iterator[tuple[np.ndarray, str, str]]:
    """What usual mistakes in the product of p and q, shape (n, factors), give: with its hint.

    `rest`, one number a pair, is what the formula adds to the product; 0 if nothing.
    """
    products, n, factors = p * q, *p.shape
    dot, rest = products.sum(axis=1), np.broadcast_to(rest, len(p))
    mean = "the product is the mean over the factors, not the sum"
    yield dot / factors + rest, mean, "Which of the functions or layers adds, without dividing?"
    cosine = "the product is divided by the lengths of the vectors (a cosine)"
    lengths = np.linalg.norm(p, axis=1) * np.linalg.norm(q, axis=1)
    yield dot / lengths + rest, cosine, "Look at the arguments of your Dot layer."
    mixing = "Over which axes does it add? Lecture 2, section 1, the last line. One row, one sum."
    same = "the product is the same number for every pair of the batch"
    yield dot.sum() + rest, same, mixing
    of_all = "every user is multiplied with the mean of all items of the batch"
    yield p @ q.mean(axis=0) + rest, of_all, mixing
    over_pairs = f"the product has a number for each of the {factors} factors: it adds up the pairs"
    yield products.sum(axis=0) + rest[:, None], over_pairs, mixing
    not_added = f"{n} pairs give {n} x {factors} numbers: the factors are multiplied, but not added"
    nudge = "A dot product multiplies, then adds. Over which axis?"
    yield products + rest[:, None], not_added, nudge


def output_mistakes(right: np.ndarray) -> Iterator[tuple[np.ndarray, str, str]]:
    """What an activation on the output makes of the right scores, each with its hint."""
    top = "Is there an activation on the output? A distance from the mean may have any sign."
    yield np.maximum(right, 0), "no score is below 0, but the formula gives negative ones", top
    sigmoid = 1 / (1 + np.exp(-right))
    yield sigmoid, "every score lies between 0 and 1", top
    yield np.tanh(right), "every score lies between -1 and 1", top
    yield 1 + 4 * sigmoid, "every score lies between 1 and 5", top


def require_alone_like_in_company(score: Callable, pairs: np.ndarray) -> None:
    """The score of a pair depends on the pair alone."""
    together = np.asarray(score(pairs)).reshape(-1)
    alone = [np.asarray(score(pairs[k : k + 1])).reshape(-1)[0] for k in range(len(pairs))]
    require(
        close(together, alone),
        "a pair scores differently alone and in a batch with others",
        "Something adds over the rows of the batch. Lecture 2, section 6.",
    )


def require_gradients(score: Callable, pairs: np.ndarray, tables: dict, wanted: dict) -> None:
    """Every table gets a gradient, so that training can move it."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        total = tf.reduce_sum(score(pairs))
    gradients = tape.gradient(total, [table.value for table in tables.values()])
    for key, gradient in zip(tables, gradients, strict=True):
        require(
            tables[key].trainable and gradient is not None,
            f"training cannot move {wanted[key][1]}: no gradient arrives there",
            "Is the table frozen (trainable), or the gradient stopped, on the way to the output?",
        )


def penalty_of(model, score: Callable, values: dict, tables: dict, pairs: np.ndarray) -> Callable:
    """A function that says the penalty with these values in the tables, and 0 in all others."""

    def penalty(size: int = len(pairs), **parts) -> float:
        for key in tables:
            tables[key].assign(parts.get(key, 0 * values[key]))
        score(pairs[:size])
        return float(sum(model.losses)) if model.losses else 0.0

    return penalty


def require_penalty_on_factors(penalty: Callable, values: dict, expected: float) -> None:
    """`expected` times the sum of squares of p and of q, whatever the batch."""
    p, q = values["p"], values["q"]
    require(
        np.isclose(penalty(**values), penalty(1, **values), rtol=1e-3),
        "the penalty depends on which pairs are in the batch; it should be on the whole tables",
        "embeddings_regularizer is about the table, activity_regularizer about a layer's output.",
    )
    of_p, of_q = penalty(p=p), penalty(q=q)
    both = f"expected {expected} times the sum of squares of the factors"
    require(
        of_p > 0 or of_q > 0,
        f"there is no penalty on p_u and q_i; {both}",
        "factor_table makes tables that have one; it takes `penalty`.",
    )
    require(of_p > 0, f"there is no penalty on p_u; {both}", "Compare the calls for p_u and q_i.")
    require(of_q > 0, f"there is no penalty on q_i; {both}", "Compare the calls for p_u and q_i.")
    require(
        not np.allclose([of_p, of_q], [expected * np.abs(p).sum(), expected * np.abs(q).sum()]),
        "the penalty on p_u and q_i adds up absolute values (L1); expected: the squares",
        "Which of the regularizers is the sum of squares?",
    )
    factors = of_p / (p**2).sum(), of_q / (q**2).sum()
    require(
        np.allclose(factors, expected, rtol=1e-3),
        f"the penalty is {factors[0]:.3g} times the sum of squares on p_u and {factors[1]:.3g} "
        f"times on q_i; expected penalty = {expected} on both",
        "Does the argument `penalty` reach both tables as it is?",
    )

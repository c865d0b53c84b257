"""What there is to see of a network: `look` yields its facets, for any practice.

    def build_facets(build, draw):
        sizes = ({"num_users": 6, ...}, {"num_users": 9, ...})[draw]
        yield from look(build(**sizes), ids(draw, 6), words(**sizes), draw, names={"a_u": (6, 1)})

The weights are found by shape, so all sizes must be different, and filled with `known` numbers; a
row's value for the facet "the scores" is the formula of a mistake in NumPy, with the same numbers.
Sums need no rows: `sum_of_terms` finds by least squares which term is missing, doubled, subtracted.
A table is known by its letter in the formula, one of p, s, a for users and q, t, b for items.
"""

import functools
import itertools
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import keras
import numpy as np
import tensorflow as tf

from practice.checks._engine import Facet, array, difference, flat, kind, same

DOT, LOOKED_UP = "p_u . q_i", " is looked up with the "
Term = tuple[str, np.ndarray]  # what to say of a term, and its value for each row
relu = functools.partial(np.maximum, 0)  # what is below 0 becomes 0


def ids(draw: int, size: int, n: int = 37) -> list[np.ndarray]:
    """Users and items of n pairs, more than a batch of `predict`; both ids are below `size`."""
    pairs = np.array(list(itertools.product(range(size), repeat=2)))
    chosen = np.random.RandomState(draw + 3).permutation(np.resize(np.arange(len(pairs)), n))
    return list(pairs[chosen].T.astype("int32"))


def known(shape: tuple, draw: int, k: int = 0) -> np.ndarray:
    """What `look` puts into the k-th weight of a shape."""
    seed = zlib.crc32(f"{tuple(shape)}, {k}, {draw}".encode())
    return np.random.RandomState(seed).uniform(-1.5, 1.5, size=shape)


def weights_of(model) -> dict[tuple, object]:
    """The weights by (shape, how many of that shape before): no names are needed."""
    count, found = Counter(), {}
    for weight in model.weights:
        shape = tuple(weight.shape)
        found[shape, count[shape]] = weight
        count[shape] += 1
    return found


def fill(model, draw: int) -> dict[tuple, object]:
    """Put known numbers into a network's weights, and return them."""
    weights = weights_of(model)
    for (shape, k), weight in weights.items():
        weight.assign(known(shape, draw, k))
    return weights


class Scorer:
    """Scores rows of the inputs with a network, whether it takes ids of shape (n,) or (n, 1)."""

    def __init__(self, model, inputs: list[np.ndarray]) -> None:
        self.model, self.inputs, first = model, inputs, None
        for self.column in (False, True):
            try:
                self.tensor(slice(2))
                return
            except Exception as error:
                first = first or error
        raise first

    def tensor(self, rows: slice = slice(None), training: bool = False):
        """What the network gives, a tensor."""
        given = [x[rows] for x in self.inputs]
        given = [x[:, None] if self.column and x.ndim == 1 else x for x in given]
        more = {"training": True} if training else {}  # what is always on shows without it
        return self.model(given if len(given) > 1 else given[0], **more)

    def __call__(self, rows: slice = slice(None), training: bool = False) -> np.ndarray:
        """One number for each row, whether as (n,) or (n, 1); any other shape as it is."""
        return flat(self.tensor(rows, training))

    def is_alone(self) -> bool:
        """Whether a row scores the same alone and in a batch."""
        together = self()
        alone = [array(self.tensor(slice(k, k + 1))).reshape(-1)[0] for k in range(3, 9)]
        return together.ndim == 1 and same(together[3:9], np.array(alone), 1e-3)

    def shares(self, table) -> bool:
        """Whether a row of this table is looked up for users and for items."""
        rows = [x == 1 for x in self.inputs]
        before = self()
        table.assign(np.where(np.arange(table.shape[0])[:, None] == 1, 2.5, table.numpy()))
        moved = np.abs(self() - before).reshape(len(rows[0]), -1).max(axis=1) > 1e-6
        only = [np.any(moved & own & ~of) for own, of in (rows, rows[::-1])]
        return all(only) and not np.any(moved & ~rows[0] & ~rows[1])


def look(
    model,
    inputs: list[np.ndarray],
    words: dict[tuple, str],
    draw: int,
    *,
    names: dict[str, tuple | None] = {},  # noqa: B006
    layers: tuple[str, ...] = (),
    functional: bool = False,
    say_scores: Callable | None = None,
) -> Iterator[Facet]:
    """The facets of a network that is built, but not trained.

    Args:
        inputs: an array of shape (n,) or (n, length) for each input.
        words: what the text calls the weights of each shape, in the order of the formula.
        names: names that the text demands, with the shapes of their tables; None for the model's.
        layers: names of layers whose outputs other cells use.
        functional: whether other cells take the network apart, so that a class will not do.
        say_scores: says more of wrong scores: (found, right) to (symptom, nudge) or None.
    """

    def call(keys: Iterable) -> str:
        return " and ".join(dict.fromkeys(words.get(k[0], f"the weight {k[0]}") for k in keys))

    name, nudge = kind(model), "keras.Model(inputs, output) makes one of what you computed last."
    if isinstance(model, keras.Model):
        ready = getattr(model, "inputs", None) or not functional
        name = "a keras.Model" if ready else "one that is written as a class"
        nudge = nudge if ready else "Later cells take it apart: inputs, layers, keras.Model(...)."
    elif isinstance(model, keras.KerasTensor):
        name = "the output without a network, a KerasTensor"
    yield Facet("the kind", name, (f"expected a keras.Model, found {name}", nudge))
    of = getattr(model, "inputs", None)  # a class has none
    takes = f"the network takes {len(of or inputs)} input{'s' * (len(of or inputs) > 1)}"
    yield Facet("the inputs", len(of or inputs), (f"{takes}; expected {{right}}", INPUTS))
    yield Facet("the outputs", len(model.outputs) if of else 1, OUTPUTS)
    if not of:  # a class makes weights when it is called, or some of them
        Scorer(model, inputs)
    shapes = sorted(shape for shape, _ in weights_of(model))
    yield Facet("the weights", shapes, lambda *both: say_weights(*both, words, model, inputs))
    score = Scorer(model, inputs)
    start = {key: bool(np.any(weight.numpy())) for key, weight in weights_of(model).items()}
    weights = fill(model, draw)
    yield Facet("the scores", score(), lambda *both: say_wrong_scores(*both, score, say_scores))
    yield Facet("alone", score.is_alone(), COMPANY)
    yield Facet("again", same(score(), score()), AGAIN)
    still = call(gradients(score, weights))
    stopped = f"training cannot move {still}: no gradient arrives"
    yield Facet("the gradients", still, (stopped, STILL))
    yield Facet("the dropout", dropout(model, score), say_dropout)
    skips = any(getattr(one, "mask_zero", False) for one in model._flatten_layers())
    yield Facet("the mask", skips and inputs[0].ndim == 1, MASK)
    limited = call(key for key, weight in weights.items() if getattr(weight, "constraint", None))
    signs = (f"a constraint limits {limited}", "The text asks for none: any sign.")
    yield Facet("the constraints", limited, signs)
    found = penalties(model, score, weights, draw)
    yield Facet("the penalty", found, lambda *both: say_penalty(*both, call))
    yield Facet("the start", start, lambda *both: say_start(*both, call))
    fill(model, draw)  # penalties may have left other numbers
    for name in layers:
        found, right = None, "the scores are right, but"
        if name in [layer.name for layer in getattr(model, "layers", [])]:
            found = Scorer(keras.Model(model.inputs, model.get_layer(name).output), inputs)()
        lost = f"{right} there is no layer called {name!r}", LOST
        other = f"{right} what the layer {name!r} gives is something else", OTHER
        yield Facet(f"the layer {name}", found, lost if found is None else other)
    paths = {key[0]: weight.path.split("/")[-2] for key, weight in weights.items()}
    for text, shape in names.items():
        name = paths[shape] if shape else model.name if of else text  # a class has one of its own
        shown = re.sub(r"_\d+$", "", name)  # Keras counts on, and a hint should stay the same
        called = f"what the text calls {text!r} is called {shown!r}"
        yield Facet(f"the name {text}", name, (called, NAMES))
    yield Facet("compiled", bool(getattr(model, "compiled", False)), COMPILED)


INPUTS = "The first argument of keras.Model is the list of all inputs, [user, item] for two."
OUTPUTS = ("the network has {found} outputs, a list of them; expected one number for each row",
    "What is to be done with them, in the formula?")  # fmt: skip
COMPANY = ("a pair scores differently alone and in a batch with others",
    "Something adds over the rows of the batch. Lecture 2, section 5.")  # fmt: skip
AGAIN = ("the same rows score differently each time, also when nothing is trained",
    "Dropout is for training only. What is random in the network, also in predict?")  # fmt: skip
MASK = ("a table takes the id 0 for no id (mask_zero)", "User 0 is a user like others.")
STILL = "Is a layer frozen (trainable), or the gradient stopped, on the way?"
COMPILED = ("the network is compiled already", "A later cell does it, with its own settings.")
LOST = "Other cells look layers up by their names: give it with name=."
OTHER = "Is the name on the right layer?"
NAMES = "A table's and a model's name is given with name=. Other cells look for it."


# Weights -----------------------------------------------------------------------------------
def say_weights(found: list, right: list, words: dict, model, inputs: list) -> tuple[str, str]:
    missing = sorted((Counter(right) - Counter(found)).elements())
    extra = sorted((Counter(found) - Counter(right)).elements())
    with suppress(Exception):
        weights, score = fill(model, 0), Scorer(model, inputs)
        for (shape, _), weight in weights.items():
            if len(shape) == 2 and len(inputs) == 2 and score.shares(weight):
                one = f"users and items share one table, of the shape {shape}: user 0 is item 0"
                return one, "How many tables has the formula? Each is a layer of its own."
    if not extra:
        lost = " nor on ".join(name for shape, name in words.items() if shape in missing)
        path = "What does not lead to the output is no part of the network. Follow the path."
        return f"the output does not depend on {lost}", path
    many = f"there are weights that the formula does not have, of the shapes {extra}"
    if not missing:
        return many, "Which layer is one too many?"
    wanted = " and ".join(f"one of the shape {m} for {words.get(m, 'a layer')}" for m in missing)
    look = "Look for the shape that should not be there: which number went to the wrong place?"
    return f"there are weights of the shapes {extra}; there should be {wanted}", look


def gradients(score: Scorer, weights: dict) -> list[tuple]:
    """The weights that training cannot move."""
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(score.tensor())
    found = tape.gradient(total, [weight.value for weight in weights.values()])
    pairs = zip(weights.items(), found, strict=True)
    return [key for (key, weight), gradient in pairs if gradient is None or not weight.trainable]


def dropout(model, score: Scorer) -> dict:
    """Whether something is dropped in training, and the rates of the layers that do it."""
    shown = [score(training=True) for _ in range(4)]
    layers = [one for one in model._flatten_layers() if hasattr(one, "rate")]
    return {
        "drops": not all(same(shown[0], one) for one in shown[1:]),
        "rates": sorted(one.rate for one in layers),
        "shapes": any(len(getattr(one, "noise_shape", None) or ()) == 2 for one in layers),
    }


def say_dropout(found: dict, right: dict) -> tuple[str, str]:
    where = "Where does the argument `dropout` go, as it is?"
    if not right["drops"]:
        return "there is dropout in training, where the text has none", "What is random in there?"
    if not found["drops"]:
        return "there is no dropout: nothing is dropped in training", where
    if found["shapes"]:
        return "the dropout has a noise_shape: all pairs lose the same", "Leave it as Keras has it."
    return f"the dropout has the rates {found['rates']}; expected {right['rates']}", where


def penalties(model, score: Scorer, weights: dict, draw: int) -> dict[tuple, str]:
    """The penalty on each weight, as a multiple of the sum of its squares, or what else it is."""

    def penalty(of: tuple, times: float = 1, rows: slice = slice(None)) -> float:
        for key, weight in weights.items():
            weight.assign(times * (key == of) * known(key[0], draw, key[1]))
        score(rows)
        return float(sum(model.losses)) if model.losses else 0.0

    found = {}
    for key in weights:
        of = penalty(key)
        found[key] = f"{of / (known(key[0], draw, key[1]) ** 2).sum():.3g}"  # so that 1e-5 is not 0
        if of and not np.isclose(of, penalty(key, rows=slice(1)), rtol=1e-3):
            found[key] = "depends on which rows are in the batch; it should be on whole tables"
        elif of and penalty(key, times=2) < 3 * of:  # squares: 4 times as much
            found[key] = "adds up absolute values (L1); expected: the squares"
    return found


def say_penalty(found: dict, right: dict, call: Callable) -> tuple[str, str]:
    off = [key for key in right if found[key] != right[key]]
    if more := [key for key in off if right[key] == "0"]:
        return f"there is a penalty on {call(more)}; expected none", "Which tables carry it?"
    if none := [key for key in off if found[key] == "0"]:
        return f"there is no penalty on {call(none)}", "Compare with how the other tables are made."
    if said := next((found[key] for key in off if " " in found[key]), None):
        which = "embeddings_regularizer is about the table; L2 is the sum of squares."
        return f"the penalty {said}", which
    of = [", ".join(f"{one[key]} on {call([key])}" for key in off) for one in (found, right)]
    symptom = f"the penalty, as a multiple of the sum of squares, is {of[0]}; expected {of[1]}"
    return symptom, "Which argument goes into which table, as it is?"


def say_start(found: dict, right: dict, call: Callable) -> tuple[str, str]:
    if zero := [key for key in found if right[key] and not found[key]]:
        grow = "A product of zeros has no gradient. factor_table starts with small random numbers."
        return f"{call(zero)} starts at 0, the same for everyone", grow
    some = call(key for key in found if found[key] and not right[key])
    return f"{some} does not start at 0", "Which initializer does it ask for?"


# In NumPy ----------------------------------------------------------------------------------
def known_tables(draw: int, users: int, items: int, **columns: int) -> tuple[dict, list, int]:
    """Shapes of tables by letter (pq=4: both have 4 columns), pairs to look up, and the draw."""
    shapes = {}
    for (of_users, of_items), size in columns.items():
        shapes |= {of_users: (users, size), of_items: (items, size)}
    return shapes, ids(draw, min(users, items)), draw


def words(tables: dict[str, tuple]) -> dict[tuple, str]:
    """What hints call these tables."""
    of = {"u": "of the users", "i": "of the items"}
    numbers = {one: "biases" if one in "ab" else "factors" for one in tables}
    ids = {one: own_ids(one) for one in tables}
    return {shape: f"{k}_{ids[k]}, the {numbers[k]} {of[ids[k]]}" for k, shape in tables.items()}


def own_ids(letters: str) -> str:
    """Whose ids the tables of these letters want: "ui" for "pq"."""
    return "".join("u" if letter in "psa" else "i" for letter in letters)


def looked_up(tables: dict, pairs: list, draw: int, letters: str, chosen: str = "") -> list:
    """Rows of the known tables of these letters, for their own ids, or those chosen: "iu"."""
    of, chosen = dict(zip("ui", pairs, strict=True)), chosen or own_ids(letters)
    return [known(tables[one], draw)[of[id]] for one, id in zip(letters, chosen, strict=True)]


def dense_shapes(sizes: Iterable[int]) -> list[tuple]:
    """Kernel and biases of each Dense layer, for (numbers in, units, ..., units)."""
    return [shape for m, n in itertools.pairwise(sizes) for shape in ((m, n), (n,))]


def mlp(vector: np.ndarray, sizes: list, draw: int, between: Callable = relu) -> np.ndarray:
    """What Dense layers with known weights, the last one of one unit, make of vectors: (n,)."""
    weights = [known(shape, draw) for shape in dense_shapes(sizes)]
    for kernel, biases in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        vector = between(vector @ kernel + biases)
    return (vector @ weights[-2] + weights[-1])[:, 0]


# Scores ------------------------------------------------------------------------------------
def say_wrong_scores(
    found: np.ndarray, right: np.ndarray, score: Scorer, more: Callable | None
) -> tuple[str, str]:
    gives = f"{len(right)} rows give the shape {found.shape}"
    if not same(score(), found):
        return AGAIN
    if found.size == 1 or found.shape[:1] == (1,):
        return f"{gives}: the whole batch is added up", "Axis 0 is the rows of the batch."
    if found.ndim > 2:
        idle = "Use Input(()): Input((1,)) leaves an idle axis behind the look-up. Or flatten."
        return f"{gives}; expected ({len(right)}, 1)", idle
    if found.shape == right.shape and not score.is_alone():
        return COMPANY
    if more and (said := more(found, right)):
        return said
    symptom, nudge = difference("for known weights the scores", found, right)
    if " should be " in symptom:
        nudge = "Go from the inputs to the output, layer by layer: where does it leave the formula?"
    return symptom, nudge


def sum_of_terms(found: np.ndarray, terms: dict, instead: dict) -> tuple[str, str] | None:
    """Which sum of the terms, or of what may stand `instead` of them, the scores are.

    `terms` are arrays of shape (n,) by name; `instead` has a list of `Term` for some of the names.
    """
    nudge = "Compare with the formula, term by term: which, how often, with which sign?"
    n, values = len(found), list(terms.values())
    if found.shape == (n, len(terms)) and same(found, np.column_stack(values)):
        return "the terms stand side by side; they are not added", "Joining is not adding."
    if found.ndim != 1:
        return None
    choices = [[None, *instead.get(name, ())] for name in terms]
    chosen = sorted(itertools.product(*choices), key=lambda c: sum(x is not None for x in c))
    for exact, one in itertools.product((True, False), chosen):
        columns = [x[1] if x else value for x, value in zip(one, values, strict=True)]
        columns = np.column_stack([*columns, np.ones(n)])
        if exact:
            factors = np.array([1.0] * len(terms) + [0.0])
        else:
            factors = np.linalg.lstsq(columns, found, rcond=None)[0].round(4)
        if not same(columns @ factors, found, 1e-3):
            continue
        *factors, constant = factors
        wrong = [x[0] for x, factor in zip(one, factors, strict=True) if x and factor]
        if not wrong and len(terms) > 1 and same(factors, [1 / len(terms)] * len(terms)):
            return f"the scores are the mean of the {len(terms)} terms, not their sum", nudge
        wrong += [said for name, k in zip(terms, factors, strict=True) if (said := _times(name, k))]
        if abs(constant) > 1e-3:
            wrong.append(f"every score is off by the same {constant:.3f}")
        text = ", ".join(dict.fromkeys(wrong))
        every = sum(max(x[0].count(LOOKED_UP) if x else 0 for x in one) for one in choices)
        if text.count(LOOKED_UP) == every > 1:
            return "users are looked up as items, and items as users", nudge
        return text, nudge
    return None


def _times(name: str, factor: float) -> str:
    """What it means that a term comes with a factor; empty for 1."""
    if abs(factor - 1) < 1e-3:
        return ""
    if abs(factor) < 1e-3:
        return f"the scores do not contain {name}"
    if abs(factor + 1) < 1e-3:
        return f"{name} is subtracted, not added"
    if factor > 1 and abs(factor - round(factor)) < 1e-3:
        return f"{name} is added {'twice' if round(factor) == 2 else f'{factor:.0f} times'}"
    return f"{name} is multiplied by {factor:.3g}"


def swapped(letters: str, value: Callable[[str], np.ndarray]) -> Iterator[Term]:
    """Every wrong choice of ids, all of them wrong at last: `value` gets "iu" for p and q."""
    own = own_ids(letters)
    for chosen in itertools.product("ui", repeat=len(letters)):
        wrong = [
            f"{letter}_{mine}{LOOKED_UP}{'user' if one == 'u' else 'item'}'s id"
            for letter, one, mine in zip(letters, chosen, own, strict=True)
            if one != mine
        ]
        if wrong:
            yield ", ".join(wrong), value("".join(chosen))


def terms_of(tables: dict, pairs: list[np.ndarray], draw: int) -> tuple[dict, dict]:
    """Product and biases of known tables by their names, and what mistakes make of each."""

    def value(letters: str, chosen: str = "") -> np.ndarray:
        return np.prod(looked_up(tables, pairs, draw, letters, chosen), axis=0).sum(axis=1)

    terms, instead = {}, {}
    for name, letters in {DOT: "pq", "a_u": "a", "b_i": "b"}.items():
        if letters[0] in tables:
            terms[name] = value(letters)
            instead[name] = list(swapped(letters, functools.partial(value, letters)))
    instead[DOT] += products(*looked_up(tables, pairs, draw, "pq"))
    return terms, instead


def concatenated(letters: str, value: Callable[[str, int], np.ndarray]) -> Iterator[Term]:
    """What mistakes make of [s_u, t_i]; `value` gets what `swapped` gives and 1, reversed -1."""
    first, second = (f"{letter}_{own_ids(letter)}" for letter in letters)
    asked = f"{second} stands before {first} in the concatenation; [{first}, {second}] is asked"
    yield asked, value("ui", -1)
    for order in (1, -1):
        yield from swapped(letters, lambda chosen, order=order: value(chosen, order))


def behind(what: str, scores: np.ndarray) -> Iterator[Term]:
    """What an activation makes of scores that should stay as they are."""
    sigmoid, tanh = 1 / (1 + np.exp(-scores)), np.tanh(scores)
    for name, wrong in {"a ReLU": relu(scores), "a sigmoid": sigmoid, "a tanh": tanh}.items():
        yield f"there is {name} behind {what}; there is nothing behind it", wrong


def products(p: np.ndarray, q: np.ndarray) -> Iterator[Term]:
    """What may stand instead of the product of p_u and q_i, both of shape (n, factors)."""
    dot, lengths = (p * q).sum(axis=1), np.linalg.norm(p, axis=1) * np.linalg.norm(q, axis=1)
    yield "the product is the mean over the factors, not the sum", (p * q).mean(axis=1)
    yield "the product is divided by the lengths of the vectors (a cosine)", dot / lengths
    yield "only the first factor is in the product", p[:, 0] * q[:, 0]
    yield "the last factor is left out of the product", (p * q)[:, :-1].sum(axis=1)
    yield "p_u is multiplied with itself; q_i is not used", (p * p).sum(axis=1)
    yield "q_i is multiplied with itself; p_u is not used", (q * q).sum(axis=1)


def mixed(p: np.ndarray, q: np.ndarray, rest: np.ndarray | float = 0) -> Iterator[tuple]:
    """Rows for products that are not one number for each pair; `rest` is what is added to them."""
    rest, (n, factors) = np.broadcast_to(rest, len(p)), p.shape
    over = "Over which axes does it add? Lecture 2, section 1: one row, one sum."
    added = f"the product has a number for each of the {factors} factors: it adds up the pairs"
    not_added = f"{n} pairs give {n} x {factors} numbers: the factors are multiplied, but not added"
    every = "every {} is multiplied with the {} of all {}s of the batch"
    for symptom, scores in (
        ("the product is the same number for every pair of the batch", (p * q).sum() + rest),
        (every.format("user", "mean", "item"), p @ q.mean(axis=0) + rest),
        (every.format("user", "sum", "item"), p @ q.sum(axis=0) + rest),
        (every.format("item", "mean", "user"), q @ p.mean(axis=0) + rest),
        (every.format("item", "sum", "user"), q @ p.sum(axis=0) + rest),
        (added, (p * q).sum(axis=0) + rest[:, None]),
        (not_added, p * q + rest[:, None]),
    ):
        yield symptom, over, {"the scores": scores}


# Company -----------------------------------------------------------------------------------
def company_rows(facet: str, score: Callable, users: np.ndarray, items: np.ndarray) -> Iterator:
    """Mistakes of a test that compares scores of pairs alone and in company, as one batch.

    `facet` is the largest difference; `score` gives the scores of users and items as one batch.
    """

    def single(users: np.ndarray, items: np.ndarray, before=0, behind=0) -> np.ndarray:
        """The score of each pair in a batch with so many pairs before and behind it."""
        rows = [slice(max(k - before, 0), k + behind + 1) for k in range(len(users))]
        return np.array([score(users[of], items[of])[k - of.start] for k, of in enumerate(rows)])

    n, alone, together = len(users), single(users, items), score(users, items)
    first = np.zeros(n, int)
    in_32 = np.concatenate([score(users[k : k + 32], items[k : k + 32]) for k in range(0, n, 32)])
    off = np.abs(together - alone)
    said = [float(off.max())]
    far = lambda alone, company=together: np.abs(company - alone).max()  # noqa: E731
    largest, alone_is = "The text asks for the largest.", "Alone: a batch of one, that pair."
    signed = "the largest difference is taken with its sign: one below 0 is overlooked"
    whose = "Compare a pair's score with the score of that same pair alone."
    swapped = "[users, items], in both."
    for symptom, nudge, value in (
        *((signed, "How far apart are -2 and 1? Which function makes a difference a distance?", top.max()) for top in (together - alone, alone - together)),
        ("it says 0, though scores grow or fall with the batch", "Is one of the two a batch of a single pair, and the other a batch of all?", 0.0),
        ("the differences are averaged", largest, off.mean()),
        ("the differences are added up", largest, off.sum()),
        ("that is the smallest of the differences", "And the largest?", off.min()),
        ("that is a squared difference", "Stars, not squared stars.", (off**2).max()),
        ("that is the root mean square of the differences", largest, (off**2).mean() ** 0.5),
        ("that is which pair differs most, its place (argmax)", "And how far?", off.argmax()),
        *(("that is a share of the score, not a difference in stars", "A difference.", (off / np.abs(of)).max()) for of in (alone, together)),
        ("that is the share of the pairs whose score changes", largest, (off > 0.001).mean()),
        *(("the largest score in company is compared with the largest one alone", whose, value)
            for value in (abs(together.max() - alone.max()), abs(together).max() - abs(alone).max())),
        ("only the first of the pairs is compared with its score alone", "Every pair gets its turn to be alone: a loop.", off[0]),
        ("only the last of the pairs is compared with its score alone", "Is something overwritten in the loop, or computed behind it?", off[-1]),
        (f"a column ({n}, 1) and a vector ({n},) are subtracted: that makes {n} x {n} numbers", "Print both shapes; np.ravel makes a vector of a column.", far(alone, together[:, None])),
        *(("the pairs are not alone: each is scored with those before or behind it", "A slice is [begin : end]; what is alone ends one behind where it begins.", far(single(users, items, *of))) for of in ((n, 0), (0, n))),
        ("the pairs are not alone: a second one is in the batch", alone_is, far(single(users, items, behind=1))),
        ("what should be alone is scored in batches of 32", "model.predict does that, unless it gets batch_size=1: a batch of one.", far(in_32)),
        (f"the company of {n} is cut into batches of 32", "model.predict cuts into batches of 32, unless it gets a batch_size. And model([users, items]) does not.", far(alone, in_32)),
        ("what is alone is another pair: each user with the first item", whose, far(single(users, items[first]))),
        ("what is alone is another pair: the first user with each item", whose, far(single(users[first], items))),
        ("one user is scored with all items: both ids are to be cut to the pair", alone_is, far(score(users, items[first]))),
        ("one item is scored with all users: both ids are to be cut to the pair", alone_is, far(score(users[first], items))),
        ("users and items are swapped in one of the two, alone or in company", swapped, far(single(items, users))),
        ("users and items are swapped in one of the two, alone or in company", swapped, far(alone, score(items, users))),
    ):  # fmt: skip
        if not any(same(float(value), one) for one in said):
            said.append(float(value))  # two mistakes may come to the same: the first one counts
            yield symptom, nudge, {facet: float(value)}

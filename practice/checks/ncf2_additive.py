"""Checks of practice 5, ANCF: r = p_u . q_i + phi([s_u, t_i])."""

from collections.abc import Callable, Iterator
from itertools import pairwise, product

import numpy as np

from practice.checks._engine import Facet, Practice, array, difference, kind, same, shapes, told
from practice.checks._networks import (
    Scorer,
    Term,
    fill,
    ids,
    kind_facet,
    known,
    look,
    mixed,
    products,
    sum_of_terms,
    swapped,
)

practice = Practice("05_ncf2_additive", given=["imports", "helpers", "phi", "build-mf"])
summary = practice.summary


# 1 -----------------------------------------------------------------------------------------

SIZES = [
    {"num_users": 5, "num_items": 7, "num_factors": 3, "mlp_factors": 2, "penalty": 0.25}
    | {"mlp_penalty": 0.125, "hidden": (6, 8), "dropout": 0.5},
    {"num_users": 9, "num_items": 8, "num_factors": 4, "mlp_factors": 5, "penalty": 0.125}
    | {"mlp_penalty": 0.5, "hidden": (7,), "dropout": 0.3},
]


def shapes_of(draw: int) -> tuple[list, list, list]:
    """The shapes of p and q, of s and t, and of the layers of phi."""
    users, items, factors, mlp_factors, *_, hidden, _ = SIZES[draw].values()
    sizes = [2 * mlp_factors, *hidden, 1]
    layers = [((m, n), (n,)) for m, n in pairwise(sizes)]
    tables = [[(users, n), (items, n)] for n in (factors, mlp_factors)]
    return *tables, [shape for layer in layers for shape in layer]


def build_facets(build: Callable, draw: int) -> Iterator[Facet]:
    """The network, with known numbers in its tables and layers."""
    sizes = SIZES[draw].values()
    pq, st, layers = shapes_of(draw)
    says = ["p_u of the users", "q_i of the items", "s_u of the users", "t_i of the items"]
    words = dict(zip([*pq, *st], says, strict=True))
    for k, shape in enumerate(layers):
        words[shape] = f"{'the biases of ' * (k % 2)}layer {k // 2 + 1} of phi"
    build(*sizes)  # the second one has other names, if Keras makes them up
    yield from look(
        build(*sizes),
        ids(draw, min(SIZES[draw]["num_users"], SIZES[draw]["num_items"])),
        words,
        draw,
        names={"ancf": None},
        layers=("dot", "phi", "rating"),
        functional=True,
        say_scores=lambda found, _: say_sum(found, draw),
    )


def vectors(draw: int, chosen: str = "uiui") -> tuple[np.ndarray, ...]:
    """p, q, s and t of the ids "u" or "i", filled with known numbers."""
    pq, st, _ = shapes_of(draw)
    pairs = dict(zip("ui", ids(draw, min(pq[0][0], pq[1][0])), strict=True))
    tables = (known(shape, draw) for shape in (*pq, *st))
    return tuple(table[pairs[id]] for table, id in zip(tables, chosen, strict=True))


def phi(pair: list[np.ndarray], draw: int, activation: Callable | None = None) -> np.ndarray:
    """phi of the vectors that are joined, in NumPy."""
    activation = activation or (lambda x: np.maximum(x, 0))
    *inside, last, last_bias = (known(shape, draw) for shape in shapes_of(draw)[2])
    vector = np.hstack(pair)
    for kernel, bias in zip(inside[::2], inside[1::2], strict=True):
        vector = activation(vector @ kernel + bias)
    return (vector @ last + last_bias)[:, 0]


def say_sum(found: np.ndarray, draw: int) -> tuple[str, str] | None:
    """Which of the two terms is wrong, and how."""
    p, q, s, t = vectors(draw)
    right = phi([s, t], draw)

    def terms(way: int) -> Iterator[Term]:
        return swapped("st", lambda c: phi(list(vectors(draw, "ui" + c)[2:][::way]), draw))

    instead = {
        "the product": [
            *products(p, q),
            *swapped("pq", lambda c: np.multiply(*vectors(draw, c + "ui")[:2]).sum(axis=1)),
        ],
        "phi": [
            ("t_i stands before s_u in the concatenation; [s_u, t_i] is asked", phi([t, s], draw)),
            ("there is a ReLU behind phi; there is nothing behind it", np.maximum(right, 0)),
            ("there is a sigmoid behind phi; there is nothing behind it", 1 / (1 + np.exp(-right))),
            ("there is a tanh behind phi; there is nothing behind it", np.tanh(right)),
            ("phi has no activation between its layers", phi([s, t], draw, lambda x: x)),
            ("phi gets s_u twice, and not t_i", phi([s, s], draw)),
            ("phi gets t_i twice, and not s_u", phi([t, t], draw)),
            *terms(1),
            *terms(-1),
        ],
    }
    return sum_of_terms(found, {"the product": (p * q).sum(axis=1), "phi": right}, instead)


LETTERS = "s_u and t_i are two more letters than MF has. How many tables make four vectors?"
GO = "Go through the formula: which letters are in the product, which in the brackets?"
SIZE = "Two sizes are passed in. Which of them is for which pair of tables?"
OUTSIDE = "The sum is outside of phi. That phi could read the product is the idea of lecture 6."


def build_rows(draw: int) -> Iterator[tuple]:
    """What phi reads, and what is no sum of the two terms."""
    pq, st, (_, *rest) = shapes_of(draw)
    f, m, first = pq[0][1], st[0][1], rest[0][0]
    for symptom, nudge, tables, n in (
        ("phi reads p_u and q_i; it has no tables of its own", LETTERS, pq, 2 * f),
        (
            "phi reads two vectors of num_factors, and the product is made of s_u and t_i, or "
            "of vectors of mlp_factors",
            GO,
            pq + st,
            2 * f,
        ),
        (f"s_u has {f} numbers, as p_u; expected mlp_factors = {m}", SIZE, pq + pq, 2 * f),
        (f"p_u has {m} numbers, as s_u; expected num_factors = {f}", SIZE, st + st, 2 * m),
        (
            f"phi gets {m} numbers: s_u and t_i are added or multiplied, or joined along the batch; expected {2 * m}",
            "The square brackets are a concatenation (lecture 4, section 3).",
            pq + st,
            m,
        ),
        ("the product goes into phi, together with s_u and t_i", OUTSIDE, pq + st, 2 * m + 1),
        ("p_u and q_i go into phi, together with s_u and t_i", GO, pq + st, 2 * m + 2 * f),
    ):
        yield symptom, nudge, {"the weights": sorted([*tables, (n, first), *rest])}
    nothing = "the output does not depend on s_u of the users, nor on anything else of phi"
    yield nothing, GO, {"the weights": sorted(pq)}
    p, q, s, t = vectors(draw)
    dot, right = (p * q).sum(axis=1), phi([s, t], draw)
    yield from mixed(p, q, right)
    for symptom, nudge, scores in (
        ("the product and phi are multiplied, not added", "The formula has a +.", dot * right),
        (
            "there is a ReLU behind the sum",
            "There is nothing behind the sum: a distance from the mean may be negative.",
            np.maximum(dot + right, 0),
        ),
        (
            "a column and a vector are added: every product with every phi",
            "Print the shapes of the two terms. Lecture 5, section 8.",
            dot[:, None] + right,
        ),
        (
            "a vector and a column are added: every product with every phi",
            "Print the shapes of the two terms. Lecture 5, section 8.",
            dot + right[:, None],
        ),
    ):
        yield symptom, nudge, {"the scores": scores}


check_build = practice.exercise("build_ancf", "ex-build", build_facets, build_rows, "a keras.Model")


# 2 -----------------------------------------------------------------------------------------


def term_facets(term: Callable, draw: int) -> Iterator[Facet]:
    """Networks that end at each of some layers, with the weights of the whole one."""
    import keras

    model = practice.world["build_ancf"](*SIZES[draw].values())
    fill(model, draw)
    pairs = ids(draw, 5)
    for name in ("phi", "dot", "rating", "s_u", "pair"):
        part = term(model, name)
        yield kind_facet(part)._replace(name=f"the kind for {name!r}")
        inputs = [tuple(one.shape) for one in part.inputs]
        begins = (
            f"for name={name!r} the network begins elsewhere than at the ids of users and items"
        )
        whole = (begins, "Not at the layer's own inputs. The part has those of the whole model.")
        yield Facet(f"the inputs for {name!r}", inputs, whole)
        score = Scorer(part, pairs)
        found = array(score.tensor())
        say = lambda *both, name=name: say_part(*both, name, model, pairs)  # noqa: E731
        yield Facet(f"for name={name!r} the output", found, say)
        model.set_weights([2 * weight for weight in model.get_weights()])
        now = keras.Model(model.inputs, model.get_layer(name).output)
        copied = "when the network learns more, the term stays behind: its weights are copies"
        own = (copied, "The layers of the network itself, not of a clone.")
        follows = same(array(score.tensor()), array(Scorer(now, pairs).tensor()), 1e-3)
        yield Facet(f"shared weights for {name!r}", follows, own)
        fill(model, draw)


def say_part(
    found: np.ndarray, right: np.ndarray, name: str, model, pairs: list
) -> tuple[str, str]:
    """The hint for the output of another layer, or of none."""
    import keras

    for layer in model.layers[2:]:
        if same(found, array(Scorer(keras.Model(model.inputs, layer.output), pairs).tensor())):
            return (
                f"for name={name!r} the output is that of the layer {layer.name!r}",
                "It is to work with any layer's name. A model finds its layers with get_layer.",
            )
    if np.shape(found) != right.shape:
        return (
            f"for name={name!r} {len(right)} pairs give the shape {np.shape(found)}; expected "
            f"{right.shape}",
            "The output of the layer as it is, not its input.",
        )
    symptom, _ = difference(f"for name={name!r} the output", found, right)
    return symptom, "The layer of the model that is passed in, with its weights."


ONE_PATH = "a Sequential has one input and one path; this network has two inputs and branches"
TERM = [(ONE_PATH, "What makes a network of inputs and an output?", {"stops": "Sequential"})]
check_term = practice.exercise("term", "ex-term", term_facets, TERM, "a keras.Model")


# 3 -----------------------------------------------------------------------------------------


def carries_facets(what_it_carries: Callable, draw: int) -> Iterator[Facet]:
    """Two numbers; in a square table, the wrong axis raises no error."""
    rows, columns = ((6, 6), (7, 5))[draw]
    rng = np.random.RandomState(draw)
    table = rng.uniform(-2, 3, size=(rows, columns)) + rng.uniform(-1, 2, size=(rows, 1))
    found = what_it_carries(table)
    shape = np.shape(found)
    two = f"expected two numbers, found {kind(found)}" + f" of the shape {shape}" * bool(shape)
    yield Facet("two", shape, (two, "The sd of each of the two parts, with a comma between them."))
    general, taste = (float(one) for one in found)
    rest = "Lecture 4, section 6: user means and film means are general. What is left is taste."
    yield Facet("general and taste", [general, taste], lambda *both: say_two(*both, rest))


def say_two(found: list[float], right: list[float], nudge: str) -> tuple[str, str]:
    """The hint for two numbers of which one or both are wrong."""
    off = [same(a, b) for a, b in zip(found, right, strict=True)].index(False)
    what = ("the sd of what is general", "the sd of what is taste")[off]
    symptom, why = difference(what, found[off], right[off])
    return symptom, nudge if " should be " in symptom else why


BOTH = "General is what user means and film means say together: see the formula in the text."
AXES = "In means along axis 1 there is one for each user: a column. See keepdims."
SUM, PARTS, STDS = "user_means + film_means - table.mean()", "(table - general)", "std, not var."
FIRST, SECOND = "general.std(), ", "(table - general).std()"
SD = "sd is the standard deviation: NumPy's std, over the whole table."
# fmt: off
CARRIES = [
    ("first taste, then general; expected the other order", "See the docstring of the function.",
        (FIRST + SECOND, f"{SECOND}, general.std()")),
    ("the numbers are variances, the squares of the sd", STDS, (".std()", ".var()")),
    ("the sd are those of a sample (ddof=1), as pandas has them", SD, (".std()", ".std(ddof=1)")),
    ("the first number is the sd of the whole table", BOTH, (FIRST, "table.std(), ")),
    ("only user means are taken as general; the film means are in the taste", BOTH, (SUM, "user_means + 0 * table")),
    ("only film means are taken as general; the user means are in the taste", BOTH, (SUM, "film_means + 0 * table")),
    ("the first number knows the user means only", BOTH, (FIRST, "user_means.std(), ")),
    ("the first number knows the film means only", BOTH, (FIRST, "film_means.std(), ")),
    ("the film means are still in the taste", BOTH, (SECOND, "(table - user_means).std()")),
    ("the user means are still in the taste", BOTH, (SECOND, "(table - film_means).std()")),
    ("the second number is not about the table without its general part", "Subtract what is general; then take the sd.",
        (SECOND, "table.std()")),
    ("what is general is added to the table, not subtracted from it", "Taste is what is left of the table.", (PARTS, "(table + general)")),
    ("the table is divided by what is general; taste is what is left after a subtraction", BOTH, (PARTS, "(table / general)")),
    ("the second number is a difference of two sd, not the sd of a difference", "First the table of taste, then its sd.",
        (SECOND, "table.std() - general.std()")),
    ("the second number is of absolute values", SD, (PARTS, f"np.abs{PARTS}")),
    ("the axes are exchanged: the first axis is the users", AXES, (SUM, "user_means.T + film_means.T - table.mean()")),
    ("the users' means are subtracted from the films' columns", AXES, ("user_means +", "user_means.T +")),
    ("the films' means are subtracted from the users' rows", AXES, ("+ film_means", "+ film_means.T")),
    ("general is half of what it should be: user and film means are averaged, not added", BOTH, (SUM, "(user_means + film_means) / 2")),
    ("film means are subtracted from user means, not added", BOTH, (SUM, "user_means - film_means")),
    ("user means and film means are multiplied, not added", BOTH, (SUM, "user_means * film_means")),
    ("these are medians of users and films, not means", "The text says mean.",
        ("table.mean(axis=1, keepdims=True)", "np.median(table, axis=1, keepdims=True)"),
        ("table.mean(axis=0, keepdims=True)", "np.median(table, axis=0, keepdims=True)")),
    ("these are sums, not means, of each user and each film", BOTH,
        ("table.mean(axis=1,", "table.sum(axis=1,"), ("table.mean(axis=0,", "table.sum(axis=0,")),
    ("these are means of absolute values", SD, (FIRST + SECOND, f"np.abs(general).mean(), np.abs{PARTS}.mean()")),
    ("these are roots of mean squares: the mean is not subtracted, as an sd does", SD,
        (FIRST + SECOND, f"(general**2).mean() ** 0.5, ({PARTS}**2).mean() ** 0.5")),
    ("these are means, not standard deviations", SD, (".std()", ".mean()")),
]
# fmt: on
check_carries = practice.exercise(
    "what_it_carries",
    "ex-carries",
    carries_facets,
    CARRIES,
    "two numbers, sd of general and sd of taste",
)


# 4 -----------------------------------------------------------------------------------------


def add_facets(add_terms: Callable, draw: int) -> Iterator[Facet]:
    """The sum, whether a term comes as a column or as a vector."""
    import keras

    n = (5, 3)[draw]
    dot, phi = np.random.RandomState(draw).uniform(-3, 3, size=(2, n)).astype("float32")
    for form in product(((1,), ()), repeat=2):
        inputs = [keras.Input(one) for one in form]
        for one in inputs:  # Keras 3.13 makes no network with an input that nothing reads
            keras.layers.Identity()(one)
        total = add_terms(*inputs)
        given = [x.reshape(-1, *one) for x, one in zip((dot, phi), form, strict=True)]
        came = f"with dot of the shape {given[0].shape} and phi {given[1].shape}"
        tensor = f"expected what a layer or an operation gives, found {kind(total)}"
        apply = "Apply it to the two terms: layers.Add()([...]), or keras.ops."
        yield Facet("the kind", isinstance(total, keras.KerasTensor), (tensor, apply))
        found, stops = None, ""
        try:
            found = array(keras.Model(inputs, total)(given))
        except Exception as error:
            stops = f"{came}, a batch of {n} rows, the network stops when it is run: {told(error)}"
        yield Facet(f"{came}, run", bool(stops), (stops, BATCH))
        say = lambda found, right, came=came: say_shape(came, found, right)  # noqa: E731
        yield Facet(f"{came}, shape", found.shape, say)
        say = lambda found, right, came=came: say_terms(came, found, right, dot, phi)  # noqa: E731
        yield Facet(f"{came} the sum", found, say)


BATCH = (
    "The batch has any number of rows: its size is None while the network is built, and -1 stands "
    "for it in a reshape. Shape each term before they are added."
)
SQUARE = "Lecture 5, section 8. Bring both to one shape first, then add."


def say_shape(came: str, found: tuple, right: tuple) -> tuple[str, str]:
    """The hint for a sum that is no column."""
    n = right[0]
    if found == (n, n):
        return f"{came} the sum has {n} x {n} numbers: every product with every phi", SQUARE
    if found == (n,):
        return (
            f"{came} the sum is a vector, {found}; expected a column, {right}",
            "Two vectors add up to the right numbers. But what is asked for is (None, 1).",
        )
    return shapes(f"{came} the sum", found, right)


def say_terms(
    came: str, found: np.ndarray, right: np.ndarray, dot: np.ndarray, phi: np.ndarray
) -> tuple[str, str]:
    """The hint for a column of other numbers."""
    nudge = "What is to be done with the two, once the shapes agree?"
    if said := sum_of_terms(found[:, 0], {"the product": dot, "phi": phi}, {}):
        return f"{came}: {said[0].replace('the scores', 'the sums')}", nudge
    return difference(f"{came} the sum", found, right)[0], nudge


ADD = [
    (f"the terms are {how}, not added", "Which layer adds?", ("layers.Add()", f"layers.{layer}()"))
    for how, layer in (("multiplied", "Multiply"), ("compared and the larger taken", "Maximum"))
]
check_add = practice.exercise("add_terms", "ex-add", add_facets, ADD, "a tensor, the sum")

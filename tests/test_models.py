"""Every model that a notebook builds computes what its formula says.

The functions `build_...` are taken from the notebooks' own cells, without running the rest, and
called with tiny sizes that are all different.
"""

import ast
import inspect
from types import SimpleNamespace

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf
from conftest import ROOT

USERS, ITEMS = 5, 7
WORDS, LENGTH = 9, 32  # the rows of lecture 7 are as long as this
TINY = {"num_users": USERS, "num_items": ITEMS, "sizes": (USERS, ITEMS)}
TINY |= {"num_factors": 3, "mlp_factors": 2, "hidden": (6, 4), "dropout": 0.5, "num_filters": 4}
TINY |= dict.fromkeys(["penalty", "bias_penalty", "mlp_penalty"], 1e-3)
TINY |= {"num_words": WORDS, "length": LENGTH}
TINY |= {"num_known": WORDS - 2}  # practice 7 counts the words without the two places taken
TINY |= {"R": (np.add.outer(np.arange(USERS), np.arange(ITEMS)) % 3 > 0).astype("float32")}
BOTH = USERS + ITEMS
PSI = (2 * 2 * 6 + 6) + (6 * 4 + 4)  # an MLP of 6 and 4 units on two vectors of 2
PARAMETERS = {  # by the formulas of the lectures
    "id_network": (2 * 16 + 16) + (16 + 1),
    "mf": BOTH * 3,
    "mf_mean": BOTH * 3 + BOTH,
    "gmf": BOTH * 3 + 3 + 1,
    "ncf1": BOTH * 3 + (2 * 3 * 6 + 6) + (6 * 4 + 4) + (4 + 1),
    "ancf": BOTH * (3 + 2) + PSI + (4 + 1),
    "ancf_mean": BOTH * (3 + 2) + BOTH + PSI + (4 + 1),
    "neural_ncf": BOTH * (3 + 2) + PSI + (3 + 4 + 1),
    "all_films": BOTH * 3 + ITEMS,
    "choices": BOTH * 3 + ITEMS,
    "average": WORDS * 3 + (3 + 1),
    "pairs": WORDS * 3 + (2 * 3 * 4 + 4) + (4 + 1),
}
W = 33 * BOTH + 33 * BOTH + 2 * USERS * ITEMS  # MF-mean, kernels of the histories, these, frozen
PARAMETERS_9 = {"mf_mean": 33 * BOTH, "w": W, "w_plus": W, "session": W + (32 + 32) + (32 + 1)}
pytestmark = pytest.mark.filterwarnings("ignore:The structure of `inputs`")  # a list of one
# Pitfalls; what they do is tested below.
WRONG = {f"build_{name}" for name in "a b c cut_off disconnected sent".split()}


def code_of(path) -> list[str]:
    notebook = nbformat.read(path, as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def definitions(path) -> SimpleNamespace:
    """The imports, functions and constants of a notebook, run in their order and nothing else."""
    sizes = {"num_users": USERS, "num_items": ITEMS, "mean": 3.5, "name": "ml-100k"}
    space = {"data": SimpleNamespace(**sizes), "sizes": (USERS, ITEMS)}
    for source in code_of(path)[1:]:
        for node in ast.parse(source).body:
            constant = isinstance(node, ast.Assign) and not any(
                isinstance(part, (ast.Call, ast.Subscript, ast.Attribute))
                for part in ast.walk(node.value)
            )
            if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef)) or constant:
                tree = ast.Module([node], type_ignores=[])
                try:
                    exec(compile(tree, str(path), "exec"), space)
                except NameError:  # a constant made from what only a run has
                    assert constant
    return SimpleNamespace(**space)


def builders():
    for path in sorted(ROOT.glob("lectures/*.ipynb")) + sorted(ROOT.glob("solutions/*.ipynb")):
        if "def build_" in "\n".join(code_of(path)):
            for name in vars(definitions(path)):
                if name.startswith("build_"):
                    yield pytest.param(path, name, id=f"{path.stem}-{name}")


BUILDERS = list(builders())
RIGHT = [case for case in BUILDERS if case.values[1] not in WRONG]
right = pytest.mark.parametrize(("path", "name"), RIGHT)


def build(path, name: str, **more):
    builder = getattr(definitions(path), name)
    names = inspect.signature(builder).parameters
    if name == "build_session":  # goes on from another network
        more["model"] = build(path, "build_w")
    keras.utils.set_random_seed(0)
    return builder(**{key: value for key, value in TINY.items() if key in names} | more)


def spread(model):
    """Give every weight a random value, so that no zero hides anything."""
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=weight.shape) for weight in model.get_weights()])
    return model


def some_pairs(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.integers(0, USERS, count), rng.integers(0, ITEMS, count)]


def some_rows(model, count: int) -> list[np.ndarray]:
    """Pairs of users and items, or for a model of lecture 7 rows of words with padding behind."""
    if len(model.inputs) > 1:
        return some_pairs(count) + moments(model, count)
    if model.name == "all_films":  # users alone
        return some_pairs(count)[:1]
    rng = np.random.default_rng(1)
    filled = np.arange(LENGTH) < rng.integers(2, LENGTH, (count, 1))
    return [np.where(filled, rng.integers(1, WORDS, (count, LENGTH)), 0)]


def moments(model, count: int) -> list[np.ndarray]:
    """A third input, of lecture 9: one number for each pair."""
    return [np.linspace(-1, 1, count)[:, None]] * (len(model.inputs) == 3)


def gradients(model, weights) -> dict[str, np.ndarray | None]:
    """Of the mean squared error on many pairs (or rows of words), with dropout off, by weight."""
    rows = some_rows(model, 99)
    with tf.GradientTape() as tape:
        scores = model(rows, training=False)
        loss = tf.reduce_mean((scores - tf.range(float(len(rows[0])))[:, None]) ** 2)
    found = zip(weights, tape.gradient(loss, weights), strict=True)
    return {w.path: None if one is None else tf.convert_to_tensor(one).numpy() for w, one in found}


def apart(model, count: int = 9) -> float:
    """The largest difference between the scores of single pairs and those of the whole batch."""
    rows = some_rows(model, count)
    alone = [model([column[k : k + 1] for column in rows]) for k in range(count)]
    return float(np.abs(np.concatenate(alone) - model(rows)).max())


def test_all_models_of_the_course_are_found():
    kinds = {build(*case.values).name for case in RIGHT}
    assert kinds == set(PARAMETERS) | set(PARAMETERS_9)


def test_no_notebook_builds_a_model_outside_of_these_functions():
    for path in sorted(ROOT.glob("[ls][eo]*/*.ipynb"))[1:]:  # lecture 1 has look-ups only
        for source in code_of(path):
            for node in ast.parse(source).body:
                text = ast.unparse(node)
                if "keras.Model(" in text:
                    assert isinstance(node, ast.FunctionDef), f"{path.stem}: {text}"
                    known = {"sketch", "term", "stretch", "of_terms"}  # a picture, a part, pitfalls
                    known |= {"network"}  # of practice 9, whose exercise is to test it
                    assert node.name.startswith("build_") or node.name in known, node.name


@right
def test_one_number_per_pair_whatever_the_rest_of_the_batch(path, name):
    model = spread(build(path, name))
    scores = ITEMS if model.name == "all_films" else 1  # of a user: one for each film
    assert model.output_shape == (None, scores)
    rows = some_rows(model, 9)
    together = np.asarray(model(rows))
    assert together.shape == (9, scores) and apart(model) < 1e-5
    swapped = np.asarray(model([column[::-1].copy() for column in rows]))
    assert np.allclose(swapped[::-1], together, atol=1e-5)
    assert np.ptp(together) > 0.01, "different rows have different scores"


@right
def test_every_trainable_weight_gets_a_gradient(path, name):
    model = spread(build(path, name))
    for path, gradient in gradients(model, model.trainable_weights).items():
        assert gradient is not None and np.abs(gradient).max() > 0, path


@right
def test_number_of_parameters_is_that_of_the_formula(path, name):
    model = build(path, name)
    expected = PARAMETERS_9 if path == lecture(9) else PARAMETERS
    assert model.count_params() == expected[model.name]


@right
def test_a_saved_model_says_the_same(path, name, tmp_path):
    model = spread(build(path, name))
    file = tmp_path / "model.keras"
    model.save(file)
    again = keras.models.load_model(file)
    rows = some_rows(model, 20)
    before, after = (one.predict(rows, verbose=0) for one in (model, again))
    assert np.array_equal(before, after)


def lecture(number: int):
    return next(ROOT.glob(f"lectures/{number:02}_*.ipynb"))


def solution(number: int):
    return next(ROOT.glob(f"solutions/{number:02}_*.ipynb"))


PSI_ALONE = {f"psi_{k}/{part}" for k in (1, 2) for part in ("kernel", "bias")}
FAULTS = [  # notebook, function, the product given to it, weights without gradient, does it mix?
    (lecture(2), "build_mf", "mix", set(), True),
    (lecture(6), "build_disconnected", None, PSI_ALONE, False),
    (solution(2), "build_sent", None, set(), True),
    (solution(2), "build_sent", "per_pair", set(), False),
    (solution(6), "build_a", None, {"psi_1/kernel", "psi_1/bias"}, False),
    (solution(6), "build_b", None, set(), True),
    (solution(6), "build_c", None, set(), False),
]


@pytest.mark.parametrize(("path", "name", "product", "dead", "mixes"), FAULTS)
def test_each_pitfall_has_one_fault(path, name, product, dead, mixes):
    more = {"product": getattr(definitions(path), product)} if product else {}
    built = build(path, name, **more)
    model, *apart_from_it = built if isinstance(built, tuple) else [built]
    weights = list(model.trainable_weights)
    for other in apart_from_it:  # what the model has lost: another model, or its weights
        weights += getattr(other, "trainable_weights", other)
    found = gradients(spread(model), weights)
    assert {path for path, gradient in found.items() if gradient is None} == dead
    assert (apart(model) > 0.01) == mixes
    user, item = some_pairs(9)
    other = np.asarray(model([(user + 1) % USERS, item]) - model([user, item]))
    assert (np.abs(other).max() > 0.01) == (name != "build_c"), "scores are personal, but of C"


def test_the_linear_network_of_lecture_4_knows_no_taste():
    user, item = (ids.ravel() for ids in np.meshgrid(range(USERS), range(ITEMS), indexing="ij"))
    left = {}
    for activation in ("relu", None):
        model = spread(build(lecture(4), "build_ncf1", activation=activation))
        table = np.asarray(model([user, item])).reshape(USERS, ITEMS)
        left[activation] = np.abs(definitions(lecture(4)).taste(table)).max()
    assert left["relu"] > 0.1 and left[None] < 1e-3


def test_practice_4_the_products_widen_phi_and_a_relu_behind_it_hides_what_is_below_0():
    path, rows = ROOT / "solutions/04_ncf1_mlp.ipynb", some_pairs(20)
    assert build(path, "build_ncf1", products=True).count_params() == PARAMETERS["ncf1"] + 3 * 6
    model = spread(build(path, "build_ncf1"))
    said = np.asarray(model(rows))
    assert said.min() < 0
    assert np.allclose(definitions(path).build_cut_off(model)(rows), np.maximum(said, 0))


def test_practice_5_the_networks_sent_have_the_faults_that_they_are_sent_for():
    space = definitions(ROOT / "solutions/05_ncf2_additive.ipynb")
    rows = [ids.ravel() for ids in np.meshgrid(range(USERS), range(ITEMS), indexing="ij")]
    sizes = {key: TINY[key] for key in ("num_users", "num_items", "hidden", "dropout")}
    for number in range(4):
        keras.utils.set_random_seed(0)
        said = space.term(spread(space.build_sent(number, **sizes)), "said")(rows)
        fault = space.fault_of(np.asarray(said).reshape(USERS, ITEMS))
        assert fault == space.FAULTS[number * 3 % 4]


def test_mf_of_lecture_4_has_biases_if_asked():
    model = spread(build(lecture(4), "build_mf", biases=True))
    assert model.name == "mf_mean" and model.count_params() == PARAMETERS["mf_mean"]
    p, q, a, b = model.get_weights()
    user, item = some_pairs(9)
    wanted = (p[user] * q[item]).sum(axis=1) + a[user, 0] + b[item, 0]
    assert np.allclose(np.asarray(model([user, item]))[:, 0], wanted, atol=1e-5)


def test_the_terms_of_lecture_5_add_up_and_the_pitfall_makes_a_square():
    space = definitions(lecture(5))
    model, rows = spread(build(lecture(5), "build_ancf")), some_pairs(4)
    dot, phi = (np.asarray(space.term(model, name)(rows)) for name in ("dot", "phi"))
    assert np.allclose(dot + phi, model(rows), atol=1e-5)
    square = np.asarray(space.stretch(model)(rows))
    assert square.shape == (4, 4)
    assert np.allclose(square, dot + phi.T, atol=1e-5)


def test_lecture_7_a_mean_knows_neither_padding_nor_order_and_pairs_know_the_order():
    average = spread(build(lecture(7), "build_average", length=None))
    pairs = spread(build(lecture(7), "build_pairs"))
    words = np.zeros((1, LENGTH), int)
    words[0, :4] = 3, 5, 2, 8
    other = words[:, [0, 2, 1, 3, *range(4, LENGTH)]]
    short, long, swapped = (float(average(x)[0, 0]) for x in (words[:, :4], words, other))
    assert short == pytest.approx(long, abs=1e-5) and swapped == pytest.approx(long, abs=1e-5)
    assert abs(float(pairs(words)[0, 0]) - float(pairs(other)[0, 0])) > 0.01


def test_lecture_7_the_shares_of_the_words_add_up_to_the_score():
    model, space = spread(build(lecture(7), "build_average")), definitions(lecture(7))
    space.explain.__globals__["LENGTH"] = LENGTH
    vectorize = keras.layers.TextVectorization(
        vocabulary=["good", "soup", "was", "bad"], output_sequence_length=LENGTH
    )
    b = model.get_layer("score").get_weights()[1][0]
    for review in ("Good soup", "", "?!", "😋", "GOOD; bad, was qwertz!", "料理 は", "bad " * 99):
        shares = space.explain(review, model, vectorize)
        words = space.encode(vectorize, [" ".join(space.tokens_of(review))])
        assert shares.sum() + b == pytest.approx(float(model(words)[0, 0]), abs=1e-4), review
        assert 1 <= len(shares) <= LENGTH
    names = {"Good qwertz": ["good", "qwertz (unknown)"], "?!": ["(no word)"]}
    names["很好 good"] = ["很 (unknown)", "好 (unknown)", "good"]
    for review, expected in names.items():
        assert list(space.explain(review, model, vectorize).index) == expected

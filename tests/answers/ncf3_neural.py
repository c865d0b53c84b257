"""Practice 6: wrong answers with the hint that each must draw, right ones written differently."""

from types import SimpleNamespace

PRACTICE = "06_ncf3_neural"
GIVEN = ["imports", "helpers", "parts"]  # cells that the exercises need
CHECKS = {  # function of the exercise: its cell, its check
    "build_neural_ncf": ("ex-build", "check_build"),
    "count_weights": ("ex-count", "check_count"),
    "without_gradient": ("ex-gradient", "check_gradient"),
    "fixed": ("ex-fixed", "check_fixed"),
    "rescaled": ("ex-rescaled", "check_rescaled"),
}
NEEDS = {"rescaled": "fixed"}  # an exercise that calls another one


def prepare(namespace: dict) -> None:
    """What else a student has at hand: the mean, and rows with large ids."""
    rows = namespace["pd"].DataFrame({"user": [900, 3], "item": [2, 1600], "rating": [4.0, 2.0]})
    namespace["data"] = SimpleNamespace(mean=3.53)
    namespace["train"] = rows


def quicker(cell: str, source: str) -> str:
    """A cell of the filled-in practice, with one epoch of training, to save time."""
    if cell != "fit":
        return source
    assert "steps = 6 *" in source and "epochs=6" in source
    return source.replace("steps = 6 *", "steps =").replace("epochs=6", "epochs=1")


def table(size: str, width: str, name: str, of: str) -> str:
    return f'factor_table({size}, {width}, "{name}")({of})'


P_U = table("num_users", "num_factors", "p_u", "user")
Q_I = table("num_items", "num_factors", "q_i", "item")
S_U = table("num_users", "mlp_factors", "s_u", "user")
T_I = table("num_items", "mlp_factors", "t_i", "item")
PRODUCTS = 'layers.Multiply(name="p_o_q")([p_u, q_i])'
PAIR = 'layers.Concatenate(name="pair")([s_u, t_i])'
PSI = f'mlp({PAIR}, hidden, "psi")'
BOTH = 'layers.Concatenate(name="both")([products, psi])'
RATING = 'layers.Dense(1, name="rating")(both)'
MODEL = 'keras.Model([user, item], rating, name="neural_ncf")'
L2 = "embeddings_regularizer=keras.regularizers.L2({})"
OWN_MLP = """
def own(vector, hidden, name):
    for k, units in enumerate(hidden):
        vector = layers.Dense(units, activation={})(vector)
    return vector


# THE SOLUTION
"""
AS_A_CLASS = """
class Network(keras.Model):
    def __init__(self, num_users, num_items, num_factors, mlp_factors, hidden):
        super().__init__()
        self.p_u = factor_table(num_users, num_factors, "p_u")
        self.q_i = factor_table(num_items, num_factors, "q_i")
        self.rating = layers.Dense(1)

    def call(self, inputs):
        return self.rating(self.p_u(inputs[0]) * self.q_i(inputs[1]))


build_neural_ncf = Network
"""


def with_table(old: str, arguments: str) -> list:
    """The solution with a table that is not from factor_table."""
    inside, of = old.removeprefix("factor_table(").rsplit(")(", 1)
    size, width, name = inside.split(", ")
    new = f"layers.Embedding({size}, {width}, name={name}, {arguments})({of}"
    return [(old, new)]


def nothing(function: str) -> str:
    return f"def {function}(*anything, **more):\n    pass\n"


def body(first_line: str, lines: str) -> str:
    return f"{first_line}\n    " + lines.replace("\n", "\n    ") + "\n"


def count(lines: str) -> str:
    return body("def count_weights(num_users, num_items, num_factors, mlp_factors, hidden):", lines)


def gradient(lines: str) -> str:
    return body("def without_gradient(model, weights, rows):", lines)


def fix(lines: str) -> str:
    return body("def fixed(model, products=None, psi=None, bias=None):", lines)


def rescale(lines: str) -> str:
    return body("def rescaled(model, times):", lines)


LOSS = "loss = tf.reduce_mean((above_mean(rows) - model(pairs(rows))[:, 0]) ** 2)"
TAPE = f"with tf.GradientTape() as tape:\n    {LOSS}\ngradients = tape.gradient(loss, weights)\n"
KEPT = "[w.path for w, gradient in zip(weights, gradients, strict=True) if gradient is None]"
COPY = "copy = keras.models.clone_model(model)\ncopy.set_weights(model.get_weights())\n"
N = 'num_factors = model.get_layer("p_u").output_dim'
IF_PRODUCTS, IF_PSI = "if products is not None", "if psi is not None"
SET = 'copy.get_layer("rating").set_weights([h, b])'
SMALLER = "p_u.set_weights([p_u.get_weights()[0] / times])"
LARGER = "h[: p_u.output_dim] *= times"

WRONG = {
    "build_neural_ncf": {
        "returns None": (nothing("build_neural_ncf"), "returns nothing; expected a keras.Model"),
        "the output alone": ([(MODEL, "rating")], "expected a keras.Model, found a KerasTensor"),
        "a class": (AS_A_CLASS, "the text asks for the functional API"),
        "one input": (
            [
                ('item = keras.Input((), dtype="int32", name="item")', "item = user"),
                ("[user, item]", "[user]"),
            ],
            "the network takes 1 input",
        ),
        "psi's input joined": (
            [(PSI, PAIR), ("[products, psi]", "[products, psi]")],
            "psi's layers are no part of the network, and the last layer reads 11 numbers",
        ),
        "psi made, its input joined": (
            [(PSI, f'{PAIR}; pair = psi; mlp(pair, hidden, "psi")')],
            "psi's layers are no part of the network",
        ),
        "psi forgotten": ([(BOTH, "products")], "psi is no part of the network"),
        "products forgotten": ([(BOTH, "psi")], "p_u and q_i are no part of the network"),
        "Dot": ([(PRODUCTS, "layers.Dot(axes=1)([p_u, q_i])")], "is one number, not 3"),
        "ANCF": (
            [(BOTH, "psi"), (RATING, f"layers.Dot(axes=1)([p_u, q_i]) + {RATING}")],
            "psi alone, and the products go past it",
        ),
        "products joined, not multiplied": (
            [("layers.Multiply", "layers.Concatenate")],
            "p_u and q_i are joined, not multiplied",
        ),
        "s_u and t_i added": (
            [(PAIR, "layers.Add()([s_u, t_i])")],
            "psi reads 4 numbers; expected 4 + 4 = 8",
        ),
        "s_u and t_i multiplied": (
            [(PAIR, "layers.Multiply()([s_u, t_i])")],
            "psi reads 4 numbers; expected 4 + 4 = 8",
        ),
        "tables shared": ([("[s_u, t_i]", "[p_u, q_i]")], "psi reads 6 numbers, p_u and q_i"),
        "psi on the products": ([(PAIR, "products")], "psi reads 3 numbers, the products"),
        "sizes of the pairs swapped": (
            [
                *[(x, x.replace("num_f", "mlp_f")) for x in (P_U, Q_I)],
                *[(x, x.replace("mlp_f", "num_f")) for x in (S_U, T_I)],
            ],
            "the product has 4 factors and psi reads 6 numbers",
        ),
        "pairs swapped": (
            [("[p_u, q_i]", "[S, T]"), ("[s_u, t_i]", "[p_u, q_i]"), ("[S, T]", "[s_u, t_i]")],
            "the product has 4 factors and psi reads 6 numbers",
        ),
        "one hidden layer too few joined": (
            [(PSI, f'mlp({PAIR}, hidden[:1], "psi")')],
            "psi's first layer is joined, and its last one left out",
        ),
        "psi ends in one number": (
            [(PSI, f"layers.Dense(1)({PSI})")],
            "psi ends in a single number",
        ),
        "hidden sizes of its own": (
            [(PSI, PSI.replace("hidden", "(32,)"))],
            "there should be a weight of the shape (8, 10) for psi's first layer",
        ),
        "size of the users for the items": (
            [(Q_I, Q_I.replace("items", "users"))],
            "there should be a weight of the shape (7, 3) for q_i",
        ),
        "one table for both": ([("[s_u, t_i]", "[s_u, s_u]")], "the shape (7, 4) for t_i"),
        "joined below one another": (
            [('Concatenate(name="pair")', "Concatenate(axis=0)")],
            "psi reads 4 numbers; expected 4 + 4 = 8",
        ),
        "all joined before psi": (
            [(PAIR, "layers.Concatenate()([products, s_u, t_i])"), (BOTH, "psi")],
            "psi reads 11 numbers; expected 8",
        ),
        "phi forgotten": ([(RATING, "both")], "9 numbers come out for each pair"),
        "phi with a hidden layer": (
            [(BOTH, f'layers.Dense(9, activation="relu")({BOTH})')],
            "besides the weights of the formula there are others, of the shapes [(9, 9), (9,)]",
        ),
        "biases besides": (
            [("rating = ", "b_i = layers.Embedding(num_items, 1)(item)\n    rating = b_i + ")],
            "others, of the shapes [(7, 1)]",
        ),
        "relu at the end": ([("Dense(1, ", 'Dense(1, activation="relu", ')], "is below 0"),
        "sigmoid at the end": (
            [("Dense(1, ", 'Dense(1, activation="sigmoid", ')],
            "every score lies between 0 and 1",
        ),
        "no relu in psi": (
            OWN_MLP.format("None").replace("# THE SOLUTION", "mlp, old = own, mlp\n# THE SOLUTION"),
            "psi has no ReLU",
        ),
        "no relu in psi's last layer": (
            OWN_MLP.format("'relu' if k == 0 else None").replace("# THE", "mlp = own\n# THE"),
            "psi's last hidden layer has no ReLU",
        ),
        "psi first": ([("[products, psi]", "[psi, products]")], "the last layer reads psi first"),
        "p_u and q_i added": ([("layers.Multiply", "layers.Add")], "not multiplied: add"),
        "relu on the products": (
            [(PRODUCTS, f"keras.ops.relu({PRODUCTS})")],
            "products below 0 are cut off",
        ),
        "inputs swapped": (
            [("keras.Model([user, item]", "keras.Model([item, user]")],
            "users are looked up as items",
        ),
        "ids of s_u and t_i swapped": (
            [(S_U, S_U.replace("(user)", "(item)")), (T_I, T_I.replace("(item)", "(user)"))],
            "s_u is looked up with the item's id, t_i is looked up with the user's id",
        ),
        "the whole batch mixed": (
            [(PRODUCTS, "keras.ops.softmax(p_u * q_i, axis=0)")],
            "differently alone and in a batch",
        ),
        "the mean inside": ([(RATING, f"{RATING} + data.mean")], "off by the same 3.530"),
        "something else": ([(PRODUCTS, "p_u * q_i * q_i")], "should score"),
        "gradient stopped": (
            [("[s_u, t_i]", "[keras.ops.stop_gradient(s_u), t_i]")],
            "training cannot move s_u",
        ),
        "no penalty": (with_table(T_I, ""), "there is no penalty on t_i"),
        "another penalty": (
            with_table(S_U, L2.format("0.01")),
            "the penalty on s_u is 0.01 times",
        ),
        "starts at 0": (
            with_table(P_U, "embeddings_initializer='zeros', " + L2.format("PENALTY")),
            "p_u starts at 0",
        ),
        "no names": ([('name="rating"', 'name="r"')], "no layer is called 'rating'"),
        "names exchanged": (
            [('"p_u"', '"x"'), ('"s_u"', '"p_u"'), ('"x"', '"s_u"')],
            "the layer 'p_u' has weights of the shapes [(5, 4)]",
        ),
        "raises": (
            [("layers.Multiply", "layers.Multipy")],
            "stopped in the line `products = layers.Multipy",
        ),
    },
    "count_weights": {
        "returns None": (nothing("count_weights"), "returns nothing; expected a whole number"),
        "a list": ([("tables + psi + phi", "[tables, psi, phi]")], "found a list"),
        "last bias": ([("hidden[-1] + 1", "hidden[-1]")], "1 is missing"),
        "psi's biases": ([("a * b + b", "a * b")], "16 are missing, psi's biases"),
        "all biases": ([("a * b + b", "a * b"), ("] + 1", "]")], "17 are missing, all biases"),
        "s_u and t_i": ([("(num_factors + mlp_factors)", "num_factors")], "48 are missing"),
        "p_u and q_i": ([("(num_factors + mlp_factors)", "mlp_factors")], "36 are missing"),
        "the items' tables": ([("(num_users + num_items)", "num_users")], "49 are missing"),
        "one size": ([("(num_factors + mlp_factors)", "2 * num_factors")], "all four tables"),
        "psi reads one table": ([("2 * mlp_factors", "mlp_factors")], "40 are missing, in psi's"),
        "psi reads p_u and q_i": ([("2 * mlp_factors", "2 * num_factors")], "20 are missing"),
        "psi's first layer": ([("[2 * mlp_factors, *hidden]", "hidden")], "90 are missing"),
        "psi": ([(" + psi +", " +")], "156 are missing, all of psi"),
        "the last layer": ([(" + phi", "")], "10 are missing, the last layer"),
        "the tables": ([("tables + ", "")], "84 are missing, the tables"),
        "the last layer reads psi alone": ([("phi = num_factors + ", "phi = ")], "3 are missing"),
        "the last layer reads psi's input": (
            [("hidden[-1] + 1", "2 * mlp_factors + 1")],
            "as if it read what goes into psi",
        ),
        "a dot product": ([("phi = num_factors", "phi = 1")], "as if the product were a single"),
        "joined": ([("phi = num_factors", "phi = 2 * num_factors")], "joined, not multiplied"),
        "psi reads one of each pair": (
            [("2 * mlp_factors", "num_factors + mlp_factors")],
            "10 are missing, in psi's first layer",
        ),
        "the notebook's sizes": (count("return (943 + 1682) * 48 + 4257"), "whatever the sizes"),
        "two hidden layers only": (
            [("[2 * mlp_factors, *hidden]", "[2 * mlp_factors, hidden[0], hidden[1]]")],
            "it works for the hidden layers (10, 6), but with (10,) it stops: IndexError",
        ),
        "the second one for the last": (
            [("hidden[-1]", "(hidden * 2)[1]")],
            "the count is right with the hidden layers (10, 6), but",
        ),
        "something else": ([("tables + psi", "tables * psi")], "the count is 13114; expected 250"),
        "raises": ([("*hidden", "*hiden")], "NameError: name 'hiden' is not defined"),
    },
    "without_gradient": {
        "returns None": (nothing("without_gradient"), "returns nothing; expected a list"),
        "a number": ([(KEPT, f"len({KEPT})")], "expected a list of paths, found a int"),
        "True or False": ([(KEPT, "[g is None for g in gradients]")], "says True or False"),
        "the weights": ([("[w.path", "[w")], "has the weights themselves"),
        "names": ([("w.path", "w.name")], "the path of none of `weights`"),
        "gradients": ([("[w.path", "[gradient")], "has NoneType in it"),
        "the others": ([("gradient is None", "gradient is not None")], "that get a gradient"),
        "scored outside": (
            gradient(
                f"{LOSS}\nwith tf.GradientTape() as tape:\n    loss = loss * 1\n"
                f"gradients = tape.gradient(loss, weights)\nreturn {KEPT}"
            ),
            "every weight is reported",
        ),
        "predict": (
            [("model(pairs(rows))", "model.predict(pairs(rows), verbose=0)")],
            "every weight is reported",
        ),
        "NumPy": (
            [("tf.reduce_mean((above", "np.mean((above")],
            "the loss that the tape is asked about is a number of NumPy",
        ),
        "a float": (
            [(LOSS, "loss = rmse(model, rows)")],
            "the loss that the tape is asked about is a number of NumPy",
        ),
        "trained": (
            gradient(
                "old = [w.numpy() for w in weights]\nmodel.compile('sgd', 'mse')\n"
                "model.fit(pairs(rows), above_mean(rows), verbose=0)\n"
                "return [w.path for w, o in zip(weights, old) if np.array_equal(w, o)]"
            ),
            "has been trained",
        ),
        "the network's own weights": (
            [
                ("tape.gradient(loss, weights)", "tape.gradient(loss, model.trainable_weights)"),
                ("zip(weights, ", "zip(model.trainable_weights, "),
            ],
            "psi_1 and psi_2 is not connected, nothing is found",
        ),
        "all of psi, by name": (
            gradient("return [w.path for w in weights if 'psi' in w.path]"),
            "in a network without a bug psi_1/bias",
        ),
        "psi, where it is no part": (
            gradient(
                "own = {w.path for w in model.weights}\n"
                "return [w.path for w in weights if w.path not in own]"
            ),
            "its gradient is stopped",
        ),
        "the first one only": ([(KEPT, f"{KEPT}[:1]")], "psi_1/kernel is reported; expected"),
        "other rows": ([("pairs(rows)", "pairs(train)")], "ids are looked up that are not in"),
        "raises": ([("tape.gradient(", "tape.gradients(")], "with AttributeError"),
    },
    "fixed": {
        "returns None": (nothing("fixed"), "returns nothing; expected a network"),
        "an array": ([("return copy", "return h")], "expected a network, found a ndarray"),
        "no copy": (
            [("keras.models.clone_model(model)", "model")],
            "the network that was passed in comes back",
        ),
        "the network's own last layer": (
            [(SET, SET.replace("copy", "model"))],
            "the network that was passed in has been changed",
        ),
        "the same layers": (
            [("keras.models.clone_model(model)", "keras.Model(model.inputs, model.outputs)")],
            "the copy shares layers",
        ),
        "weights not carried over": (
            [("copy.set_weights(model.get_weights())", "")],
            "has other numbers than the network's",
        ),
        "zero taken for None": (
            [(IF_PRODUCTS, "if products"), (IF_PSI, "if psi"), ("if bias is not None", "if bias")],
            "psi=0 and bias=0 has no effect",
        ),
        "zero taken for None, products": ([(IF_PRODUCTS, "if products")], "products=0 has no"),
        "not set back": ([(SET, "")], "the last layer's weights are as they were learnt"),
        "None is set": ([(IF_PSI, "if True")], "weights of the last layer are nan"),
        "bias always 0": (
            [("if bias is not None:\n        b[:] = bias", "b = 0 * b")],
            "fixed(net): bias was not given, and is set to 0",
        ),
        "bias never set": ([("b[:] = bias", "pass")], "bias=0 has no effect"),
        "all always set": (
            [("### BEGIN", "products, psi, bias = products or 0, psi or 0, bias or 0  #")],
            "fixed(net): what was not given is set to 0",
        ),
        "a number for an array": ([("b[:] = bias", "b = bias")], "set_weights got a number"),
        "32 factors": (
            [(N, "num_factors = 32")],
            "9 of the last layer's 9 weights are taken for those of the products; expected 3",
        ),
        "three factors": ([(N, "num_factors = 3")], "with 2 factors, "),
        "off by one": ([("h[num_factors:]", "h[num_factors + 1 :]")], "weight 3 of the last layer"),
        "boundary off by one": (
            [(N, N + " - 1")],
            "the boundary between products and psi is off by one",
        ),
        "exchanged": (
            [
                ("h[:num_factors]", "h[X]"),
                ("h[num_factors:]", "h[:num_factors]"),
                ("h[X]", "h[num_factors:]"),
            ],
            "products and psi are exchanged",
        ),
        "multiplied": ([("= products\n", "*= products\n")], "weight "),
        "raises": ([('"rating").get', '"ratings").get')], "No such layer: ratings"),
    },
    "rescaled": {
        "returns None": (nothing("rescaled"), "returns nothing; expected a network"),
        "no copy": ([("fixed(model)", "model")], "the network that was passed in has been changed"),
        "weights not carried over": (
            [("fixed(model)", "keras.models.clone_model(model)")],
            "s_u, t_i or psi has other numbers",
        ),
        "weights as they were": ([(LARGER, "")], "the weights of the products are as they were"),
        "tables as they were": ([(SMALLER, "")], "and nothing has become smaller"),
        "all weights": ([(LARGER, "h *= times")], "psi's weights are multiplied too"),
        "the wrong way": (
            [(" / times", " * times"), ("*= times", "/= times")],
            "divided by 4, not multiplied",
        ),
        "both tables divided": (
            [(SMALLER, SMALLER + "; " + SMALLER.replace("p_u", "copy.get_layer('q_i')"))],
            "p_u and q_i are both divided by 4: too much",
        ),
        "root in one table": ([(" / times", " / times**0.5")], "only the root of it"),
        "table multiplied": ([(" / times", " * times")], "a table has become larger too"),
        "bias too": ([(LARGER, LARGER + "; b *= times")], "the bias of the last layer has"),
        "added": ([(LARGER, "h[: p_u.output_dim] += times")], "weight "),
        "scores others": ([(" / times", " / times + 1")], "the first pair scored"),
        "raises": ([("/ times", "/ time")], "NameError: name 'time' is not defined"),
    },
}

RIGHT = {
    "build_neural_ncf": {
        "signs in place of layers": [
            (PRODUCTS, "p_u * q_i"),
            (BOTH, "keras.ops.concatenate([products, psi], axis=1)"),
        ],
        "functions in place of layers": [
            (PRODUCTS, "layers.multiply([q_i, p_u])"),
            (PAIR, "layers.concatenate([s_u, t_i])"),
        ],
        "film first": [("[s_u, t_i]", "[t_i, s_u]")],
        "Dense layers of its own": [
            (PSI, PAIR),
            (
                "    both = ",
                "    for units in hidden:\n"
                "        psi = layers.ReLU()(layers.Dense(units)(psi))\n"
                "    both = ",
            ),
        ],
        "a Sequential for psi": [
            (
                PSI,
                "keras.Sequential([layers.Dense(n, activation='relu') for n in hidden], "
                f"name='psi')({PAIR})",
            )
        ],
        "Flatten": [
            ("Input(()", "Input((1,)"),
            *[(x, f"layers.Flatten()({x})") for x in (P_U, Q_I, S_U, T_I)],
        ],
        "inside out in one line": [(RATING, f'layers.Dense(1, "linear", name="rating")({BOTH})')],
        "tables of its own": with_table(P_U, L2.format("PENALTY"))
        + with_table(T_I, L2.format("1e-4")),
        "no dtype, other names": [('dtype="int32", ', ""), ('name="neural_ncf"', 'name="net"')],
    },
    "count_weights": {
        "a loop": count(
            "ids = num_users + num_items\n"
            "total = ids * num_factors + ids * mlp_factors\n"
            "n = 2 * mlp_factors\n"
            "for units in hidden:\n"
            "    total += n * units + units\n"
            "    n = units\n"
            "return total + (num_factors + n) * 1 + 1"
        ),
        "with a 1 for each bias": [("a * b + b", "(a + 1) * b")],
        "NumPy": count(
            "n = np.array([2 * mlp_factors, *hidden])\n"
            "tables = (num_users + num_items) * (num_factors + mlp_factors)\n"
            "return tables + np.sum((n[:-1] + 1) * n[1:]) + num_factors + n[-1] + 1"
        ),
        "zip": [
            ("pairwise([2 * mlp_factors, *hidden])", "zip((2 * mlp_factors, *hidden), hidden)")
        ],
    },
    "without_gradient": {
        "a loop": [
            (
                f"return {KEPT}",
                "found = []\n    for w, g in zip(weights, gradients):\n"
                "        if g is None:\n            found.append(w.path)\n    return found",
            )
        ],
        "the sum of the scores": [(LOSS, "loss = tf.reduce_sum(model(pairs(rows)))")],
        "Keras' loss": [
            (
                LOSS,
                "loss = keras.losses.MeanSquaredError()("
                "above_mean(rows)[:, None], model(pairs(rows)))",
            )
        ],
        "keras.ops": [("tf.reduce_mean(", "keras.ops.mean(")],
        "without taking the column": [("[:, 0]", "")],
        "in training mode": [("model(pairs(rows))", "model(pairs(rows), training=True)")],
        "a set": [(KEPT, "{" + KEPT[1:-1] + "}")],
        "one weight at a time": gradient(
            f"with tf.GradientTape(persistent=True) as tape:\n    {LOSS}\n"
            "return [w.path for w in weights if tape.gradient(loss, w.value) is None]"
        ),
        "a Series": gradient(
            TAPE + "found = pd.Series(gradients, index=[w.path for w in weights])\n"
            "return found[[g is None for g in gradients]].index"
        ),
    },
    "fixed": {
        "the first layer's input": [
            (N, 'num_factors = model.get_layer("p_u").get_weights()[0].shape[1]')
        ],
        "from the other end": [
            (
                N,
                'h = model.get_layer("rating").get_weights()[0]\n'
                '    num_factors = len(h) - model.get_layer("s_u").output_dim * 0 - '
                '[x for x in model.layers if x.name.startswith("psi")][-1].units',
            )
        ],
        "layers[-1]": [('copy.get_layer("rating")', "copy.layers[-1]")],
        "the copy's own numbers": [
            ('model.get_layer("rating").get', 'copy.get_layer("rating").get')
        ],
        "assign": fix(
            COPY + "last, n = copy.layers[-1], copy.get_layer('p_u').output_dim\n"
            "h = np.array(last.kernel)\n"
            "h[:n] = h[:n] if products is None else products\n"
            "h[n:] = h[n:] if psi is None else psi\n"
            "last.kernel.assign(h)\n"
            "if bias is not None:\n    last.bias.assign([bias])\n"
            "return copy"
        ),
        "np.where": fix(
            COPY + "h, b = copy.layers[-1].get_weights()\n"
            "n = copy.get_layer('p_u').output_dim\n"
            "a = h[:n] if products is None else np.full((n, 1), products)\n"
            "c = h[n:] if psi is None else np.full((len(h) - n, 1), psi)\n"
            "b = b if bias is None else np.array([bias])\n"
            "copy.layers[-1].set_weights([np.concatenate([a, c]), b])\nreturn copy"
        ),
        "a list of all weights": fix(
            COPY + "*others, h, b = copy.get_weights()\n"
            "n = copy.get_layer('p_u').output_dim\n"
            "if products is not None:\n    h[:n] = products\n"
            "if psi is not None:\n    h[n:] = psi\n"
            "if bias is not None:\n    b[0] = bias\n"
            "copy.set_weights([*others, h, b])\nreturn copy"
        ),
    },
    "rescaled": {
        "q_i divided": [('"p_u"', '"q_i"')],
        "shared": [
            (
                SMALLER,
                "q = copy.get_layer('q_i')\n"
                "    for x in (p_u, q):\n"
                "        x.set_weights([x.get_weights()[0] / times**0.5])",
            )
        ],
        "clone_model": [
            ("fixed(model)", "keras.models.clone_model(model)"),
            ("    p_u, rating", "    copy.set_weights(model.get_weights())\n    p_u, rating"),
        ],
        "assign": rescale(
            "copy = fixed(model)\np, last = copy.get_layer('p_u'), copy.layers[-1]\n"
            "p.embeddings.assign(p.embeddings / times)\n"
            "scale = np.ones((last.kernel.shape[0], 1))\nscale[: p.output_dim] = times\n"
            "last.kernel.assign(last.kernel * scale)\nreturn copy"
        ),
    },
}

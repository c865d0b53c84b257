"""Practice 6: wrong answers with a part of the hint that each must draw, and other right ones."""

from types import SimpleNamespace


def prepare(space: dict) -> None:
    """What else a student has at hand: the mean, rows with large ids, a colleague's weights."""
    rows = space["pd"].DataFrame({"user": [900, 3], "item": [2, 1600], "rating": [4.0, 2.0]})
    space["data"] = SimpleNamespace(mean=3.53, num_users=943, num_items=1682)
    for name in ("rmse", "above_mean"):  # the helpers of an earlier cell have names of their own
        space[name].__globals__["data"] = space["data"]
    space["train"] = rows
    table = space["factor_table"](9, 2, "s_u")
    table.build()
    space["made"] = table.trainable_weights


def quicker(cell: str, source: str) -> str:
    """A cell of the filled-in practice, with one epoch of training, to save time."""
    if cell != "fit":
        return source
    assert "steps = 6 *" in source and "epochs=6" in source
    return source.replace("steps = 6 *", "steps =").replace("epochs=6", "epochs=1")


def table(size: str, width: str, name: str, of: str) -> str:
    """A table of the solution, and what it looks up."""
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
SCORES = "scores = tf.reshape(model(pairs(rows)), [-1])"
LOSS = "loss = tf.reduce_mean((above_mean(rows) - scores) ** 2)"
TAPE = f"""with tf.GradientTape(persistent=True) as tape:
    {SCORES}
    {LOSS}
gradients = tape.gradient(loss, weights)
"""
KEPT = "[w.path for w, gradient in zip(weights, gradients, strict=True) if gradient is None]"
TABLES = "(num_users + num_items) * (num_factors + mlp_factors)"
COPY = "copy = keras.models.clone_model(model)\ncopy.set_weights(model.get_weights())\n"
N = 'num_factors = model.get_layer("p_u").output_dim'
IF_PRODUCTS, IF_PSI = "if products is not None", "if psi is not None"
SET = 'copy.get_layer("rating").set_weights([h, b])'
SMALLER = "p_u.set_weights([p_u.get_weights()[0] / times])"
LARGER = "h[: p_u.output_dim] *= times"


def with_table(old: str, arguments: str) -> list:
    """The solution with a table that is not from factor_table."""
    inside, of = old.removeprefix("factor_table(").rsplit(")(", 1)
    size, width, name = inside.split(", ")
    new = f"layers.Embedding({size}, {width}, name={name}, {arguments})({of}"
    return [(old, new)]


# fmt: off
WRONG = {
    "build_neural_ncf": [
        ("without a network, a KerasTensor", (MODEL, "rating")),
        ("written as a class", AS_A_CLASS),
        ("the network takes 1 input", ('item = keras.Input((), dtype="int32", name="item")', "item = user"),
            ("[user, item]", "[user]")),
        ("psi's layers are no part of the network, and the last layer reads 11 numbers", (PSI, PAIR),
            ("[products, psi]", "[products, psi]")),
        ("psi's layers are no part of the network", (PSI, f'{PAIR}; pair = psi; mlp(pair, hidden, "psi")')),
        ("psi is no part of the network", (BOTH, "products")),
        ("p_u and q_i are no part of the network", (BOTH, "psi")),
        ("is one number, not 3", (PRODUCTS, "layers.Dot(axes=1)([p_u, q_i])")),
        ("psi alone, and the products go past it", (BOTH, "psi"), (RATING, f'layers.Dot(axes=1)([p_u, q_i]) + {RATING}')),
        ("p_u and q_i are joined, not multiplied", ("layers.Multiply", "layers.Concatenate")),
        (r"psi reads 4 numbers; expected 4 \+ 4 = 8", (PAIR, "layers.Add()([s_u, t_i])")),
        (r"psi reads 4 numbers; expected 4 \+ 4 = 8", (PAIR, "layers.Multiply()([s_u, t_i])")),
        ("psi reads 6 numbers, p_u and q_i", ("[s_u, t_i]", "[p_u, q_i]")),
        ("psi reads 3 numbers, the products", (PAIR, "products")),
        ("the product has 4 factors and psi reads 6 numbers", *[(x, x.replace("num_f", "mlp_f")) for x in (P_U, Q_I)],
            *[(x, x.replace("mlp_f", "num_f")) for x in (S_U, T_I)]),
        ("the product has 4 factors and psi reads 6 numbers", ("[p_u, q_i]", "[S, T]"), ("[s_u, t_i]", "[p_u, q_i]"),
            ("[S, T]", "[s_u, t_i]")),
        ("psi's first layer is joined, and its last one left out", (PSI, f'mlp({PAIR}, hidden[:1], "psi")')),
        ("psi ends in a single number", (PSI, f'layers.Dense(1)({PSI})')),
        (r"the shape \(8, 10\) for layer 1 of psi", (PSI, PSI.replace("hidden", "(32,)"))),
        (r"the shape \(7, 3\) for q_i", (Q_I, Q_I.replace("items", "users"))),
        ("the output does not depend on t_i", ("[s_u, t_i]", "[s_u, s_u]")),
        (r"psi reads 4 numbers; expected 4 \+ 4 = 8.*along the batch", ('Concatenate(name="pair")', "Concatenate(axis=0)")),
        ("psi reads 11 numbers; expected 4", (PAIR, "layers.Concatenate()([products, s_u, t_i])"), (BOTH, "psi")),
        ("does not depend on the last layer nor on the bias", (RATING, "both")),
        (r"the formula does not have, of the shapes \[\(9,\), \(9, 9\)\]",
            (BOTH, f'layers.Dense(9, activation="relu")({BOTH})')),
        (r"does not have, of the shapes \[\(7, 1\)\]", ("rating = ", "b_i = layers.Embedding(num_items, 1)(item)\n    rating = b_i + ")),
        ("is below 0", ("Dense(1, ", 'Dense(1, activation="relu", ')),
        ("all lie between 0 and 1", ("Dense(1, ", 'Dense(1, activation="sigmoid", ')),
        ("psi has no ReLU", OWN_MLP.format("None").replace("# THE SOLUTION", "mlp, old = own, mlp\n# THE SOLUTION")),
        ("psi's last hidden layer has no ReLU",
            OWN_MLP.format("'relu' if k == 0 else None").replace("# THE", "mlp = own\n# THE")),
        ("t_i stands before s_u", ("[s_u, t_i]", "[t_i, s_u]")),
        ("the last layer reads psi first", ("[products, psi]", "[psi, products]")),
        ("not multiplied: add", ("layers.Multiply", "layers.Add")),
        ("products below 0 are cut off", (PRODUCTS, f'keras.ops.relu({PRODUCTS})')),
        ("users are looked up as items", ("keras.Model([user, item]", "keras.Model([item, user]")),
        ("s_u is looked up with the item's id, t_i is looked up with the user's id",
            (S_U, S_U.replace("(user)", "(item)")), (T_I, T_I.replace("(item)", "(user)"))),
        ("differently alone and in a batch", (PRODUCTS, "keras.ops.softmax(p_u * q_i, axis=0)")),
        ("uses `data`", (RATING, f'{RATING} + data.mean')),
        ("the scores at index 0 should be", (PRODUCTS, "p_u * q_i * q_i")),
        ("training cannot move s_u", ("[s_u, t_i]", "[keras.ops.stop_gradient(s_u), t_i]")),
        ("there is no penalty on t_i", *with_table(T_I, "")),
        ("is 0.01 on s_u; expected 0.0001 on s_u", *with_table(S_U, L2.format("0.01"))),
        ("p_u starts at 0", *with_table(P_U, "embeddings_initializer='zeros', " + L2.format("PENALTY"))),
        ("no layer called 'rating'", ('name="rating"', 'name="r"')),
        ("'p_u' is called 's_u'", ('"p_u"', '"x"'), ('"s_u"', '"p_u"'), ('"x"', '"s_u"')),
        ("`products = layers.Multipy.*AttributeError", ("layers.Multiply", "layers.Multipy")),
        ("another number of hidden layers", (PSI, f'mlp(mlp({PAIR}, [hidden[0]], "a"), [hidden[1]], "b")')),
        ("square brackets join them, side by side", (BOTH, "layers.Add()([products, psi])")),
        ("outer product", (PRODUCTS, 'layers.Flatten()(keras.ops.einsum("bi,bj->bij", p_u, q_i))')),
        (r"the shape \(37, 1, 1\)", ("Input(()", "Input((1,)")),
    ],
    "count_weights": [
        ("found a list", ("tables + psi + phi", "[tables, psi, phi]")),
        ("1 is missing, the bias of the last layer", ("hidden[-1] + 1", "hidden[-1]")),
        ("the biases of psi are missing", ("a * b + b", "a * b")),
        ("all biases are missing", ("a * b + b", "a * b"), ("] + 1", "]")),
        ("missing, s_u and t_i", ("(num_factors + mlp_factors)", "num_factors")),
        ("missing, p_u and q_i", ("(num_factors + mlp_factors)", "mlp_factors")),
        ("missing, those of the items", ("(num_users + num_items)", "num_users")),
        ("all four tables", ("(num_factors + mlp_factors)", "2 * num_factors")),
        ("one vector of mlp_factors", ("2 * mlp_factors", "mlp_factors")),
        ("as if it read p_u and q_i", ("2 * mlp_factors", "2 * num_factors")),
        ("psi's first layer is missing", ("[2 * mlp_factors, *hidden]", "hidden")),
        ("psi's layers are missing", (" + psi +", " +")),
        ("the last layer is missing", (" + phi", "")),
        ("the tables are missing", ("tables + ", "")),
        ("as if it read psi alone", ("phi = num_factors + ", "phi = ")),
        ("as if it read what goes into psi", ("hidden[-1] + 1", "2 * mlp_factors + 1")),
        ("as if the product were a single", ("phi = num_factors", "phi = 1")),
        ("joined, not multiplied", ("phi = num_factors", "phi = 2 * num_factors")),
        ("one vector of each pair", ("2 * mlp_factors", "num_factors + mlp_factors")),
        ("does not depend on the argument `num_users`", "return (943 + 1682) * 48 + 4257"),
        ("stops with another number of hidden layers",
            ("[2 * mlp_factors, *hidden]", "[2 * mlp_factors, hidden[0], hidden[1]]")),
        (r"for 11 users.*hidden=\(12, 9, 4\) the count should be", ("hidden[-1]", "(hidden * 2)[1]")),
        ("the count should be", ("tables + psi", "tables * psi")),
        ("NameError: name 'hiden' is not defined", ("*hidden", "*hiden")),
        ("psi's layers are missing", (" + psi +", " +"), ("hidden[-1] + 1", "2 * mlp_factors + 1")),
        ("there are two tables for each", (TABLES, "num_users * num_factors + num_items * mlp_factors")),
        ("users and items are multiplied", ("(num_users + num_items)", "num_users * num_items")),
        ("num_factors and mlp_factors are multiplied", ("(num_factors + mlp_factors)", "num_factors * mlp_factors")),
        ("psi has a bias for each number that goes in", ("a * b + b", "a * b + a")),
        ("psi has one bias a layer", ("a * b + b", "a * b + 1")),
        ("uses `data`, a variable of the notebook", ("(num_users + num_items)", "(data.num_users + data.num_items)")),
        ("embedding tables have no bias", ("mlp_factors)", "mlp_factors + 2)")),
    ],
    "without_gradient": [
        ("expected a list of paths, found an int", (KEPT, f'len({KEPT})')),
        ("says True or False", (KEPT, "[g is None for g in gradients]")),
        ("has the weights themselves", ("[w.path", "[w")),
        ("the path of none of `weights`", ("w.path", "w.name")),
        ("has NoneType in it", ("[w.path", "[gradient")),
        ("that get a gradient", ("gradient is None", "gradient is not None")),
        ("all weights are reported",
            f'{SCORES}\n{LOSS}\nwith tf.GradientTape() as tape:\n    loss = loss * 1\ngradients = tape.gradient(loss, weights)\nreturn {KEPT}'),
        ("all weights are reported", ("model(pairs(rows))", "model.predict(pairs(rows), verbose=0)")),
        ("the loss that the tape is asked about is a number of NumPy", ("tf.reduce_mean((above", "np.mean((above"), ("- scores)", "- np.array(scores))")),
        ("the loss that the tape is asked about is a number of NumPy", (LOSS, "loss = rmse(model, rows)")),
        ("changes its argument `model`: its weights",
            "old = [w.numpy() for w in weights]\nmodel.compile('sgd', 'mse')\nmodel.fit(pairs(rows), above_mean(rows), verbose=0)\nreturn [w.path for w, o in zip(weights, old) if np.array_equal(w, o)]"),
        ("psi_1 and psi_2 is not connected, nothing is found",
            ("tape.gradient(loss, weights)", "tape.gradient(loss, model.trainable_weights)"),
            ("zip(weights, ", "zip(model.trainable_weights, ")),
        ("in a network without a bug psi_1/bias", "return [w.path for w in weights if 'psi' in w.path]"),
        ("its gradient is stopped",
            "own = {w.path for w in model.weights}\nreturn [w.path for w in weights if w.path not in own]"),
        ("psi_1/kernel is reported; expected", (KEPT, f'{KEPT}[:1]')),
        ("uses `train`", ("pairs(rows)", "pairs(train)")),
        ("with AttributeError", ("tape.gradient(", "tape.gradients(")),
        ("uses `made`", ("(loss, weights)", "(loss, made)"), ("zip(weights", "zip(made")),
        ("a tf.GradientTape notes", "model.compile('sgd', 'mse')\n"
            "grads = model.optimizer.get_gradients(model.total_loss, weights)\nreturn grads"),
        ("all weights are reported", "copies = [tf.Variable(w) for w in weights]\nwith tf.GradientTape() as tape:\n"
            "    tape.watch(copies)\n    scores = model(pairs(rows))\n    loss = tf.reduce_mean(scores)\n"
            "gradients = tape.gradient(loss, copies)\n" f"return {KEPT}"),
    ],
    "fixed": [
        ("expected a network, found an array", ("return copy", "return h")),
        ("the network that was passed in comes back", ("keras.models.clone_model(model)", "model")),
        ("changes its argument `model`: its weights", (SET, SET.replace("copy", "model"))),
        ("the copy shares layers", ("keras.models.clone_model(model)", "keras.Model(model.inputs, model.outputs)")),
        ("has other numbers than the network's", ("copy.set_weights(model.get_weights())", "")),
        ("psi=0 and bias=0 has no effect", (IF_PRODUCTS, "if products"), (IF_PSI, "if psi"),
            ("if bias is not None", "if bias")),
        ("products=0 has no", (IF_PRODUCTS, "if products")),
        ("the last layer's weights are as they were learnt", (SET, "")),
        ("weights of the last layer are nan", (IF_PSI, "if True")),
        (r"fixed\(net\): bias was not given, and is set to 0", ("if bias is not None:\n        b[:] = bias", "b = 0 * b")),
        ("bias=0 has no effect", ("b[:] = bias", "pass")),
        (r"fixed\(net\): what was not given is set to 0",
            ("### BEGIN", "products, psi, bias = products or 0, psi or 0, bias or 0  #")),
        ("set_weights got a number", ("b[:] = bias", "b = bias")),
        ("9 of the last layer's 9 weights are taken for those of the products; expected 3", (N, "num_factors = 32")),
        ("with 2 factors, ", (N, "num_factors = 3")),
        ("the last layer at index 3 should be", ("h[num_factors:]", "h[num_factors + 1 :]")),
        ("the boundary between products and psi is off by one", (N, N + " - 1")),
        ("products and psi are exchanged", ("h[:num_factors]", "h[X]"), ("h[num_factors:]", "h[:num_factors]"),
            ("h[X]", "h[num_factors:]")),
        ("multiplied by the number", ("= products\n", "*= products\n")),
        ("No such layer: ratings", ('"rating").get', '"ratings").get')),
        ("the last layer has other numbers than those that were learnt.*", ('model.get_layer("rating").get', 'copy.get_layer("rating").get'),
            ("    copy.set_weights(model.get_weights())\n", ""),
            ("    if products", "    copy.set_weights(model.get_weights())\n    if products")),
    ],
    "rescaled": [
        ("changes its argument `model`: its weights", ("fixed(model)", "model")),
        ("the copy's s_u.* has other numbers", ("fixed(model)", "keras.models.clone_model(model)")),
        ("the weights of the products are as they were", (LARGER, "")),
        ("and nothing has become smaller", (SMALLER, "")),
        ("psi's weights are multiplied, too", (LARGER, "h *= times")),
        ("divided by 4, not multiplied", (" / times", " * times"), ("*= times", "/= times")),
        ("p_u and q_i are both divided by 4: too much",
            (SMALLER, SMALLER + "; " + SMALLER.replace("p_u", "copy.get_layer('q_i')"))),
        ("only the root of it", (" / times", " / times**0.5")),
        ("a table has become larger, too", (" / times", " * times")),
        ("the bias of the last layer has", (LARGER, LARGER + "; b *= times")),
        ("the weights of the last layer at index", (LARGER, "h[: p_u.output_dim] += times")),
        ("the scores at index", (" / times", " / times + 1")),
        ("NameError: name 'time' is not defined", ("/ times", "/ time")),
        ("integer division", (" / times", " // times")),
    ],
}
RIGHT = {
    "build_neural_ncf": [
        [(PRODUCTS, "p_u * q_i"), (BOTH, "keras.ops.concatenate([products, psi], axis=1)")],
        [(PRODUCTS, "layers.multiply([q_i, p_u])"), (PAIR, "layers.concatenate([s_u, t_i])")],
        [(PSI, PAIR),
            ("    both = ", "    for units in hidden:\n        psi = layers.ReLU()(layers.Dense(units)(psi))\n    both = ")],
        [(PSI, f"keras.Sequential([layers.Dense(n, activation='relu') for n in hidden], name='psi')({PAIR})")],
        [("Input(()", "Input((1,)"), *[(x, f'layers.Flatten()({x})') for x in (P_U, Q_I, S_U, T_I)]],
        [(RATING, f'layers.Dense(1, "linear", name="rating")({BOTH})')],
        [*with_table(P_U, L2.format("PENALTY")), *with_table(T_I, L2.format("1e-4"))],
        [('dtype="int32", ', ""), ('name="neural_ncf"', 'name="net"')],
    ],
    "count_weights": [
        "ids = num_users + num_items\ntotal = ids * num_factors + ids * mlp_factors\nn = 2 * mlp_factors\nfor units in hidden:\n    total += n * units + units\n    n = units\nreturn total + (num_factors + n) * 1 + 1",
        [("a * b + b", "(a + 1) * b")],
        "n = np.array([2 * mlp_factors, *hidden])\ntables = (num_users + num_items) * (num_factors + mlp_factors)\nreturn tables + np.sum((n[:-1] + 1) * n[1:]) + num_factors + n[-1] + 1",
        [("pairwise([2 * mlp_factors, *hidden])", "zip((2 * mlp_factors, *hidden), hidden)")],
    ],
    "without_gradient": [
        [(f'return {KEPT}', "found = []\n    for w, g in zip(weights, gradients):\n        if g is None:\n            found.append(w.path)\n    return found")],
        [(LOSS, "loss = tf.reduce_sum(model(pairs(rows)))")],
        [(LOSS, "loss = keras.losses.MeanSquaredError()(above_mean(rows)[:, None], model(pairs(rows)))")],
        [("tf.reduce_mean(", "keras.ops.mean(")],
        [(SCORES, "scores = model(pairs(rows))")],
        [("model(pairs(rows))", "model(pairs(rows), training=True)")],
        [(KEPT, "{" + KEPT[1:-1] + "}")],
        f'{TAPE}return [w.path for w in weights if tape.gradient(loss, w.value) is None]',
        TAPE + "found = pd.Series(gradients, index=[w.path for w in weights])\nreturn found[[g is None for g in gradients]].index",
    ],
    "fixed": [
        [(N, 'num_factors = model.get_layer("p_u").get_weights()[0].shape[1]')],
        [(N, 'h = model.get_layer("rating").get_weights()[0]\n    num_factors = len(h) - model.get_layer("s_u").output_dim * 0 - [x for x in model.layers if x.name.startswith("psi")][-1].units')],
        [('copy.get_layer("rating")', "copy.layers[-1]")],
        [('model.get_layer("rating").get', 'copy.get_layer("rating").get')],
        COPY + "last, n = copy.layers[-1], copy.get_layer('p_u').output_dim\nh = np.array(last.kernel)\nh[:n] = h[:n] if products is None else products\nh[n:] = h[n:] if psi is None else psi\nlast.kernel.assign(h)\nif bias is not None:\n    last.bias.assign([bias])\nreturn copy",
        COPY + "h, b = copy.layers[-1].get_weights()\nn = copy.get_layer('p_u').output_dim\na = h[:n] if products is None else np.full((n, 1), products)\nc = h[n:] if psi is None else np.full((len(h) - n, 1), psi)\nb = b if bias is None else np.array([bias])\ncopy.layers[-1].set_weights([np.concatenate([a, c]), b])\nreturn copy",
        COPY + "*others, h, b = copy.get_weights()\nn = copy.get_layer('p_u').output_dim\nif products is not None:\n    h[:n] = products\nif psi is not None:\n    h[n:] = psi\nif bias is not None:\n    b[0] = bias\ncopy.set_weights([*others, h, b])\nreturn copy",
    ],
    "rescaled": [
        [('"p_u"', '"q_i"')],
        [(SMALLER, "q = copy.get_layer('q_i')\n    for x in (p_u, q):\n        x.set_weights([x.get_weights()[0] / times**0.5])")],
        [("fixed(model)", "keras.models.clone_model(model)"),
            ("    p_u, rating", "    copy.set_weights(model.get_weights())\n    p_u, rating")],
        "copy = fixed(model)\np, last = copy.get_layer('p_u'), copy.layers[-1]\np.embeddings.assign(p.embeddings / times)\nscale = np.ones((last.kernel.shape[0], 1))\nscale[: p.output_dim] = times\nlast.kernel.assign(last.kernel * scale)\nreturn copy",
    ],
}
# fmt: on

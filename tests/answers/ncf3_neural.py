"""Practice 6: wrong answers with a part of the hint that each must draw, and other right ones."""

from types import SimpleNamespace


def prepare(space: dict) -> None:
    """What else a student has at hand: ratings with large ids, a network, a colleague's weights."""
    rows = space["pd"].DataFrame({"user": [900, 3], "item": [2, 1600], "rating": [4.0, 2.0]})
    space["data"] = SimpleNamespace(mean=3.53, num_users=943, num_items=1682)
    space["train"], space["valid"] = rows, rows
    table = space["layers"].Embedding(9, 2, name="s_u")
    table.build()
    space["made"] = {"A": table.trainable_weights}
    inputs = [space["keras"].Input((), name=name) for name in ("user", "item")]
    space["right"] = space["keras"].Model(inputs, sum(inputs))


def quicker(cell: str, source: str) -> str:
    """A cell of the filled-in practice, with one epoch of training, to save time."""
    if cell != "fit":
        return source
    assert "steps = 6 *" in source and "epochs=6" in source
    return source.replace("steps = 6 *", "steps =").replace("epochs=6", "epochs=1")


LOSS = "loss = tf.reduce_sum(model(pairs(ratings)))"
KEPT = "[w.path for w, gradient in zip(weights, gradients, strict=True) if gradient is None]"
TAPE = f"""with tf.GradientTape(persistent=True) as tape:
    {LOSS}
gradients = tape.gradient(loss, weights)
"""
TARGETS = "centred(ratings, data.mean)"
COMPANY = "scores(model, ratings)\n"
ALONE = "[scores(model, ratings[k : k + 1])[0] for k in range(len(ratings))]"
BOTH = f"together = scores(model, ratings)\nalone = np.array({ALONE})\n"
LARGEST = "np.max(np.abs(together - np.array(alone)))"
TURNED = "ratings[column].to_numpy()[::-1]"
SHARE = "float(np.mean(change > 0.001))"
MOVED = "return float(np.mean(np.abs(scores(model, other) - scores(model, ratings)) > 0.001))"
COPY = "copy = keras.models.clone_model(model)\ncopy.set_weights(model.get_weights())\n"
N = 'num_factors = model.get_layer("p_u").output_dim'
IF_PRODUCTS, IF_PSI = "if products is not None", "if psi is not None"
SET = 'copy.get_layer("rating").set_weights([h, b])'
# fmt: off
WRONG = {
    "without_gradient": [
        ("expected a list of paths, found an int", (KEPT, f'len({KEPT})')),
        ("has bool in it", (KEPT, "[g is None for g in gradients]")),
        ("has Variable in it; expected are the paths", ("[w.path", "[w")),
        ("the path of none of `weights`", ("w.path", "w.name")),
        ("has NoneType in it", ("[w.path", "[gradient")),
        ("that get a gradient", ("gradient is None", "gradient is not None")),
        ("all weights are reported",
            f'{LOSS}\nwith tf.GradientTape() as tape:\n    loss = loss * 1\ngradients = tape.gradient(loss, weights)\nreturn {KEPT}'),
        ("all weights are reported", ("model(pairs(ratings))", "model.predict(pairs(ratings), verbose=0)")),
        ("the loss that the tape is asked about is a number of NumPy", ("tf.reduce_sum(model(pairs(ratings)))", "np.sum(model(pairs(ratings)))")),
        ("the loss that the tape is asked about is a number of NumPy", (LOSS, "loss = rmse(scores(model, ratings), ratings)")),
        ("changes its argument `model`: its weights",
            "old = [w.numpy() for w in weights]\nmodel.compile('sgd', 'mse')\nmodel.fit(pairs(ratings), np.zeros(len(ratings)), verbose=0)\nreturn [w.path for w, o in zip(weights, old) if np.array_equal(w, o)]"),
        ("psi_1 and psi_2 is not connected, nothing is found",
            ("tape.gradient(loss, weights)", "tape.gradient(loss, model.trainable_weights)"),
            ("zip(weights, ", "zip(model.trainable_weights, ")),
        ("in a network without a fault psi_1/bias", "return [w.path for w in weights if 'psi' in w.path]"),
        ("its gradient is stopped",
            "own = {w.path for w in model.weights}\nreturn [w.path for w in weights if w.path not in own]"),
        ("only the first weight is reported; expected psi_1/bias", (KEPT, f'{KEPT}[:1]')),
        ("argument `model`: it, or a part of it, is frozen now", ("    with tf", "    for w in weights:\n        w.trainable = False\n    with tf")),
        ("uses `train`", ("pairs(ratings)", "pairs(train)")),
        ("with AttributeError", ("tape.gradient(", "tape.gradients(")),
        ("uses `made`", ("(loss, weights)", "(loss, made['A'])"), ("zip(weights", "zip(made['A']")),
        ("a tf.GradientTape sees", "model.compile('sgd', 'mse')\n"
            "grads = model.optimizer.get_gradients(model.total_loss, weights)\nreturn grads"),
        ("all weights are reported", "copies = [tf.Variable(w) for w in weights]\nwith tf.GradientTape() as tape:\n"
            "    tape.watch(copies)\n    loss = tf.reduce_mean(model(pairs(ratings)))\n"
            "gradients = tape.gradient(loss, copies)\n" f"return {KEPT}"),
    ],
    "moved_by_company": [
        ("with its sign", BOTH + "return (together - alone).max()"),
        ("with its sign", BOTH + "return float(np.max(alone - together))"),
        ("averaged", ("np.max(", "np.mean(")),
        (r"one number, found an array of the shape \(35,\)", (LARGEST, LARGEST[7:-1]), ("float(", "(")),
        ("one number, found True or False", BOTH + "return not np.allclose(together, alone)"),
        ("the share of the pairs whose score", (LARGEST, "np.mean(np.abs(together - np.array(alone)) > 1e-3)")),
        ("only the first of the pairs", BOTH + "return abs(float(together[0] - alone[0]))"),
        ("only the first of the pairs", "together = scores(model, ratings)\nfor k in range(len(ratings)):\n"
            "    alone = scores(model, ratings[k : k + 1])[0]\n    return abs(float(together[k] - alone))"),
        ("only the last of the pairs", "together = scores(model, ratings)\nfor k in range(len(ratings)):\n"
            "    change = abs(float(together[k] - scores(model, ratings[k : k + 1])[0]))\nreturn change"),
        ("35 x 35 numbers", (ALONE, ALONE.replace("[0]", ""))),
        ("a pair alone is no frame", ("ratings[k : k + 1]", "ratings.iloc[k]")),
        ("a label that the index does not have", ("ratings[k : k + 1]", "ratings.loc[[k]]")),
        ("cut into batches of 32", (COMPANY, "model.predict(pairs(ratings), verbose=0).ravel()\n")),
        ("random", (COMPANY, "np.ravel(model(pairs(ratings), training=True))\n")),
        ("the largest difference should be", ("ratings[k : k + 1]", "ratings")),
        ("a squared difference", ("np.abs(together - np.array(alone))", "(together - np.array(alone)) ** 2")),
        ("added up", ("np.max(", "np.sum(")),
        ("its place", ("np.max(", "np.argmax(")),
        ("root mean square", (LARGEST, "np.sqrt(np.mean((together - np.array(alone)) ** 2))")),
        ("uses `right`, a variable", (COMPANY, "scores(right, ratings)\n")),
        ("uses `valid`, a variable", ("len(ratings)", "len(valid)")),
        ("the pairs are not alone: ", ("ratings[k : k + 1]", "ratings[k : k + 2]")),
        ("with those before or behind it", ("ratings[k : k + 1]", "ratings[k:]")),
        ("the largest score in company", (LARGEST, "abs(together.max() - max(alone))")),
        ("the smallest of", ("np.max(", "np.min(")),
        ("rounded to 1 decimal", (f"float({LARGEST})", f"round(float({LARGEST}), 1)")),
    ],
    "moved_by_swap": [
        ("for changes of some thousandths", ("> 0.001", "> 0.01")),
        ("no score changes, as if nothing", (TURNED, "ratings[column][::-1]")),
        ("no score changes, as if nothing", f"other = ratings.copy()\nother[column] = other[column].iloc[::-1]\n{MOVED}"),
        ("no score changes, as if nothing", (TURNED, "np.flip(ratings[column])")),
        ("changes its argument `ratings`", f"before = scores(model, ratings)\nratings[column] = {TURNED}\n"
            "return float(np.mean(np.abs(scores(model, ratings) - before) > 0.001))"),
        ("changes its argument `ratings`", f"other = ratings\nother[column] = {TURNED}\n{MOVED}"),
        ("something else than `column`", f"other = ratings[::-1]\n{MOVED}"),
        ("something else than `column`", ("**{column: ratings[column]", "**{'item': ratings['item']")),
        ("argument `column`|something else than `column`", ("**{column: ratings[column]", "**{'user': ratings['user']")),
        ("something else than `column`", (f"**{{column: {TURNED}}}",
            "user=ratings['user'].to_numpy()[::-1], item=ratings['item'].to_numpy()[::-1]")),
        ("something else than `column`", "swapped = scores(model, ratings)[::-1]\n"
            "return float(np.mean(np.abs(swapped - scores(model, ratings)) > 0.001))"),
        ("how many pairs change, not their share", ("np.mean(", "np.sum(")),
        ("a percentage", (SHARE, f"100 * {SHARE}")),
        ("whose score stays", ("change > 0.001", "change <= 0.001")),
        ("the share", ("np.mean(change > 0.001)", "np.mean(change)")),
        ("a share is from 0 to 1|the share", ("np.mean(change > 0.001)", "np.max(change)")),
        ("one number, found True or False", (SHARE, "bool((change > 0.001).any())")),
        ("one number, found True or False", (SHARE, "change > 0.001")),
        ("whose score rises", ("np.abs(scores(model, swapped) - scores(model, ratings))", "(scores(model, swapped) - scores(model, ratings))")),
        ("a change below 0.001 counts", ("change > 0.001", "change > 0")),
        ("share should be", ("0.001", "0.1")),
        ("share should be", (TURNED, "np.sort(ratings[column])")),
        ("share should be", (TURNED, "np.roll(ratings[column], 1)")),
        ("random|share should be", (TURNED, "np.random.permutation(ratings[column])")),
        ("share should be", (TURNED, "ratings[column].iloc[-1]")),
        ("who gets whose id|something else", "other = ratings.rename(columns={'user': 'item', 'item': 'user'})\n" + MOVED),
        ("no score changes, as if nothing", ("**{column: ", "**{'column': ")),
        ("uses `valid`", ("scores(model, ratings)", "scores(model, valid)")),
        ("share should be|rounded", (SHARE, f"round({SHARE}, 1)")),
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
        ("the last layer's weights are as they were learned", (SET, "")),
        ("the weights and the bias of the last layer: there are nan", (IF_PSI, "if True")),
        (r"fixed\(net\): bias was not given, and is set to 0", ("if bias is not None:\n        b[:] = bias", "b = 0 * b")),
        ("bias=0 has no effect", ("b[:] = bias", "pass")),
        (r"fixed\(net\): what was not given is set to 0",
            ("### BEGIN", "products, psi, bias = products or 0, psi or 0, bias or 0  #")),
        ("set_weights got a number", ("b[:] = bias", "b = bias")),
        ("9 of the last layer's 9 weights are taken for those of the products; expected 3", (N, "num_factors = 32")),
        ("with 2 factors, ", (N, "num_factors = 3")),
        ("the last layer at index 3 should be", ("h[num_factors:]", "h[num_factors + 1 :]")),
        ("2 of the last layer's 9 weights are taken for those of the products; expected 3", (N, N + " - 1")),
        ("products and psi are exchanged", ("h[:num_factors]", "h[X]"), ("h[num_factors:]", "h[:num_factors]"),
            ("h[X]", "h[num_factors:]")),
        ("multiplied by the number", ("= products\n", "*= products\n")),
        ("No such layer: ratings", ('"rating").get', '"ratings").get')),
        ("the last layer has other numbers than those that were learned.*", ('model.get_layer("rating").get', 'copy.get_layer("rating").get'),
            ("    copy.set_weights(model.get_weights())\n", ""),
            ("    if products", "    copy.set_weights(model.get_weights())\n    if products")),
    ],
}
RIGHT = {
    "without_gradient": [
        [(f'return {KEPT}', "found = []\n    for w, g in zip(weights, gradients):\n        if g is None:\n            found.append(w.path)\n    return found")],
        [(LOSS, f"loss = tf.reduce_mean(({TARGETS} - tf.reshape(model(pairs(ratings)), [-1])) ** 2)")],
        [(LOSS, f"loss = keras.losses.MeanSquaredError()({TARGETS}[:, None], model(pairs(ratings)))")],
        [("tf.reduce_sum(", "keras.ops.mean(")],
        [("tf.reduce_sum(model(pairs(ratings)))", "model(pairs(ratings))")],
        [("model(pairs(ratings))", "model(pairs(ratings), training=True)")],
        [(KEPT, "{" + KEPT[1:-1] + "}")],
        f'{TAPE}return [w.path for w in weights if tape.gradient(loss, w.value) is None]',
        TAPE + "found = pd.Series(gradients, index=[w.path for w in weights])\nreturn found[[g is None for g in gradients]].index",
    ],
    "moved_by_company": [
        [("ratings[k : k + 1]", "ratings.iloc[[k]]")],
        "users, items = pairs(ratings)\ntogether = np.ravel(model([users, items]))\n"
            "return max(abs(t - float(np.ravel(model([users[[k]], items[[k]]]))[0])) for k, t in enumerate(together))",
        "alone = model.predict(pairs(ratings), batch_size=1, verbose=0).reshape(-1)\nreturn np.abs(scores(model, ratings) - alone).max()",
        "together = scores(model, ratings)\nlargest = 0\nfor k in range(len(ratings)):\n"
            "    change = abs(scores(model, ratings.iloc[k : k + 1]) - together[k])\n    largest = max(largest, change.item())\nreturn largest",
        "together = model.predict(pairs(ratings), batch_size=len(ratings), verbose=0)\n"
            "alone = np.concatenate([model.predict_on_batch(pairs(ratings[k : k + 1])) for k in range(len(ratings))])\n"
            "return np.max(abs(together.reshape(-1) - alone.reshape(-1)))",
        "alone = pd.concat([pd.Series(scores(model, one)) for _, one in ratings.groupby(np.arange(len(ratings)))])\n"
            "return np.linalg.norm(scores(model, ratings) - alone.to_numpy(), np.inf)",
        f"return tf.reduce_max(tf.abs(scores(model, ratings) - tf.stack({ALONE})))",
    ],
    "moved_by_swap": [
        "other = ratings.copy()\nother[column] = other[column].values[::-1]\n"
            "return (abs(scores(model, other) - scores(model, ratings)) > 0.001).mean()",
        [(TURNED, "list(reversed(ratings[column].tolist()))")],
        "users, items = pairs(ratings)\nif column == 'user':\n    after = model([users[::-1], items])\nelse:\n"
            "    after = model([users, items[::-1]])\nreturn np.mean(np.abs(np.ravel(after) - scores(model, ratings)) > 1e-3)",
        "other = ratings.reset_index(drop=True)\nother[column] = other[column][::-1].reset_index(drop=True)\n"
            "moved = ~np.isclose(scores(model, other), scores(model, ratings), rtol=0, atol=0.001)\nreturn moved.sum() / len(ratings)",
        "both = dict(zip(['user', 'item'], pairs(ratings)))\nboth[column] = both[column][::-1]\n"
            "moved = model.predict([both['user'], both['item']], verbose=0) - model.predict(pairs(ratings), verbose=0)\n"
            "return sum(abs(m) > 0.001 for m in moved.ravel()) / len(moved)",
        f"before = scores(model, ratings)\nratings = ratings.copy()\nratings[column] = {TURNED}.copy()\n"
            "return 1 - np.mean(np.abs(scores(model, ratings) - before) <= 0.001)",
        [(SHARE, "np.count_nonzero(change > 0.001) / change.size")],
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
}
# fmt: on

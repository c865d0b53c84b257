"""Practice 9: wrong answers with a part of the hint that each must draw, and other right ones."""

from types import SimpleNamespace

import numpy as np
import pandas as pd


def prepare(space: dict) -> None:
    """What else a student has at hand: ratings with their times."""
    train = pd.DataFrame({"user": [3, 0, 2], "item": [5, 2, 9], "rating": [4.0, 2.0, 5.0]})
    train = train.assign(time=[880_000_000, 880_000_300, 880_000_010], left_over=[0.5, -1, 0.25])
    space |= {"train": train, "users": np.array([3, 0, 2]), "times": train["time"].to_numpy()}
    space["data"] = SimpleNamespace(train=train, mean=3.53, num_users=943, num_items=1682)


def quicker(cell: str, source: str) -> str:
    """A cell of the filled-in practice, with less training."""
    return source.replace("epochs=8", "epochs=1")


ROWS = "r = np.zeros((num_users, num_items), 'float32')\nfor u, i in zip(ratings['user'], ratings['item']):\n    r[u, i] = 1\n"
LAYER = "\nreturn layers.Embedding(num_users, num_items, weights=[r], trainable=False)"
ROOT = "r /= np.sqrt(np.maximum(r.sum(axis=1, keepdims=True), 1))"
HOT = "o = rows * (1 - ops.one_hot(item, rows.shape[1]))\n"
SEED = "keras.utils.set_random_seed(1)\n"
FIRST = "first = ratings.iloc[:1]\n"
GAP = "g = asked['time'].to_numpy()[:, None] - known['time'].to_numpy()[None, :]\n"
OWN = "c = asked['item'].to_numpy()[:, None] != known['item'].to_numpy()[None, :]\n"
WHICH = "if which == 'past':\n    c &= g > 0\nif which == 'same second':\n    c &= g == 0\n"
END = "w = np.exp(-abs(g) / tau) * c\nt = w.sum(1) + k\nreturn np.divide(w @ known['left_over'].to_numpy(), t, out=np.zeros(len(asked)), where=t > 0)"
EACH = "new = times.copy()\nr = np.random.RandomState(seed)\nfor u in np.unique(users):\n    m = users == u\n    new[m] = "

# fmt: off
WRONG = {
    "history_layer": [
        ("there are nan; expected zeros", ROWS + "r /= np.sqrt(r.sum(axis=1, keepdims=True))" + LAYER),
        ("not frozen", ROWS + ROOT + "\nreturn layers.Embedding(num_users, num_items, weights=[r])"),
        ("0 and 1", ROWS + LAYER),
        ("1/n", ROWS + "r /= np.maximum(r.sum(axis=1, keepdims=True), 1)" + LAYER),
        ("users of each film", ROWS + "r /= np.sqrt(np.maximum(r.sum(axis=0), 1))" + LAYER),
        ("holds stars", "r = np.zeros((num_users, num_items))\nr[ratings['user'], ratings['item']] = ratings['rating']" + LAYER),
        ("of stars are divided", "r = np.zeros((num_users, num_items))\nr[ratings['user'], ratings['item']] = ratings['rating']\nr /= np.maximum(np.linalg.norm(r, axis=1, keepdims=True), 1e-9)" + LAYER),
        ("expected an Embedding", ROWS + ROOT + "\nreturn r"),
        ("expected an Embedding", ROWS + ROOT + "\nreturn lambda ids: r[ids]"),
        ("the table", "n, m = ratings['user'].nunique(), ratings['item'].nunique()\n" + ROWS.replace("(num_users, num_items)", "(n + 9, m)").replace("[u, i]", "[u, i % m]") + "return layers.Embedding(n, m, trainable=False)"),
        ("the table", ROWS + ROOT + "\nreturn layers.Embedding(num_items, num_users, weights=[r.T], trainable=False)"),
        ("stopped", ROWS + ROOT + "\nreturn layers.Embedding(num_items, num_users, weights=[r], trainable=False)"),
        ("numbers are random", ROWS + ROOT + "\nreturn layers.Embedding(num_users, num_items, trainable=False)"),
        ("the rows", ROWS + "r[-1] = r[0]\n" + ROOT + LAYER),
        ("counts all ratings", ROWS + "r /= np.linalg.norm(r)" + LAYER),
        ("the rows", ROWS + "r = r / np.log1p(np.maximum(r.sum(axis=1, keepdims=True), 1))" + LAYER),
    ],
    "without_own": [
        ("still say", HOT + "return o"),
        ("own entry", "return rows"),
        ("own entry", "return rows * ops.one_hot(item, rows.shape[1])"),
        ("nan", HOT + "n = ops.sum(ops.cast(o > 0, 'float32'), axis=1, keepdims=True)\nreturn ops.cast(o > 0, 'float32') / ops.sqrt(n)"),
        ("all pairs are taken out", "o = rows * (1 - ops.max(ops.one_hot(item, rows.shape[1]), axis=0))\nreturn ops.normalize(o, axis=1)"),
        ("n is one less", "n = 1 / ops.maximum(ops.max(rows, axis=1, keepdims=True), 1e-3) ** 2\n" + HOT + "return o * ops.sqrt(n / ops.maximum(n - 1, 1))"),
        ("divided by n once more", HOT + "return o / ops.maximum(ops.sum(o > 0, axis=1, keepdims=True), 1)"),
        ("not divided", HOT + "return ops.cast(o > 0, 'float32')"),
        ("Keras ?[tT]ensor|stopped", "o = np.array(rows)\no[np.arange(len(o)), item] = 0\nreturn o"),
        ("stopped", "rows[:, item] = 0\nreturn rows"),
        ("the rows|stopped", HOT + "return ops.sum(o, axis=1)"),
        ("1 over their count", HOT + "return o / ops.maximum(ops.sum(o, axis=1, keepdims=True), 1)"),
        ("rows still have their own entry", "return rows * (1 - ops.one_hot(item - 1, rows.shape[1]))"),
        ("rows of other pairs: all numbers are 0", "return ops.zeros_like(rows)"),
        ("n is that of the whole batch", HOT + "o = ops.cast(o > 0, 'float32')\nreturn o / ops.sqrt(ops.maximum(ops.sum(o), 1))"),
        ("counts the rows of each film", HOT + "o = ops.cast(o > 0, 'float32')\nreturn o / ops.sqrt(ops.maximum(ops.sum(o, axis=0), 1))"),
        ("NoneType", "return rows * ops.cast(ops.arange(rows.shape[0])[:, None] != item[:, None], 'float32')"),
        ("own entry", "return rows - ops.one_hot(item, rows.shape[1])"),
    ],
    "leaks": [
        ("different random", SEED + "a = build(ratings)\nb = build(ratings.iloc[1:])\nx = pairs(ratings.iloc[:1])\nreturn bool(np.abs(a.predict(x) - b.predict(x))[0, 0] > 1e-5)"),
        ("different random", "x = pairs(ratings[:1])\nreturn bool(abs(np.ravel(build(ratings)(x))[0] - np.ravel(build(ratings[1:])(x))[0]) > 1e-5)"),
        ("calls of `build`: 1;", "m = build(ratings)\nreturn bool(np.ravel(m(pairs(ratings)))[0] > 1e-5)"),
        ("calls of `build`: 0;", "return True"),
        ("differ in", ("ratings[1:]", "ratings[5:]")),
        ("differ in", ("ratings[1:]", "ratings[ratings['user'] != ratings['user'].iloc[0]]")),
        ("same pairs", ("ratings[1:]", "ratings.assign(rating=0.0)")),
        ("is not asked", ("pairs(ratings[:1])", "pairs(ratings[1:2])")),
        ("does not leak", "s = []\nfor r in (ratings, ratings[1:]):\n    keras.utils.set_random_seed(0)\n    s.append(np.ravel(build(r)(pairs(ratings))))\nreturn bool(np.abs(s[0] - s[1]).max() > 1e-5)"),
        ("0.000001", ("> 1e-5", "> 0")),
        ("leaks, and you say", ("> 1e-5", "> 0.01")),
        ("expected True or False", "s = []\nfor r in (ratings, ratings[1:]):\n    keras.utils.set_random_seed(0)\n    s.append(np.ravel(build(r)(pairs(ratings[:1])))[0])\nreturn abs(s[0] - s[1])"),
        ("stopped", ("ratings[1:]", "ratings.drop(0)")),
        ("leaks, and you say", ("abs(scores[0] - scores[1])", "(scores[0] - scores[1])")),
        ("differ in", ("ratings[1:]", "ratings.drop(ratings.index[0])")),
        ("leaks, and you say", ("> 1e-5", "<= 1e-5")),
    ],
    "session_mean": [
        ("own rating is in", GAP + "c = np.ones(g.shape, bool)\n" + WHICH + END),
        ("but not below it", GAP + OWN + WHICH + END.replace("w.sum(1) + k", "np.exp(-abs(g) / tau).sum(1) + k")),
        ("same second are left out", GAP + "c = g != 0\n" + WHICH + END),
        ("strictly before", GAP + OWN + WHICH.replace("> 0", ">= 0") + END),
        ("comes after", GAP + OWN + WHICH.replace("> 0", "< 0") + END),
        ("has a sign", GAP + OWN + WHICH + END.replace("abs(g)", "g")),
        ("divided by the number", GAP + OWN + WHICH + END.replace("w.sum(1) + k", "c.sum(1) + k")),
        ("k is not added", GAP + OWN + WHICH + END.replace("w.sum(1) + k", "w.sum(1)")),
        ("there are nan", GAP + OWN + WHICH + END.replace("np.divide(w @ known['left_over'].to_numpy(), t, out=np.zeros(len(asked)), where=t > 0)", "(w @ known['left_over'].to_numpy()) / t")),
        ("mean of stars", GAP + OWN + WHICH + END.replace("left_over", "rating")),
        ("`which`", GAP + OWN + END),
        ("multiplied with tau", GAP + OWN + WHICH + END.replace("/ tau", "* tau")),
        ("stopped", GAP + OWN + WHICH + END.replace("known['left_over']", "asked['left_over']")),
        ("the means", GAP + OWN + WHICH + "w = np.exp(-abs(g) / tau) * c\nreturn (w @ known['left_over'].to_numpy()).mean()"),
        ("squared", GAP + OWN + WHICH + END.replace("abs(g) / tau", "(g / tau) ** 2")),
        ("`tau`", GAP + OWN + WHICH + END.replace("tau", "60")),
        ("`k`", GAP + OWN + WHICH + END.replace("+ k", "+ 2")),
        ("all numbers are 0", "return np.zeros(len(asked))"),
        ("the means", GAP + "c = asked.index.to_numpy()[:, None] != known.index.to_numpy()\n" + WHICH + END),
        ("depend on the argument `asked`", "return np.array([known['left_over'].mean()] * len(asked))"),
    ],
    "control": [
        ("times of other users", "return np.random.RandomState(seed).permutation(times)"),
        ("same seed", EACH + "np.random.permutation(times[m])\nreturn new"),
        ("another seed", EACH.replace("(seed)", "(0)") + "r.permutation(times[m])\nreturn new"),
        ("hardly a rating", "return times.copy()"),
        ("another seed", EACH + "times[m][::-1]\nreturn new"),
        ("as a block", EACH + "np.roll(times[m], r.randint(1, m.sum() + 1))\nreturn new"),
        ("a part of each user's times stays", EACH + "np.append(times[m][: m.sum() // 2], r.permutation(times[m][m.sum() // 2 :]))\nreturn new"),
        ("more often", EACH + "r.choice(times[m], m.sum())\nreturn new"),
        ("nobody had", EACH + "r.randint(times[m].min(), times[m].max() + 1, m.sum())\nreturn new"),
        ("nobody had", "return times + np.random.RandomState(seed).randint(-9, 10, len(times))"),
        ("argument `times`", "r = np.random.RandomState(seed)\nfor u in np.unique(users):\n    m = users == u\n    times[m] = r.permutation(times[m])\nreturn times"),
        ("hardly a rating", "r = np.random.RandomState(seed)\nfor u in np.unique(users):\n    r.shuffle(times[users == u])\nreturn times.copy()"),
        ("shape|the times", "r = np.random.RandomState(seed)\nreturn [r.permutation(times[users == u]) for u in np.unique(users)]"),
        ("another seed", EACH + "np.sort(times[m])\nreturn new"),
        ("one user after the other", "r = np.random.RandomState(seed)\nreturn np.concatenate([r.permutation(times[users == u]) for u in np.unique(users)])"),
        ("keep their times", EACH + "r.permutation(times[m]) if u == users[0] else times[m]\nreturn new"),
        ("times of other users", "return times[np.argsort(np.random.RandomState(seed).rand(len(users)))]"),
    ],
}

RIGHT = {
    "history_layer": [
        ROWS + "for u in range(num_users):\n    n = r[u].sum()\n    if n:\n        r[u] /= n ** 0.5" + LAYER,
        ROWS + ROOT + "\nreturn layers.Embedding(num_users, num_items, keras.initializers.Constant(r), trainable=False)",
        ROWS + ROOT + "\ne = layers.Embedding(num_users, num_items, name='h_u')\ne.build()\ne.set_weights([r])\ne.trainable = False\nreturn e",
        "r = pd.crosstab(ratings['user'], ratings['item']).reindex(index=range(num_users), columns=range(num_items), fill_value=0).to_numpy(float)\nr = r / np.sqrt(np.maximum(r.sum(axis=1, keepdims=True), 1))" + LAYER,
        "r = np.zeros((num_users, num_items))\nn = ratings['user'].map(ratings['user'].value_counts())\nr[ratings['user'], ratings['item']] = 1 / np.sqrt(n)" + LAYER,
        ROWS + "r /= np.maximum(np.linalg.norm(r, axis=1, keepdims=True), 1)" + LAYER,
    ],
    "without_own": [
        HOT + "return ops.normalize(o, axis=1)",
        HOT + "n = ops.sum(ops.sign(o), axis=1, keepdims=True)\nreturn ops.sign(o) / ops.sqrt(ops.where(n > 0, n, 1))",
        HOT + "length = ops.sqrt(ops.sum(o**2, axis=-1, keepdims=True))\nreturn o / ops.maximum(length, 1e-6)",
        HOT + "return layers.UnitNormalization()(o)",
        "own = ops.one_hot(item, rows.shape[-1]) > 0\no = ops.where(own, 0.0, rows)\nn = ops.cast(ops.count_nonzero(o, axis=1), 'float32')[:, None]\nreturn ops.where(o > 0, 1 / ops.sqrt(ops.maximum(n, 1)), 0.0)",
        "own = ops.equal(ops.expand_dims(item, 1), ops.arange(rows.shape[1]))\no = ops.cast(ops.logical_and(rows > 0, ops.logical_not(own)), 'float32')\nreturn o * ops.rsqrt(ops.maximum(ops.sum(o, -1, keepdims=True), 1))",
    ],
    "leaks": [
        "def score(r):\n    keras.utils.set_random_seed(7)\n    return build(r).predict(pairs(ratings.iloc[[3]]), verbose=0).item()\nreturn abs(score(ratings) - score(pd.concat([ratings[:3], ratings[4:]]))) > 1e-5",
        SEED + "a = build(ratings)\n" + SEED + "b = build(ratings.iloc[:-1])\nx = pairs(ratings.iloc[-1:])\nreturn not np.allclose(a(x), b(x), rtol=0, atol=1e-5)",
        "for k in (0, 4):\n    s = []\n    for r in (ratings, ratings[np.arange(len(ratings)) != k]):\n        keras.utils.set_random_seed(k)\n        s.append(float(build(r)(pairs(ratings[k : k + 1]))[0, 0]))\n    if abs(s[1] - s[0]) >= 1e-5:\n        return True\nreturn False",
        SEED + "a = np.ravel(build(ratings)(pairs(ratings)))[0]\n" + SEED + "b = np.ravel(build(ratings[1:])(pairs(ratings)))[0]\nreturn np.abs(a - b) > 1e-5",
        FIRST + "u, i = (first[c].iloc[0] for c in ('user', 'item'))\nrest = ratings[(ratings.user != u) | (ratings.item != i)]\nout = []\nfor r in (rest, ratings):\n    keras.utils.set_random_seed(3)\n    out.append(build(r).predict([np.array([u]), np.array([i])])[0][0])\nreturn bool(abs(out[0] - out[1]) > 0.00001)",
        [("ratings[1:]", "ratings.iloc[1:]"), ("set_random_seed(0)", "set_random_seed(11)")],
    ],
    "session_mean": [
        GAP + OWN + WHICH + END,
        "out = []\nfor a in asked.itertuples():\n    up = down = 0\n    for b in known.itertuples():\n        ok = {'all': True, 'past': b.time < a.time, 'same second': b.time == a.time}[which]\n        if ok and a.item != b.item:\n            w = np.exp(-abs(a.time - b.time) / tau)\n            up, down = up + w * b.left_over, down + w\n    out.append(up / (down + k) if down + k else 0)\nreturn np.array(out)",
        "out = []\nfor _, a in asked.iterrows():\n    b = known[known['item'] != a['item']]\n    if which == 'past':\n        b = b[b['time'] < a['time']]\n    elif which == 'same second':\n        b = b[b['time'] == a['time']]\n    w = np.exp(-(b['time'] - a['time']).abs() / tau)\n    out.append((w * b['left_over']).sum() / (w.sum() + k) if w.sum() + k > 0 else 0.0)\nreturn np.array(out)",
        GAP + OWN + WHICH + "w = np.where(c, np.exp(-np.abs(g) / tau), 0)\nwith np.errstate(all='ignore'):\n    return np.nan_to_num((w * known['left_over'].to_numpy()).sum(axis=1) / (w.sum(axis=1) + k))",
        "w = np.exp(-np.abs(np.subtract.outer(asked['time'].values, known['time'].values)) / tau)\nw[asked['item'].values[:, None] == known['item'].values] = 0\ng = np.subtract.outer(asked['time'].values, known['time'].values)\nif which != 'all':\n    w[g <= 0 if which == 'past' else g != 0] = 0\nreturn (w @ known['left_over'].values / np.maximum(w.sum(1) + k, 1e-12))[:, None]",
        GAP + OWN + "c &= {'all': True, 'past': g > 0, 'same second': g == 0}[which]\n" + END,
    ],
    "control": [
        EACH + "r.permutation(times[m])\nreturn new",
        "r = np.random.default_rng(seed)\nreturn pd.Series(times).groupby(users).transform(lambda t: r.permutation(t.to_numpy())).to_numpy()",
        "r = np.random.RandomState(seed)\nnew = np.empty_like(times)\nby_chance = r.permutation(len(users))\na, b = np.argsort(users, kind='stable'), by_chance[np.argsort(users[by_chance], kind='stable')]\nnew[a] = times[b]\nreturn new",
        "np.random.seed(seed)\nnew = np.array(times)\nfor u in set(users):\n    k = np.where(users == u)[0]\n    new[k] = times[np.random.permutation(k)]\nreturn new",
        EACH + "r.choice(times[m], m.sum(), replace=False)\nreturn new",
        "f = pd.DataFrame({'u': users, 't': times})\nreturn f.groupby('u')['t'].transform(lambda t: t.sample(frac=1, random_state=seed).to_numpy()).to_numpy()",
    ],
}
# fmt: on

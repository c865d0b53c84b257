"""The planted ratings: two made-up worlds, for a class without data and network.

They are the same, bit for bit, on every platform and with every version of NumPy: random numbers
come from `RandomState`, whose stream is frozen, and are rounded at once.
"""

from math import erf, sqrt

import numpy as np
import pandas as pd

# From the slowest to the fastest; 29 adjectives x 58 nouns give 1,682 different titles.
PLANTED_GENRES = "Documentary Drama Romance Comedy Mystery Crime Thriller Action".split()
ADJECTIVES = (
    "Amber Borrowed Broken Crimson Distant Electric Endless Fading First Forgotten Frozen Gentle "
    "Golden Hidden Hollow Iron Last Lonely Midnight Paper Quiet Restless Scarlet Second Secret "
    "Silver Stolen Velvet Wandering"
).split()
NOUNS = (
    "Alibi Anchor Archive Avenue Balcony Bridge Bureau Canyon Caravan Carnival Castle Clocktower "
    "Coast Compass Corridor Courtyard Detective Diary Echo Embassy Engine Express Ferry Fortune "
    "Garden Guest Harbour Horizon Island Kingdom Lantern Lighthouse Market Melody Messenger Mirror "
    "Orchard Passenger Piano Pilot Portrait Promise Prophet Railway River Rooftop Season Shadow "
    "Signal Station Stranger Summer Telegram Theatre Tide Traveller Valley Winter"
).split()
ONE_STAR = 1024  # planted values are whole numbers of 1/1024 star: the same on every platform


def planted_world() -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Ratings of a made-up world of the size and shape of MovieLens 100K.

    Returns the ratings (user, item, rating in stars), the items (item, title, year, genres) and the
    expected rating of each of the ratings: its RMSE is the lowest that a model can expect.

    A rating is 3.5 + a_u + b_i + p_u . q_i + w(u, i) + noise, rounded and cut to 1 ... 5 stars.
    The term w is what a dot product of few factors cannot express: every film has a pace and
    every user a favourite pace; w is +0.9 stars where the two are near and -0.7 elsewhere.
    """
    num_users, num_items, num_ratings, noise_sd = 943, 1682, 100_000, 0.6
    rng = np.random.RandomState(3009)

    def normal(sd: float, *shape: int) -> np.ndarray:
        return _whole(sd * rng.standard_normal(shape))

    def draw(weights: np.ndarray, size: int) -> np.ndarray:
        edges = np.cumsum(np.rint(1000 * weights).astype(np.int64))
        return np.searchsorted(edges, rng.randint(0, edges[-1], size, dtype=np.int64), "right")

    activity = 0.25 + np.exp(rng.standard_normal(num_users))
    popularity = 0.03 + np.exp(1.6 * rng.standard_normal(num_items))
    # At first 20 ratings for each user and one for each item, then whatever chance brings.
    pairs = np.repeat(np.arange(num_users), 20) * num_items + draw(popularity, 20 * num_users)
    pairs = np.append(pairs, draw(activity, num_items) * num_items + np.arange(num_items))
    while len(pairs) < num_ratings:
        user, item = draw(activity, num_ratings), draw(popularity, num_ratings)
        pairs = np.append(pairs, user * num_items + item)
        pairs = pairs[np.sort(np.unique(pairs, return_index=True)[1])]
    user, item = np.divmod(pairs[:num_ratings], num_items)

    a, b = normal(0.3, num_users), normal(0.35, num_items)
    p, q = normal(0.15, num_users, 3), normal(1.0, num_items, 3)
    genre = rng.randint(0, 8, num_items, dtype=np.int64)
    pace = genre * 128 + rng.randint(0, 128, num_items, dtype=np.int64)
    favourite = rng.randint(0, 1024, num_users, dtype=np.int64)
    w = np.where(np.abs(favourite[user] - pace[item]) < 256, 922, -717)
    dot = (p[user] * q[item]).sum(axis=1) // ONE_STAR
    signal = 7 * ONE_STAR // 2 + a[user] + b[item] + dot + w
    rating = np.clip((signal + normal(noise_sd, num_ratings) + ONE_STAR // 2) // ONE_STAR, 1, 5)
    items = _films(rng, genre)
    rows = pd.DataFrame({"user": user, "item": item, "rating": rating.astype(float)})
    return rows, items, _expected_rating(signal / ONE_STAR, noise_sd)


def planted_choices() -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Ratings of a second world, in which taste says who rates what, and pages have moods.

    Returns the ratings (user, item, rating in stars, time in seconds), the items (as above), two
    expected ratings of each of the ratings, for who knows the mood and for who does not, and the
    log-weights of choice, of shape (num_users, num_items), float32.

    User u draws her films without replacement; the log-weights are 1.8 s_i + 0.75 x_u . y_i, where
    s_i is how well a film is known, x_u and y_i are six factors of taste; films of one genre have
    similar ones. Each film that nobody drew is given to the user who came closest to drawing it.
    A rating is 3.35 + a_u + b_i + p_u . q_i + 0.12 x_u . y_i + mood + noise, rounded and cut to
    1 ... 5 stars. The factors p_u and q_i contain x_u and y_i, paired in another way, and parts of
    their own; so her choices tell of her stars, and are not the same. A user rates in a few visits,
    page by page, in an order of chance. The ratings of a page have one time and one mood.
    """
    num_users, num_items, noise_sd, mood_sd = 943, 1682, 0.75, 0.42
    rng = np.random.RandomState(3009)

    def normal(sd: float, *shape: int) -> np.ndarray:
        return _whole(sd * rng.standard_normal(shape))

    def chance(low: int, high: int, size: int) -> np.ndarray:
        return rng.randint(low, high, size, dtype=np.int64)

    genre = chance(0, 8, num_items)
    x, y = normal(1, num_users, 6), normal(0.8, 8, 6)[genre] + normal(0.6, num_items, 6)
    known, affinity = normal(1, num_items), x @ y.T // ONE_STAR
    choice = (1843 * known + 768 * affinity) // ONE_STAR
    count = 20 + np.rint(46 * np.exp(1.14 * rng.standard_normal(num_users))).astype(np.int64)
    # The largest sums of log-weight and Gumbel noise are a draw without replacement.
    drawn = choice + _whole(rng.gumbel(size=choice.shape))
    order = np.argsort(-drawn, axis=1, kind="stable")
    chosen = np.zeros(choice.shape, dtype=bool)
    within = np.arange(num_items) < np.minimum(count, 720)[:, None]
    np.put_along_axis(chosen, order, within, axis=1)
    closest = drawn.argmax(axis=0)
    chosen[closest, np.arange(num_items)] |= ~chosen.any(axis=0)
    user, item = np.nonzero(chosen)
    order = np.lexsort((chance(0, 2**31, len(user)), user))  # in time: a shuffle for each user
    user, item = user[order], item[order]

    first = np.append(True, np.diff(user) > 0)  # of each user
    page = first | (chance(0, 5, len(user)) < 2)
    visit = page & ~first & (chance(0, 15, len(user)) == 0)
    passed = np.cumsum(
        page * chance(30, 180, len(user)) + visit * 86_400 * chance(1, 31, len(user))
    )
    start = chance(874_000_000, 890_000_000, num_users) - passed[first]
    mood = normal(mood_sd, len(user))[np.cumsum(page) - 1]

    a, b = normal(0.38, num_users), normal(0.33, num_items) + 123 * known // ONE_STAR
    p = 225 * x[:, :4] // ONE_STAR + normal(0.25, num_users, 4)
    q = y[:, 1:5] // 2 + normal(0.6, num_items, 4)
    liking = (p[user] * q[item]).sum(axis=1) + 123 * affinity[user, item]
    signal = _whole(3.35) + a[user] + b[item] + liking // ONE_STAR
    noise = normal(noise_sd, len(user))
    rating = np.clip((signal + mood + noise + ONE_STAR // 2) // ONE_STAR, 1, 5)
    rows = pd.DataFrame({"user": user, "item": item, "rating": rating.astype(float)})
    rows["time"] = start[user] + passed
    expected = _expected_rating((signal + mood) / ONE_STAR, noise_sd)
    moodless = _expected_rating(signal / ONE_STAR, sqrt(noise_sd**2 + mood_sd**2))
    return rows, _films(rng, genre), expected, moodless, (choice / ONE_STAR).astype(np.float32)


def _whole(values: np.ndarray | float) -> np.ndarray:
    """Planted values in whole numbers of 1/1024."""
    return np.rint(ONE_STAR * np.asarray(values)).astype(np.int64)


def _films(rng: np.random.RandomState, genre: np.ndarray) -> pd.DataFrame:
    """Item, year, title and genres of each film."""
    items = pd.DataFrame({"item": np.arange(len(genre))})
    items["year"] = pd.array(rng.randint(1930, 1999, len(genre), dtype=np.int64), dtype="Int64")
    titles = [f"The {adjective} {noun}" for adjective in ADJECTIVES for noun in NOUNS]
    items["title"] = [titles[k] for k in rng.permutation(len(genre))]
    items["genres"] = [PLANTED_GENRES[g] for g in genre]
    return items


def _expected_rating(signal: np.ndarray, noise_sd: float) -> np.ndarray:
    """The mean of signal + normal noise once it is rounded and cut to 1 ... 5 stars."""
    tail = np.vectorize(lambda z: 0.5 * (1 + erf(z / sqrt(2))))
    return 1 + sum(tail((signal - k - 0.5) / noise_sd) for k in (1, 2, 3, 4))

"""The planted ratings: a made-up world, for a class without data and network.

They are the same, bit for bit, on every platform and with every version of NumPy.
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
    Random numbers come from `RandomState`, whose stream is frozen, and are rounded at once.
    """
    num_users, num_items, num_ratings, noise_sd = 943, 1682, 100_000, 0.6
    rng = np.random.RandomState(3009)

    def normal(sd: float, *shape: int) -> np.ndarray:
        return np.rint(sd * ONE_STAR * rng.standard_normal(shape)).astype(np.int64)

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
    items = pd.DataFrame({"item": np.arange(num_items)})
    items["year"] = pd.array(rng.randint(1930, 1999, num_items, dtype=np.int64), dtype="Int64")
    titles = [f"The {adjective} {noun}" for adjective in ADJECTIVES for noun in NOUNS]
    items["title"] = [titles[k] for k in rng.permutation(num_items)]
    items["genres"] = [PLANTED_GENRES[g] for g in genre]
    rows = pd.DataFrame({"user": user, "item": item, "rating": rating.astype(float)})
    return rows, items, _expected_rating(signal / ONE_STAR, noise_sd)


def _expected_rating(signal: np.ndarray, noise_sd: float) -> np.ndarray:
    """The mean of signal + normal noise once it is rounded and cut to 1 ... 5 stars."""
    tail = np.vectorize(lambda z: 0.5 * (1 + erf(z / sqrt(2))))
    return 1 + sum(tail((signal - k - 0.5) / noise_sd) for k in (1, 2, 3, 4))

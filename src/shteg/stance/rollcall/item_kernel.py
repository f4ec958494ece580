"""Numba kernels for the items of a roll-call matrix: their modes, and what integrating them out leaves for the actors.

The parameters of one item with L levels are (slope, first cut, log gap to the second cut, …): L numbers. Level y means
that slope · theta + e lies between cut y and cut y + 1, e ~ N(0, 1). Votes are (item, actor) here, −1 is no vote.
"""

from __future__ import annotations

from math import erfc, exp, log, sqrt
from typing import Any

import numpy as np

from shteg.compiling import compiled

FAR = 37.0
"""Beyond so many sd the normal tail is no longer a double; the ratios go on by their asymptote."""


@compiled
def cell(level: int, top: int, lower: float, upper: float) -> tuple[float, float, float]:
    """Give the probability of a level between two cuts (already less slope · theta), and density/probability at both.

    Parameters
    ----------
    level : int
        0 … top.
    top : int
        Highest level of the item.
    lower, upper : float
        Cuts below and above, less slope · theta; not read on the lowest and the highest level.

    Returns
    -------
    probability, at_upper, at_lower : float
        at_upper is 0 on the highest level, at_lower on the lowest.
    """
    if level == 0 or level == top:
        x = upper if level == 0 else -lower
        if x > -FAR:
            p = 0.5 * erfc(-x * 0.7071067811865476)
            ratio = 0.3989422804014327 * exp(-0.5 * x * x) / p
        else:
            p = 1e-300
            ratio = -x - 1.0 / x
        return (p, ratio, 0.0) if level == 0 else (p, 0.0, ratio)
    if lower > 0.0:
        p = 0.5 * (erfc(lower * 0.7071067811865476) - erfc(upper * 0.7071067811865476))
    else:
        p = 0.5 * (erfc(-upper * 0.7071067811865476) - erfc(-lower * 0.7071067811865476))
    dense_upper = 0.3989422804014327 * exp(-0.5 * upper * upper)
    dense_lower = 0.3989422804014327 * exp(-0.5 * lower * lower)
    if p < 1e-280 or dense_upper + dense_lower < 1e-280:
        gap = max(upper - lower, 1e-12)
        edge = upper if upper < 0.0 else lower  # the nearer cut holds the mass
        ratio = abs(edge) + 1.0 / gap
        return (1e-300, ratio, 1.0 / gap) if upper < 0.0 else (1e-300, 1.0 / gap, ratio)
    return p, dense_upper / p, dense_lower / p


@compiled
def open_cuts(phi: Any, cuts: Any) -> None:
    """Fill `cuts`, (L − 1,), from the parameters of one item."""
    cuts[0] = phi[1]
    for c in range(1, cuts.shape[0]):
        cuts[c] = cuts[c - 1] + exp(phi[1 + c])


@compiled
def log_prior(phi: Any, cuts: Any, slope_sd: float, cut_sd: float) -> float:
    """Log prior density of one item, up to a constant: normal slope and cuts, with the Jacobian of the log gaps.

    Parameters
    ----------
    phi : (L,) float
        Slope, first cut, log gaps.
    cuts : (L − 1,) float
    slope_sd, cut_sd : float, > 0

    Returns
    -------
    float
    """
    total = -0.5 * (phi[0] / slope_sd) ** 2
    for c in range(cuts.shape[0]):
        total -= 0.5 * (cuts[c] / cut_sd) ** 2
        if c > 0:
            total += phi[1 + c]
    return float(total)


@compiled
def _factor(a: Any) -> bool:
    """Replace a symmetric matrix by its lower Cholesky factor; False if it is not positive definite."""
    n = a.shape[0]
    for i in range(n):
        for j in range(i + 1):
            total = a[i, j]
            for k in range(j):
                total -= a[i, k] * a[j, k]
            if i == j:
                if not total > 1e-12:
                    return False
                a[i, i] = sqrt(total)
            else:
                a[i, j] = total / a[j, j]
    return True


@compiled
def _curvature(vote: Any, theta: Any, phi: Any, cuts: Any, sds: Any, gradient: Any, a: Any) -> float:
    """Fill gradient and negative Hessian of one item's log posterior at `phi`, and give its value."""
    n = phi.shape[0]
    top = n - 1
    open_cuts(phi, cuts)
    value = log_prior(phi, cuts, sds[0], sds[1])
    gradient[:] = 0.0
    a[:] = 0.0
    in_b, in_cut, bb = 0.0, np.zeros(n), 0.0  # sums by cut: d/dcut; the Hessian of (slope, cuts) is tridiagonal
    own, next_one, cross = np.zeros(n), np.zeros(n), np.zeros(n)
    product = 1.0
    for j in range(vote.shape[0]):
        y = vote[j]
        if y < 0:
            continue
        t = theta[j]
        eta = phi[0] * t
        lower = cuts[y - 1] - eta if y > 0 else 0.0
        upper = cuts[y] - eta if y < top else 0.0
        p, du, dl = cell(y, top, lower, upper)
        product *= p
        if product < 1e-200:
            value += log(product)
            product = 1.0
        hu, hl, hul = upper * du + du * du, dl * dl - lower * dl, -du * dl
        in_b += t * (dl - du)
        bb += t * t * (hu + hl + 2.0 * hul)
        if y < top:
            in_cut[y] += du
            own[y] += hu
            cross[y] -= t * (hu + hul)
        if y > 0:
            in_cut[y - 1] -= dl
            own[y - 1] += hl
            cross[y - 1] -= t * (hl + hul)
            if y < top:
                next_one[y - 1] += hul
    value += log(product)
    for c in range(top):
        in_cut[c] -= cuts[c] / (sds[1] * sds[1])
        own[c] += 1.0 / (sds[1] * sds[1])
    gradient[0] = in_b - phi[0] / (sds[0] * sds[0])
    a[0, 0] = bb + 1.0 / (sds[0] * sds[0])
    # Chain rule to (first cut, log gaps): cut c moves with every parameter i <= c, by 1 or by the gap.
    for i in range(top):
        step_i = 1.0 if i == 0 else exp(phi[1 + i])
        for c in range(i, top):
            gradient[1 + i] += step_i * in_cut[c]
            a[1 + i, 0] += step_i * cross[c]
        for k in range(i + 1):
            step_k = 1.0 if k == 0 else exp(phi[1 + k])
            for c in range(i, top):
                a[1 + i, 1 + k] += step_i * step_k * own[c]
                if c + 1 < top:
                    a[1 + i, 1 + k] += 2.0 * step_i * step_k * next_one[c]
            if i > k:  # cut i − 1 moves with k but not with i; its neighbour cut i moves with both
                a[1 + i, 1 + k] += step_i * step_k * next_one[i - 1]
        if i > 0:
            a[1 + i, 1 + i] -= gradient[1 + i]
            gradient[1 + i] += 1.0
    for i in range(n):
        for k in range(i):
            a[k, i] = a[i, k]
    return value


@compiled
def _solve(factor: Any, right: Any, out: Any) -> None:
    n = factor.shape[0]
    for i in range(n):
        total = right[i]
        for k in range(i):
            total -= factor[i, k] * out[k]
        out[i] = total / factor[i, i]
    for i in range(n - 1, -1, -1):
        total = out[i]
        for k in range(i + 1, n):
            total -= factor[k, i] * out[k]
        out[i] = total / factor[i, i]


@compiled
def _climb(vote: Any, theta: Any, phi: Any, sds: Any, steps: int, tolerance: float, factor: Any) -> None:
    """Move `phi` to the mode of one item by damped Newton; `factor` takes the Cholesky factor of the curvature."""
    n = phi.shape[0]
    cuts, gradient, a, move = np.empty(n - 1), np.empty(n), np.empty((n, n)), np.empty(n)
    best, best_value = phi.copy(), -np.inf
    for step in range(steps):
        value = _curvature(vote, theta, phi, cuts, sds, gradient, a)
        if not value >= best_value - 1e-9:
            for i in range(n):
                phi[i] = best[i] if step == steps - 1 else 0.5 * (phi[i] + best[i])
            continue
        best_value = value
        best[:] = phi
        ridge = 0.0
        factor[:] = a
        while not _factor(factor):
            ridge = max(4.0 * ridge, 0.1)
            factor[:] = a
            for i in range(n):
                factor[i, i] += ridge
        _solve(factor, gradient, move)
        largest = 0.0
        for i in range(n):
            largest = max(largest, abs(move[i]))
        scale = min(1.0, 3.0 / largest) if largest > 0.0 else 1.0
        for i in range(n):
            phi[i] += scale * move[i]
        if largest < tolerance:
            break


@compiled
def integrate_items(
    votes: Any, theta: Any, phi: Any, sds: Any, nodes: Any, weights: Any, steps: int, gradient: Any, curvature: Any,
    spread: Any, at: Any, share: Any,
) -> float:  # fmt: skip
    """Integrate items out by an adaptive cubature around their modes.

    Parameters
    ----------
    votes : (item, actor) int8
        All of these items have `phi.shape[1]` levels.
    theta : (actor,) float
    phi : (item, L) float
        Parameters; moved to the modes.
    sds : (2,) float
        Prior sds of slope and cuts.
    nodes, weights : (node, L), (node,) float
        Cubature for a standard normal law.
    steps : int
        Most Newton steps to the modes.
    gradient, curvature : (actor,) float
        The score of the integrated log likelihood, and the mean of minus its second derivative, are added.
    spread : (item · node, actor) float
        Takes the centred scores times the roots of their weights: curvature − spread' spread is the information.
    at, share : (item, node, L), (item, node) float
        Take the nodes and their posterior weights.

    Returns
    -------
    float
        Sum of the log marginal likelihoods of the items, up to a constant.
    """
    n_items, n_actors = votes.shape
    n_nodes, n = nodes.shape
    top = n - 1
    factor, cuts = np.empty((n, n)), np.empty(n - 1)
    score, bend, log_weight = np.empty((n_nodes, n_actors)), np.empty((n_nodes, n_actors)), np.empty(n_nodes)
    total = 0.0
    for m in range(n_items):
        vote = votes[m]
        _climb(vote, theta, phi[m], sds, steps, 1e-4, factor)
        log_root = 0.0
        for i in range(n):
            log_root += log(factor[i, i])
        for k in range(n_nodes):
            length = 0.0
            for i in range(n - 1, -1, -1):  # solve factor' x = z
                x = nodes[k, i]
                length += x * x
                for o in range(i + 1, n):
                    x -= factor[o, i] * at[m, k, o]
                at[m, k, i] = x / factor[i, i]
            for i in range(n):
                at[m, k, i] += phi[m, i]
            point = at[m, k]
            open_cuts(point, cuts)
            value = log_prior(point, cuts, sds[0], sds[1]) + 0.5 * length + log(weights[k])
            slope, product = point[0], 1.0
            for j in range(n_actors):
                y = vote[j]
                if y < 0:
                    score[k, j] = 0.0
                    bend[k, j] = 0.0
                    continue
                eta = slope * theta[j]
                lower = cuts[y - 1] - eta if y > 0 else 0.0
                upper = cuts[y] - eta if y < top else 0.0
                p, du, dl = cell(y, top, lower, upper)
                product *= p
                if product < 1e-200:
                    value += log(product)
                    product = 1.0
                score[k, j] = slope * (dl - du)
                bend[k, j] = slope * slope * ((dl - du) * (dl - du) + upper * du - lower * dl)
            log_weight[k] = value + log(product)
        highest = log_weight.max()
        mass = 0.0
        for k in range(n_nodes):
            share[m, k] = exp(log_weight[k] - highest)
            mass += share[m, k]
        for k in range(n_nodes):
            share[m, k] /= mass
        total += highest + log(mass) - log_root
        for j in range(n_actors):
            if vote[j] < 0:
                for k in range(n_nodes):
                    spread[m * n_nodes + k, j] = 0.0
                continue
            mean = 0.0
            for k in range(n_nodes):
                mean += share[m, k] * score[k, j]
                curvature[j] += share[m, k] * bend[k, j]
            gradient[j] += mean
            for k in range(n_nodes):
                spread[m * n_nodes + k, j] = sqrt(share[m, k]) * (score[k, j] - mean)
    return total


@compiled
def add_profiles(
    votes: Any, theta: Any, grid: Any, at: Any, share: Any, first: int, last: int, profile: Any
) -> None:  # fmt: skip
    """Add to `profile`, (actor, grid), how the integrated log likelihood changes when one actor alone is moved.

    Actors `first` to `last`; `grid` is (actor, grid), the places tried. Nodes and weights as they stand at `theta`.

    Parameters
    ----------
    votes : (item, actor) int8
        −1 is no vote.
    theta : (actor,) float
    grid : (actor, grid) float
    at, share : (item, node, L), (item, node) float
        Nodes of the items and their posterior weights.
    first, last : int
        Actors, half open.
    profile : (actor, grid) float
        Added to in place.
    """
    n_items, n_nodes, n = at.shape
    top, n_grid = n - 1, grid.shape[1]
    gaps = np.empty((n_items, n_nodes, n - 1))
    for m in range(n_items):
        for k in range(n_nodes):
            open_cuts(at[m, k], gaps[m, k])
    product, sums = np.empty(n_grid), np.empty(n_grid)
    for j in range(first, last):
        product[:] = 1.0
        for m in range(n_items):
            y = votes[m, j]
            if y < 0:
                continue
            sums[:] = 0.0
            for k in range(n_nodes):
                slope = at[m, k, 0]
                lower = gaps[m, k, y - 1] if y > 0 else 0.0
                upper = gaps[m, k, y] if y < top else 0.0
                here = max(probability(y, top, lower - slope * theta[j], upper - slope * theta[j]), 1e-280)
                weight = share[m, k] / here
                for g in range(n_grid):
                    eta = slope * grid[j, g]
                    sums[g] += weight * probability(y, top, lower - eta, upper - eta)
            for g in range(n_grid):
                product[g] *= max(sums[g], 1e-280)
                if not 1e-20 < product[g] < 1e20:
                    profile[j, g] += log(product[g])
                    product[g] = 1.0
        for g in range(n_grid):
            profile[j, g] += log(product[g])


@compiled
def probability(level: int, top: int, lower: float, upper: float) -> float:
    """Give the probability of a level between two cuts (already less slope · theta).

    Parameters
    ----------
    level : int
        0 … top.
    top : int
        Highest level of the item.
    lower, upper : float
        Cuts below and above, less slope · theta; not read on the lowest and the highest level.

    Returns
    -------
    float
    """
    if level == 0:
        return 0.5 * erfc(-upper * 0.7071067811865476)
    if level == top:
        return 0.5 * erfc(lower * 0.7071067811865476)
    if lower > 0.0:
        return 0.5 * (erfc(lower * 0.7071067811865476) - erfc(upper * 0.7071067811865476))
    return 0.5 * (erfc(-upper * 0.7071067811865476) - erfc(-lower * 0.7071067811865476))

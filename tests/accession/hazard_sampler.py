"""Hamiltonian Monte Carlo for the hazard model: slow and without approximation, to check the nested Laplace fit."""

import numpy as np
from scipy.special import ndtr, ndtri

from shteg.accession.ladder.hazard_design import HazardDesign
from shteg.accession.ladder.nested_laplace import _Likelihood
from shteg.accession.ladder.risk_rows import RiskRows


def sample_hazard_model(
    design: HazardDesign, rows: RiskRows, *, seed: int, kept: int, warm: int = 1000, leaps: int = 12
):
    """Draw effects, (kept, effect), and scales, (kept, scale), from the exact posterior.

    The chain runs on standard normal numbers: of the effects (times their scale, random walks summed up) and of the
    normal quantiles of the scales.
    """
    likelihood = _Likelihood(design, rows)
    rng = np.random.default_rng(seed)
    size, scales = design.size, len(design.scales)
    prior = np.array([design.prior.scale_of(name) for name in design.scales])

    def unfold(point):
        noise, quantile = point[:size], point[size:]
        sd = np.maximum(prior * ndtri(0.5 + 0.5 * ndtr(quantile)), 1e-3)
        named = dict(zip(design.scales, sd, strict=True))
        effects = design.mean.copy()
        for one in design.columns:
            scale = one.sd if isinstance(one.sd, float) else named[one.sd]
            own = scale * noise[one.places]
            effects[one.places] += np.cumsum(own) if one.walk else own
        return effects, sd, named

    def evaluate(point):
        effects, sd, named = unfold(point)
        slope, _ = likelihood.derivatives(effects)
        gradient = -point.copy()
        for one in design.columns:
            back = slope[one.places]
            if one.walk:
                back = np.cumsum(back[::-1])[::-1]
            scale = one.sd if isinstance(one.sd, float) else named[one.sd]
            gradient[one.places] += scale * back
            if not isinstance(one.sd, float):
                place = design.scales.index(one.sd)
                quantile = point[size + place]
                # d sd / d quantile: the half-normal quantile function by the chain rule
                density = prior[place] * 0.5 * np.exp(-0.5 * quantile**2 + 0.5 * (sd[place] / prior[place]) ** 2)
                gradient[size + place] += density * float(back @ point[one.places])
        return likelihood.value(effects) - 0.5 * float(point @ point), gradient

    point = np.zeros(size + scales)
    value, gradient = evaluate(point)
    step, shrink = 0.1, 0.0
    mean_square = np.ones(size + scales)
    total, count = np.zeros(size + scales), 0
    effects_kept, scales_kept = np.empty((kept, size)), np.empty((kept, scales))
    for turn in range(warm + kept):
        metric = np.sqrt(mean_square)
        momentum = rng.standard_normal(size + scales)
        start = value - 0.5 * float(momentum @ momentum)
        moved, slope, now = point.copy(), gradient.copy(), value
        here = step * rng.uniform(0.7, 1.3)
        for _ in range(leaps):
            momentum = momentum + 0.5 * here * metric * slope
            moved = moved + here * metric * momentum
            now, slope = evaluate(moved)
            momentum = momentum + 0.5 * here * metric * slope
        chance = np.exp(min(0.0, now - 0.5 * float(momentum @ momentum) - start)) if np.isfinite(now) else 0.0
        if rng.random() < chance:
            point, value, gradient = moved, now, slope
        if turn < warm:
            shrink += chance - 0.8
            step = float(np.clip(step * np.exp(0.05 * (chance - 0.8)), 1e-3, 1.0))
            if turn >= warm // 4:
                total += point**2
                count += 1
            if turn == warm // 2:
                mean_square = np.maximum(total / count, 0.02)
        else:
            effects, sd, _ = unfold(point)
            effects_kept[turn - warm], scales_kept[turn - warm] = effects, sd
    return effects_kept, scales_kept

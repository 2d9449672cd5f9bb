"""How sure a rate is."""

from __future__ import annotations

from math import sqrt

Z = 1.959963984540054  # of the normal distribution: 95 % lie within so many standard deviations


def wilson(successes: int, failures: int) -> tuple[float, float]:
    """Bound the rate of successes with 95 % confidence: 0 and 1 where nothing was counted.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
    """
    good, bad = float(successes), float(failures)
    seen = good + bad
    centre = good + Z * Z / 2
    spread = Z * sqrt(good * bad / seen + Z * Z / 4) if seen else 0.0
    # at the ends the bounds are exact; rounding would leave a low one below 0
    low = (centre - spread) / (seen + Z * Z) if good else 0.0
    high = (centre + spread) / (seen + Z * Z) if bad else 1.0
    return low, high

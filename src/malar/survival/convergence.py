"""How the search for a maximum ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Convergence:
    """Convergence of a regression, as data.

    Parameters
    ----------
    reached
        Whether the coefficients settled.
    iterations
        Newton steps taken.
    unbounded
        Covariates without a finite estimate: the likelihood rises for ever with their coefficients, as where no
        event occurred at one value (monotone likelihood).

    Examples
    --------
    >>> Convergence(reached=False, iterations=24, unbounded=("cells",)).reason
    'monotone likelihood: no finite estimate for cells'
    """

    reached: bool
    iterations: int
    unbounded: tuple[str, ...] = ()

    @property
    def reason(self) -> str | None:
        """Why it was not reached; None where it was."""
        if self.unbounded:
            return f"monotone likelihood: no finite estimate for {', '.join(self.unbounded)}"
        return None if self.reached else f"not converged after {self.iterations} iterations"

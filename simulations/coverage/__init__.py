"""How often the 95 % limits of every estimator cover a known truth, by size of the trial.

One file a family holds the models that make the data, each with its truth by formula; `counting` draws, fits and
counts; `results/` keeps the counts; `pages` writes them into the documentation.
"""

"""What users of Optuna know: a study found again, one trial asked for and told.

`python -m benchmarks.agents.optuna_trial URL`
"""

from __future__ import annotations

import sys

import optuna

if __name__ == "__main__":
    optuna.logging.disable_default_handler()
    study = optuna.create_study(storage=sys.argv[1], study_name="scenario", load_if_exists=True)
    trial = study.ask()
    study.tell(trial, trial.suggest_float("x", 0, 1))

"""`swarmstore learn`: offline analysis."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.options import JsonOption, ScenarioArgument, SchemaOption, UrlOption, existing_store
from swarmstore.cli.output import facts, print_answer, print_table
from swarmstore.cli.printed import prints


@prints(lambda: swarmstore.OfflineModel)
def learn(
    scenario: ScenarioArgument,
    latest: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", help="How many of the newest sessions to analyse. The default is 100."
        ),
    ] = 100,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Analyse the newest sessions of a scenario and save its offline model.

    Example: swarmstore learn troubleshooting --latest 50
    """
    with existing_store(url, schema, scenario) as store:
        model = store.run_offline_learning(scenario, latest)
    print_answer(model, partial(_print, scenario), json=json, url=url)


def _print(scenario: str, model: swarmstore.OfflineModel) -> None:
    parameters, config = model.parameters, model.strategy_config
    facts(
        f"Offline model of {scenario}",
        [
            ("analyzed sessions", model.analyzed_sessions),
            ("ucb1_c", parameters.ucb1_c),
            ("learning_weight", parameters.learning_weight),
            ("ngram_weight", parameters.ngram_weight),
            ("initial strategy", config.initial_strategy),
            ("maturity threshold", config.maturity_threshold),
            ("error rate threshold", config.error_rate_threshold),
        ],
    )
    if model.recommended_paths:
        print_table(
            ("actions", "#success", "#seen"),
            (
                (" → ".join(path.actions), f"{100 * path.success_rate:.0f} %", path.observations)
                for path in model.recommended_paths
            ),
            title="Recommended paths",
        )

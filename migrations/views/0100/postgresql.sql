CREATE VIEW saved_sessions AS
SELECT sessions.scenario_id AS scenario_id, scenarios.name AS scenario, sessions.id AS session_row_id, sessions.session_id AS session_id, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) END AS session_time, CASE WHEN sessions.created_at BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(sessions.created_at AS DOUBLE PRECISION)) END AS created_at, CASE WHEN sessions.saved_at_ms / 1000 BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(sessions.saved_at_ms AS DOUBLE PRECISION) / 1000) END AS saved_at, sessions.task_description AS task_description, sessions.phase AS phase, sessions.group_id AS group_id, sessions.current_strategy AS current_strategy, sessions.session_count AS session_count, sessions.total_episodes AS total_episodes, sessions.total_actions AS total_actions, sessions.success_episodes AS success_episodes, sessions.failure_episodes AS failure_episodes, CAST(coalesce(sessions.success_episodes, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(sessions.success_episodes, 0) AS DOUBLE PRECISION) + CAST(coalesce(sessions.failure_episodes, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id;

COMMENT ON VIEW saved_sessions IS 'Saved sessions';

COMMENT ON COLUMN saved_sessions.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN saved_sessions.scenario IS 'The scenario''s name';

COMMENT ON COLUMN saved_sessions.session_row_id IS 'sessions.id';

COMMENT ON COLUMN saved_sessions.session_id IS 'The session''s id, unique in its scenario';

COMMENT ON COLUMN saved_sessions.session_time IS 'The time that the id stands for, if any';

COMMENT ON COLUMN saved_sessions.created_at IS 'When it was made, as the agent said';

COMMENT ON COLUMN saved_sessions.saved_at IS 'When it was saved, by the database''s clock';

COMMENT ON COLUMN saved_sessions.task_description IS 'What the swarm was asked to do';

COMMENT ON COLUMN saved_sessions.phase IS 'bootstrap, release or validate';

COMMENT ON COLUMN saved_sessions.group_id IS 'The group of sessions it belongs to';

COMMENT ON COLUMN saved_sessions.current_strategy IS 'The selection strategy in use';

COMMENT ON COLUMN saved_sessions.session_count IS 'Sessions in this snapshot';

COMMENT ON COLUMN saved_sessions.total_episodes IS 'Episodes in this snapshot';

COMMENT ON COLUMN saved_sessions.total_actions IS 'Actions in this snapshot';

COMMENT ON COLUMN saved_sessions.success_episodes IS 'Episodes that succeeded';

COMMENT ON COLUMN saved_sessions.failure_episodes IS 'Episodes that failed';

COMMENT ON COLUMN saved_sessions.success_rate IS 'Share of episodes that succeeded, 0 to 1; NULL without episodes';

CREATE VIEW transitions AS
SELECT sessions.scenario_id AS scenario_id, scenarios.name AS scenario, sessions.id AS session_row_id, sessions.session_id AS session_id, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) END AS session_time, action_sequences.action_1 AS action, action_sequences.action_2 AS next_action, session_transitions.success_count AS success_count, session_transitions.failure_count AS failure_count, CASE WHEN (coalesce(session_transitions.success_count, 0) <= 9223372036854775807 - coalesce(session_transitions.failure_count, 0)) THEN coalesce(session_transitions.success_count, 0) + coalesce(session_transitions.failure_count, 0) ELSE NULL END AS observations, CAST(coalesce(session_transitions.success_count, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(session_transitions.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(session_transitions.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id JOIN session_transitions ON session_transitions.session_row_id = sessions.id AND session_transitions.scenario_id = sessions.scenario_id LEFT OUTER JOIN action_sequences ON action_sequences.id = session_transitions.sequence_id;

COMMENT ON VIEW transitions IS 'Which action followed which, in saved sessions';

COMMENT ON COLUMN transitions.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN transitions.scenario IS 'The scenario''s name';

COMMENT ON COLUMN transitions.session_row_id IS 'sessions.id';

COMMENT ON COLUMN transitions.session_id IS 'The session''s id, unique in its scenario';

COMMENT ON COLUMN transitions.session_time IS 'The time that the id stands for, if any';

COMMENT ON COLUMN transitions.action IS 'The action before';

COMMENT ON COLUMN transitions.next_action IS 'The action after';

COMMENT ON COLUMN transitions.success_count IS 'Times in successful episodes';

COMMENT ON COLUMN transitions.failure_count IS 'Times in failed episodes';

COMMENT ON COLUMN transitions.observations IS 'Times in all; NULL past 2^63 - 1';

COMMENT ON COLUMN transitions.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';

CREATE VIEW ngrams AS
SELECT sessions.scenario_id AS scenario_id, scenarios.name AS scenario, sessions.id AS session_row_id, sessions.session_id AS session_id, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) END AS session_time, CAST(action_sequences.length AS BIGINT) AS length, action_sequences.action_1 AS action_1, action_sequences.action_2 AS action_2, action_sequences.action_3 AS action_3, action_sequences.action_4 AS action_4, session_ngrams.success_count AS success_count, session_ngrams.failure_count AS failure_count, CASE WHEN (coalesce(session_ngrams.success_count, 0) <= 9223372036854775807 - coalesce(session_ngrams.failure_count, 0)) THEN coalesce(session_ngrams.success_count, 0) + coalesce(session_ngrams.failure_count, 0) ELSE NULL END AS observations, CAST(coalesce(session_ngrams.success_count, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(session_ngrams.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(session_ngrams.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id JOIN session_ngrams ON session_ngrams.session_row_id = sessions.id AND session_ngrams.scenario_id = sessions.scenario_id LEFT OUTER JOIN action_sequences ON action_sequences.id = session_ngrams.sequence_id;

COMMENT ON VIEW ngrams IS 'Runs of three and four actions, in saved sessions';

COMMENT ON COLUMN ngrams.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN ngrams.scenario IS 'The scenario''s name';

COMMENT ON COLUMN ngrams.session_row_id IS 'sessions.id';

COMMENT ON COLUMN ngrams.session_id IS 'The session''s id, unique in its scenario';

COMMENT ON COLUMN ngrams.session_time IS 'The time that the id stands for, if any';

COMMENT ON COLUMN ngrams.length IS 'How many actions, 3 or 4';

COMMENT ON COLUMN ngrams.action_1 IS 'The first action';

COMMENT ON COLUMN ngrams.action_2 IS 'The second action';

COMMENT ON COLUMN ngrams.action_3 IS 'The third action';

COMMENT ON COLUMN ngrams.action_4 IS 'The fourth action';

COMMENT ON COLUMN ngrams.success_count IS 'Times in successful episodes';

COMMENT ON COLUMN ngrams.failure_count IS 'Times in failed episodes';

COMMENT ON COLUMN ngrams.observations IS 'Times in all; NULL past 2^63 - 1';

COMMENT ON COLUMN ngrams.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';

CREATE VIEW contexts AS
SELECT sessions.scenario_id AS scenario_id, scenarios.name AS scenario, sessions.id AS session_row_id, sessions.session_id AS session_id, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) END AS session_time, action_sequences.action_1 AS previous_action, action_sequences.action_2 AS action, session_contexts.visits AS visits, session_contexts.successes AS successes, session_contexts.failures AS failures, session_contexts.discoveries AS discoveries, session_contexts.total_duration_ms AS total_duration_ms, session_contexts.kpi_total AS kpi_total, session_contexts.kpi_count AS kpi_count, CAST(session_contexts.successes AS DOUBLE PRECISION) / CAST(nullif(CAST(session_contexts.visits AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate, CAST(session_contexts.total_duration_ms AS DOUBLE PRECISION) / CAST(nullif(CAST(session_contexts.visits AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS mean_duration_ms, CASE WHEN (abs(session_contexts.kpi_total) < 1e-280) THEN CAST(0.0 AS DOUBLE PRECISION) / CAST(nullif(CAST(session_contexts.kpi_count AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) ELSE CAST(session_contexts.kpi_total AS DOUBLE PRECISION) / CAST(nullif(CAST(session_contexts.kpi_count AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) END AS mean_kpi 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id JOIN session_contexts ON session_contexts.session_row_id = sessions.id AND session_contexts.scenario_id = sessions.scenario_id LEFT OUTER JOIN action_sequences ON action_sequences.id = session_contexts.sequence_id;

COMMENT ON VIEW contexts IS 'What actions did after another one, in saved sessions';

COMMENT ON COLUMN contexts.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN contexts.scenario IS 'The scenario''s name';

COMMENT ON COLUMN contexts.session_row_id IS 'sessions.id';

COMMENT ON COLUMN contexts.session_id IS 'The session''s id, unique in its scenario';

COMMENT ON COLUMN contexts.session_time IS 'The time that the id stands for, if any';

COMMENT ON COLUMN contexts.previous_action IS 'The action before';

COMMENT ON COLUMN contexts.action IS 'The action';

COMMENT ON COLUMN contexts.visits IS 'Times it was done';

COMMENT ON COLUMN contexts.successes IS 'Times it succeeded';

COMMENT ON COLUMN contexts.failures IS 'Times it failed';

COMMENT ON COLUMN contexts.discoveries IS 'Things it found';

COMMENT ON COLUMN contexts.total_duration_ms IS 'Milliseconds it took, all together';

COMMENT ON COLUMN contexts.kpi_total IS 'Sum of its KPI contributions';

COMMENT ON COLUMN contexts.kpi_count IS 'Times it had a KPI contribution';

COMMENT ON COLUMN contexts.success_rate IS 'Successes per visit; NULL without visits';

COMMENT ON COLUMN contexts.mean_duration_ms IS 'Milliseconds per visit; NULL without visits';

COMMENT ON COLUMN contexts.mean_kpi IS 'KPI per contribution; NULL without one';

CREATE VIEW actions AS
SELECT sessions.scenario_id AS scenario_id, scenarios.name AS scenario, sessions.id AS session_row_id, sessions.session_id AS session_id, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) END AS session_time, action_sequences.action_1 AS action, session_actions.visits AS visits, session_actions.successes AS successes, session_actions.failures AS failures, session_actions.discoveries AS discoveries, session_actions.total_duration_ms AS total_duration_ms, session_actions.kpi_total AS kpi_total, session_actions.kpi_count AS kpi_count, CAST(session_actions.successes AS DOUBLE PRECISION) / CAST(nullif(CAST(session_actions.visits AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate, CAST(session_actions.total_duration_ms AS DOUBLE PRECISION) / CAST(nullif(CAST(session_actions.visits AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS mean_duration_ms, CASE WHEN (abs(session_actions.kpi_total) < 1e-280) THEN CAST(0.0 AS DOUBLE PRECISION) / CAST(nullif(CAST(session_actions.kpi_count AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) ELSE CAST(session_actions.kpi_total AS DOUBLE PRECISION) / CAST(nullif(CAST(session_actions.kpi_count AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) END AS mean_kpi 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id JOIN session_actions ON session_actions.session_row_id = sessions.id AND session_actions.scenario_id = sessions.scenario_id LEFT OUTER JOIN action_sequences ON action_sequences.id = session_actions.sequence_id;

COMMENT ON VIEW actions IS 'What actions did, in saved sessions';

COMMENT ON COLUMN actions.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN actions.scenario IS 'The scenario''s name';

COMMENT ON COLUMN actions.session_row_id IS 'sessions.id';

COMMENT ON COLUMN actions.session_id IS 'The session''s id, unique in its scenario';

COMMENT ON COLUMN actions.session_time IS 'The time that the id stands for, if any';

COMMENT ON COLUMN actions.action IS 'The action';

COMMENT ON COLUMN actions.visits IS 'Times it was done';

COMMENT ON COLUMN actions.successes IS 'Times it succeeded';

COMMENT ON COLUMN actions.failures IS 'Times it failed';

COMMENT ON COLUMN actions.discoveries IS 'Things it found';

COMMENT ON COLUMN actions.total_duration_ms IS 'Milliseconds it took, all together';

COMMENT ON COLUMN actions.kpi_total IS 'Sum of its KPI contributions';

COMMENT ON COLUMN actions.kpi_count IS 'Times it had a KPI contribution';

COMMENT ON COLUMN actions.success_rate IS 'Successes per visit; NULL without visits';

COMMENT ON COLUMN actions.mean_duration_ms IS 'Milliseconds per visit; NULL without visits';

COMMENT ON COLUMN actions.mean_kpi IS 'KPI per contribution; NULL without one';

CREATE VIEW strategies AS
SELECT sessions.scenario_id AS scenario_id, scenarios.name AS scenario, sessions.id AS session_row_id, sessions.session_id AS session_id, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) END AS session_time, session_strategies.strategy AS strategy, session_strategies.visits AS visits, session_strategies.successes AS successes, session_strategies.failures AS failures, session_strategies.usage_count AS usage_count, session_strategies.episodes_success AS episodes_success, session_strategies.episodes_failure AS episodes_failure, CAST(session_strategies.successes AS DOUBLE PRECISION) / CAST(nullif(CAST(session_strategies.visits AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate, CAST(coalesce(session_strategies.episodes_success, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(session_strategies.episodes_success, 0) AS DOUBLE PRECISION) + CAST(coalesce(session_strategies.episodes_failure, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS episode_success_rate, CASE WHEN (CAST(coalesce(session_strategies.successes, 0) AS DOUBLE PRECISION) = 0.0) THEN 0.0 * nullif(CAST(coalesce(session_strategies.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(session_strategies.failures, 0) AS DOUBLE PRECISION), 0.0) ELSE ((CAST(coalesce(session_strategies.successes, 0) AS DOUBLE PRECISION) + 1.9207294103470627) - 1.959963984540054 * sqrt((CAST(coalesce(session_strategies.successes, 0) AS DOUBLE PRECISION) * CAST(coalesce(session_strategies.failures, 0) AS DOUBLE PRECISION)) / CAST(nullif(CAST(coalesce(session_strategies.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(session_strategies.failures, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) + 0.9603647051735313)) / CAST((nullif(CAST(coalesce(session_strategies.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(session_strategies.failures, 0) AS DOUBLE PRECISION), 0.0) + 3.8414588206941254) AS DOUBLE PRECISION) END AS wilson_low, CASE WHEN (CAST(coalesce(session_strategies.failures, 0) AS DOUBLE PRECISION) = 0.0) THEN nullif(CAST(coalesce(session_strategies.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(session_strategies.failures, 0) AS DOUBLE PRECISION), 0.0) / CAST(nullif(CAST(coalesce(session_strategies.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(session_strategies.failures, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) ELSE (CAST(coalesce(session_strategies.successes, 0) AS DOUBLE PRECISION) + 1.9207294103470627 + 1.959963984540054 * sqrt((CAST(coalesce(session_strategies.successes, 0) AS DOUBLE PRECISION) * CAST(coalesce(session_strategies.failures, 0) AS DOUBLE PRECISION)) / CAST(nullif(CAST(coalesce(session_strategies.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(session_strategies.failures, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) + 0.9603647051735313)) / CAST((nullif(CAST(coalesce(session_strategies.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(session_strategies.failures, 0) AS DOUBLE PRECISION), 0.0) + 3.8414588206941254) AS DOUBLE PRECISION) END AS wilson_high 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id JOIN session_strategies ON session_strategies.session_row_id = sessions.id AND session_strategies.scenario_id = sessions.scenario_id;

COMMENT ON VIEW strategies IS 'What selection strategies achieved, in saved sessions';

COMMENT ON COLUMN strategies.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN strategies.scenario IS 'The scenario''s name';

COMMENT ON COLUMN strategies.session_row_id IS 'sessions.id';

COMMENT ON COLUMN strategies.session_id IS 'The session''s id, unique in its scenario';

COMMENT ON COLUMN strategies.session_time IS 'The time that the id stands for, if any';

COMMENT ON COLUMN strategies.strategy IS 'The selection strategy''s name';

COMMENT ON COLUMN strategies.visits IS 'Actions chosen by it';

COMMENT ON COLUMN strategies.successes IS 'Actions that succeeded';

COMMENT ON COLUMN strategies.failures IS 'Actions that failed';

COMMENT ON COLUMN strategies.usage_count IS 'Times it was started';

COMMENT ON COLUMN strategies.episodes_success IS 'Episodes that succeeded under it';

COMMENT ON COLUMN strategies.episodes_failure IS 'Episodes that failed under it';

COMMENT ON COLUMN strategies.success_rate IS 'Successes per visit; NULL without visits';

COMMENT ON COLUMN strategies.episode_success_rate IS 'Share of episodes that succeeded, 0 to 1; NULL without episodes';

COMMENT ON COLUMN strategies.wilson_low IS 'Lower end of the rate''s 95 % confidence (Wilson)';

COMMENT ON COLUMN strategies.wilson_high IS 'Upper end of the rate''s 95 % confidence (Wilson)';

CREATE VIEW strategy_switches AS
SELECT sessions.scenario_id AS scenario_id, scenarios.name AS scenario, sessions.id AS session_row_id, sessions.session_id AS session_id, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) END AS session_time, session_strategy_switches.ordinal AS ordinal, session_strategy_switches.from_strategy AS from_strategy, session_strategy_switches.to_strategy AS to_strategy, session_strategy_switches.visits_at_switch AS visits_at_switch, session_strategy_switches.success_rate_at_switch AS success_rate_at_switch, session_strategy_switches.from_strategy_success_rate AS from_strategy_success_rate 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id JOIN session_strategy_switches ON session_strategy_switches.session_row_id = sessions.id AND session_strategy_switches.scenario_id = sessions.scenario_id;

COMMENT ON VIEW strategy_switches IS 'Changes of selection strategy, in order, in saved sessions';

COMMENT ON COLUMN strategy_switches.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN strategy_switches.scenario IS 'The scenario''s name';

COMMENT ON COLUMN strategy_switches.session_row_id IS 'sessions.id';

COMMENT ON COLUMN strategy_switches.session_id IS 'The session''s id, unique in its scenario';

COMMENT ON COLUMN strategy_switches.session_time IS 'The time that the id stands for, if any';

COMMENT ON COLUMN strategy_switches.ordinal IS 'Its place in the history, from 0';

COMMENT ON COLUMN strategy_switches.from_strategy IS 'The strategy before';

COMMENT ON COLUMN strategy_switches.to_strategy IS 'The strategy after';

COMMENT ON COLUMN strategy_switches.visits_at_switch IS 'Visits at that moment';

COMMENT ON COLUMN strategy_switches.success_rate_at_switch IS 'Success rate at that moment, 0 to 1';

COMMENT ON COLUMN strategy_switches.from_strategy_success_rate IS 'Success rate of the strategy before, 0 to 1';

CREATE VIEW totals AS
SELECT total.kind AS kind, total.scenario_id AS scenario_id, total.scenario AS scenario, total.contributors AS contributors, total.waiting AS waiting, CASE WHEN CASE WHEN (total.contributors = 1) THEN total.created_at ELSE total.newest_saved_at_ms / 1000 END BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(CASE WHEN (total.contributors = 1) THEN total.created_at ELSE total.newest_saved_at_ms / 1000 END AS DOUBLE PRECISION)) END AS created_at, CASE WHEN total.newest_saved_at_ms / 1000 BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(total.newest_saved_at_ms AS DOUBLE PRECISION) / 1000) END AS newest_saved_at, total.task_description AS task_description, CASE WHEN (total.contributors = 1) THEN total.phase END AS phase, CASE WHEN (total.contributors = 1) THEN total.group_id END AS group_id, CASE WHEN (total.contributors = 1) THEN total.current_strategy END AS current_strategy, total.session_count AS session_count, total.total_episodes AS total_episodes, total.total_actions AS total_actions, total.success_episodes AS success_episodes, total.failure_episodes AS failure_episodes, CAST(coalesce(total.success_episodes, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(total.success_episodes, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_episodes, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate 
FROM (SELECT parts.kind AS kind, parts.scenario_id AS scenario_id, parts.scenario AS scenario, CAST(sum(parts.contributors) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario) AS BIGINT) AS contributors, CAST(sum(parts.waiting) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario) AS BIGINT) AS waiting, CAST(sum(parts.session_count) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario) AS BIGINT) AS session_count, CAST(sum(parts.total_episodes) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario) AS BIGINT) AS total_episodes, CAST(sum(parts.total_actions) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario) AS BIGINT) AS total_actions, CAST(sum(parts.success_episodes) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario) AS BIGINT) AS success_episodes, CAST(sum(parts.failure_episodes) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario) AS BIGINT) AS failure_episodes, parts.newest_saved_at_ms AS newest_saved_at_ms, parts.version AS version, parts.created_at AS created_at, parts.scenario_name AS scenario_name, parts.task_description AS task_description, parts.phase AS phase, parts.group_id AS group_id, parts.current_strategy AS current_strategy, row_number() OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario ORDER BY coalesce(parts.newest_session_row, 0) DESC, parts.newest_saved_at_ms DESC) AS place 
FROM (SELECT CAST('scenario' AS TEXT) AS kind, rollups.scenario_id AS scenario_id, scenarios.name AS scenario, rollups.contributors AS contributors, 0 AS waiting, rollups.newest_session_row AS newest_session_row, rollups.newest_saved_at_ms AS newest_saved_at_ms, rollups.version AS version, rollups.created_at AS created_at, rollups.scenario_name AS scenario_name, rollups.task_description AS task_description, rollups.phase AS phase, rollups.group_id AS group_id, rollups.current_strategy AS current_strategy, rollups.session_count AS session_count, rollups.total_episodes AS total_episodes, rollups.total_actions AS total_actions, rollups.success_episodes AS success_episodes, rollups.failure_episodes AS failure_episodes 
FROM rollups JOIN scenarios ON scenarios.id = rollups.scenario_id 
WHERE rollups.contributors > 0 UNION ALL SELECT CAST('global' AS TEXT) AS kind, rollups.scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, rollups.contributors AS contributors, 0 AS waiting, rollups.newest_session_row AS newest_session_row, rollups.newest_saved_at_ms AS newest_saved_at_ms, rollups.version AS version, rollups.created_at AS created_at, rollups.scenario_name AS scenario_name, rollups.task_description AS task_description, rollups.phase AS phase, rollups.group_id AS group_id, rollups.current_strategy AS current_strategy, rollups.session_count AS session_count, rollups.total_episodes AS total_episodes, rollups.total_actions AS total_actions, rollups.success_episodes AS success_episodes, rollups.failure_episodes AS failure_episodes 
FROM rollups 
WHERE rollups.scenario_id = 0 AND rollups.contributors > 0 UNION ALL SELECT CAST('scenario' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, scenarios.name AS scenario, 1 AS contributors, 1 AS waiting, sessions.id AS newest_session_row, sessions.saved_at_ms AS newest_saved_at_ms, sessions.version AS version, sessions.created_at AS created_at, sessions.scenario_name AS scenario_name, sessions.task_description AS task_description, sessions.phase AS phase, sessions.group_id AS group_id, sessions.current_strategy AS current_strategy, sessions.session_count AS session_count, sessions.total_episodes AS total_episodes, sessions.total_actions AS total_actions, sessions.success_episodes AS success_episodes, sessions.failure_episodes AS failure_episodes 
FROM total_sources JOIN sessions ON sessions.id = total_sources.session_row_id AND sessions.scenario_id = total_sources.scenario_id JOIN scenarios ON scenarios.id = total_sources.total_scenario_id 
WHERE total_sources.folded IS false UNION ALL SELECT CAST('global' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, 1 AS contributors, 1 AS waiting, sessions.id AS newest_session_row, sessions.saved_at_ms AS newest_saved_at_ms, sessions.version AS version, sessions.created_at AS created_at, sessions.scenario_name AS scenario_name, sessions.task_description AS task_description, sessions.phase AS phase, sessions.group_id AS group_id, sessions.current_strategy AS current_strategy, sessions.session_count AS session_count, sessions.total_episodes AS total_episodes, sessions.total_actions AS total_actions, sessions.success_episodes AS success_episodes, sessions.failure_episodes AS failure_episodes 
FROM total_sources JOIN sessions ON sessions.id = total_sources.session_row_id AND sessions.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = 0 AND total_sources.folded IS false) AS parts) AS total 
WHERE total.place = 1;

COMMENT ON VIEW totals IS 'Totals of scenarios, and the global one';

COMMENT ON COLUMN totals.kind IS 'global or scenario';

COMMENT ON COLUMN totals.scenario_id IS 'scenarios.id, 0 for the global total';

COMMENT ON COLUMN totals.scenario IS 'The scenario''s name, NULL for the global total';

COMMENT ON COLUMN totals.contributors IS 'Sessions and parts from elsewhere that count in it';

COMMENT ON COLUMN totals.waiting IS 'Sessions among them that the rollup does not have yet';

COMMENT ON COLUMN totals.created_at IS 'When its newest session was saved; of a single one, its own time';

COMMENT ON COLUMN totals.newest_saved_at IS 'When its newest part was saved';

COMMENT ON COLUMN totals.task_description IS 'The task of its newest part';

COMMENT ON COLUMN totals.phase IS 'bootstrap, release or validate; NULL when there are several';

COMMENT ON COLUMN totals.group_id IS 'The group of sessions it belongs to; NULL when there are several';

COMMENT ON COLUMN totals.current_strategy IS 'The selection strategy in use; NULL when there are several';

COMMENT ON COLUMN totals.session_count IS 'Sessions in this snapshot';

COMMENT ON COLUMN totals.total_episodes IS 'Episodes in this snapshot';

COMMENT ON COLUMN totals.total_actions IS 'Actions in this snapshot';

COMMENT ON COLUMN totals.success_episodes IS 'Episodes that succeeded';

COMMENT ON COLUMN totals.failure_episodes IS 'Episodes that failed';

COMMENT ON COLUMN totals.success_rate IS 'Share of episodes that succeeded, 0 to 1; NULL without episodes';

CREATE VIEW total_transitions AS
SELECT total.kind AS kind, total.scenario_id AS scenario_id, total.scenario AS scenario, action_sequences.action_1 AS action, action_sequences.action_2 AS next_action, total.success_count AS success_count, total.failure_count AS failure_count, CASE WHEN (coalesce(total.success_count, 0) <= 9223372036854775807 - coalesce(total.failure_count, 0)) THEN coalesce(total.success_count, 0) + coalesce(total.failure_count, 0) ELSE NULL END AS observations, CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate 
FROM (SELECT parts.kind AS kind, parts.scenario_id AS scenario_id, parts.scenario AS scenario, parts.sequence_id AS sequence_id, CAST(sum(parts.success_count) AS BIGINT) AS success_count, CAST(sum(parts.failure_count) AS BIGINT) AS failure_count 
FROM (SELECT CAST('scenario' AS TEXT) AS kind, rollup_transitions.scenario_id AS scenario_id, scenarios.name AS scenario, rollup_transitions.sequence_id AS sequence_id, rollup_transitions.success_count AS success_count, rollup_transitions.failure_count AS failure_count 
FROM rollup_transitions JOIN scenarios ON scenarios.id = rollup_transitions.scenario_id UNION ALL SELECT CAST('global' AS TEXT) AS kind, rollup_transitions.scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, rollup_transitions.sequence_id AS sequence_id, rollup_transitions.success_count AS success_count, rollup_transitions.failure_count AS failure_count 
FROM rollup_transitions 
WHERE rollup_transitions.scenario_id = 0 UNION ALL SELECT CAST('scenario' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, scenarios.name AS scenario, session_transitions.sequence_id AS sequence_id, session_transitions.success_count AS success_count, session_transitions.failure_count AS failure_count 
FROM total_sources JOIN session_transitions ON session_transitions.session_row_id = total_sources.session_row_id AND session_transitions.scenario_id = total_sources.scenario_id JOIN scenarios ON scenarios.id = total_sources.total_scenario_id 
WHERE total_sources.folded IS false UNION ALL SELECT CAST('global' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, session_transitions.sequence_id AS sequence_id, session_transitions.success_count AS success_count, session_transitions.failure_count AS failure_count 
FROM total_sources JOIN session_transitions ON session_transitions.session_row_id = total_sources.session_row_id AND session_transitions.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = 0 AND total_sources.folded IS false) AS parts GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.sequence_id) AS total LEFT OUTER JOIN action_sequences ON action_sequences.id = total.sequence_id;

COMMENT ON VIEW total_transitions IS 'Which action followed which, in totals';

COMMENT ON COLUMN total_transitions.kind IS 'global or scenario';

COMMENT ON COLUMN total_transitions.scenario_id IS 'scenarios.id, 0 for the global total';

COMMENT ON COLUMN total_transitions.scenario IS 'The scenario''s name, NULL for the global total';

COMMENT ON COLUMN total_transitions.action IS 'The action before';

COMMENT ON COLUMN total_transitions.next_action IS 'The action after';

COMMENT ON COLUMN total_transitions.success_count IS 'Times in successful episodes';

COMMENT ON COLUMN total_transitions.failure_count IS 'Times in failed episodes';

COMMENT ON COLUMN total_transitions.observations IS 'Times in all; NULL past 2^63 - 1';

COMMENT ON COLUMN total_transitions.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';

CREATE VIEW total_ngrams AS
SELECT total.kind AS kind, total.scenario_id AS scenario_id, total.scenario AS scenario, CAST(action_sequences.length AS BIGINT) AS length, action_sequences.action_1 AS action_1, action_sequences.action_2 AS action_2, action_sequences.action_3 AS action_3, action_sequences.action_4 AS action_4, total.success_count AS success_count, total.failure_count AS failure_count, CASE WHEN (coalesce(total.success_count, 0) <= 9223372036854775807 - coalesce(total.failure_count, 0)) THEN coalesce(total.success_count, 0) + coalesce(total.failure_count, 0) ELSE NULL END AS observations, CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate 
FROM (SELECT parts.kind AS kind, parts.scenario_id AS scenario_id, parts.scenario AS scenario, parts.sequence_id AS sequence_id, CAST(sum(parts.success_count) AS BIGINT) AS success_count, CAST(sum(parts.failure_count) AS BIGINT) AS failure_count 
FROM (SELECT CAST('scenario' AS TEXT) AS kind, rollup_ngrams.scenario_id AS scenario_id, scenarios.name AS scenario, rollup_ngrams.sequence_id AS sequence_id, rollup_ngrams.success_count AS success_count, rollup_ngrams.failure_count AS failure_count 
FROM rollup_ngrams JOIN scenarios ON scenarios.id = rollup_ngrams.scenario_id UNION ALL SELECT CAST('global' AS TEXT) AS kind, rollup_ngrams.scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, rollup_ngrams.sequence_id AS sequence_id, rollup_ngrams.success_count AS success_count, rollup_ngrams.failure_count AS failure_count 
FROM rollup_ngrams 
WHERE rollup_ngrams.scenario_id = 0 UNION ALL SELECT CAST('scenario' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, scenarios.name AS scenario, session_ngrams.sequence_id AS sequence_id, session_ngrams.success_count AS success_count, session_ngrams.failure_count AS failure_count 
FROM total_sources JOIN session_ngrams ON session_ngrams.session_row_id = total_sources.session_row_id AND session_ngrams.scenario_id = total_sources.scenario_id JOIN scenarios ON scenarios.id = total_sources.total_scenario_id 
WHERE total_sources.folded IS false UNION ALL SELECT CAST('global' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, session_ngrams.sequence_id AS sequence_id, session_ngrams.success_count AS success_count, session_ngrams.failure_count AS failure_count 
FROM total_sources JOIN session_ngrams ON session_ngrams.session_row_id = total_sources.session_row_id AND session_ngrams.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = 0 AND total_sources.folded IS false) AS parts GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.sequence_id) AS total LEFT OUTER JOIN action_sequences ON action_sequences.id = total.sequence_id;

COMMENT ON VIEW total_ngrams IS 'Runs of three and four actions, in totals';

COMMENT ON COLUMN total_ngrams.kind IS 'global or scenario';

COMMENT ON COLUMN total_ngrams.scenario_id IS 'scenarios.id, 0 for the global total';

COMMENT ON COLUMN total_ngrams.scenario IS 'The scenario''s name, NULL for the global total';

COMMENT ON COLUMN total_ngrams.length IS 'How many actions, 3 or 4';

COMMENT ON COLUMN total_ngrams.action_1 IS 'The first action';

COMMENT ON COLUMN total_ngrams.action_2 IS 'The second action';

COMMENT ON COLUMN total_ngrams.action_3 IS 'The third action';

COMMENT ON COLUMN total_ngrams.action_4 IS 'The fourth action';

COMMENT ON COLUMN total_ngrams.success_count IS 'Times in successful episodes';

COMMENT ON COLUMN total_ngrams.failure_count IS 'Times in failed episodes';

COMMENT ON COLUMN total_ngrams.observations IS 'Times in all; NULL past 2^63 - 1';

COMMENT ON COLUMN total_ngrams.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';

CREATE VIEW total_contexts AS
SELECT total.kind AS kind, total.scenario_id AS scenario_id, total.scenario AS scenario, action_sequences.action_1 AS previous_action, action_sequences.action_2 AS action, total.visits AS visits, total.successes AS successes, total.failures AS failures, total.discoveries AS discoveries, total.total_duration_ms AS total_duration_ms, total.kpi_total AS kpi_total, total.kpi_count AS kpi_count, CAST(total.successes AS DOUBLE PRECISION) / CAST(nullif(CAST(total.visits AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate, CAST(total.total_duration_ms AS DOUBLE PRECISION) / CAST(nullif(CAST(total.visits AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS mean_duration_ms, CASE WHEN (abs(total.kpi_total) < 1e-280) THEN CAST(0.0 AS DOUBLE PRECISION) / CAST(nullif(CAST(total.kpi_count AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) ELSE CAST(total.kpi_total AS DOUBLE PRECISION) / CAST(nullif(CAST(total.kpi_count AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) END AS mean_kpi 
FROM (SELECT parts.kind AS kind, parts.scenario_id AS scenario_id, parts.scenario AS scenario, parts.sequence_id AS sequence_id, CAST(sum(parts.visits) AS BIGINT) AS visits, CAST(sum(parts.successes) AS BIGINT) AS successes, CAST(sum(parts.failures) AS BIGINT) AS failures, CAST(sum(parts.discoveries) AS BIGINT) AS discoveries, CAST(sum(parts.total_duration_ms) AS BIGINT) AS total_duration_ms, sum(parts.kpi_total) AS kpi_total, CAST(sum(parts.kpi_count) AS BIGINT) AS kpi_count 
FROM (SELECT CAST('scenario' AS TEXT) AS kind, rollup_contexts.scenario_id AS scenario_id, scenarios.name AS scenario, rollup_contexts.sequence_id AS sequence_id, rollup_contexts.visits AS visits, rollup_contexts.successes AS successes, rollup_contexts.failures AS failures, rollup_contexts.discoveries AS discoveries, rollup_contexts.total_duration_ms AS total_duration_ms, rollup_contexts.kpi_total AS kpi_total, rollup_contexts.kpi_count AS kpi_count 
FROM rollup_contexts JOIN scenarios ON scenarios.id = rollup_contexts.scenario_id UNION ALL SELECT CAST('global' AS TEXT) AS kind, rollup_contexts.scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, rollup_contexts.sequence_id AS sequence_id, rollup_contexts.visits AS visits, rollup_contexts.successes AS successes, rollup_contexts.failures AS failures, rollup_contexts.discoveries AS discoveries, rollup_contexts.total_duration_ms AS total_duration_ms, rollup_contexts.kpi_total AS kpi_total, rollup_contexts.kpi_count AS kpi_count 
FROM rollup_contexts 
WHERE rollup_contexts.scenario_id = 0 UNION ALL SELECT CAST('scenario' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, scenarios.name AS scenario, session_contexts.sequence_id AS sequence_id, session_contexts.visits AS visits, session_contexts.successes AS successes, session_contexts.failures AS failures, session_contexts.discoveries AS discoveries, session_contexts.total_duration_ms AS total_duration_ms, session_contexts.kpi_total AS kpi_total, session_contexts.kpi_count AS kpi_count 
FROM total_sources JOIN session_contexts ON session_contexts.session_row_id = total_sources.session_row_id AND session_contexts.scenario_id = total_sources.scenario_id JOIN scenarios ON scenarios.id = total_sources.total_scenario_id 
WHERE total_sources.folded IS false UNION ALL SELECT CAST('global' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, session_contexts.sequence_id AS sequence_id, session_contexts.visits AS visits, session_contexts.successes AS successes, session_contexts.failures AS failures, session_contexts.discoveries AS discoveries, session_contexts.total_duration_ms AS total_duration_ms, session_contexts.kpi_total AS kpi_total, session_contexts.kpi_count AS kpi_count 
FROM total_sources JOIN session_contexts ON session_contexts.session_row_id = total_sources.session_row_id AND session_contexts.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = 0 AND total_sources.folded IS false) AS parts GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.sequence_id) AS total LEFT OUTER JOIN action_sequences ON action_sequences.id = total.sequence_id;

COMMENT ON VIEW total_contexts IS 'What actions did after another one, in totals';

COMMENT ON COLUMN total_contexts.kind IS 'global or scenario';

COMMENT ON COLUMN total_contexts.scenario_id IS 'scenarios.id, 0 for the global total';

COMMENT ON COLUMN total_contexts.scenario IS 'The scenario''s name, NULL for the global total';

COMMENT ON COLUMN total_contexts.previous_action IS 'The action before';

COMMENT ON COLUMN total_contexts.action IS 'The action';

COMMENT ON COLUMN total_contexts.visits IS 'Times it was done';

COMMENT ON COLUMN total_contexts.successes IS 'Times it succeeded';

COMMENT ON COLUMN total_contexts.failures IS 'Times it failed';

COMMENT ON COLUMN total_contexts.discoveries IS 'Things it found';

COMMENT ON COLUMN total_contexts.total_duration_ms IS 'Milliseconds it took, all together';

COMMENT ON COLUMN total_contexts.kpi_total IS 'Sum of its KPI contributions';

COMMENT ON COLUMN total_contexts.kpi_count IS 'Times it had a KPI contribution';

COMMENT ON COLUMN total_contexts.success_rate IS 'Successes per visit; NULL without visits';

COMMENT ON COLUMN total_contexts.mean_duration_ms IS 'Milliseconds per visit; NULL without visits';

COMMENT ON COLUMN total_contexts.mean_kpi IS 'KPI per contribution; NULL without one';

CREATE VIEW total_actions AS
SELECT total.kind AS kind, total.scenario_id AS scenario_id, total.scenario AS scenario, action_sequences.action_1 AS action, total.visits AS visits, total.successes AS successes, total.failures AS failures, total.discoveries AS discoveries, total.total_duration_ms AS total_duration_ms, total.kpi_total AS kpi_total, total.kpi_count AS kpi_count, CAST(total.successes AS DOUBLE PRECISION) / CAST(nullif(CAST(total.visits AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate, CAST(total.total_duration_ms AS DOUBLE PRECISION) / CAST(nullif(CAST(total.visits AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS mean_duration_ms, CASE WHEN (abs(total.kpi_total) < 1e-280) THEN CAST(0.0 AS DOUBLE PRECISION) / CAST(nullif(CAST(total.kpi_count AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) ELSE CAST(total.kpi_total AS DOUBLE PRECISION) / CAST(nullif(CAST(total.kpi_count AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) END AS mean_kpi 
FROM (SELECT parts.kind AS kind, parts.scenario_id AS scenario_id, parts.scenario AS scenario, parts.sequence_id AS sequence_id, CAST(sum(parts.visits) AS BIGINT) AS visits, CAST(sum(parts.successes) AS BIGINT) AS successes, CAST(sum(parts.failures) AS BIGINT) AS failures, CAST(sum(parts.discoveries) AS BIGINT) AS discoveries, CAST(sum(parts.total_duration_ms) AS BIGINT) AS total_duration_ms, sum(parts.kpi_total) AS kpi_total, CAST(sum(parts.kpi_count) AS BIGINT) AS kpi_count 
FROM (SELECT CAST('scenario' AS TEXT) AS kind, rollup_actions.scenario_id AS scenario_id, scenarios.name AS scenario, rollup_actions.sequence_id AS sequence_id, rollup_actions.visits AS visits, rollup_actions.successes AS successes, rollup_actions.failures AS failures, rollup_actions.discoveries AS discoveries, rollup_actions.total_duration_ms AS total_duration_ms, rollup_actions.kpi_total AS kpi_total, rollup_actions.kpi_count AS kpi_count 
FROM rollup_actions JOIN scenarios ON scenarios.id = rollup_actions.scenario_id UNION ALL SELECT CAST('global' AS TEXT) AS kind, rollup_actions.scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, rollup_actions.sequence_id AS sequence_id, rollup_actions.visits AS visits, rollup_actions.successes AS successes, rollup_actions.failures AS failures, rollup_actions.discoveries AS discoveries, rollup_actions.total_duration_ms AS total_duration_ms, rollup_actions.kpi_total AS kpi_total, rollup_actions.kpi_count AS kpi_count 
FROM rollup_actions 
WHERE rollup_actions.scenario_id = 0 UNION ALL SELECT CAST('scenario' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, scenarios.name AS scenario, session_actions.sequence_id AS sequence_id, session_actions.visits AS visits, session_actions.successes AS successes, session_actions.failures AS failures, session_actions.discoveries AS discoveries, session_actions.total_duration_ms AS total_duration_ms, session_actions.kpi_total AS kpi_total, session_actions.kpi_count AS kpi_count 
FROM total_sources JOIN session_actions ON session_actions.session_row_id = total_sources.session_row_id AND session_actions.scenario_id = total_sources.scenario_id JOIN scenarios ON scenarios.id = total_sources.total_scenario_id 
WHERE total_sources.folded IS false UNION ALL SELECT CAST('global' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, session_actions.sequence_id AS sequence_id, session_actions.visits AS visits, session_actions.successes AS successes, session_actions.failures AS failures, session_actions.discoveries AS discoveries, session_actions.total_duration_ms AS total_duration_ms, session_actions.kpi_total AS kpi_total, session_actions.kpi_count AS kpi_count 
FROM total_sources JOIN session_actions ON session_actions.session_row_id = total_sources.session_row_id AND session_actions.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = 0 AND total_sources.folded IS false) AS parts GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.sequence_id) AS total LEFT OUTER JOIN action_sequences ON action_sequences.id = total.sequence_id;

COMMENT ON VIEW total_actions IS 'What actions did, in totals';

COMMENT ON COLUMN total_actions.kind IS 'global or scenario';

COMMENT ON COLUMN total_actions.scenario_id IS 'scenarios.id, 0 for the global total';

COMMENT ON COLUMN total_actions.scenario IS 'The scenario''s name, NULL for the global total';

COMMENT ON COLUMN total_actions.action IS 'The action';

COMMENT ON COLUMN total_actions.visits IS 'Times it was done';

COMMENT ON COLUMN total_actions.successes IS 'Times it succeeded';

COMMENT ON COLUMN total_actions.failures IS 'Times it failed';

COMMENT ON COLUMN total_actions.discoveries IS 'Things it found';

COMMENT ON COLUMN total_actions.total_duration_ms IS 'Milliseconds it took, all together';

COMMENT ON COLUMN total_actions.kpi_total IS 'Sum of its KPI contributions';

COMMENT ON COLUMN total_actions.kpi_count IS 'Times it had a KPI contribution';

COMMENT ON COLUMN total_actions.success_rate IS 'Successes per visit; NULL without visits';

COMMENT ON COLUMN total_actions.mean_duration_ms IS 'Milliseconds per visit; NULL without visits';

COMMENT ON COLUMN total_actions.mean_kpi IS 'KPI per contribution; NULL without one';

CREATE VIEW total_strategies AS
SELECT total.kind AS kind, total.scenario_id AS scenario_id, total.scenario AS scenario, total.strategy AS strategy, total.visits AS visits, total.successes AS successes, total.failures AS failures, total.usage_count AS usage_count, total.episodes_success AS episodes_success, total.episodes_failure AS episodes_failure, CAST(total.successes AS DOUBLE PRECISION) / CAST(nullif(CAST(total.visits AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate, CAST(coalesce(total.episodes_success, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(total.episodes_success, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.episodes_failure, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS episode_success_rate, CASE WHEN (CAST(coalesce(total.successes, 0) AS DOUBLE PRECISION) = 0.0) THEN 0.0 * nullif(CAST(coalesce(total.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failures, 0) AS DOUBLE PRECISION), 0.0) ELSE ((CAST(coalesce(total.successes, 0) AS DOUBLE PRECISION) + 1.9207294103470627) - 1.959963984540054 * sqrt((CAST(coalesce(total.successes, 0) AS DOUBLE PRECISION) * CAST(coalesce(total.failures, 0) AS DOUBLE PRECISION)) / CAST(nullif(CAST(coalesce(total.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failures, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) + 0.9603647051735313)) / CAST((nullif(CAST(coalesce(total.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failures, 0) AS DOUBLE PRECISION), 0.0) + 3.8414588206941254) AS DOUBLE PRECISION) END AS wilson_low, CASE WHEN (CAST(coalesce(total.failures, 0) AS DOUBLE PRECISION) = 0.0) THEN nullif(CAST(coalesce(total.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failures, 0) AS DOUBLE PRECISION), 0.0) / CAST(nullif(CAST(coalesce(total.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failures, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) ELSE (CAST(coalesce(total.successes, 0) AS DOUBLE PRECISION) + 1.9207294103470627 + 1.959963984540054 * sqrt((CAST(coalesce(total.successes, 0) AS DOUBLE PRECISION) * CAST(coalesce(total.failures, 0) AS DOUBLE PRECISION)) / CAST(nullif(CAST(coalesce(total.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failures, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) + 0.9603647051735313)) / CAST((nullif(CAST(coalesce(total.successes, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failures, 0) AS DOUBLE PRECISION), 0.0) + 3.8414588206941254) AS DOUBLE PRECISION) END AS wilson_high 
FROM (SELECT parts.kind AS kind, parts.scenario_id AS scenario_id, parts.scenario AS scenario, parts.strategy AS strategy, CAST(sum(parts.visits) AS BIGINT) AS visits, CAST(sum(parts.successes) AS BIGINT) AS successes, CAST(sum(parts.failures) AS BIGINT) AS failures, CAST(sum(parts.usage_count) AS BIGINT) AS usage_count, CAST(sum(parts.episodes_success) AS BIGINT) AS episodes_success, CAST(sum(parts.episodes_failure) AS BIGINT) AS episodes_failure 
FROM (SELECT CAST('scenario' AS TEXT) AS kind, rollup_strategies.scenario_id AS scenario_id, scenarios.name AS scenario, rollup_strategies.strategy AS strategy, rollup_strategies.visits AS visits, rollup_strategies.successes AS successes, rollup_strategies.failures AS failures, rollup_strategies.usage_count AS usage_count, rollup_strategies.episodes_success AS episodes_success, rollup_strategies.episodes_failure AS episodes_failure 
FROM rollup_strategies JOIN scenarios ON scenarios.id = rollup_strategies.scenario_id UNION ALL SELECT CAST('global' AS TEXT) AS kind, rollup_strategies.scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, rollup_strategies.strategy AS strategy, rollup_strategies.visits AS visits, rollup_strategies.successes AS successes, rollup_strategies.failures AS failures, rollup_strategies.usage_count AS usage_count, rollup_strategies.episodes_success AS episodes_success, rollup_strategies.episodes_failure AS episodes_failure 
FROM rollup_strategies 
WHERE rollup_strategies.scenario_id = 0 UNION ALL SELECT CAST('scenario' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, scenarios.name AS scenario, session_strategies.strategy AS strategy, session_strategies.visits AS visits, session_strategies.successes AS successes, session_strategies.failures AS failures, session_strategies.usage_count AS usage_count, session_strategies.episodes_success AS episodes_success, session_strategies.episodes_failure AS episodes_failure 
FROM total_sources JOIN session_strategies ON session_strategies.session_row_id = total_sources.session_row_id AND session_strategies.scenario_id = total_sources.scenario_id JOIN scenarios ON scenarios.id = total_sources.total_scenario_id 
WHERE total_sources.folded IS false UNION ALL SELECT CAST('global' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, session_strategies.strategy AS strategy, session_strategies.visits AS visits, session_strategies.successes AS successes, session_strategies.failures AS failures, session_strategies.usage_count AS usage_count, session_strategies.episodes_success AS episodes_success, session_strategies.episodes_failure AS episodes_failure 
FROM total_sources JOIN session_strategies ON session_strategies.session_row_id = total_sources.session_row_id AND session_strategies.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = 0 AND total_sources.folded IS false) AS parts GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.strategy) AS total;

COMMENT ON VIEW total_strategies IS 'What selection strategies achieved, in totals';

COMMENT ON COLUMN total_strategies.kind IS 'global or scenario';

COMMENT ON COLUMN total_strategies.scenario_id IS 'scenarios.id, 0 for the global total';

COMMENT ON COLUMN total_strategies.scenario IS 'The scenario''s name, NULL for the global total';

COMMENT ON COLUMN total_strategies.strategy IS 'The selection strategy''s name';

COMMENT ON COLUMN total_strategies.visits IS 'Actions chosen by it';

COMMENT ON COLUMN total_strategies.successes IS 'Actions that succeeded';

COMMENT ON COLUMN total_strategies.failures IS 'Actions that failed';

COMMENT ON COLUMN total_strategies.usage_count IS 'Times it was started';

COMMENT ON COLUMN total_strategies.episodes_success IS 'Episodes that succeeded under it';

COMMENT ON COLUMN total_strategies.episodes_failure IS 'Episodes that failed under it';

COMMENT ON COLUMN total_strategies.success_rate IS 'Successes per visit; NULL without visits';

COMMENT ON COLUMN total_strategies.episode_success_rate IS 'Share of episodes that succeeded, 0 to 1; NULL without episodes';

COMMENT ON COLUMN total_strategies.wilson_low IS 'Lower end of the rate''s 95 % confidence (Wilson)';

COMMENT ON COLUMN total_strategies.wilson_high IS 'Upper end of the rate''s 95 % confidence (Wilson)';

CREATE VIEW total_strategy_switches AS
SELECT total.kind AS kind, total.scenario_id AS scenario_id, total.scenario AS scenario, total.ordinal AS ordinal, total.from_strategy AS from_strategy, total.to_strategy AS to_strategy, total.visits_at_switch AS visits_at_switch, total.success_rate_at_switch AS success_rate_at_switch, total.from_strategy_success_rate AS from_strategy_success_rate 
FROM (SELECT CAST('scenario' AS TEXT) AS kind, rollup_strategy_switches.scenario_id AS scenario_id, scenarios.name AS scenario, rollup_strategy_switches.ordinal AS ordinal, rollup_strategy_switches.from_strategy AS from_strategy, rollup_strategy_switches.to_strategy AS to_strategy, rollup_strategy_switches.visits_at_switch AS visits_at_switch, rollup_strategy_switches.success_rate_at_switch AS success_rate_at_switch, rollup_strategy_switches.from_strategy_success_rate AS from_strategy_success_rate 
FROM rollup_strategy_switches JOIN rollups ON rollups.scenario_id = rollup_strategy_switches.scenario_id LEFT OUTER JOIN (SELECT total_sources.total_scenario_id AS total_scenario_id, CAST(count(*) AS BIGINT) AS sessions 
FROM total_sources 
WHERE total_sources.folded IS false GROUP BY total_sources.total_scenario_id) AS waits ON waits.total_scenario_id = rollup_strategy_switches.scenario_id JOIN scenarios ON scenarios.id = rollup_strategy_switches.scenario_id 
WHERE rollups.contributors = 1 AND waits.sessions IS NULL UNION ALL SELECT CAST('global' AS TEXT) AS kind, rollup_strategy_switches.scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, rollup_strategy_switches.ordinal AS ordinal, rollup_strategy_switches.from_strategy AS from_strategy, rollup_strategy_switches.to_strategy AS to_strategy, rollup_strategy_switches.visits_at_switch AS visits_at_switch, rollup_strategy_switches.success_rate_at_switch AS success_rate_at_switch, rollup_strategy_switches.from_strategy_success_rate AS from_strategy_success_rate 
FROM rollup_strategy_switches JOIN rollups ON rollups.scenario_id = rollup_strategy_switches.scenario_id LEFT OUTER JOIN (SELECT total_sources.total_scenario_id AS total_scenario_id, CAST(count(*) AS BIGINT) AS sessions 
FROM total_sources 
WHERE total_sources.folded IS false GROUP BY total_sources.total_scenario_id) AS waits ON waits.total_scenario_id = rollup_strategy_switches.scenario_id 
WHERE rollup_strategy_switches.scenario_id = 0 AND rollups.contributors = 1 AND waits.sessions IS NULL UNION ALL SELECT CAST('scenario' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, scenarios.name AS scenario, session_strategy_switches.ordinal AS ordinal, session_strategy_switches.from_strategy AS from_strategy, session_strategy_switches.to_strategy AS to_strategy, session_strategy_switches.visits_at_switch AS visits_at_switch, session_strategy_switches.success_rate_at_switch AS success_rate_at_switch, session_strategy_switches.from_strategy_success_rate AS from_strategy_success_rate 
FROM total_sources JOIN session_strategy_switches ON session_strategy_switches.session_row_id = total_sources.session_row_id AND session_strategy_switches.scenario_id = total_sources.scenario_id JOIN (SELECT rollups.scenario_id AS scenario_id 
FROM rollups 
WHERE rollups.contributors = 0) AS empty ON empty.scenario_id = total_sources.total_scenario_id JOIN (SELECT total_sources.total_scenario_id AS total_scenario_id, CAST(count(*) AS BIGINT) AS sessions 
FROM total_sources 
WHERE total_sources.folded IS false GROUP BY total_sources.total_scenario_id) AS waits ON waits.total_scenario_id = total_sources.total_scenario_id JOIN scenarios ON scenarios.id = total_sources.total_scenario_id 
WHERE total_sources.folded IS false AND waits.sessions = 1 UNION ALL SELECT CAST('global' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, session_strategy_switches.ordinal AS ordinal, session_strategy_switches.from_strategy AS from_strategy, session_strategy_switches.to_strategy AS to_strategy, session_strategy_switches.visits_at_switch AS visits_at_switch, session_strategy_switches.success_rate_at_switch AS success_rate_at_switch, session_strategy_switches.from_strategy_success_rate AS from_strategy_success_rate 
FROM total_sources JOIN session_strategy_switches ON session_strategy_switches.session_row_id = total_sources.session_row_id AND session_strategy_switches.scenario_id = total_sources.scenario_id JOIN (SELECT rollups.scenario_id AS scenario_id 
FROM rollups 
WHERE rollups.contributors = 0) AS empty ON empty.scenario_id = total_sources.total_scenario_id JOIN (SELECT total_sources.total_scenario_id AS total_scenario_id, CAST(count(*) AS BIGINT) AS sessions 
FROM total_sources 
WHERE total_sources.folded IS false GROUP BY total_sources.total_scenario_id) AS waits ON waits.total_scenario_id = total_sources.total_scenario_id 
WHERE total_sources.total_scenario_id = 0 AND total_sources.folded IS false AND waits.sessions = 1) AS total;

COMMENT ON VIEW total_strategy_switches IS 'Changes of selection strategy in totals of one session; those of many have none';

COMMENT ON COLUMN total_strategy_switches.kind IS 'global or scenario';

COMMENT ON COLUMN total_strategy_switches.scenario_id IS 'scenarios.id, 0 for the global total';

COMMENT ON COLUMN total_strategy_switches.scenario IS 'The scenario''s name, NULL for the global total';

COMMENT ON COLUMN total_strategy_switches.ordinal IS 'Its place in the history, from 0';

COMMENT ON COLUMN total_strategy_switches.from_strategy IS 'The strategy before';

COMMENT ON COLUMN total_strategy_switches.to_strategy IS 'The strategy after';

COMMENT ON COLUMN total_strategy_switches.visits_at_switch IS 'Visits at that moment';

COMMENT ON COLUMN total_strategy_switches.success_rate_at_switch IS 'Success rate at that moment, 0 to 1';

COMMENT ON COLUMN total_strategy_switches.from_strategy_success_rate IS 'Success rate of the strategy before, 0 to 1';

CREATE VIEW total_origins AS
SELECT parts.kind AS kind, parts.scenario_id AS scenario_id, parts.scenario AS scenario, parts.part AS part, parts.origin AS origin, CAST(count(*) AS BIGINT) AS contributors, CAST(sum(parts.waiting) AS BIGINT) AS waiting, CASE WHEN max(parts.saved_at_ms) / 1000 BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(max(parts.saved_at_ms) AS DOUBLE PRECISION) / 1000) END AS newest_saved_at, CAST(sum(parts.session_count) AS BIGINT) AS session_count, CAST(sum(parts.total_episodes) AS BIGINT) AS total_episodes, CAST(sum(parts.total_actions) AS BIGINT) AS total_actions, CAST(sum(parts.success_episodes) AS BIGINT) AS success_episodes, CAST(sum(parts.failure_episodes) AS BIGINT) AS failure_episodes 
FROM (SELECT CAST('scenario' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, scenarios.name AS scenario, CAST('sessions' AS TEXT) AS part, imports.origin AS origin, CASE WHEN (total_sources.folded IS false) THEN 1 ELSE 0 END AS waiting, sessions.saved_at_ms AS saved_at_ms, sessions.session_count AS session_count, sessions.total_episodes AS total_episodes, sessions.total_actions AS total_actions, sessions.success_episodes AS success_episodes, sessions.failure_episodes AS failure_episodes 
FROM total_sources JOIN sessions ON sessions.id = total_sources.session_row_id AND sessions.scenario_id = total_sources.scenario_id LEFT OUTER JOIN imports ON imports.session_row_id = sessions.id AND imports.origin != 'copies from another database' JOIN scenarios ON scenarios.id = total_sources.total_scenario_id UNION ALL SELECT CAST('global' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, CAST('sessions' AS TEXT) AS part, imports.origin AS origin, CASE WHEN (total_sources.folded IS false) THEN 1 ELSE 0 END AS waiting, sessions.saved_at_ms AS saved_at_ms, sessions.session_count AS session_count, sessions.total_episodes AS total_episodes, sessions.total_actions AS total_actions, sessions.success_episodes AS success_episodes, sessions.failure_episodes AS failure_episodes 
FROM total_sources JOIN sessions ON sessions.id = total_sources.session_row_id AND sessions.scenario_id = total_sources.scenario_id LEFT OUTER JOIN imports ON imports.session_row_id = sessions.id AND imports.origin != 'copies from another database' 
WHERE total_sources.total_scenario_id = 0 UNION ALL SELECT CAST('scenario' AS TEXT) AS kind, baselines.scenario_id AS scenario_id, scenarios.name AS scenario, CAST(CASE baselines.origin WHEN 'hand' THEN 'hand' WHEN 'pruned' THEN 'baseline' ELSE 'import' END AS TEXT) AS part, CASE WHEN (baselines.origin IN ('hand', 'pruned')) THEN CAST(NULL AS TEXT) ELSE substr(baselines.origin, 8) END AS origin, 0 AS waiting, baselines.newest_saved_at_ms AS saved_at_ms, baselines.session_count AS session_count, baselines.total_episodes AS total_episodes, baselines.total_actions AS total_actions, baselines.success_episodes AS success_episodes, baselines.failure_episodes AS failure_episodes 
FROM baselines JOIN scenarios ON scenarios.id = baselines.scenario_id UNION ALL SELECT CAST('global' AS TEXT) AS kind, baselines.scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, CAST(CASE baselines.origin WHEN 'hand' THEN 'hand' WHEN 'pruned' THEN 'baseline' ELSE 'import' END AS TEXT) AS part, CASE WHEN (baselines.origin IN ('hand', 'pruned')) THEN CAST(NULL AS TEXT) ELSE substr(baselines.origin, 8) END AS origin, 0 AS waiting, baselines.newest_saved_at_ms AS saved_at_ms, baselines.session_count AS session_count, baselines.total_episodes AS total_episodes, baselines.total_actions AS total_actions, baselines.success_episodes AS success_episodes, baselines.failure_episodes AS failure_episodes 
FROM baselines 
WHERE baselines.scenario_id = 0) AS parts GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.part, parts.origin;

COMMENT ON VIEW total_origins IS 'What totals are made of: one row for each kind and origin of parts, which add up to the total';

COMMENT ON COLUMN total_origins.kind IS 'global or scenario';

COMMENT ON COLUMN total_origins.scenario_id IS 'scenarios.id, 0 for the global total';

COMMENT ON COLUMN total_origins.scenario IS 'The scenario''s name, NULL for the global total';

COMMENT ON COLUMN total_origins.part IS 'sessions that are saved, import: a total in imported files, hand: a total saved as one, baseline: what sessions removed since had added';

COMMENT ON COLUMN total_origins.origin IS 'The import that it comes from, NULL for all else';

COMMENT ON COLUMN total_origins.contributors IS 'Sessions in it, 1 for other kinds of parts';

COMMENT ON COLUMN total_origins.waiting IS 'Sessions that the rollup lacks';

COMMENT ON COLUMN total_origins.newest_saved_at IS 'When the newest was saved';

COMMENT ON COLUMN total_origins.session_count IS 'Sessions in this snapshot';

COMMENT ON COLUMN total_origins.total_episodes IS 'Episodes in this snapshot';

COMMENT ON COLUMN total_origins.total_actions IS 'Actions in this snapshot';

COMMENT ON COLUMN total_origins.success_episodes IS 'Episodes that succeeded';

COMMENT ON COLUMN total_origins.failure_episodes IS 'Episodes that failed';

CREATE VIEW learning_curve AS
SELECT sessions.scenario_id AS scenario_id, scenarios.name AS scenario, sessions.id AS session_row_id, sessions.session_id AS session_id, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) END AS session_time, row_number() OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id) AS place, sessions.success_episodes AS success_episodes, sessions.failure_episodes AS failure_episodes, CAST(coalesce(sessions.success_episodes, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(sessions.success_episodes, 0) AS DOUBLE PRECISION) + CAST(coalesce(sessions.failure_episodes, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate, CAST(coalesce(sum(sessions.success_episodes) OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id ROWS BETWEEN 9 PRECEDING AND CURRENT ROW), 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(sum(sessions.success_episodes) OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id ROWS BETWEEN 9 PRECEDING AND CURRENT ROW), 0) AS DOUBLE PRECISION) + CAST(coalesce(sum(sessions.failure_episodes) OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id ROWS BETWEEN 9 PRECEDING AND CURRENT ROW), 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS rolling_success_rate, CAST(coalesce(sum(sessions.success_episodes) OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(sum(sessions.success_episodes) OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), 0) AS DOUBLE PRECISION) + CAST(coalesce(sum(sessions.failure_episodes) OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS cumulative_success_rate 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id;

COMMENT ON VIEW learning_curve IS 'Success session by session, in the order of session ids';

COMMENT ON COLUMN learning_curve.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN learning_curve.scenario IS 'The scenario''s name';

COMMENT ON COLUMN learning_curve.session_row_id IS 'sessions.id';

COMMENT ON COLUMN learning_curve.session_id IS 'The session''s id, unique in its scenario';

COMMENT ON COLUMN learning_curve.session_time IS 'The time that the id stands for, if any';

COMMENT ON COLUMN learning_curve.place IS 'Its place among the scenario''s sessions, from 1';

COMMENT ON COLUMN learning_curve.success_episodes IS 'Episodes that succeeded';

COMMENT ON COLUMN learning_curve.failure_episodes IS 'Episodes that failed';

COMMENT ON COLUMN learning_curve.success_rate IS 'Of this session; NULL without episodes';

COMMENT ON COLUMN learning_curve.rolling_success_rate IS 'Of this session and the 9 before it; NULL without episodes';

COMMENT ON COLUMN learning_curve.cumulative_success_rate IS 'Of this session and all before it; NULL without episodes';

CREATE VIEW session_days AS
SELECT days.scenario_id AS scenario_id, days.scenario AS scenario, days.day AS day, days.sessions AS sessions, days.success_episodes AS success_episodes, days.failure_episodes AS failure_episodes, days.total_actions AS total_actions, CAST(coalesce(days.success_episodes, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(days.success_episodes, 0) AS DOUBLE PRECISION) + CAST(coalesce(days.failure_episodes, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate 
FROM (SELECT sessions.scenario_id AS scenario_id, scenarios.name AS scenario, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN CAST(to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) AT TIME ZONE 'UTC' AS DATE) END AS day, CAST(count(*) AS BIGINT) AS sessions, CAST(sum(sessions.success_episodes) AS BIGINT) AS success_episodes, CAST(sum(sessions.failure_episodes) AS BIGINT) AS failure_episodes, CAST(sum(sessions.total_actions) AS BIGINT) AS total_actions 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id GROUP BY sessions.scenario_id, scenarios.name, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN CAST(to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) AT TIME ZONE 'UTC' AS DATE) END) AS days;

COMMENT ON VIEW session_days IS 'Saved sessions added up per day';

COMMENT ON COLUMN session_days.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN session_days.scenario IS 'The scenario''s name';

COMMENT ON COLUMN session_days.day IS 'The day (UTC) of the sessions'' ids; NULL for those that are no time';

COMMENT ON COLUMN session_days.sessions IS 'Sessions of that day that have it';

COMMENT ON COLUMN session_days.success_episodes IS 'Episodes that succeeded';

COMMENT ON COLUMN session_days.failure_episodes IS 'Episodes that failed';

COMMENT ON COLUMN session_days.total_actions IS 'Actions in this snapshot';

COMMENT ON COLUMN session_days.success_rate IS 'Share of episodes that succeeded, 0 to 1; NULL without episodes';

CREATE VIEW transition_days AS
SELECT days.scenario_id AS scenario_id, days.scenario AS scenario, days.day AS day, days.sessions AS sessions, action_sequences.action_1 AS action, action_sequences.action_2 AS next_action, days.success_count AS success_count, days.failure_count AS failure_count, CASE WHEN (coalesce(days.success_count, 0) <= 9223372036854775807 - coalesce(days.failure_count, 0)) THEN coalesce(days.success_count, 0) + coalesce(days.failure_count, 0) ELSE NULL END AS observations, CAST(coalesce(days.success_count, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(days.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(days.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate 
FROM (SELECT sessions.scenario_id AS scenario_id, scenarios.name AS scenario, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN CAST(to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) AT TIME ZONE 'UTC' AS DATE) END AS day, session_transitions.sequence_id AS sequence_id, CAST(count(*) AS BIGINT) AS sessions, CAST(sum(session_transitions.success_count) AS BIGINT) AS success_count, CAST(sum(session_transitions.failure_count) AS BIGINT) AS failure_count 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id JOIN session_transitions ON session_transitions.session_row_id = sessions.id AND session_transitions.scenario_id = sessions.scenario_id GROUP BY sessions.scenario_id, scenarios.name, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN CAST(to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) AT TIME ZONE 'UTC' AS DATE) END, session_transitions.sequence_id) AS days LEFT OUTER JOIN action_sequences ON action_sequences.id = days.sequence_id;

COMMENT ON VIEW transition_days IS 'Transitions in saved sessions added up per day';

COMMENT ON COLUMN transition_days.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN transition_days.scenario IS 'The scenario''s name';

COMMENT ON COLUMN transition_days.day IS 'The day (UTC) of the sessions'' ids; NULL for those that are no time';

COMMENT ON COLUMN transition_days.sessions IS 'Sessions of that day that have it';

COMMENT ON COLUMN transition_days.action IS 'The action before';

COMMENT ON COLUMN transition_days.next_action IS 'The action after';

COMMENT ON COLUMN transition_days.success_count IS 'Times in successful episodes';

COMMENT ON COLUMN transition_days.failure_count IS 'Times in failed episodes';

COMMENT ON COLUMN transition_days.observations IS 'Times in all; NULL past 2^63 - 1';

COMMENT ON COLUMN transition_days.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';

CREATE VIEW action_days AS
SELECT days.scenario_id AS scenario_id, days.scenario AS scenario, days.day AS day, days.sessions AS sessions, action_sequences.action_1 AS action, days.visits AS visits, days.successes AS successes, days.failures AS failures, days.discoveries AS discoveries, days.total_duration_ms AS total_duration_ms, days.kpi_total AS kpi_total, days.kpi_count AS kpi_count, CAST(days.successes AS DOUBLE PRECISION) / CAST(nullif(CAST(days.visits AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate, CAST(days.total_duration_ms AS DOUBLE PRECISION) / CAST(nullif(CAST(days.visits AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS mean_duration_ms, CASE WHEN (abs(days.kpi_total) < 1e-280) THEN CAST(0.0 AS DOUBLE PRECISION) / CAST(nullif(CAST(days.kpi_count AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) ELSE CAST(days.kpi_total AS DOUBLE PRECISION) / CAST(nullif(CAST(days.kpi_count AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) END AS mean_kpi 
FROM (SELECT sessions.scenario_id AS scenario_id, scenarios.name AS scenario, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN CAST(to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) AT TIME ZONE 'UTC' AS DATE) END AS day, session_actions.sequence_id AS sequence_id, CAST(count(*) AS BIGINT) AS sessions, CAST(sum(session_actions.visits) AS BIGINT) AS visits, CAST(sum(session_actions.successes) AS BIGINT) AS successes, CAST(sum(session_actions.failures) AS BIGINT) AS failures, CAST(sum(session_actions.discoveries) AS BIGINT) AS discoveries, CAST(sum(session_actions.total_duration_ms) AS BIGINT) AS total_duration_ms, sum(session_actions.kpi_total) AS kpi_total, CAST(sum(session_actions.kpi_count) AS BIGINT) AS kpi_count 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id JOIN session_actions ON session_actions.session_row_id = sessions.id AND session_actions.scenario_id = sessions.scenario_id GROUP BY sessions.scenario_id, scenarios.name, CASE WHEN sessions.session_ts BETWEEN 0 AND 253402214399 THEN CAST(to_timestamp(CAST(sessions.session_ts AS DOUBLE PRECISION)) AT TIME ZONE 'UTC' AS DATE) END, session_actions.sequence_id) AS days LEFT OUTER JOIN action_sequences ON action_sequences.id = days.sequence_id;

COMMENT ON VIEW action_days IS 'Actions in saved sessions added up per day';

COMMENT ON COLUMN action_days.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN action_days.scenario IS 'The scenario''s name';

COMMENT ON COLUMN action_days.day IS 'The day (UTC) of the sessions'' ids; NULL for those that are no time';

COMMENT ON COLUMN action_days.sessions IS 'Sessions of that day that have it';

COMMENT ON COLUMN action_days.action IS 'The action';

COMMENT ON COLUMN action_days.visits IS 'Times it was done';

COMMENT ON COLUMN action_days.successes IS 'Times it succeeded';

COMMENT ON COLUMN action_days.failures IS 'Times it failed';

COMMENT ON COLUMN action_days.discoveries IS 'Things it found';

COMMENT ON COLUMN action_days.total_duration_ms IS 'Milliseconds it took, all together';

COMMENT ON COLUMN action_days.kpi_total IS 'Sum of its KPI contributions';

COMMENT ON COLUMN action_days.kpi_count IS 'Times it had a KPI contribution';

COMMENT ON COLUMN action_days.success_rate IS 'Successes per visit; NULL without visits';

COMMENT ON COLUMN action_days.mean_duration_ms IS 'Milliseconds per visit; NULL without visits';

COMMENT ON COLUMN action_days.mean_kpi IS 'KPI per contribution; NULL without one';

CREATE VIEW next_actions AS
SELECT total.kind AS kind, total.scenario_id AS scenario_id, total.scenario AS scenario, action_sequences.action_1 AS action, action_sequences.action_2 AS next_action, total.success_count AS success_count, total.failure_count AS failure_count, CASE WHEN (coalesce(total.success_count, 0) <= 9223372036854775807 - coalesce(total.failure_count, 0)) THEN coalesce(total.success_count, 0) + coalesce(total.failure_count, 0) ELSE NULL END AS observations, CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate, CAST(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION) AS DOUBLE PRECISION) / CAST(nullif(CAST(sum(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION)) OVER (PARTITION BY total.kind, total.scenario_id, total.scenario, action_sequences.action_1) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS probability, CASE WHEN (CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) = 0.0) THEN 0.0 * nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) ELSE ((CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + 1.9207294103470627) - 1.959963984540054 * sqrt((CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) * CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION)) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) + 0.9603647051735313)) / CAST((nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) + 3.8414588206941254) AS DOUBLE PRECISION) END AS wilson_low, CASE WHEN (CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION) = 0.0) THEN nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) ELSE (CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + 1.9207294103470627 + 1.959963984540054 * sqrt((CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) * CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION)) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) + 0.9603647051735313)) / CAST((nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) + 3.8414588206941254) AS DOUBLE PRECISION) END AS wilson_high 
FROM (SELECT parts.kind AS kind, parts.scenario_id AS scenario_id, parts.scenario AS scenario, parts.sequence_id AS sequence_id, CAST(sum(parts.success_count) AS BIGINT) AS success_count, CAST(sum(parts.failure_count) AS BIGINT) AS failure_count 
FROM (SELECT CAST('scenario' AS TEXT) AS kind, rollup_transitions.scenario_id AS scenario_id, scenarios.name AS scenario, rollup_transitions.sequence_id AS sequence_id, rollup_transitions.success_count AS success_count, rollup_transitions.failure_count AS failure_count 
FROM rollup_transitions JOIN scenarios ON scenarios.id = rollup_transitions.scenario_id UNION ALL SELECT CAST('global' AS TEXT) AS kind, rollup_transitions.scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, rollup_transitions.sequence_id AS sequence_id, rollup_transitions.success_count AS success_count, rollup_transitions.failure_count AS failure_count 
FROM rollup_transitions 
WHERE rollup_transitions.scenario_id = 0 UNION ALL SELECT CAST('scenario' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, scenarios.name AS scenario, session_transitions.sequence_id AS sequence_id, session_transitions.success_count AS success_count, session_transitions.failure_count AS failure_count 
FROM total_sources JOIN session_transitions ON session_transitions.session_row_id = total_sources.session_row_id AND session_transitions.scenario_id = total_sources.scenario_id JOIN scenarios ON scenarios.id = total_sources.total_scenario_id 
WHERE total_sources.folded IS false UNION ALL SELECT CAST('global' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, session_transitions.sequence_id AS sequence_id, session_transitions.success_count AS success_count, session_transitions.failure_count AS failure_count 
FROM total_sources JOIN session_transitions ON session_transitions.session_row_id = total_sources.session_row_id AND session_transitions.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = 0 AND total_sources.folded IS false) AS parts GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.sequence_id) AS total LEFT OUTER JOIN action_sequences ON action_sequences.id = total.sequence_id;

COMMENT ON VIEW next_actions IS 'What followed each action, in totals: how often and how well';

COMMENT ON COLUMN next_actions.kind IS 'global or scenario';

COMMENT ON COLUMN next_actions.scenario_id IS 'scenarios.id, 0 for the global total';

COMMENT ON COLUMN next_actions.scenario IS 'The scenario''s name, NULL for the global total';

COMMENT ON COLUMN next_actions.action IS 'The action before';

COMMENT ON COLUMN next_actions.next_action IS 'The action after';

COMMENT ON COLUMN next_actions.success_count IS 'Times in successful episodes';

COMMENT ON COLUMN next_actions.failure_count IS 'Times in failed episodes';

COMMENT ON COLUMN next_actions.observations IS 'Times in all; NULL past 2^63 - 1';

COMMENT ON COLUMN next_actions.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';

COMMENT ON COLUMN next_actions.probability IS 'Share among all that followed the action, 0 to 1; NULL where nothing was counted';

COMMENT ON COLUMN next_actions.wilson_low IS 'Lower end of the rate''s 95 % confidence (Wilson)';

COMMENT ON COLUMN next_actions.wilson_high IS 'Upper end of the rate''s 95 % confidence (Wilson)';

CREATE VIEW paths AS
SELECT total.kind AS kind, total.scenario_id AS scenario_id, total.scenario AS scenario, CAST(action_sequences.length AS BIGINT) AS length, action_sequences.action_1 AS action_1, action_sequences.action_2 AS action_2, action_sequences.action_3 AS action_3, action_sequences.action_4 AS action_4, total.success_count AS success_count, total.failure_count AS failure_count, CASE WHEN (coalesce(total.success_count, 0) <= 9223372036854775807 - coalesce(total.failure_count, 0)) THEN coalesce(total.success_count, 0) + coalesce(total.failure_count, 0) ELSE NULL END AS observations, CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS success_rate, CASE WHEN (CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) = 0.0) THEN 0.0 * nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) ELSE ((CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + 1.9207294103470627) - 1.959963984540054 * sqrt((CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) * CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION)) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) + 0.9603647051735313)) / CAST((nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) + 3.8414588206941254) AS DOUBLE PRECISION) END AS wilson_low, CASE WHEN (CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION) = 0.0) THEN nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) ELSE (CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + 1.9207294103470627 + 1.959963984540054 * sqrt((CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) * CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION)) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) + 0.9603647051735313)) / CAST((nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) + 3.8414588206941254) AS DOUBLE PRECISION) END AS wilson_high, CAST(row_number() OVER (PARTITION BY total.kind, total.scenario_id, total.scenario, action_sequences.length ORDER BY CASE WHEN (CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) = 0.0) THEN 0.0 * nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) ELSE ((CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + 1.9207294103470627) - 1.959963984540054 * sqrt((CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) * CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION)) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) + 0.9603647051735313)) / CAST((nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) + 3.8414588206941254) AS DOUBLE PRECISION) END DESC, CAST(total.success_count AS DOUBLE PRECISION) + CAST(total.failure_count AS DOUBLE PRECISION) DESC, action_sequences.action_1, action_sequences.action_2, action_sequences.action_3, action_sequences.action_4) AS BIGINT) AS best_place, CAST(row_number() OVER (PARTITION BY total.kind, total.scenario_id, total.scenario, action_sequences.length ORDER BY CASE WHEN (CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION) = 0.0) THEN nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) ELSE (CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + 1.9207294103470627 + 1.959963984540054 * sqrt((CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) * CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION)) / CAST(nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) + 0.9603647051735313)) / CAST((nullif(CAST(coalesce(total.success_count, 0) AS DOUBLE PRECISION) + CAST(coalesce(total.failure_count, 0) AS DOUBLE PRECISION), 0.0) + 3.8414588206941254) AS DOUBLE PRECISION) END, CAST(total.success_count AS DOUBLE PRECISION) + CAST(total.failure_count AS DOUBLE PRECISION) DESC, action_sequences.action_1, action_sequences.action_2, action_sequences.action_3, action_sequences.action_4) AS BIGINT) AS worst_place 
FROM (SELECT parts.kind AS kind, parts.scenario_id AS scenario_id, parts.scenario AS scenario, parts.sequence_id AS sequence_id, CAST(sum(parts.success_count) AS BIGINT) AS success_count, CAST(sum(parts.failure_count) AS BIGINT) AS failure_count 
FROM (SELECT CAST('scenario' AS TEXT) AS kind, rollup_ngrams.scenario_id AS scenario_id, scenarios.name AS scenario, rollup_ngrams.sequence_id AS sequence_id, rollup_ngrams.success_count AS success_count, rollup_ngrams.failure_count AS failure_count 
FROM rollup_ngrams JOIN scenarios ON scenarios.id = rollup_ngrams.scenario_id UNION ALL SELECT CAST('global' AS TEXT) AS kind, rollup_ngrams.scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, rollup_ngrams.sequence_id AS sequence_id, rollup_ngrams.success_count AS success_count, rollup_ngrams.failure_count AS failure_count 
FROM rollup_ngrams 
WHERE rollup_ngrams.scenario_id = 0 UNION ALL SELECT CAST('scenario' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, scenarios.name AS scenario, session_ngrams.sequence_id AS sequence_id, session_ngrams.success_count AS success_count, session_ngrams.failure_count AS failure_count 
FROM total_sources JOIN session_ngrams ON session_ngrams.session_row_id = total_sources.session_row_id AND session_ngrams.scenario_id = total_sources.scenario_id JOIN scenarios ON scenarios.id = total_sources.total_scenario_id 
WHERE total_sources.folded IS false UNION ALL SELECT CAST('global' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, session_ngrams.sequence_id AS sequence_id, session_ngrams.success_count AS success_count, session_ngrams.failure_count AS failure_count 
FROM total_sources JOIN session_ngrams ON session_ngrams.session_row_id = total_sources.session_row_id AND session_ngrams.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = 0 AND total_sources.folded IS false) AS parts GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.sequence_id) AS total LEFT OUTER JOIN action_sequences ON action_sequences.id = total.sequence_id 
WHERE CAST(total.success_count AS DOUBLE PRECISION) + CAST(total.failure_count AS DOUBLE PRECISION) > 0.0;

COMMENT ON VIEW paths IS 'Runs of three and four actions that were seen, in totals, ranked by what is certain of them';

COMMENT ON COLUMN paths.kind IS 'global or scenario';

COMMENT ON COLUMN paths.scenario_id IS 'scenarios.id, 0 for the global total';

COMMENT ON COLUMN paths.scenario IS 'The scenario''s name, NULL for the global total';

COMMENT ON COLUMN paths.length IS 'How many actions, 3 or 4';

COMMENT ON COLUMN paths.action_1 IS 'The first action';

COMMENT ON COLUMN paths.action_2 IS 'The second action';

COMMENT ON COLUMN paths.action_3 IS 'The third action';

COMMENT ON COLUMN paths.action_4 IS 'The fourth action';

COMMENT ON COLUMN paths.success_count IS 'Times in successful episodes';

COMMENT ON COLUMN paths.failure_count IS 'Times in failed episodes';

COMMENT ON COLUMN paths.observations IS 'Times in all; NULL past 2^63 - 1';

COMMENT ON COLUMN paths.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';

COMMENT ON COLUMN paths.wilson_low IS 'Lower end of the rate''s 95 % confidence (Wilson)';

COMMENT ON COLUMN paths.wilson_high IS 'Upper end of the rate''s 95 % confidence (Wilson)';

COMMENT ON COLUMN paths.best_place IS 'Place by wilson_low among those of its length, from 1';

COMMENT ON COLUMN paths.worst_place IS 'Place from below by wilson_high, from 1';

CREATE VIEW strategy_switch_counts AS
SELECT sessions.scenario_id AS scenario_id, scenarios.name AS scenario, session_strategy_switches.from_strategy AS from_strategy, session_strategy_switches.to_strategy AS to_strategy, CAST(count(*) AS BIGINT) AS switches, CAST(CAST(sum(session_strategy_switches.visits_at_switch) AS BIGINT) AS DOUBLE PRECISION) / CAST(nullif(CAST(count(*) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) AS mean_visits_at_switch, CASE WHEN (abs(sum(CASE WHEN (session_strategy_switches.success_rate_at_switch BETWEEN 0.0 AND 1.0) THEN session_strategy_switches.success_rate_at_switch END)) < 1e-280) THEN CAST(0.0 AS DOUBLE PRECISION) / CAST(nullif(CAST(count(CASE WHEN (session_strategy_switches.success_rate_at_switch BETWEEN 0.0 AND 1.0) THEN session_strategy_switches.success_rate_at_switch END) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) ELSE CAST(sum(CASE WHEN (session_strategy_switches.success_rate_at_switch BETWEEN 0.0 AND 1.0) THEN session_strategy_switches.success_rate_at_switch END) AS DOUBLE PRECISION) / CAST(nullif(CAST(count(CASE WHEN (session_strategy_switches.success_rate_at_switch BETWEEN 0.0 AND 1.0) THEN session_strategy_switches.success_rate_at_switch END) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) END AS mean_success_rate_at_switch, CASE WHEN (abs(sum(CASE WHEN (session_strategy_switches.from_strategy_success_rate BETWEEN 0.0 AND 1.0) THEN session_strategy_switches.from_strategy_success_rate END)) < 1e-280) THEN CAST(0.0 AS DOUBLE PRECISION) / CAST(nullif(CAST(count(CASE WHEN (session_strategy_switches.from_strategy_success_rate BETWEEN 0.0 AND 1.0) THEN session_strategy_switches.from_strategy_success_rate END) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) ELSE CAST(sum(CASE WHEN (session_strategy_switches.from_strategy_success_rate BETWEEN 0.0 AND 1.0) THEN session_strategy_switches.from_strategy_success_rate END) AS DOUBLE PRECISION) / CAST(nullif(CAST(count(CASE WHEN (session_strategy_switches.from_strategy_success_rate BETWEEN 0.0 AND 1.0) THEN session_strategy_switches.from_strategy_success_rate END) AS DOUBLE PRECISION), 0.0) AS DOUBLE PRECISION) END AS mean_from_strategy_success_rate 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id JOIN session_strategy_switches ON session_strategy_switches.session_row_id = sessions.id AND session_strategy_switches.scenario_id = sessions.scenario_id GROUP BY sessions.scenario_id, scenarios.name, session_strategy_switches.from_strategy, session_strategy_switches.to_strategy;

COMMENT ON VIEW strategy_switch_counts IS 'How often strategies were changed, in saved sessions, and how things stood then';

COMMENT ON COLUMN strategy_switch_counts.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN strategy_switch_counts.scenario IS 'The scenario''s name';

COMMENT ON COLUMN strategy_switch_counts.from_strategy IS 'The strategy before';

COMMENT ON COLUMN strategy_switch_counts.to_strategy IS 'The strategy after';

COMMENT ON COLUMN strategy_switch_counts.switches IS 'Times it was changed so';

COMMENT ON COLUMN strategy_switch_counts.mean_visits_at_switch IS 'Visits at that moment: the mean';

COMMENT ON COLUMN strategy_switch_counts.mean_success_rate_at_switch IS 'Success rate at that moment, 0 to 1: the mean of those that are in it';

COMMENT ON COLUMN strategy_switch_counts.mean_from_strategy_success_rate IS 'Success rate of the strategy before, 0 to 1: the mean of those that are in it';

CREATE VIEW models AS
SELECT offline_models.scenario_id AS scenario_id, scenarios.name AS scenario, offline_models.version AS version, offline_models.analyzed_sessions AS analyzed_sessions, CASE WHEN offline_models.updated_at BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(offline_models.updated_at AS DOUBLE PRECISION)) END AS updated_at, offline_models.ucb1_c AS ucb1_c, offline_models.learning_weight AS learning_weight, offline_models.ngram_weight AS ngram_weight, offline_models.maturity_threshold AS maturity_threshold, offline_models.error_rate_threshold AS error_rate_threshold, offline_models.initial_strategy AS initial_strategy, CAST(CASE WHEN CAST(offline_action_orders.action_set_hash AS NUMERIC) < 0 THEN CAST(offline_action_orders.action_set_hash AS NUMERIC) + 18446744073709551616 ELSE CAST(offline_action_orders.action_set_hash AS NUMERIC) END AS NUMERIC(20, 0)) AS action_set_hash, offline_action_orders.source AS order_source, offline_action_orders.lora_id AS lora_id, offline_action_orders.lora_scale AS lora_scale, offline_action_orders.lora_name AS lora_name, offline_action_orders.validated_accuracy AS validated_accuracy 
FROM offline_models JOIN scenarios ON scenarios.id = offline_models.scenario_id LEFT OUTER JOIN offline_action_orders ON offline_action_orders.scenario_id = offline_models.scenario_id;

COMMENT ON VIEW models IS 'Offline models, one per scenario, with the source of their learned action order, if any';

COMMENT ON COLUMN models.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN models.scenario IS 'The scenario''s name';

COMMENT ON COLUMN models.version IS 'Model format version';

COMMENT ON COLUMN models.analyzed_sessions IS 'Sessions it was made from';

COMMENT ON COLUMN models.updated_at IS 'When it was made';

COMMENT ON COLUMN models.ucb1_c IS 'UCB1''s exploration constant';

COMMENT ON COLUMN models.learning_weight IS 'Weight of the learned bonus';

COMMENT ON COLUMN models.ngram_weight IS 'Weight of the n-gram bonus';

COMMENT ON COLUMN models.maturity_threshold IS 'Visits from which an action counts as explored';

COMMENT ON COLUMN models.error_rate_threshold IS 'Error rate from which the strategy changes, 0 to 1';

COMMENT ON COLUMN models.initial_strategy IS 'The selection strategy to begin with';

COMMENT ON COLUMN models.action_set_hash IS 'SipHash-1-3 of the set of actions';

COMMENT ON COLUMN models.order_source IS 'Llm, Static or Manual';

COMMENT ON COLUMN models.lora_id IS 'The LoRA adapter''s number, if there is one';

COMMENT ON COLUMN models.lora_scale IS 'The strength it is applied with';

COMMENT ON COLUMN models.lora_name IS 'The LoRA adapter''s name';

COMMENT ON COLUMN models.validated_accuracy IS 'Measured accuracy, 0 to 1';

CREATE VIEW model_paths AS
SELECT offline_path_actions.scenario_id AS scenario_id, scenarios.name AS scenario, offline_path_actions.rank AS rank, offline_path_actions.step AS step, offline_path_actions.action AS action, offline_paths.success_rate AS success_rate, offline_paths.observations AS observations 
FROM offline_path_actions JOIN offline_paths ON offline_paths.scenario_id = offline_path_actions.scenario_id AND offline_paths.rank = offline_path_actions.rank JOIN scenarios ON scenarios.id = offline_path_actions.scenario_id;

COMMENT ON VIEW model_paths IS 'Recommended paths of offline models, a row for each action';

COMMENT ON COLUMN model_paths.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN model_paths.scenario IS 'The scenario''s name';

COMMENT ON COLUMN model_paths.rank IS 'The path''s place among the paths, from 0';

COMMENT ON COLUMN model_paths.step IS 'The action''s place in the path, from 0';

COMMENT ON COLUMN model_paths.action IS 'The action';

COMMENT ON COLUMN model_paths.success_rate IS 'Of the path, 0 to 1';

COMMENT ON COLUMN model_paths.observations IS 'Times the path was seen';

CREATE VIEW model_action_orders AS
SELECT offline_order_actions.scenario_id AS scenario_id, scenarios.name AS scenario, CASE WHEN (offline_order_actions.discover IS true) THEN 'discover' ELSE 'not_discover' END AS part, offline_order_actions.ordinal AS ordinal, offline_order_actions.action AS action 
FROM offline_order_actions JOIN scenarios ON scenarios.id = offline_order_actions.scenario_id;

COMMENT ON VIEW model_action_orders IS 'Learned orders of actions, a row for each action';

COMMENT ON COLUMN model_action_orders.scenario_id IS 'scenarios.id';

COMMENT ON COLUMN model_action_orders.scenario IS 'The scenario''s name';

COMMENT ON COLUMN model_action_orders.part IS 'discover: it expands the search; not_discover: it changes state';

COMMENT ON COLUMN model_action_orders.ordinal IS 'Its place in the order, from 0';

COMMENT ON COLUMN model_action_orders.action IS 'The action';

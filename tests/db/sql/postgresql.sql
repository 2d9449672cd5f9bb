-- a whole session
WITH "new" AS 
(INSERT INTO sessions (scenario_id, session_id, write_token, saved_at_ms) SELECT scenarios.id AS id, %(session_id)s::VARCHAR COLLATE "C" AS anon_1, %(write_token)s AS anon_2, CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS anon_3 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s AND (EXISTS (SELECT schema_compatibility.id 
FROM schema_compatibility 
WHERE schema_compatibility.oldest_revision <= %(param_1)s::VARCHAR)) AND (SELECT count(*) AS count_1 
FROM action_sequences 
WHERE action_sequences.id = ANY (%(sequence_ids)s::BIGINT[])) = cardinality(%(sequence_ids)s::BIGINT[]) AND NOT (EXISTS (SELECT 1 
FROM sessions 
WHERE sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND sessions.session_id = %(session_id)s::VARCHAR COLLATE "C")) AND NOT (EXISTS (SELECT 1 
FROM removed_sessions 
WHERE removed_sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND removed_sessions.session_id = %(session_id)s::VARCHAR COLLATE "C" AND (removed_sessions.write_token = %(write_token)s OR removed_sessions.fate = 'forgotten' AND removed_sessions.content_digest = %(content_digest)s))) ON CONFLICT (scenario_id, session_id) DO NOTHING RETURNING sessions.id, sessions.scenario_id, EXISTS (SELECT 1 
FROM removed_sessions 
WHERE removed_sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND removed_sessions.session_id = %(session_id)s::VARCHAR COLLATE "C" AND removed_sessions.content_digest = %(content_digest)s) AS counts_already), 
added_session_transitions AS 
(INSERT INTO session_transitions (session_row_id, scenario_id, sequence_id, success_count, failure_count) SELECT "new".id AS id, "new".scenario_id AS scenario_id, given_session_transitions.sequence_id AS sequence_id, given_session_transitions.success_count AS success_count, given_session_transitions.failure_count AS failure_count 
FROM "new" JOIN unnest(%(transitions_sequence_id)s::BIGINT[], %(transitions_success_count)s::BIGINT[], %(transitions_failure_count)s::BIGINT[]) AS given_session_transitions(sequence_id, success_count, failure_count) ON true), 
added_session_ngrams AS 
(INSERT INTO session_ngrams (session_row_id, scenario_id, sequence_id, success_count, failure_count) SELECT "new".id AS id, "new".scenario_id AS scenario_id, given_session_ngrams.sequence_id AS sequence_id, given_session_ngrams.success_count AS success_count, given_session_ngrams.failure_count AS failure_count 
FROM "new" JOIN unnest(%(ngrams_sequence_id)s::BIGINT[], %(ngrams_success_count)s::BIGINT[], %(ngrams_failure_count)s::BIGINT[]) AS given_session_ngrams(sequence_id, success_count, failure_count) ON true), 
added_session_contexts AS 
(INSERT INTO session_contexts (session_row_id, scenario_id, sequence_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) SELECT "new".id AS id, "new".scenario_id AS scenario_id, given_session_contexts.sequence_id AS sequence_id, given_session_contexts.visits AS visits, given_session_contexts.successes AS successes, given_session_contexts.failures AS failures, given_session_contexts.discoveries AS discoveries, given_session_contexts.total_duration_ms AS total_duration_ms, given_session_contexts.kpi_total AS kpi_total, given_session_contexts.kpi_count AS kpi_count 
FROM "new" JOIN unnest(%(contexts_sequence_id)s::BIGINT[], %(contexts_visits)s::BIGINT[], %(contexts_successes)s::BIGINT[], %(contexts_failures)s::BIGINT[], %(contexts_discoveries)s::BIGINT[], %(contexts_total_duration_ms)s::BIGINT[], %(contexts_kpi_total)s::DOUBLE PRECISION[], %(contexts_kpi_count)s::BIGINT[]) AS given_session_contexts(sequence_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) ON true), 
added_session_actions AS 
(INSERT INTO session_actions (session_row_id, scenario_id, sequence_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) SELECT "new".id AS id, "new".scenario_id AS scenario_id, given_session_actions.sequence_id AS sequence_id, given_session_actions.visits AS visits, given_session_actions.successes AS successes, given_session_actions.failures AS failures, given_session_actions.discoveries AS discoveries, given_session_actions.total_duration_ms AS total_duration_ms, given_session_actions.kpi_total AS kpi_total, given_session_actions.kpi_count AS kpi_count 
FROM "new" JOIN unnest(%(actions_sequence_id)s::BIGINT[], %(actions_visits)s::BIGINT[], %(actions_successes)s::BIGINT[], %(actions_failures)s::BIGINT[], %(actions_discoveries)s::BIGINT[], %(actions_total_duration_ms)s::BIGINT[], %(actions_kpi_total)s::DOUBLE PRECISION[], %(actions_kpi_count)s::BIGINT[]) AS given_session_actions(sequence_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) ON true), 
added_session_strategies AS 
(INSERT INTO session_strategies (session_row_id, scenario_id, strategy, visits, successes, failures, usage_count, episodes_success, episodes_failure) SELECT "new".id AS id, "new".scenario_id AS scenario_id, given_session_strategies.strategy AS strategy, given_session_strategies.visits AS visits, given_session_strategies.successes AS successes, given_session_strategies.failures AS failures, given_session_strategies.usage_count AS usage_count, given_session_strategies.episodes_success AS episodes_success, given_session_strategies.episodes_failure AS episodes_failure 
FROM "new" JOIN unnest(%(strategies_strategy)s::TEXT[], %(strategies_visits)s::BIGINT[], %(strategies_successes)s::BIGINT[], %(strategies_failures)s::BIGINT[], %(strategies_usage_count)s::BIGINT[], %(strategies_episodes_success)s::BIGINT[], %(strategies_episodes_failure)s::BIGINT[]) AS given_session_strategies(strategy, visits, successes, failures, usage_count, episodes_success, episodes_failure) ON true), 
added_session_strategy_switches AS 
(INSERT INTO session_strategy_switches (session_row_id, scenario_id, ordinal, from_strategy, to_strategy, visits_at_switch, success_rate_at_switch, from_strategy_success_rate) SELECT "new".id AS id, "new".scenario_id AS scenario_id, given_session_strategy_switches.ordinal AS ordinal, given_session_strategy_switches.from_strategy AS from_strategy, given_session_strategy_switches.to_strategy AS to_strategy, given_session_strategy_switches.visits_at_switch AS visits_at_switch, given_session_strategy_switches.success_rate_at_switch AS success_rate_at_switch, given_session_strategy_switches.from_strategy_success_rate AS from_strategy_success_rate 
FROM "new" JOIN unnest(%(strategy_switches_ordinal)s::BIGINT[], %(strategy_switches_from_strategy)s::TEXT[], %(strategy_switches_to_strategy)s::TEXT[], %(strategy_switches_visits_at_switch)s::BIGINT[], %(strategy_switches_success_rate_at_switch)s::DOUBLE PRECISION[], %(strategy_switches_from_strategy_success_rate)s::DOUBLE PRECISION[]) AS given_session_strategy_switches(ordinal, from_strategy, to_strategy, visits_at_switch, success_rate_at_switch, from_strategy_success_rate) ON true)
 SELECT "new".id, "new".scenario_id, "new".counts_already 
FROM "new"

-- a whole session that counts, with what is pending
WITH "new" AS 
(INSERT INTO sessions (scenario_id, session_id, write_token, saved_at_ms) SELECT scenarios.id AS id, %(session_id)s::VARCHAR COLLATE "C" AS anon_5, %(write_token)s AS anon_6, CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS anon_7 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s AND (EXISTS (SELECT schema_compatibility.id 
FROM schema_compatibility 
WHERE schema_compatibility.oldest_revision <= %(param_1)s::VARCHAR)) AND (SELECT count(*) AS count_3 
FROM action_sequences 
WHERE action_sequences.id = ANY (%(sequence_ids)s::BIGINT[])) = cardinality(%(sequence_ids)s::BIGINT[]) AND NOT (EXISTS (SELECT 1 
FROM sessions 
WHERE sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND sessions.session_id = %(session_id)s::VARCHAR COLLATE "C")) AND NOT (EXISTS (SELECT 1 
FROM removed_sessions 
WHERE removed_sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND removed_sessions.session_id = %(session_id)s::VARCHAR COLLATE "C" AND (removed_sessions.write_token = %(write_token)s OR removed_sessions.fate = 'forgotten' AND removed_sessions.content_digest = %(content_digest)s))) ON CONFLICT (scenario_id, session_id) DO NOTHING RETURNING sessions.id, sessions.scenario_id, EXISTS (SELECT 1 
FROM removed_sessions 
WHERE removed_sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND removed_sessions.session_id = %(session_id)s::VARCHAR COLLATE "C" AND removed_sessions.content_digest = %(content_digest)s) AS counts_already, (SELECT count(*) AS count_1 
FROM (SELECT total_sources.session_row_id AS session_row_id 
FROM total_sources 
WHERE total_sources.total_scenario_id = 0 AND TRUE AND total_sources.folded IS false 
 LIMIT 32) AS anon_2) AS anon_1, (SELECT count(*) AS count_2 
FROM (SELECT total_sources.session_row_id AS session_row_id 
FROM total_sources 
WHERE total_sources.total_scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND TRUE AND total_sources.folded IS false 
 LIMIT 32) AS anon_4) AS anon_3), 
added_session_transitions AS 
(INSERT INTO session_transitions (session_row_id, scenario_id, sequence_id, success_count, failure_count) SELECT "new".id AS id, "new".scenario_id AS scenario_id, given_session_transitions.sequence_id AS sequence_id, given_session_transitions.success_count AS success_count, given_session_transitions.failure_count AS failure_count 
FROM "new" JOIN unnest(%(transitions_sequence_id)s::BIGINT[], %(transitions_success_count)s::BIGINT[], %(transitions_failure_count)s::BIGINT[]) AS given_session_transitions(sequence_id, success_count, failure_count) ON true), 
added_session_ngrams AS 
(INSERT INTO session_ngrams (session_row_id, scenario_id, sequence_id, success_count, failure_count) SELECT "new".id AS id, "new".scenario_id AS scenario_id, given_session_ngrams.sequence_id AS sequence_id, given_session_ngrams.success_count AS success_count, given_session_ngrams.failure_count AS failure_count 
FROM "new" JOIN unnest(%(ngrams_sequence_id)s::BIGINT[], %(ngrams_success_count)s::BIGINT[], %(ngrams_failure_count)s::BIGINT[]) AS given_session_ngrams(sequence_id, success_count, failure_count) ON true), 
added_session_contexts AS 
(INSERT INTO session_contexts (session_row_id, scenario_id, sequence_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) SELECT "new".id AS id, "new".scenario_id AS scenario_id, given_session_contexts.sequence_id AS sequence_id, given_session_contexts.visits AS visits, given_session_contexts.successes AS successes, given_session_contexts.failures AS failures, given_session_contexts.discoveries AS discoveries, given_session_contexts.total_duration_ms AS total_duration_ms, given_session_contexts.kpi_total AS kpi_total, given_session_contexts.kpi_count AS kpi_count 
FROM "new" JOIN unnest(%(contexts_sequence_id)s::BIGINT[], %(contexts_visits)s::BIGINT[], %(contexts_successes)s::BIGINT[], %(contexts_failures)s::BIGINT[], %(contexts_discoveries)s::BIGINT[], %(contexts_total_duration_ms)s::BIGINT[], %(contexts_kpi_total)s::DOUBLE PRECISION[], %(contexts_kpi_count)s::BIGINT[]) AS given_session_contexts(sequence_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) ON true), 
added_session_actions AS 
(INSERT INTO session_actions (session_row_id, scenario_id, sequence_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) SELECT "new".id AS id, "new".scenario_id AS scenario_id, given_session_actions.sequence_id AS sequence_id, given_session_actions.visits AS visits, given_session_actions.successes AS successes, given_session_actions.failures AS failures, given_session_actions.discoveries AS discoveries, given_session_actions.total_duration_ms AS total_duration_ms, given_session_actions.kpi_total AS kpi_total, given_session_actions.kpi_count AS kpi_count 
FROM "new" JOIN unnest(%(actions_sequence_id)s::BIGINT[], %(actions_visits)s::BIGINT[], %(actions_successes)s::BIGINT[], %(actions_failures)s::BIGINT[], %(actions_discoveries)s::BIGINT[], %(actions_total_duration_ms)s::BIGINT[], %(actions_kpi_total)s::DOUBLE PRECISION[], %(actions_kpi_count)s::BIGINT[]) AS given_session_actions(sequence_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) ON true), 
added_session_strategies AS 
(INSERT INTO session_strategies (session_row_id, scenario_id, strategy, visits, successes, failures, usage_count, episodes_success, episodes_failure) SELECT "new".id AS id, "new".scenario_id AS scenario_id, given_session_strategies.strategy AS strategy, given_session_strategies.visits AS visits, given_session_strategies.successes AS successes, given_session_strategies.failures AS failures, given_session_strategies.usage_count AS usage_count, given_session_strategies.episodes_success AS episodes_success, given_session_strategies.episodes_failure AS episodes_failure 
FROM "new" JOIN unnest(%(strategies_strategy)s::TEXT[], %(strategies_visits)s::BIGINT[], %(strategies_successes)s::BIGINT[], %(strategies_failures)s::BIGINT[], %(strategies_usage_count)s::BIGINT[], %(strategies_episodes_success)s::BIGINT[], %(strategies_episodes_failure)s::BIGINT[]) AS given_session_strategies(strategy, visits, successes, failures, usage_count, episodes_success, episodes_failure) ON true), 
added_session_strategy_switches AS 
(INSERT INTO session_strategy_switches (session_row_id, scenario_id, ordinal, from_strategy, to_strategy, visits_at_switch, success_rate_at_switch, from_strategy_success_rate) SELECT "new".id AS id, "new".scenario_id AS scenario_id, given_session_strategy_switches.ordinal AS ordinal, given_session_strategy_switches.from_strategy AS from_strategy, given_session_strategy_switches.to_strategy AS to_strategy, given_session_strategy_switches.visits_at_switch AS visits_at_switch, given_session_strategy_switches.success_rate_at_switch AS success_rate_at_switch, given_session_strategy_switches.from_strategy_success_rate AS from_strategy_success_rate 
FROM "new" JOIN unnest(%(strategy_switches_ordinal)s::BIGINT[], %(strategy_switches_from_strategy)s::TEXT[], %(strategy_switches_to_strategy)s::TEXT[], %(strategy_switches_visits_at_switch)s::BIGINT[], %(strategy_switches_success_rate_at_switch)s::DOUBLE PRECISION[], %(strategy_switches_from_strategy_success_rate)s::DOUBLE PRECISION[]) AS given_session_strategy_switches(ordinal, from_strategy, to_strategy, visits_at_switch, success_rate_at_switch, from_strategy_success_rate) ON true), 
added_total_sources AS 
(INSERT INTO total_sources (session_row_id, total_scenario_id, scenario_id, folded) SELECT "new".id AS id, 0, "new".scenario_id AS scenario_id, %(param_2)s AS anon_8 
FROM "new" 
WHERE NOT "new".counts_already UNION ALL SELECT "new".id AS id, "new".scenario_id AS scenario_id, "new".scenario_id AS scenario_id__1, %(param_3)s AS anon_9 
FROM "new" 
WHERE NOT "new".counts_already)
 SELECT "new".id, "new".scenario_id, "new".counts_already, "new".anon_1, "new".anon_3 
FROM "new"

-- own rows of many sessions
INSERT INTO sessions (scenario_id, session_id, write_token, saved_at_ms) SELECT given.scenario_id, given.session_id, given.write_token, CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS anon_1 
FROM unnest(%(scenario_id)s::BIGINT[], %(session_id)s::TEXT[], %(write_token)s::BYTEA[]) AS given(scenario_id, session_id, write_token) ON CONFLICT (scenario_id, session_id) DO NOTHING RETURNING sessions.id, sessions.scenario_id, sessions.session_id

-- facts of a total with what is pending, packed
SELECT 0, given.total, string_agg(int8send(given.sequence_id), CAST('' AS BYTEA)) AS string_agg_1, string_agg(int8send(coalesce(given.visits, %(param_1)s::BIGINT)), CAST('' AS BYTEA)) AS string_agg_2, string_agg(int8send(coalesce(given.successes, %(param_2)s::BIGINT)), CAST('' AS BYTEA)) AS string_agg_3, string_agg(int8send(coalesce(given.failures, %(param_3)s::BIGINT)), CAST('' AS BYTEA)) AS string_agg_4, string_agg(int8send(coalesce(given.discoveries, %(param_4)s::BIGINT)), CAST('' AS BYTEA)) AS string_agg_5, string_agg(int8send(coalesce(given.total_duration_ms, %(param_5)s::BIGINT)), CAST('' AS BYTEA)) AS string_agg_6, string_agg(float8send(given.kpi_total), CAST('' AS BYTEA)) AS string_agg_7, string_agg(int8send(coalesce(given.kpi_count, %(param_6)s::BIGINT)), CAST('' AS BYTEA)) AS string_agg_8 
FROM (SELECT anon_1.total AS total, anon_1.sequence_id AS sequence_id, anon_1.visits AS visits, anon_1.successes AS successes, anon_1.failures AS failures, anon_1.discoveries AS discoveries, anon_1.total_duration_ms AS total_duration_ms, anon_1.kpi_total AS kpi_total, anon_1.kpi_count AS kpi_count 
FROM (SELECT %(total)s::BIGINT AS total, anon_2.sequence_id AS sequence_id, CAST(sum(anon_2.visits) AS BIGINT) AS visits, CAST(sum(anon_2.successes) AS BIGINT) AS successes, CAST(sum(anon_2.failures) AS BIGINT) AS failures, CAST(sum(anon_2.discoveries) AS BIGINT) AS discoveries, CAST(sum(anon_2.total_duration_ms) AS BIGINT) AS total_duration_ms, sum(anon_2.kpi_total) + 0.0 AS kpi_total, CAST(sum(anon_2.kpi_count) AS BIGINT) AS kpi_count 
FROM (SELECT rollup_actions.sequence_id AS sequence_id, rollup_actions.visits AS visits, rollup_actions.successes AS successes, rollup_actions.failures AS failures, rollup_actions.discoveries AS discoveries, rollup_actions.total_duration_ms AS total_duration_ms, rollup_actions.kpi_total AS kpi_total, rollup_actions.kpi_count AS kpi_count 
FROM rollup_actions 
WHERE rollup_actions.scenario_id = %(total)s::BIGINT UNION ALL SELECT session_actions.sequence_id AS sequence_id, session_actions.visits AS visits, session_actions.successes AS successes, session_actions.failures AS failures, session_actions.discoveries AS discoveries, session_actions.total_duration_ms AS total_duration_ms, session_actions.kpi_total AS kpi_total, session_actions.kpi_count AS kpi_count 
FROM session_actions 
WHERE session_actions.session_row_id = ANY (%(pending)s::BIGINT[]) AND TRUE) AS anon_2 GROUP BY anon_2.sequence_id) AS anon_1 ORDER BY anon_1.total, anon_1.sequence_id) AS given GROUP BY given.total

-- facts of two kinds, packed
SELECT 0, given.session_row_id, string_agg(int8send(given.sequence_id), CAST('' AS BYTEA)) AS string_agg_1, string_agg(int8send(coalesce(given.success_count, %(param_1)s::BIGINT)), CAST('' AS BYTEA)) AS string_agg_2, string_agg(int8send(coalesce(given.failure_count, %(param_2)s::BIGINT)), CAST('' AS BYTEA)) AS string_agg_3, CAST(NULL AS BYTEA) AS anon_1, CAST(NULL AS BYTEA) AS anon__1, CAST(NULL AS BYTEA) AS anon__2 
FROM (SELECT session_transitions.session_row_id AS session_row_id, session_transitions.sequence_id AS sequence_id, session_transitions.success_count AS success_count, session_transitions.failure_count AS failure_count 
FROM session_transitions 
WHERE session_transitions.session_row_id = ANY (%(owners)s::BIGINT[]) AND TRUE ORDER BY session_transitions.session_row_id, session_transitions.sequence_id) AS given GROUP BY given.session_row_id UNION ALL SELECT 1, given.session_row_id, string_agg(int8send(given.ordinal), CAST('' AS BYTEA)) AS string_agg_4, convert_to(CAST(json_agg(given.from_strategy) AS TEXT), %(convert_to_2)s::VARCHAR) AS convert_to_1, convert_to(CAST(json_agg(given.to_strategy) AS TEXT), %(convert_to_4)s::VARCHAR) AS convert_to_3, string_agg(int8send(given.visits_at_switch), CAST('' AS BYTEA)) AS string_agg_5, string_agg(float8send(given.success_rate_at_switch), CAST('' AS BYTEA)) AS string_agg_6, string_agg(float8send(given.from_strategy_success_rate), CAST('' AS BYTEA)) AS string_agg_7 
FROM (SELECT session_strategy_switches.session_row_id AS session_row_id, session_strategy_switches.ordinal AS ordinal, session_strategy_switches.from_strategy AS from_strategy, session_strategy_switches.to_strategy AS to_strategy, session_strategy_switches.visits_at_switch AS visits_at_switch, session_strategy_switches.success_rate_at_switch AS success_rate_at_switch, session_strategy_switches.from_strategy_success_rate AS from_strategy_success_rate 
FROM session_strategy_switches 
WHERE session_strategy_switches.session_row_id = ANY (%(owners)s::BIGINT[]) AND TRUE ORDER BY session_strategy_switches.session_row_id, session_strategy_switches.ordinal) AS given GROUP BY given.session_row_id

-- what a known total is watched by
SELECT rollups.scenario_id, rollups.rollup_version, pending.token 
FROM rollups LEFT OUTER JOIN (SELECT sessions.id AS row_id, encode(sessions.write_token, 'hex') AS token 
FROM total_sources JOIN sessions ON sessions.id = total_sources.session_row_id AND sessions.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND TRUE AND total_sources.folded IS false) AS pending ON true 
WHERE rollups.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND (EXISTS (SELECT schema_compatibility.id 
FROM schema_compatibility 
WHERE schema_compatibility.oldest_revision <= %(param_1)s::VARCHAR)) ORDER BY pending.row_id

-- a session's own row
INSERT INTO sessions (scenario_id, session_id, write_token, saved_at_ms) SELECT scenarios.id, %(session_id)s::VARCHAR COLLATE "C" AS anon_1, %(write_token)s AS anon_2, CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS anon_3 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s AND (EXISTS (SELECT schema_compatibility.id 
FROM schema_compatibility 
WHERE schema_compatibility.oldest_revision <= %(param_1)s::VARCHAR)) AND (SELECT count(*) AS count_1 
FROM action_sequences 
WHERE action_sequences.id = ANY (%(sequence_ids)s::BIGINT[])) = cardinality(%(sequence_ids)s::BIGINT[]) AND NOT (EXISTS (SELECT 1 
FROM sessions 
WHERE sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND sessions.session_id = %(session_id)s::VARCHAR COLLATE "C")) AND NOT (EXISTS (SELECT 1 
FROM removed_sessions 
WHERE removed_sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND removed_sessions.session_id = %(session_id)s::VARCHAR COLLATE "C" AND (removed_sessions.write_token = %(write_token)s OR removed_sessions.fate = 'forgotten' AND removed_sessions.content_digest = %(content_digest)s))) ON CONFLICT (scenario_id, session_id) DO NOTHING RETURNING sessions.id, sessions.scenario_id, EXISTS (SELECT 1 
FROM removed_sessions 
WHERE removed_sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND removed_sessions.session_id = %(session_id)s::VARCHAR COLLATE "C" AND removed_sessions.content_digest = %(content_digest)s) AS counts_already

-- facts of sessions
SELECT session_transitions.session_row_id, session_transitions.sequence_id, session_transitions.success_count, session_transitions.failure_count 
FROM session_transitions 
WHERE session_transitions.session_row_id = ANY (%(owners)s::BIGINT[]) AND TRUE ORDER BY session_transitions.session_row_id, session_transitions.sequence_id

-- facts of a total, with actions
SELECT rollup_ngrams.scenario_id, rollup_ngrams.sequence_id, rollup_ngrams.success_count, rollup_ngrams.failure_count, action_sequences.action_1, action_sequences.action_2, action_sequences.action_3, action_sequences.action_4 
FROM rollup_ngrams LEFT OUTER JOIN action_sequences ON action_sequences.id = rollup_ngrams.sequence_id 
WHERE rollup_ngrams.scenario_id = ANY (%(owners)s::BIGINT[])

-- facts of a total with what is pending
SELECT anon_1.total, anon_1.sequence_id, anon_1.visits, anon_1.successes, anon_1.failures, anon_1.discoveries, anon_1.total_duration_ms, anon_1.kpi_total, anon_1.kpi_count 
FROM (SELECT %(total)s::BIGINT AS total, anon_2.sequence_id AS sequence_id, CAST(sum(anon_2.visits) AS BIGINT) AS visits, CAST(sum(anon_2.successes) AS BIGINT) AS successes, CAST(sum(anon_2.failures) AS BIGINT) AS failures, CAST(sum(anon_2.discoveries) AS BIGINT) AS discoveries, CAST(sum(anon_2.total_duration_ms) AS BIGINT) AS total_duration_ms, sum(anon_2.kpi_total) + 0.0 AS kpi_total, CAST(sum(anon_2.kpi_count) AS BIGINT) AS kpi_count 
FROM (SELECT rollup_actions.sequence_id AS sequence_id, rollup_actions.visits AS visits, rollup_actions.successes AS successes, rollup_actions.failures AS failures, rollup_actions.discoveries AS discoveries, rollup_actions.total_duration_ms AS total_duration_ms, rollup_actions.kpi_total AS kpi_total, rollup_actions.kpi_count AS kpi_count 
FROM rollup_actions 
WHERE rollup_actions.scenario_id = %(total)s::BIGINT UNION ALL SELECT session_actions.sequence_id AS sequence_id, session_actions.visits AS visits, session_actions.successes AS successes, session_actions.failures AS failures, session_actions.discoveries AS discoveries, session_actions.total_duration_ms AS total_duration_ms, session_actions.kpi_total AS kpi_total, session_actions.kpi_count AS kpi_count 
FROM session_actions 
WHERE session_actions.session_row_id = ANY (%(pending)s::BIGINT[]) AND TRUE) AS anon_2 GROUP BY anon_2.sequence_id) AS anon_1 ORDER BY anon_1.total, anon_1.sequence_id

-- facts of a total with what is pending, with actions
SELECT anon_1.total, anon_1.sequence_id, anon_1.visits, anon_1.successes, anon_1.failures, anon_1.discoveries, anon_1.total_duration_ms, anon_1.kpi_total, anon_1.kpi_count, action_sequences.action_1 
FROM (SELECT %(total)s::BIGINT AS total, anon_2.sequence_id AS sequence_id, CAST(sum(anon_2.visits) AS BIGINT) AS visits, CAST(sum(anon_2.successes) AS BIGINT) AS successes, CAST(sum(anon_2.failures) AS BIGINT) AS failures, CAST(sum(anon_2.discoveries) AS BIGINT) AS discoveries, CAST(sum(anon_2.total_duration_ms) AS BIGINT) AS total_duration_ms, sum(anon_2.kpi_total) + 0.0 AS kpi_total, CAST(sum(anon_2.kpi_count) AS BIGINT) AS kpi_count 
FROM (SELECT rollup_actions.sequence_id AS sequence_id, rollup_actions.visits AS visits, rollup_actions.successes AS successes, rollup_actions.failures AS failures, rollup_actions.discoveries AS discoveries, rollup_actions.total_duration_ms AS total_duration_ms, rollup_actions.kpi_total AS kpi_total, rollup_actions.kpi_count AS kpi_count 
FROM rollup_actions 
WHERE rollup_actions.scenario_id = %(total)s::BIGINT UNION ALL SELECT session_actions.sequence_id AS sequence_id, session_actions.visits AS visits, session_actions.successes AS successes, session_actions.failures AS failures, session_actions.discoveries AS discoveries, session_actions.total_duration_ms AS total_duration_ms, session_actions.kpi_total AS kpi_total, session_actions.kpi_count AS kpi_count 
FROM session_actions 
WHERE session_actions.session_row_id = ANY (%(pending)s::BIGINT[]) AND TRUE) AS anon_2 GROUP BY anon_2.sequence_id) AS anon_1 LEFT OUTER JOIN action_sequences ON action_sequences.id = anon_1.sequence_id

-- fold
INSERT INTO rollup_transitions (scenario_id, sequence_id, success_count, failure_count) SELECT rollups.scenario_id, sums.sequence_id, sums.success_count, sums.failure_count 
FROM (SELECT session_transitions.sequence_id AS sequence_id, CAST(sum(session_transitions.success_count) AS BIGINT) AS success_count, CAST(sum(session_transitions.failure_count) AS BIGINT) AS failure_count 
FROM session_transitions 
WHERE session_transitions.session_row_id = ANY (%(owners)s::BIGINT[]) AND TRUE GROUP BY session_transitions.sequence_id) AS sums JOIN rollups ON true 
WHERE rollups.scenario_id = ANY (%(targets)s::BIGINT[]) ORDER BY sums.sequence_id ON CONFLICT (scenario_id, sequence_id) DO UPDATE SET success_count = coalesce(rollup_transitions.success_count + excluded.success_count, rollup_transitions.success_count, excluded.success_count), failure_count = coalesce(rollup_transitions.failure_count + excluded.failure_count, rollup_transitions.failure_count, excluded.failure_count)

-- fold a page of totals
INSERT INTO rollup_transitions (scenario_id, sequence_id, success_count, failure_count) SELECT total_sources.total_scenario_id, session_transitions.sequence_id, CAST(sum(session_transitions.success_count) AS BIGINT) AS sum_1, CAST(sum(session_transitions.failure_count) AS BIGINT) AS sum_2 
FROM session_transitions JOIN total_sources ON total_sources.session_row_id = session_transitions.session_row_id AND total_sources.scenario_id = session_transitions.scenario_id 
WHERE session_transitions.session_row_id = ANY (%(owners)s::BIGINT[]) AND TRUE AND total_sources.total_scenario_id = ANY (%(targets)s::BIGINT[]) AND total_sources.folded IS false GROUP BY total_sources.total_scenario_id, session_transitions.sequence_id ORDER BY total_sources.total_scenario_id, session_transitions.sequence_id ON CONFLICT (scenario_id, sequence_id) DO UPDATE SET success_count = coalesce(rollup_transitions.success_count + excluded.success_count, rollup_transitions.success_count, excluded.success_count), failure_count = coalesce(rollup_transitions.failure_count + excluded.failure_count, rollup_transitions.failure_count, excluded.failure_count)

-- fold the first session
INSERT INTO rollup_strategy_switches (scenario_id, ordinal, from_strategy, to_strategy, visits_at_switch, success_rate_at_switch, from_strategy_success_rate) SELECT total_sources.total_scenario_id, session_strategy_switches.ordinal, session_strategy_switches.from_strategy, session_strategy_switches.to_strategy, session_strategy_switches.visits_at_switch, session_strategy_switches.success_rate_at_switch, session_strategy_switches.from_strategy_success_rate 
FROM session_strategy_switches JOIN total_sources ON total_sources.session_row_id = session_strategy_switches.session_row_id AND total_sources.scenario_id = session_strategy_switches.scenario_id 
WHERE session_strategy_switches.session_row_id = ANY (%(owners)s::BIGINT[]) AND TRUE AND total_sources.total_scenario_id = ANY (%(targets)s::BIGINT[]) AND total_sources.folded IS false ORDER BY total_sources.total_scenario_id, session_strategy_switches.ordinal

-- carry one session
INSERT INTO baseline_strategy_switches (baseline_id, scenario_id, ordinal, from_strategy, to_strategy, visits_at_switch, success_rate_at_switch, from_strategy_success_rate) SELECT baselines.id, baselines.scenario_id, facts.ordinal, facts.from_strategy, facts.to_strategy, facts.visits_at_switch, facts.success_rate_at_switch, facts.from_strategy_success_rate 
FROM (SELECT session_strategy_switches.ordinal AS ordinal, session_strategy_switches.from_strategy AS from_strategy, session_strategy_switches.to_strategy AS to_strategy, session_strategy_switches.visits_at_switch AS visits_at_switch, session_strategy_switches.success_rate_at_switch AS success_rate_at_switch, session_strategy_switches.from_strategy_success_rate AS from_strategy_success_rate 
FROM session_strategy_switches 
WHERE session_strategy_switches.session_row_id = ANY (%(owners)s::BIGINT[]) AND TRUE) AS facts JOIN baselines ON true 
WHERE baselines.id = ANY (%(targets)s::BIGINT[]) AND TRUE ORDER BY facts.ordinal

-- drop facts of a total
DELETE FROM rollup_strategy_switches WHERE rollup_strategy_switches.scenario_id = ANY (%(owners)s::BIGINT[])

-- sessions of a range
SELECT sessions.id, sessions.scenario_id, sessions.session_id, sessions.session_ts, sessions.write_token, sessions.content_digest, sessions.digest_version, sessions.saved_at_ms, sessions.position, sessions.position_stamp, sessions.version, sessions.scenario_name, sessions.task_description, sessions.created_at, sessions.session_count, sessions.total_episodes, sessions.total_actions, sessions.phase, sessions.group_id, sessions.success_episodes, sessions.failure_episodes, sessions.current_strategy, sessions.strategy_start_visits, sessions.strategy_start_success_rate 
FROM sessions 
WHERE sessions.scenario_id = %(scenario_id_1)s::BIGINT AND sessions.session_ts BETWEEN %(session_ts_1)s::BIGINT AND %(session_ts_2)s::BIGINT ORDER BY sessions.session_id

-- a page of a range
SELECT sessions.id, sessions.scenario_id, sessions.session_id, sessions.session_ts, sessions.write_token, sessions.content_digest, sessions.digest_version, sessions.saved_at_ms, sessions.position, sessions.position_stamp, sessions.version, sessions.scenario_name, sessions.task_description, sessions.created_at, sessions.session_count, sessions.total_episodes, sessions.total_actions, sessions.phase, sessions.group_id, sessions.success_episodes, sessions.failure_episodes, sessions.current_strategy, sessions.strategy_start_visits, sessions.strategy_start_success_rate 
FROM sessions 
WHERE sessions.scenario_id = %(scenario_id_1)s::BIGINT AND sessions.session_ts BETWEEN %(session_ts_1)s::BIGINT AND %(session_ts_2)s::BIGINT AND sessions.session_id > %(session_id_1)s::VARCHAR COLLATE "C" ORDER BY sessions.session_id 
 LIMIT %(param_1)s::INTEGER

-- a page of sessions in short
SELECT anon_1.session_id, anon_1.total_episodes, anon_1.total_actions, anon_1.success_episodes, anon_1.failure_episodes, anon_1.phase, anon_1.group_id 
FROM (SELECT sessions.session_id AS session_id, sessions.total_episodes AS total_episodes, sessions.total_actions AS total_actions, sessions.success_episodes AS success_episodes, sessions.failure_episodes AS failure_episodes, sessions.phase AS phase, sessions.group_id AS group_id 
FROM sessions 
WHERE sessions.scenario_id = %(scenario_id_1)s::BIGINT AND sessions.session_ts >= %(session_ts_1)s::BIGINT AND sessions.session_ts <= %(session_ts_2)s::BIGINT AND sessions.phase = %(phase_1)s::VARCHAR COLLATE "C" AND sessions.group_id = %(group_id_1)s::VARCHAR COLLATE "C" ORDER BY sessions.session_id DESC 
 LIMIT %(param_1)s::INTEGER) AS anon_1 ORDER BY anon_1.session_id 
 LIMIT %(param_2)s::INTEGER

-- a later page of sessions in short
SELECT sessions.session_id, sessions.total_episodes, sessions.total_actions, sessions.success_episodes, sessions.failure_episodes, sessions.phase, sessions.group_id 
FROM sessions 
WHERE sessions.scenario_id = %(scenario_id_1)s::BIGINT AND sessions.session_id > %(session_id_1)s::VARCHAR COLLATE "C" ORDER BY sessions.session_id 
 LIMIT %(param_1)s::INTEGER

-- the latest sessions
SELECT sessions.id, sessions.scenario_id, sessions.session_id, sessions.session_ts, sessions.write_token, sessions.content_digest, sessions.digest_version, sessions.saved_at_ms, sessions.position, sessions.position_stamp, sessions.version, sessions.scenario_name, sessions.task_description, sessions.created_at, sessions.session_count, sessions.total_episodes, sessions.total_actions, sessions.phase, sessions.group_id, sessions.success_episodes, sessions.failure_episodes, sessions.current_strategy, sessions.strategy_start_visits, sessions.strategy_start_success_rate 
FROM sessions 
WHERE sessions.scenario_id = %(scenario_id_1)s::BIGINT ORDER BY sessions.session_id DESC 
 LIMIT %(param_1)s::INTEGER

-- what a check adds up
SELECT anon_1.total, anon_1.sequence_id, CAST(sum(anon_1.visits) AS BIGINT) AS sum_1, CAST(sum(anon_1.successes) AS BIGINT) AS sum_2, CAST(sum(anon_1.failures) AS BIGINT) AS sum_3, CAST(sum(anon_1.discoveries) AS BIGINT) AS sum_4, CAST(sum(anon_1.total_duration_ms) AS BIGINT) AS sum_5, sum(anon_1.kpi_total) + 0.0 AS anon_2, CAST(sum(anon_1.kpi_count) AS BIGINT) AS sum_6, sum(abs(anon_1.kpi_total)) AS sum_7 
FROM (SELECT baseline_actions.scenario_id AS total, baseline_actions.sequence_id AS sequence_id, baseline_actions.visits AS visits, baseline_actions.successes AS successes, baseline_actions.failures AS failures, baseline_actions.discoveries AS discoveries, baseline_actions.total_duration_ms AS total_duration_ms, baseline_actions.kpi_total AS kpi_total, baseline_actions.kpi_count AS kpi_count 
FROM baseline_actions 
WHERE baseline_actions.scenario_id = ANY (%(totals)s::BIGINT[]) UNION ALL SELECT total_sources.total_scenario_id AS total_scenario_id, session_actions.sequence_id AS sequence_id, session_actions.visits AS visits, session_actions.successes AS successes, session_actions.failures AS failures, session_actions.discoveries AS discoveries, session_actions.total_duration_ms AS total_duration_ms, session_actions.kpi_total AS kpi_total, session_actions.kpi_count AS kpi_count 
FROM total_sources JOIN session_actions ON session_actions.session_row_id = total_sources.session_row_id AND session_actions.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = ANY (%(totals)s::BIGINT[]) AND total_sources.folded IS true) AS anon_1 GROUP BY anon_1.total, anon_1.sequence_id

-- rates of trigrams
SELECT session_ngrams.success_count, session_ngrams.success_count + session_ngrams.failure_count AS anon_1, count(*) AS count_1 
FROM session_ngrams JOIN action_sequences ON action_sequences.id = session_ngrams.sequence_id 
WHERE session_ngrams.session_row_id = ANY (%(ids)s::BIGINT[]) AND TRUE AND action_sequences.length = %(length_1)s::SMALLINT AND session_ngrams.success_count + session_ngrams.failure_count >= %(param_1)s::BIGINT GROUP BY session_ngrams.success_count, session_ngrams.success_count + session_ngrams.failure_count

-- paths of trigrams
SELECT session_ngrams.sequence_id, CAST(sum(session_ngrams.success_count) AS BIGINT) AS sum_1, CAST(sum(session_ngrams.success_count + session_ngrams.failure_count) AS BIGINT) AS sum_2 
FROM session_ngrams JOIN action_sequences ON action_sequences.id = session_ngrams.sequence_id 
WHERE session_ngrams.session_row_id = ANY (%(ids)s::BIGINT[]) AND TRUE AND action_sequences.length = %(length_1)s::SMALLINT GROUP BY session_ngrams.sequence_id 
HAVING CAST(sum(session_ngrams.success_count + session_ngrams.failure_count) AS BIGINT) >= %(param_1)s::BIGINT

-- slice of a scenario
SELECT sessions.id, sessions.scenario_id, sessions.success_episodes, sessions.total_episodes 
FROM sessions 
WHERE sessions.session_ts >= %(session_ts_1)s::BIGINT AND sessions.session_ts <= %(session_ts_2)s::BIGINT AND sessions.phase = %(phase_1)s::VARCHAR COLLATE "C" AND sessions.group_id = %(group_id_1)s::VARCHAR COLLATE "C" AND sessions.scenario_id = %(scenario_id_1)s::BIGINT ORDER BY sessions.session_id DESC 
 LIMIT %(param_1)s::INTEGER

-- slice of all scenarios
SELECT sessions.id, sessions.scenario_id, sessions.success_episodes, sessions.total_episodes 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id ORDER BY sessions.session_id DESC, scenarios.name DESC

-- is anything unpublished
SELECT sessions.id 
FROM sessions 
WHERE sessions.position IS NULL 
 LIMIT %(param_1)s::INTEGER

-- publish
WITH waiting AS 
(SELECT sessions.id AS id 
FROM sessions 
WHERE sessions.position IS NULL ORDER BY sessions.id 
 LIMIT %(param_1)s::INTEGER FOR NO KEY UPDATE)
 UPDATE sessions SET position=(%(last)s + numbered.place), position_stamp=%(stamp)s::BIGINT FROM (SELECT waiting.id AS id, row_number() OVER (ORDER BY waiting.id) AS place 
FROM waiting) AS numbered WHERE sessions.id = numbered.id

-- whose position this was
SELECT sessions.position_stamp 
FROM sessions 
WHERE sessions.position = %(position_1)s::BIGINT UNION ALL SELECT removed_sessions.position_stamp 
FROM removed_sessions 
WHERE removed_sessions.position = %(position_2)s::BIGINT

-- the state of a known total
SELECT rollups.rollup_version, pending.write_token 
FROM rollups LEFT OUTER JOIN (SELECT sessions.id AS row_id, sessions.write_token AS write_token 
FROM total_sources JOIN sessions ON sessions.id = total_sources.session_row_id AND sessions.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND TRUE AND total_sources.folded IS false) AS pending ON true 
WHERE rollups.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = %(name_hash)s) AND (EXISTS (SELECT schema_compatibility.id 
FROM schema_compatibility 
WHERE schema_compatibility.oldest_revision <= %(param_1)s::VARCHAR)) ORDER BY pending.row_id

-- the global total with what is pending
SELECT rollups.scenario_id, rollups.rollup_version, rollups.contributors, rollups.newest_session_row, rollups.newest_saved_at_ms, rollups.version, rollups.scenario_name, rollups.task_description, rollups.created_at, rollups.session_count, rollups.total_episodes, rollups.total_actions, rollups.phase, rollups.group_id, rollups.success_episodes, rollups.failure_episodes, rollups.current_strategy, rollups.strategy_start_visits, rollups.strategy_start_success_rate, pending.write_token, pending.id, pending.scenario_id AS scenario_id_1, pending.saved_at_ms, pending.version AS version_1, pending.scenario_name AS scenario_name_1, pending.task_description AS task_description_1, pending.created_at AS created_at_1, pending.session_count AS session_count_1, pending.total_episodes AS total_episodes_1, pending.total_actions AS total_actions_1, pending.phase AS phase_1, pending.group_id AS group_id_1, pending.success_episodes AS success_episodes_1, pending.failure_episodes AS failure_episodes_1, pending.current_strategy AS current_strategy_1, pending.strategy_start_visits AS strategy_start_visits_1, pending.strategy_start_success_rate AS strategy_start_success_rate_1 
FROM rollups LEFT OUTER JOIN (SELECT sessions.id AS row_id, sessions.write_token AS write_token, sessions.id AS id, sessions.scenario_id AS scenario_id, sessions.saved_at_ms AS saved_at_ms, sessions.version AS version, sessions.scenario_name AS scenario_name, sessions.task_description AS task_description, sessions.created_at AS created_at, sessions.session_count AS session_count, sessions.total_episodes AS total_episodes, sessions.total_actions AS total_actions, sessions.phase AS phase, sessions.group_id AS group_id, sessions.success_episodes AS success_episodes, sessions.failure_episodes AS failure_episodes, sessions.current_strategy AS current_strategy, sessions.strategy_start_visits AS strategy_start_visits, sessions.strategy_start_success_rate AS strategy_start_success_rate 
FROM total_sources JOIN sessions ON sessions.id = total_sources.session_row_id AND sessions.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = 0 AND total_sources.folded IS false) AS pending ON true 
WHERE rollups.scenario_id = 0 AND (EXISTS (SELECT schema_compatibility.id 
FROM schema_compatibility 
WHERE schema_compatibility.oldest_revision <= %(param_1)s::VARCHAR)) ORDER BY pending.row_id

-- removed sessions of an id
SELECT removed_sessions.session_row_id, removed_sessions.scenario_id, removed_sessions.session_id, removed_sessions.write_token, removed_sessions.content_digest, removed_sessions.digest_version, removed_sessions.position, removed_sessions.position_stamp, removed_sessions.removed_at_ms, removed_sessions.fate 
FROM removed_sessions 
WHERE removed_sessions.scenario_id = %(scenario_id_1)s::BIGINT AND removed_sessions.session_id = %(session_id_1)s::VARCHAR COLLATE "C"

-- sessions that a baseline has already
SELECT sessions.id 
FROM sessions 
WHERE sessions.id = ANY (%(ids)s::BIGINT[]) AND TRUE AND (EXISTS (SELECT * 
FROM removed_sessions 
WHERE removed_sessions.scenario_id = sessions.scenario_id AND removed_sessions.session_id = sessions.session_id AND removed_sessions.fate = %(fate_1)s::VARCHAR COLLATE "C" AND removed_sessions.content_digest = sessions.content_digest))

-- published sessions
SELECT scenarios.name, sessions.session_id, sessions.saved_at_ms, sessions.position AS position, sessions.position_stamp 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id 
WHERE sessions.position > %(position_1)s::BIGINT AND sessions.position <= %(position_2)s::BIGINT ORDER BY sessions.position 
 LIMIT %(param_1)s::INTEGER

-- header of an additive merge
SELECT CAST(sum(sessions.session_count) AS BIGINT) AS session_count, CAST(sum(sessions.total_episodes) AS BIGINT) AS total_episodes, CAST(sum(sessions.total_actions) AS BIGINT) AS total_actions, CAST(sum(sessions.success_episodes) AS BIGINT) AS success_episodes, CAST(sum(sessions.failure_episodes) AS BIGINT) AS failure_episodes 
FROM sessions 
WHERE sessions.id = ANY (%(ids)s::BIGINT[]) AND TRUE

-- header of a weighted merge
SELECT CAST(sum(sessions.session_count) AS BIGINT) AS session_count, CAST(sum(sessions.total_episodes) AS BIGINT) AS total_episodes, CAST(sum(sessions.total_actions) AS BIGINT) AS total_actions, CAST(sum((CAST(floor(CAST(sessions.success_episodes AS DOUBLE PRECISION) * weighted.twice) AS BIGINT) + 1) >> 1) AS BIGINT) AS success_episodes, CAST(sum((CAST(floor(CAST(sessions.failure_episodes AS DOUBLE PRECISION) * weighted.twice) AS BIGINT) + 1) >> 1) AS BIGINT) AS failure_episodes 
FROM unnest(%(id)s::BIGINT[], %(weight)s::DOUBLE PRECISION[], %(twice)s::DOUBLE PRECISION[]) AS weighted(id, weight, twice) JOIN sessions ON sessions.id = weighted.id 
WHERE TRUE

-- facts of an additive merge
SELECT session_actions.sequence_id, CAST(sum(session_actions.visits) AS BIGINT) AS visits, CAST(sum(session_actions.successes) AS BIGINT) AS successes, CAST(sum(session_actions.failures) AS BIGINT) AS failures, CAST(sum(session_actions.discoveries) AS BIGINT) AS discoveries, CAST(sum(session_actions.total_duration_ms) AS BIGINT) AS total_duration_ms, sum(session_actions.kpi_total) + 0.0 AS kpi_total, CAST(sum(session_actions.kpi_count) AS BIGINT) AS kpi_count 
FROM session_actions 
WHERE session_actions.session_row_id = ANY (%(ids)s::BIGINT[]) AND TRUE GROUP BY session_actions.sequence_id ORDER BY session_actions.sequence_id

-- facts of a weighted merge
SELECT session_transitions.sequence_id, CAST(sum((CAST(floor(CAST(session_transitions.success_count AS DOUBLE PRECISION) * weighted.twice) AS BIGINT) + 1) >> 1) AS BIGINT) AS success_count, CAST(sum((CAST(floor(CAST(session_transitions.failure_count AS DOUBLE PRECISION) * weighted.twice) AS BIGINT) + 1) >> 1) AS BIGINT) AS failure_count 
FROM unnest(%(id)s::BIGINT[], %(weight)s::DOUBLE PRECISION[], %(twice)s::DOUBLE PRECISION[]) AS weighted(id, weight, twice) JOIN session_transitions ON session_transitions.session_row_id = weighted.id 
WHERE TRUE GROUP BY session_transitions.sequence_id ORDER BY session_transitions.sequence_id

-- facts of a merge with large weights
SELECT session_transitions.sequence_id, CAST(sum(CASE WHEN (CAST(session_transitions.success_count AS DOUBLE PRECISION) * weighted.weight) < 4.611686018427388e+18 THEN (CAST(floor((CAST(session_transitions.success_count AS DOUBLE PRECISION) * weighted.weight) * 2) AS BIGINT) + 1) >> 1 ELSE CAST(CAST(session_transitions.success_count AS DOUBLE PRECISION) * weighted.weight AS BIGINT) END) AS BIGINT) AS success_count, CAST(sum(CASE WHEN (CAST(session_transitions.failure_count AS DOUBLE PRECISION) * weighted.weight) < 4.611686018427388e+18 THEN (CAST(floor((CAST(session_transitions.failure_count AS DOUBLE PRECISION) * weighted.weight) * 2) AS BIGINT) + 1) >> 1 ELSE CAST(CAST(session_transitions.failure_count AS DOUBLE PRECISION) * weighted.weight AS BIGINT) END) AS BIGINT) AS failure_count 
FROM unnest(%(id)s::BIGINT[], %(weight)s::DOUBLE PRECISION[], %(twice)s::DOUBLE PRECISION[]) AS weighted(id, weight, twice) JOIN session_transitions ON session_transitions.session_row_id = weighted.id 
WHERE TRUE GROUP BY session_transitions.sequence_id ORDER BY session_transitions.sequence_id

-- sessions that are still there
SELECT count(*) AS count_1 
FROM sessions 
WHERE sessions.id = ANY (%(ids)s::BIGINT[]) AND TRUE

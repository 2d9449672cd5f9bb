-- a session's own row, and what is pending
INSERT INTO sessions (scenario_id, session_id, write_token, saved_at_ms) SELECT scenarios.id, ? AS anon_5, ? AS anon_6, (CAST(strftime('%s', 'now') AS INTEGER) * 1000 + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER)) AS anon_7 
FROM scenarios 
WHERE scenarios.name_hash = ? AND (EXISTS (SELECT schema_compatibility.id 
FROM schema_compatibility 
WHERE schema_compatibility.oldest_revision <= ?)) AND NOT (EXISTS (SELECT anon_8.value 
FROM json_each(?) AS anon_8 
WHERE NOT (EXISTS (SELECT * 
FROM action_sequences 
WHERE action_sequences.id = anon_8.value)))) AND NOT (EXISTS (SELECT 1 
FROM sessions 
WHERE sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = ?) AND sessions.session_id = ?)) AND NOT (EXISTS (SELECT 1 
FROM removed_sessions 
WHERE removed_sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = ?) AND removed_sessions.session_id = ? AND (removed_sessions.write_token = ? OR removed_sessions.fate = 'forgotten' AND removed_sessions.content_digest = ?))) ON CONFLICT (scenario_id, session_id) DO NOTHING RETURNING id, scenario_id, EXISTS (SELECT 1 
FROM removed_sessions 
WHERE scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE name_hash = ?) AND session_id = ? AND content_digest = ?) AS counts_already, (SELECT count(*) AS count_1 
FROM (SELECT total_sources.session_row_id AS session_row_id 
FROM total_sources 
WHERE total_scenario_id = 0 AND TRUE AND folded IS 0
 LIMIT 32 OFFSET ?) AS anon_2) AS anon_1, (SELECT count(*) AS count_2 
FROM (SELECT total_sources.session_row_id AS session_row_id 
FROM total_sources 
WHERE total_scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE name_hash = ?) AND TRUE AND folded IS 0
 LIMIT 32 OFFSET ?) AS anon_4) AS anon_3

-- own rows of many sessions
INSERT INTO sessions (scenario_id, session_id, write_token, saved_at_ms) VALUES (?, ?, ?, (CAST(strftime('%s', 'now') AS INTEGER) * 1000 + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER))) ON CONFLICT (scenario_id, session_id) DO NOTHING RETURNING id, scenario_id, session_id

-- facts of sessions, in lists
SELECT session_actions.session_row_id, json_group_array(session_actions.sequence_id) AS json_group_array_1, json_group_array(session_actions.visits) AS json_group_array_2, json_group_array(session_actions.successes) AS json_group_array_3, json_group_array(session_actions.failures) AS json_group_array_4, json_group_array(session_actions.discoveries) AS json_group_array_5, json_group_array(session_actions.total_duration_ms) AS json_group_array_6, NULL AS anon_1, json_group_array(session_actions.kpi_count) AS json_group_array_7 
FROM session_actions 
WHERE session_actions.session_row_id IN (SELECT value FROM json_each(?)) AND TRUE GROUP BY session_actions.session_row_id ORDER BY session_actions.session_row_id

-- doubles of sessions
SELECT session_actions.sequence_id, session_actions.kpi_total 
FROM session_actions 
WHERE session_actions.session_row_id IN (SELECT value FROM json_each(?)) AND TRUE ORDER BY session_actions.session_row_id, session_actions.sequence_id

-- a session's own row
INSERT INTO sessions (scenario_id, session_id, write_token, saved_at_ms) SELECT scenarios.id, ? AS anon_1, ? AS anon_2, (CAST(strftime('%s', 'now') AS INTEGER) * 1000 + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER)) AS anon_3 
FROM scenarios 
WHERE scenarios.name_hash = ? AND (EXISTS (SELECT schema_compatibility.id 
FROM schema_compatibility 
WHERE schema_compatibility.oldest_revision <= ?)) AND NOT (EXISTS (SELECT anon_4.value 
FROM json_each(?) AS anon_4 
WHERE NOT (EXISTS (SELECT * 
FROM action_sequences 
WHERE action_sequences.id = anon_4.value)))) AND NOT (EXISTS (SELECT 1 
FROM sessions 
WHERE sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = ?) AND sessions.session_id = ?)) AND NOT (EXISTS (SELECT 1 
FROM removed_sessions 
WHERE removed_sessions.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = ?) AND removed_sessions.session_id = ? AND (removed_sessions.write_token = ? OR removed_sessions.fate = 'forgotten' AND removed_sessions.content_digest = ?))) ON CONFLICT (scenario_id, session_id) DO NOTHING RETURNING id, scenario_id, EXISTS (SELECT 1 
FROM removed_sessions 
WHERE scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE name_hash = ?) AND session_id = ? AND content_digest = ?) AS counts_already

-- facts of sessions
SELECT session_transitions.session_row_id, session_transitions.sequence_id, session_transitions.success_count, session_transitions.failure_count 
FROM session_transitions 
WHERE session_transitions.session_row_id IN (SELECT value FROM json_each(?)) AND TRUE ORDER BY session_transitions.session_row_id, session_transitions.sequence_id

-- facts of a total, with actions
SELECT rollup_ngrams.scenario_id, rollup_ngrams.sequence_id, rollup_ngrams.success_count, rollup_ngrams.failure_count, action_sequences.action_1, action_sequences.action_2, action_sequences.action_3, action_sequences.action_4 
FROM rollup_ngrams LEFT OUTER JOIN action_sequences ON action_sequences.id = rollup_ngrams.sequence_id 
WHERE rollup_ngrams.scenario_id IN (SELECT value FROM json_each(?))

-- facts of a total with what is pending
SELECT anon_1.total, anon_1.sequence_id, anon_1.visits, anon_1.successes, anon_1.failures, anon_1.discoveries, anon_1.total_duration_ms, anon_1.kpi_total, anon_1.kpi_count 
FROM (SELECT ? AS total, anon_2.sequence_id AS sequence_id, CAST(sum(anon_2.visits) AS BIGINT) AS visits, CAST(sum(anon_2.successes) AS BIGINT) AS successes, CAST(sum(anon_2.failures) AS BIGINT) AS failures, CAST(sum(anon_2.discoveries) AS BIGINT) AS discoveries, CAST(sum(anon_2.total_duration_ms) AS BIGINT) AS total_duration_ms, sum(anon_2.kpi_total) + 0.0 AS kpi_total, CAST(sum(anon_2.kpi_count) AS BIGINT) AS kpi_count 
FROM (SELECT rollup_actions.sequence_id AS sequence_id, rollup_actions.visits AS visits, rollup_actions.successes AS successes, rollup_actions.failures AS failures, rollup_actions.discoveries AS discoveries, rollup_actions.total_duration_ms AS total_duration_ms, rollup_actions.kpi_total AS kpi_total, rollup_actions.kpi_count AS kpi_count 
FROM rollup_actions 
WHERE rollup_actions.scenario_id = ? UNION ALL SELECT session_actions.sequence_id AS sequence_id, session_actions.visits AS visits, session_actions.successes AS successes, session_actions.failures AS failures, session_actions.discoveries AS discoveries, session_actions.total_duration_ms AS total_duration_ms, session_actions.kpi_total AS kpi_total, session_actions.kpi_count AS kpi_count 
FROM session_actions 
WHERE session_actions.session_row_id IN (SELECT value FROM json_each(?)) AND TRUE) AS anon_2 GROUP BY anon_2.sequence_id) AS anon_1 ORDER BY anon_1.total, anon_1.sequence_id

-- facts of a total with what is pending, with actions
SELECT anon_1.total, anon_1.sequence_id, anon_1.visits, anon_1.successes, anon_1.failures, anon_1.discoveries, anon_1.total_duration_ms, anon_1.kpi_total, anon_1.kpi_count, action_sequences.action_1 
FROM (SELECT ? AS total, anon_2.sequence_id AS sequence_id, CAST(sum(anon_2.visits) AS BIGINT) AS visits, CAST(sum(anon_2.successes) AS BIGINT) AS successes, CAST(sum(anon_2.failures) AS BIGINT) AS failures, CAST(sum(anon_2.discoveries) AS BIGINT) AS discoveries, CAST(sum(anon_2.total_duration_ms) AS BIGINT) AS total_duration_ms, sum(anon_2.kpi_total) + 0.0 AS kpi_total, CAST(sum(anon_2.kpi_count) AS BIGINT) AS kpi_count 
FROM (SELECT rollup_actions.sequence_id AS sequence_id, rollup_actions.visits AS visits, rollup_actions.successes AS successes, rollup_actions.failures AS failures, rollup_actions.discoveries AS discoveries, rollup_actions.total_duration_ms AS total_duration_ms, rollup_actions.kpi_total AS kpi_total, rollup_actions.kpi_count AS kpi_count 
FROM rollup_actions 
WHERE rollup_actions.scenario_id = ? UNION ALL SELECT session_actions.sequence_id AS sequence_id, session_actions.visits AS visits, session_actions.successes AS successes, session_actions.failures AS failures, session_actions.discoveries AS discoveries, session_actions.total_duration_ms AS total_duration_ms, session_actions.kpi_total AS kpi_total, session_actions.kpi_count AS kpi_count 
FROM session_actions 
WHERE session_actions.session_row_id IN (SELECT value FROM json_each(?)) AND TRUE) AS anon_2 GROUP BY anon_2.sequence_id) AS anon_1 LEFT OUTER JOIN action_sequences ON action_sequences.id = anon_1.sequence_id

-- fold
INSERT INTO rollup_transitions (scenario_id, sequence_id, success_count, failure_count) SELECT rollups.scenario_id, sums.sequence_id, sums.success_count, sums.failure_count 
FROM (SELECT session_transitions.sequence_id AS sequence_id, CAST(sum(session_transitions.success_count) AS BIGINT) AS success_count, CAST(sum(session_transitions.failure_count) AS BIGINT) AS failure_count 
FROM session_transitions 
WHERE session_transitions.session_row_id IN (SELECT value FROM json_each(?)) AND TRUE GROUP BY session_transitions.sequence_id) AS sums JOIN rollups ON 1 = 1 
WHERE rollups.scenario_id IN (SELECT value FROM json_each(?)) ORDER BY sums.sequence_id ON CONFLICT (scenario_id, sequence_id) DO UPDATE SET success_count = coalesce(rollup_transitions.success_count + excluded.success_count, rollup_transitions.success_count, excluded.success_count), failure_count = coalesce(rollup_transitions.failure_count + excluded.failure_count, rollup_transitions.failure_count, excluded.failure_count)

-- fold a page of totals
INSERT INTO rollup_transitions (scenario_id, sequence_id, success_count, failure_count) SELECT total_sources.total_scenario_id, session_transitions.sequence_id, CAST(sum(session_transitions.success_count) AS BIGINT) AS sum_1, CAST(sum(session_transitions.failure_count) AS BIGINT) AS sum_2 
FROM session_transitions JOIN total_sources ON total_sources.session_row_id = session_transitions.session_row_id AND total_sources.scenario_id = session_transitions.scenario_id 
WHERE session_transitions.session_row_id IN (SELECT value FROM json_each(?)) AND TRUE AND total_sources.total_scenario_id IN (SELECT value FROM json_each(?)) AND total_sources.folded IS 0 GROUP BY total_sources.total_scenario_id, session_transitions.sequence_id ORDER BY total_sources.total_scenario_id, session_transitions.sequence_id ON CONFLICT (scenario_id, sequence_id) DO UPDATE SET success_count = coalesce(rollup_transitions.success_count + excluded.success_count, rollup_transitions.success_count, excluded.success_count), failure_count = coalesce(rollup_transitions.failure_count + excluded.failure_count, rollup_transitions.failure_count, excluded.failure_count)

-- fold the first session
INSERT INTO rollup_strategy_switches (scenario_id, ordinal, from_strategy, to_strategy, visits_at_switch, success_rate_at_switch, from_strategy_success_rate) SELECT total_sources.total_scenario_id, session_strategy_switches.ordinal, session_strategy_switches.from_strategy, session_strategy_switches.to_strategy, session_strategy_switches.visits_at_switch, session_strategy_switches.success_rate_at_switch, session_strategy_switches.from_strategy_success_rate 
FROM session_strategy_switches JOIN total_sources ON total_sources.session_row_id = session_strategy_switches.session_row_id AND total_sources.scenario_id = session_strategy_switches.scenario_id 
WHERE session_strategy_switches.session_row_id IN (SELECT value FROM json_each(?)) AND TRUE AND total_sources.total_scenario_id IN (SELECT value FROM json_each(?)) AND total_sources.folded IS 0 ORDER BY total_sources.total_scenario_id, session_strategy_switches.ordinal

-- carry one session
INSERT INTO baseline_strategy_switches (baseline_id, scenario_id, ordinal, from_strategy, to_strategy, visits_at_switch, success_rate_at_switch, from_strategy_success_rate) SELECT baselines.id, baselines.scenario_id, facts.ordinal, facts.from_strategy, facts.to_strategy, facts.visits_at_switch, facts.success_rate_at_switch, facts.from_strategy_success_rate 
FROM (SELECT session_strategy_switches.ordinal AS ordinal, session_strategy_switches.from_strategy AS from_strategy, session_strategy_switches.to_strategy AS to_strategy, session_strategy_switches.visits_at_switch AS visits_at_switch, session_strategy_switches.success_rate_at_switch AS success_rate_at_switch, session_strategy_switches.from_strategy_success_rate AS from_strategy_success_rate 
FROM session_strategy_switches 
WHERE session_strategy_switches.session_row_id IN (SELECT value FROM json_each(?)) AND TRUE) AS facts JOIN baselines ON 1 = 1 
WHERE baselines.id IN (SELECT value FROM json_each(?)) AND TRUE ORDER BY facts.ordinal

-- drop facts of a total
DELETE FROM rollup_strategy_switches WHERE rollup_strategy_switches.scenario_id IN (SELECT value FROM json_each(?))

-- sessions of a range
SELECT sessions.id, sessions.scenario_id, sessions.session_id, sessions.session_ts, sessions.write_token, sessions.content_digest, sessions.digest_version, sessions.saved_at_ms, sessions.position, sessions.position_stamp, sessions.version, sessions.scenario_name, sessions.task_description, sessions.created_at, sessions.session_count, sessions.total_episodes, sessions.total_actions, sessions.phase, sessions.group_id, sessions.success_episodes, sessions.failure_episodes, sessions.current_strategy, sessions.strategy_start_visits, sessions.strategy_start_success_rate 
FROM sessions 
WHERE sessions.scenario_id = ? AND sessions.session_ts BETWEEN ? AND ? ORDER BY sessions.session_id

-- a page of a range
SELECT sessions.id, sessions.scenario_id, sessions.session_id, sessions.session_ts, sessions.write_token, sessions.content_digest, sessions.digest_version, sessions.saved_at_ms, sessions.position, sessions.position_stamp, sessions.version, sessions.scenario_name, sessions.task_description, sessions.created_at, sessions.session_count, sessions.total_episodes, sessions.total_actions, sessions.phase, sessions.group_id, sessions.success_episodes, sessions.failure_episodes, sessions.current_strategy, sessions.strategy_start_visits, sessions.strategy_start_success_rate 
FROM sessions 
WHERE sessions.scenario_id = ? AND sessions.session_ts BETWEEN ? AND ? AND sessions.session_id > ? ORDER BY sessions.session_id
 LIMIT ? OFFSET ?

-- a page of sessions in short
SELECT anon_1.session_id, anon_1.total_episodes, anon_1.total_actions, anon_1.success_episodes, anon_1.failure_episodes, anon_1.phase, anon_1.group_id 
FROM (SELECT sessions.session_id AS session_id, sessions.total_episodes AS total_episodes, sessions.total_actions AS total_actions, sessions.success_episodes AS success_episodes, sessions.failure_episodes AS failure_episodes, sessions.phase AS phase, sessions.group_id AS group_id 
FROM sessions 
WHERE sessions.scenario_id = ? AND sessions.session_ts >= ? AND sessions.session_ts <= ? AND sessions.phase = ? AND sessions.group_id = ? ORDER BY sessions.session_id DESC
 LIMIT ? OFFSET ?) AS anon_1 ORDER BY anon_1.session_id
 LIMIT ? OFFSET ?

-- a later page of sessions in short
SELECT sessions.session_id, sessions.total_episodes, sessions.total_actions, sessions.success_episodes, sessions.failure_episodes, sessions.phase, sessions.group_id 
FROM sessions 
WHERE sessions.scenario_id = ? AND sessions.session_id > ? ORDER BY sessions.session_id
 LIMIT ? OFFSET ?

-- the latest sessions
SELECT sessions.id, sessions.scenario_id, sessions.session_id, sessions.session_ts, sessions.write_token, sessions.content_digest, sessions.digest_version, sessions.saved_at_ms, sessions.position, sessions.position_stamp, sessions.version, sessions.scenario_name, sessions.task_description, sessions.created_at, sessions.session_count, sessions.total_episodes, sessions.total_actions, sessions.phase, sessions.group_id, sessions.success_episodes, sessions.failure_episodes, sessions.current_strategy, sessions.strategy_start_visits, sessions.strategy_start_success_rate 
FROM sessions 
WHERE sessions.scenario_id = ? ORDER BY sessions.session_id DESC
 LIMIT ? OFFSET ?

-- what a check adds up
SELECT anon_1.total, anon_1.sequence_id, CAST(sum(anon_1.visits) AS BIGINT) AS sum_1, CAST(sum(anon_1.successes) AS BIGINT) AS sum_2, CAST(sum(anon_1.failures) AS BIGINT) AS sum_3, CAST(sum(anon_1.discoveries) AS BIGINT) AS sum_4, CAST(sum(anon_1.total_duration_ms) AS BIGINT) AS sum_5, sum(anon_1.kpi_total) + 0.0 AS anon_2, CAST(sum(anon_1.kpi_count) AS BIGINT) AS sum_6, sum(abs(anon_1.kpi_total)) AS sum_7 
FROM (SELECT baseline_actions.scenario_id AS total, baseline_actions.sequence_id AS sequence_id, baseline_actions.visits AS visits, baseline_actions.successes AS successes, baseline_actions.failures AS failures, baseline_actions.discoveries AS discoveries, baseline_actions.total_duration_ms AS total_duration_ms, baseline_actions.kpi_total AS kpi_total, baseline_actions.kpi_count AS kpi_count 
FROM baseline_actions 
WHERE baseline_actions.scenario_id IN (SELECT value FROM json_each(?)) UNION ALL SELECT total_sources.total_scenario_id AS total_scenario_id, session_actions.sequence_id AS sequence_id, session_actions.visits AS visits, session_actions.successes AS successes, session_actions.failures AS failures, session_actions.discoveries AS discoveries, session_actions.total_duration_ms AS total_duration_ms, session_actions.kpi_total AS kpi_total, session_actions.kpi_count AS kpi_count 
FROM total_sources JOIN session_actions ON session_actions.session_row_id = total_sources.session_row_id AND session_actions.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id IN (SELECT value FROM json_each(?)) AND total_sources.folded IS 1) AS anon_1 GROUP BY anon_1.total, anon_1.sequence_id

-- rates of trigrams
SELECT session_ngrams.success_count, session_ngrams.success_count + session_ngrams.failure_count AS anon_1, count(*) AS count_1 
FROM session_ngrams JOIN action_sequences ON action_sequences.id = session_ngrams.sequence_id 
WHERE session_ngrams.session_row_id IN (SELECT value FROM json_each(?)) AND TRUE AND action_sequences.length = ? AND session_ngrams.success_count + session_ngrams.failure_count >= ? GROUP BY session_ngrams.success_count, session_ngrams.success_count + session_ngrams.failure_count

-- paths of trigrams
SELECT session_ngrams.sequence_id, CAST(sum(session_ngrams.success_count) AS BIGINT) AS sum_1, CAST(sum(session_ngrams.success_count + session_ngrams.failure_count) AS BIGINT) AS sum_2 
FROM session_ngrams JOIN action_sequences ON action_sequences.id = session_ngrams.sequence_id 
WHERE session_ngrams.session_row_id IN (SELECT value FROM json_each(?)) AND TRUE AND action_sequences.length = ? GROUP BY session_ngrams.sequence_id 
HAVING CAST(sum(session_ngrams.success_count + session_ngrams.failure_count) AS BIGINT) >= ?

-- slice of a scenario
SELECT sessions.id, sessions.scenario_id, sessions.success_episodes, sessions.total_episodes 
FROM sessions 
WHERE sessions.session_ts >= ? AND sessions.session_ts <= ? AND sessions.phase = ? AND sessions.group_id = ? AND sessions.scenario_id = ? ORDER BY sessions.session_id DESC
 LIMIT ? OFFSET ?

-- slice of all scenarios
SELECT sessions.id, sessions.scenario_id, sessions.success_episodes, sessions.total_episodes 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id ORDER BY sessions.session_id DESC, scenarios.name DESC

-- is anything unpublished
SELECT sessions.id 
FROM sessions 
WHERE sessions.position IS NULL
 LIMIT ? OFFSET ?

-- publish
WITH waiting AS 
(SELECT sessions.id AS id 
FROM sessions 
WHERE sessions.position IS NULL ORDER BY sessions.id
 LIMIT ? OFFSET ?)
 UPDATE sessions SET position=(? + numbered.place), position_stamp=? FROM (SELECT waiting.id AS id, row_number() OVER (ORDER BY waiting.id) AS place 
FROM waiting) AS numbered WHERE sessions.id = numbered.id

-- whose position this was
SELECT sessions.position_stamp 
FROM sessions 
WHERE sessions.position = ? UNION ALL SELECT removed_sessions.position_stamp 
FROM removed_sessions 
WHERE removed_sessions.position = ?

-- the state of a known total
SELECT rollups.rollup_version, pending.write_token 
FROM rollups LEFT OUTER JOIN (SELECT sessions.id AS row_id, sessions.write_token AS write_token 
FROM total_sources JOIN sessions ON sessions.id = total_sources.session_row_id AND sessions.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = ?) AND TRUE AND total_sources.folded IS 0) AS pending ON 1 = 1 
WHERE rollups.scenario_id = (SELECT scenarios.id 
FROM scenarios 
WHERE scenarios.name_hash = ?) AND (EXISTS (SELECT schema_compatibility.id 
FROM schema_compatibility 
WHERE schema_compatibility.oldest_revision <= ?)) ORDER BY pending.row_id

-- the global total with what is pending
SELECT rollups.scenario_id, rollups.rollup_version, rollups.contributors, rollups.newest_session_row, rollups.newest_saved_at_ms, rollups.version, rollups.scenario_name, rollups.task_description, rollups.created_at, rollups.session_count, rollups.total_episodes, rollups.total_actions, rollups.phase, rollups.group_id, rollups.success_episodes, rollups.failure_episodes, rollups.current_strategy, rollups.strategy_start_visits, rollups.strategy_start_success_rate, pending.write_token, pending.id, pending.scenario_id AS scenario_id_1, pending.saved_at_ms, pending.version AS version_1, pending.scenario_name AS scenario_name_1, pending.task_description AS task_description_1, pending.created_at AS created_at_1, pending.session_count AS session_count_1, pending.total_episodes AS total_episodes_1, pending.total_actions AS total_actions_1, pending.phase AS phase_1, pending.group_id AS group_id_1, pending.success_episodes AS success_episodes_1, pending.failure_episodes AS failure_episodes_1, pending.current_strategy AS current_strategy_1, pending.strategy_start_visits AS strategy_start_visits_1, pending.strategy_start_success_rate AS strategy_start_success_rate_1 
FROM rollups LEFT OUTER JOIN (SELECT sessions.id AS row_id, sessions.write_token AS write_token, sessions.id AS id, sessions.scenario_id AS scenario_id, sessions.saved_at_ms AS saved_at_ms, sessions.version AS version, sessions.scenario_name AS scenario_name, sessions.task_description AS task_description, sessions.created_at AS created_at, sessions.session_count AS session_count, sessions.total_episodes AS total_episodes, sessions.total_actions AS total_actions, sessions.phase AS phase, sessions.group_id AS group_id, sessions.success_episodes AS success_episodes, sessions.failure_episodes AS failure_episodes, sessions.current_strategy AS current_strategy, sessions.strategy_start_visits AS strategy_start_visits, sessions.strategy_start_success_rate AS strategy_start_success_rate 
FROM total_sources JOIN sessions ON sessions.id = total_sources.session_row_id AND sessions.scenario_id = total_sources.scenario_id 
WHERE total_sources.total_scenario_id = 0 AND total_sources.folded IS 0) AS pending ON 1 = 1 
WHERE rollups.scenario_id = 0 AND (EXISTS (SELECT schema_compatibility.id 
FROM schema_compatibility 
WHERE schema_compatibility.oldest_revision <= ?)) ORDER BY pending.row_id

-- removed sessions of an id
SELECT removed_sessions.session_row_id, removed_sessions.scenario_id, removed_sessions.session_id, removed_sessions.write_token, removed_sessions.content_digest, removed_sessions.digest_version, removed_sessions.position, removed_sessions.position_stamp, removed_sessions.removed_at_ms, removed_sessions.fate 
FROM removed_sessions 
WHERE removed_sessions.scenario_id = ? AND removed_sessions.session_id = ?

-- sessions that a baseline has already
SELECT sessions.id 
FROM sessions 
WHERE sessions.id IN (SELECT value FROM json_each(?)) AND TRUE AND (EXISTS (SELECT * 
FROM removed_sessions 
WHERE removed_sessions.scenario_id = sessions.scenario_id AND removed_sessions.session_id = sessions.session_id AND removed_sessions.fate = ? AND removed_sessions.content_digest = sessions.content_digest))

-- published sessions
SELECT scenarios.name, sessions.session_id, sessions.saved_at_ms, sessions.position AS position, sessions.position_stamp 
FROM sessions JOIN scenarios ON scenarios.id = sessions.scenario_id 
WHERE sessions.position > ? AND sessions.position <= ? ORDER BY sessions.position
 LIMIT ? OFFSET ?

-- header of an additive merge
SELECT CAST(sum(sessions.session_count) AS BIGINT) AS session_count, CAST(sum(sessions.total_episodes) AS BIGINT) AS total_episodes, CAST(sum(sessions.total_actions) AS BIGINT) AS total_actions, CAST(sum(sessions.success_episodes) AS BIGINT) AS success_episodes, CAST(sum(sessions.failure_episodes) AS BIGINT) AS failure_episodes 
FROM sessions 
WHERE sessions.id IN (SELECT value FROM json_each(?)) AND TRUE

-- header of a weighted merge
WITH weighted AS MATERIALIZED 
(SELECT CAST(json_extract(anon_1.value, ?) AS BIGINT) AS id, CAST(json_extract(anon_1.value, ?) AS DOUBLE) AS weight, ? * CAST(json_extract(anon_1.value, ?) AS DOUBLE) AS twice 
FROM json_each(?) AS anon_1)
 SELECT CAST(sum(sessions.session_count) AS BIGINT) AS session_count, CAST(sum(sessions.total_episodes) AS BIGINT) AS total_episodes, CAST(sum(sessions.total_actions) AS BIGINT) AS total_actions, CAST(sum((CAST(sessions.success_episodes * weighted.twice AS INTEGER) + 1) >> 1) AS BIGINT) AS success_episodes, CAST(sum((CAST(sessions.failure_episodes * weighted.twice AS INTEGER) + 1) >> 1) AS BIGINT) AS failure_episodes 
FROM weighted JOIN sessions ON sessions.id = weighted.id 
WHERE TRUE

-- facts of an additive merge
SELECT session_actions.sequence_id, CAST(sum(session_actions.visits) AS BIGINT) AS visits, CAST(sum(session_actions.successes) AS BIGINT) AS successes, CAST(sum(session_actions.failures) AS BIGINT) AS failures, CAST(sum(session_actions.discoveries) AS BIGINT) AS discoveries, CAST(sum(session_actions.total_duration_ms) AS BIGINT) AS total_duration_ms, sum(session_actions.kpi_total) + 0.0 AS kpi_total, CAST(sum(session_actions.kpi_count) AS BIGINT) AS kpi_count 
FROM session_actions 
WHERE session_actions.session_row_id IN (SELECT value FROM json_each(?)) AND TRUE GROUP BY session_actions.sequence_id ORDER BY session_actions.sequence_id

-- facts of a weighted merge
WITH weighted AS MATERIALIZED 
(SELECT CAST(json_extract(anon_1.value, ?) AS BIGINT) AS id, CAST(json_extract(anon_1.value, ?) AS DOUBLE) AS weight, ? * CAST(json_extract(anon_1.value, ?) AS DOUBLE) AS twice 
FROM json_each(?) AS anon_1)
 SELECT session_transitions.sequence_id, CAST(sum((CAST(session_transitions.success_count * weighted.twice AS INTEGER) + 1) >> 1) AS BIGINT) AS success_count, CAST(sum((CAST(session_transitions.failure_count * weighted.twice AS INTEGER) + 1) >> 1) AS BIGINT) AS failure_count 
FROM weighted JOIN session_transitions ON session_transitions.session_row_id = weighted.id 
WHERE TRUE GROUP BY session_transitions.sequence_id ORDER BY session_transitions.sequence_id

-- facts of a merge with large weights
WITH weighted AS MATERIALIZED 
(SELECT CAST(json_extract(anon_1.value, ?) AS BIGINT) AS id, CAST(json_extract(anon_1.value, ?) AS DOUBLE) AS weight, ? * CAST(json_extract(anon_1.value, ?) AS DOUBLE) AS twice 
FROM json_each(?) AS anon_1)
 SELECT session_transitions.sequence_id, CAST(sum(CASE WHEN (CAST(session_transitions.success_count AS DOUBLE) * weighted.weight) < 4.611686018427388e+18 THEN (CAST((CAST(session_transitions.success_count AS DOUBLE) * weighted.weight) * 2.0 AS INTEGER) + 1) >> 1 ELSE abs(CAST(-(CAST(session_transitions.success_count AS DOUBLE) * weighted.weight) AS INTEGER)) END) AS BIGINT) AS success_count, CAST(sum(CASE WHEN (CAST(session_transitions.failure_count AS DOUBLE) * weighted.weight) < 4.611686018427388e+18 THEN (CAST((CAST(session_transitions.failure_count AS DOUBLE) * weighted.weight) * 2.0 AS INTEGER) + 1) >> 1 ELSE abs(CAST(-(CAST(session_transitions.failure_count AS DOUBLE) * weighted.weight) AS INTEGER)) END) AS BIGINT) AS failure_count 
FROM weighted JOIN session_transitions ON session_transitions.session_row_id = weighted.id 
WHERE TRUE GROUP BY session_transitions.sequence_id ORDER BY session_transitions.sequence_id

-- sessions that are still there
SELECT count(*) AS count_1 
FROM sessions 
WHERE sessions.id IN (SELECT value FROM json_each(?)) AND TRUE

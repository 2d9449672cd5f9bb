CREATE VIEW total_origins AS
SELECT parts.kind AS kind, parts.scenario_id AS scenario_id, parts.scenario AS scenario, parts.part AS part, parts.origin AS origin, CAST(count(*) AS BIGINT) AS contributors, CAST(sum(parts.waiting) AS BIGINT) AS waiting, CASE WHEN max(parts.saved_at_ms) / 1000 BETWEEN 0 AND 253402214399 THEN to_timestamp(CAST(max(parts.saved_at_ms) AS DOUBLE PRECISION) / 1000) END AS newest_saved_at, CAST(sum(parts.session_count) AS BIGINT) AS session_count, CAST(sum(parts.total_episodes) AS BIGINT) AS total_episodes, CAST(sum(parts.total_actions) AS BIGINT) AS total_actions, CAST(sum(parts.success_episodes) AS BIGINT) AS success_episodes, CAST(sum(parts.failure_episodes) AS BIGINT) AS failure_episodes 
FROM (SELECT CAST('scenario' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, scenarios.name AS scenario, CAST('sessions' AS TEXT) AS part, imports.origin AS origin, CASE WHEN (total_sources.folded IS false) THEN 1 ELSE 0 END AS waiting, sessions.saved_at_ms AS saved_at_ms, sessions.session_count AS session_count, sessions.total_episodes AS total_episodes, sessions.total_actions AS total_actions, sessions.success_episodes AS success_episodes, sessions.failure_episodes AS failure_episodes 
FROM total_sources JOIN sessions ON sessions.id = total_sources.session_row_id LEFT OUTER JOIN imports ON imports.session_row_id = sessions.id AND imports.origin != 'copies from another database' JOIN scenarios ON scenarios.id = total_sources.total_scenario_id UNION ALL SELECT CAST('global' AS TEXT) AS kind, total_sources.total_scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, CAST('sessions' AS TEXT) AS part, imports.origin AS origin, CASE WHEN (total_sources.folded IS false) THEN 1 ELSE 0 END AS waiting, sessions.saved_at_ms AS saved_at_ms, sessions.session_count AS session_count, sessions.total_episodes AS total_episodes, sessions.total_actions AS total_actions, sessions.success_episodes AS success_episodes, sessions.failure_episodes AS failure_episodes 
FROM total_sources JOIN sessions ON sessions.id = total_sources.session_row_id LEFT OUTER JOIN imports ON imports.session_row_id = sessions.id AND imports.origin != 'copies from another database' 
WHERE total_sources.total_scenario_id = 0 UNION ALL SELECT CAST('scenario' AS TEXT) AS kind, carried.scenario_id AS scenario_id, scenarios.name AS scenario, CAST(CASE carried.origin WHEN 'hand' THEN 'hand' WHEN 'pruned' THEN 'baseline' ELSE 'import' END AS TEXT) AS part, CASE WHEN (carried.origin IN ('hand', 'pruned')) THEN CAST(NULL AS TEXT) ELSE substr(carried.origin, 8) END AS origin, 0 AS waiting, carried.newest_saved_at_ms AS saved_at_ms, carried.session_count AS session_count, carried.total_episodes AS total_episodes, carried.total_actions AS total_actions, carried.success_episodes AS success_episodes, carried.failure_episodes AS failure_episodes 
FROM carried JOIN scenarios ON scenarios.id = carried.scenario_id UNION ALL SELECT CAST('global' AS TEXT) AS kind, carried.scenario_id AS scenario_id, CAST(NULL AS TEXT) AS scenario, CAST(CASE carried.origin WHEN 'hand' THEN 'hand' WHEN 'pruned' THEN 'baseline' ELSE 'import' END AS TEXT) AS part, CASE WHEN (carried.origin IN ('hand', 'pruned')) THEN CAST(NULL AS TEXT) ELSE substr(carried.origin, 8) END AS origin, 0 AS waiting, carried.newest_saved_at_ms AS saved_at_ms, carried.session_count AS session_count, carried.total_episodes AS total_episodes, carried.total_actions AS total_actions, carried.success_episodes AS success_episodes, carried.failure_episodes AS failure_episodes 
FROM carried 
WHERE carried.scenario_id = 0) AS parts GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.part, parts.origin;

COMMENT ON VIEW total_origins IS 'What totals are made of: one row for each kind and origin of parts, which add up to the total';

COMMENT ON COLUMN total_origins.kind IS 'global or scenario';

COMMENT ON COLUMN total_origins.scenario_id IS 'scenarios.id, 0 for the global total';

COMMENT ON COLUMN total_origins.scenario IS 'The scenario''s name, NULL for the global total';

COMMENT ON COLUMN total_origins.part IS 'sessions that are saved, import: a total in imported files, hand: a total saved as one, baseline: what sessions removed since had added';

COMMENT ON COLUMN total_origins.origin IS 'The import that it comes from, NULL for all else';

COMMENT ON COLUMN total_origins.contributors IS 'Sessions in it, 1 for other kinds of parts';

COMMENT ON COLUMN total_origins.waiting IS 'Sessions that the cached sum lacks';

COMMENT ON COLUMN total_origins.newest_saved_at IS 'When the newest was saved';

COMMENT ON COLUMN total_origins.session_count IS 'Sessions in this snapshot';

COMMENT ON COLUMN total_origins.total_episodes IS 'Episodes in this snapshot';

COMMENT ON COLUMN total_origins.total_actions IS 'Actions in this snapshot';

COMMENT ON COLUMN total_origins.success_episodes IS 'Episodes that succeeded';

COMMENT ON COLUMN total_origins.failure_episodes IS 'Episodes that failed';

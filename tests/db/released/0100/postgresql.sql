




CREATE SCHEMA swarmstore;





CREATE TABLE swarmstore.action_sequences (
    id bigint NOT NULL,
    length smallint NOT NULL,
    action_1 text NOT NULL COLLATE pg_catalog."C",
    action_2 text COLLATE pg_catalog."C",
    action_3 text COLLATE pg_catalog."C",
    action_4 text COLLATE pg_catalog."C"
);



COMMENT ON TABLE swarmstore.action_sequences IS 'Runs of 1 to 4 actions; the same ids in every database';



COMMENT ON COLUMN swarmstore.action_sequences.id IS 'BLAKE2b-64 of the names, each behind its length';



COMMENT ON COLUMN swarmstore.action_sequences.length IS 'How many actions, 1 to 4';



COMMENT ON COLUMN swarmstore.action_sequences.action_1 IS 'The first action';



COMMENT ON COLUMN swarmstore.action_sequences.action_2 IS 'The second action';



COMMENT ON COLUMN swarmstore.action_sequences.action_3 IS 'The third action';



COMMENT ON COLUMN swarmstore.action_sequences.action_4 IS 'The fourth action';



CREATE TABLE swarmstore.scenarios (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    name_hash bytea NOT NULL
);



COMMENT ON TABLE swarmstore.scenarios IS 'Scenarios by name; 0, which has no row, stands for all of them';



COMMENT ON COLUMN swarmstore.scenarios.id IS '1 and up';



COMMENT ON COLUMN swarmstore.scenarios.name IS 'Any text, of any length';



COMMENT ON COLUMN swarmstore.scenarios.name_hash IS 'BLAKE2b-128 of the name: names are too long for an index';



CREATE TABLE swarmstore.session_actions (
    session_row_id bigint NOT NULL,
    sequence_id bigint NOT NULL,
    scenario_id bigint NOT NULL,
    visits bigint NOT NULL,
    successes bigint NOT NULL,
    failures bigint NOT NULL,
    discoveries bigint NOT NULL,
    total_duration_ms bigint NOT NULL,
    kpi_total double precision NOT NULL,
    kpi_count bigint NOT NULL
);



COMMENT ON TABLE swarmstore.session_actions IS 'Actions of saved sessions';



COMMENT ON COLUMN swarmstore.session_actions.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.session_actions.sequence_id IS 'The actions: action_sequences.id';



COMMENT ON COLUMN swarmstore.session_actions.scenario_id IS 'As in sessions: all tables can be distributed by it';



COMMENT ON COLUMN swarmstore.session_actions.visits IS 'Times it was done';



COMMENT ON COLUMN swarmstore.session_actions.successes IS 'Times it succeeded';



COMMENT ON COLUMN swarmstore.session_actions.failures IS 'Times it failed';



COMMENT ON COLUMN swarmstore.session_actions.discoveries IS 'Things it found';



COMMENT ON COLUMN swarmstore.session_actions.total_duration_ms IS 'Milliseconds it took, all together';



COMMENT ON COLUMN swarmstore.session_actions.kpi_total IS 'Sum of its KPI contributions';



COMMENT ON COLUMN swarmstore.session_actions.kpi_count IS 'Times it had a KPI contribution';



CREATE TABLE swarmstore.sessions (
    id bigint NOT NULL,
    scenario_id bigint NOT NULL,
    session_id text NOT NULL COLLATE pg_catalog."C",
    session_ts bigint,
    write_token bytea NOT NULL,
    content_digest bytea NOT NULL,
    digest_version smallint NOT NULL,
    saved_at_ms bigint NOT NULL,
    "position" bigint,
    position_stamp bigint,
    version bigint NOT NULL,
    scenario_name text COLLATE pg_catalog."C",
    task_description text COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    session_count bigint NOT NULL,
    total_episodes bigint NOT NULL,
    total_actions bigint NOT NULL,
    phase text COLLATE pg_catalog."C",
    group_id text COLLATE pg_catalog."C",
    success_episodes bigint NOT NULL,
    failure_episodes bigint NOT NULL,
    current_strategy text COLLATE pg_catalog."C",
    strategy_start_visits bigint NOT NULL,
    strategy_start_success_rate double precision NOT NULL
);



COMMENT ON TABLE swarmstore.sessions IS 'Saved sessions, one row each';



COMMENT ON COLUMN swarmstore.sessions.id IS 'Given out once, never again';



COMMENT ON COLUMN swarmstore.sessions.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.sessions.session_id IS 'Unique in its scenario, ordered by its bytes';



COMMENT ON COLUMN swarmstore.sessions.session_ts IS 'Seconds since 1970 that the id stands for, if any';



COMMENT ON COLUMN swarmstore.sessions.write_token IS 'Random, one per call to save: tells a repeat from a collision';



COMMENT ON COLUMN swarmstore.sessions.content_digest IS 'BLAKE2b-128 of the content';



COMMENT ON COLUMN swarmstore.sessions.digest_version IS 'How the digest was made';



COMMENT ON COLUMN swarmstore.sessions.saved_at_ms IS 'Milliseconds since 1970 by the database''s clock';



COMMENT ON COLUMN swarmstore.sessions."position" IS 'Place in the order that followers see; NULL until published';



COMMENT ON COLUMN swarmstore.sessions.position_stamp IS 'Random, one per publication: told in cursors';



COMMENT ON COLUMN swarmstore.sessions.version IS 'Snapshot format version';



COMMENT ON COLUMN swarmstore.sessions.scenario_name IS 'The snapshot''s own scenario name';



COMMENT ON COLUMN swarmstore.sessions.task_description IS 'What the swarm was asked to do';



COMMENT ON COLUMN swarmstore.sessions.created_at IS 'Seconds since 1970, as the agent said';



COMMENT ON COLUMN swarmstore.sessions.session_count IS 'Sessions in this snapshot';



COMMENT ON COLUMN swarmstore.sessions.total_episodes IS 'Episodes in this snapshot';



COMMENT ON COLUMN swarmstore.sessions.total_actions IS 'Actions in this snapshot';



COMMENT ON COLUMN swarmstore.sessions.phase IS 'bootstrap, release or validate';



COMMENT ON COLUMN swarmstore.sessions.group_id IS 'The group of sessions it belongs to';



COMMENT ON COLUMN swarmstore.sessions.success_episodes IS 'Episodes that succeeded';



COMMENT ON COLUMN swarmstore.sessions.failure_episodes IS 'Episodes that failed';



COMMENT ON COLUMN swarmstore.sessions.current_strategy IS 'The selection strategy in use';



COMMENT ON COLUMN swarmstore.sessions.strategy_start_visits IS 'Visits when that strategy began';



COMMENT ON COLUMN swarmstore.sessions.strategy_start_success_rate IS 'Success rate when that strategy began, 0 to 1';



CREATE VIEW swarmstore.action_days AS
 SELECT days.scenario_id,
    days.scenario,
    days.day,
    days.sessions,
    action_sequences.action_1 AS action,
    days.visits,
    days.successes,
    days.failures,
    days.discoveries,
    days.total_duration_ms,
    days.kpi_total,
    days.kpi_count,
    ((days.successes)::double precision / NULLIF((days.visits)::double precision, (0.0)::double precision)) AS success_rate,
    ((days.total_duration_ms)::double precision / NULLIF((days.visits)::double precision, (0.0)::double precision)) AS mean_duration_ms,
        CASE
            WHEN (abs(days.kpi_total) < (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) THEN ((0.0)::double precision / NULLIF((days.kpi_count)::double precision, (0.0)::double precision))
            ELSE (days.kpi_total / NULLIF((days.kpi_count)::double precision, (0.0)::double precision))
        END AS mean_kpi
   FROM (( SELECT sessions.scenario_id,
            scenarios.name AS scenario,
                CASE
                    WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN ((to_timestamp((sessions.session_ts)::double precision) AT TIME ZONE 'UTC'::text))::date
                    ELSE NULL::date
                END AS day,
            session_actions.sequence_id,
            count(*) AS sessions,
            (sum(session_actions.visits))::bigint AS visits,
            (sum(session_actions.successes))::bigint AS successes,
            (sum(session_actions.failures))::bigint AS failures,
            (sum(session_actions.discoveries))::bigint AS discoveries,
            (sum(session_actions.total_duration_ms))::bigint AS total_duration_ms,
            sum(session_actions.kpi_total) AS kpi_total,
            (sum(session_actions.kpi_count))::bigint AS kpi_count
           FROM ((swarmstore.sessions
             JOIN swarmstore.scenarios ON ((scenarios.id = sessions.scenario_id)))
             JOIN swarmstore.session_actions ON (((session_actions.session_row_id = sessions.id) AND (session_actions.scenario_id = sessions.scenario_id))))
          GROUP BY sessions.scenario_id, scenarios.name,
                CASE
                    WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN ((to_timestamp((sessions.session_ts)::double precision) AT TIME ZONE 'UTC'::text))::date
                    ELSE NULL::date
                END, session_actions.sequence_id) days
     LEFT JOIN swarmstore.action_sequences ON ((action_sequences.id = days.sequence_id)));



COMMENT ON VIEW swarmstore.action_days IS 'Actions in saved sessions added up per day';



COMMENT ON COLUMN swarmstore.action_days.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.action_days.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.action_days.day IS 'The day (UTC) of the sessions'' ids; NULL for those that are no time';



COMMENT ON COLUMN swarmstore.action_days.sessions IS 'Sessions of that day that have it';



COMMENT ON COLUMN swarmstore.action_days.action IS 'The action';



COMMENT ON COLUMN swarmstore.action_days.visits IS 'Times it was done';



COMMENT ON COLUMN swarmstore.action_days.successes IS 'Times it succeeded';



COMMENT ON COLUMN swarmstore.action_days.failures IS 'Times it failed';



COMMENT ON COLUMN swarmstore.action_days.discoveries IS 'Things it found';



COMMENT ON COLUMN swarmstore.action_days.total_duration_ms IS 'Milliseconds it took, all together';



COMMENT ON COLUMN swarmstore.action_days.kpi_total IS 'Sum of its KPI contributions';



COMMENT ON COLUMN swarmstore.action_days.kpi_count IS 'Times it had a KPI contribution';



COMMENT ON COLUMN swarmstore.action_days.success_rate IS 'Successes per visit; NULL without visits';



COMMENT ON COLUMN swarmstore.action_days.mean_duration_ms IS 'Milliseconds per visit; NULL without visits';



COMMENT ON COLUMN swarmstore.action_days.mean_kpi IS 'KPI per contribution; NULL without one';



CREATE VIEW swarmstore.actions AS
 SELECT sessions.scenario_id,
    scenarios.name AS scenario,
    sessions.id AS session_row_id,
    sessions.session_id,
        CASE
            WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN to_timestamp((sessions.session_ts)::double precision)
            ELSE NULL::timestamp with time zone
        END AS session_time,
    action_sequences.action_1 AS action,
    session_actions.visits,
    session_actions.successes,
    session_actions.failures,
    session_actions.discoveries,
    session_actions.total_duration_ms,
    session_actions.kpi_total,
    session_actions.kpi_count,
    ((session_actions.successes)::double precision / NULLIF((session_actions.visits)::double precision, (0.0)::double precision)) AS success_rate,
    ((session_actions.total_duration_ms)::double precision / NULLIF((session_actions.visits)::double precision, (0.0)::double precision)) AS mean_duration_ms,
        CASE
            WHEN (abs(session_actions.kpi_total) < (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) THEN ((0.0)::double precision / NULLIF((session_actions.kpi_count)::double precision, (0.0)::double precision))
            ELSE (session_actions.kpi_total / NULLIF((session_actions.kpi_count)::double precision, (0.0)::double precision))
        END AS mean_kpi
   FROM (((swarmstore.sessions
     JOIN swarmstore.scenarios ON ((scenarios.id = sessions.scenario_id)))
     JOIN swarmstore.session_actions ON (((session_actions.session_row_id = sessions.id) AND (session_actions.scenario_id = sessions.scenario_id))))
     LEFT JOIN swarmstore.action_sequences ON ((action_sequences.id = session_actions.sequence_id)));



COMMENT ON VIEW swarmstore.actions IS 'What actions did, in saved sessions';



COMMENT ON COLUMN swarmstore.actions.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.actions.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.actions.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.actions.session_id IS 'The session''s id, unique in its scenario';



COMMENT ON COLUMN swarmstore.actions.session_time IS 'The time that the id stands for, if any';



COMMENT ON COLUMN swarmstore.actions.action IS 'The action';



COMMENT ON COLUMN swarmstore.actions.visits IS 'Times it was done';



COMMENT ON COLUMN swarmstore.actions.successes IS 'Times it succeeded';



COMMENT ON COLUMN swarmstore.actions.failures IS 'Times it failed';



COMMENT ON COLUMN swarmstore.actions.discoveries IS 'Things it found';



COMMENT ON COLUMN swarmstore.actions.total_duration_ms IS 'Milliseconds it took, all together';



COMMENT ON COLUMN swarmstore.actions.kpi_total IS 'Sum of its KPI contributions';



COMMENT ON COLUMN swarmstore.actions.kpi_count IS 'Times it had a KPI contribution';



COMMENT ON COLUMN swarmstore.actions.success_rate IS 'Successes per visit; NULL without visits';



COMMENT ON COLUMN swarmstore.actions.mean_duration_ms IS 'Milliseconds per visit; NULL without visits';



COMMENT ON COLUMN swarmstore.actions.mean_kpi IS 'KPI per contribution; NULL without one';



CREATE TABLE swarmstore.baseline_actions (
    baseline_id bigint NOT NULL,
    sequence_id bigint NOT NULL,
    scenario_id bigint NOT NULL,
    visits bigint NOT NULL,
    successes bigint NOT NULL,
    failures bigint NOT NULL,
    discoveries bigint NOT NULL,
    total_duration_ms bigint NOT NULL,
    kpi_total double precision NOT NULL,
    kpi_count bigint NOT NULL
);



COMMENT ON TABLE swarmstore.baseline_actions IS 'Actions of baselines';



COMMENT ON COLUMN swarmstore.baseline_actions.baseline_id IS 'baselines.id';



COMMENT ON COLUMN swarmstore.baseline_actions.sequence_id IS 'The actions: action_sequences.id';



COMMENT ON COLUMN swarmstore.baseline_actions.scenario_id IS 'As in baselines: all tables can be distributed by it';



COMMENT ON COLUMN swarmstore.baseline_actions.visits IS 'Times it was done';



COMMENT ON COLUMN swarmstore.baseline_actions.successes IS 'Times it succeeded';



COMMENT ON COLUMN swarmstore.baseline_actions.failures IS 'Times it failed';



COMMENT ON COLUMN swarmstore.baseline_actions.discoveries IS 'Things it found';



COMMENT ON COLUMN swarmstore.baseline_actions.total_duration_ms IS 'Milliseconds it took, all together';



COMMENT ON COLUMN swarmstore.baseline_actions.kpi_total IS 'Sum of its KPI contributions';



COMMENT ON COLUMN swarmstore.baseline_actions.kpi_count IS 'Times it had a KPI contribution';



CREATE TABLE swarmstore.baseline_contexts (
    baseline_id bigint NOT NULL,
    sequence_id bigint NOT NULL,
    scenario_id bigint NOT NULL,
    visits bigint NOT NULL,
    successes bigint NOT NULL,
    failures bigint NOT NULL,
    discoveries bigint NOT NULL,
    total_duration_ms bigint NOT NULL,
    kpi_total double precision NOT NULL,
    kpi_count bigint NOT NULL
);



COMMENT ON TABLE swarmstore.baseline_contexts IS 'Actions after another one, of baselines';



COMMENT ON COLUMN swarmstore.baseline_contexts.baseline_id IS 'baselines.id';



COMMENT ON COLUMN swarmstore.baseline_contexts.sequence_id IS 'The actions: action_sequences.id';



COMMENT ON COLUMN swarmstore.baseline_contexts.scenario_id IS 'As in baselines: all tables can be distributed by it';



COMMENT ON COLUMN swarmstore.baseline_contexts.visits IS 'Times it was done';



COMMENT ON COLUMN swarmstore.baseline_contexts.successes IS 'Times it succeeded';



COMMENT ON COLUMN swarmstore.baseline_contexts.failures IS 'Times it failed';



COMMENT ON COLUMN swarmstore.baseline_contexts.discoveries IS 'Things it found';



COMMENT ON COLUMN swarmstore.baseline_contexts.total_duration_ms IS 'Milliseconds it took, all together';



COMMENT ON COLUMN swarmstore.baseline_contexts.kpi_total IS 'Sum of its KPI contributions';



COMMENT ON COLUMN swarmstore.baseline_contexts.kpi_count IS 'Times it had a KPI contribution';



CREATE TABLE swarmstore.baseline_ngrams (
    baseline_id bigint NOT NULL,
    sequence_id bigint NOT NULL,
    scenario_id bigint NOT NULL,
    success_count bigint NOT NULL,
    failure_count bigint NOT NULL
);



COMMENT ON TABLE swarmstore.baseline_ngrams IS 'Runs of three and four actions of baselines';



COMMENT ON COLUMN swarmstore.baseline_ngrams.baseline_id IS 'baselines.id';



COMMENT ON COLUMN swarmstore.baseline_ngrams.sequence_id IS 'The actions: action_sequences.id';



COMMENT ON COLUMN swarmstore.baseline_ngrams.scenario_id IS 'As in baselines: all tables can be distributed by it';



COMMENT ON COLUMN swarmstore.baseline_ngrams.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.baseline_ngrams.failure_count IS 'Times in failed episodes';



CREATE TABLE swarmstore.baseline_strategies (
    baseline_id bigint NOT NULL,
    strategy text NOT NULL COLLATE pg_catalog."C",
    scenario_id bigint NOT NULL,
    visits bigint NOT NULL,
    successes bigint NOT NULL,
    failures bigint NOT NULL,
    usage_count bigint NOT NULL,
    episodes_success bigint NOT NULL,
    episodes_failure bigint NOT NULL
);



COMMENT ON TABLE swarmstore.baseline_strategies IS 'Selection strategies of baselines';



COMMENT ON COLUMN swarmstore.baseline_strategies.baseline_id IS 'baselines.id';



COMMENT ON COLUMN swarmstore.baseline_strategies.strategy IS 'The strategy''s name';



COMMENT ON COLUMN swarmstore.baseline_strategies.scenario_id IS 'As in baselines: all tables can be distributed by it';



COMMENT ON COLUMN swarmstore.baseline_strategies.visits IS 'Actions chosen by it';



COMMENT ON COLUMN swarmstore.baseline_strategies.successes IS 'Actions that succeeded';



COMMENT ON COLUMN swarmstore.baseline_strategies.failures IS 'Actions that failed';



COMMENT ON COLUMN swarmstore.baseline_strategies.usage_count IS 'Times it was started';



COMMENT ON COLUMN swarmstore.baseline_strategies.episodes_success IS 'Episodes that succeeded under it';



COMMENT ON COLUMN swarmstore.baseline_strategies.episodes_failure IS 'Episodes that failed under it';



CREATE TABLE swarmstore.baseline_strategy_switches (
    baseline_id bigint NOT NULL,
    ordinal bigint NOT NULL,
    scenario_id bigint NOT NULL,
    from_strategy text NOT NULL COLLATE pg_catalog."C",
    to_strategy text NOT NULL COLLATE pg_catalog."C",
    visits_at_switch bigint NOT NULL,
    success_rate_at_switch double precision NOT NULL,
    from_strategy_success_rate double precision NOT NULL
);



COMMENT ON TABLE swarmstore.baseline_strategy_switches IS 'Changes of strategy of baselines';



COMMENT ON COLUMN swarmstore.baseline_strategy_switches.baseline_id IS 'baselines.id';



COMMENT ON COLUMN swarmstore.baseline_strategy_switches.ordinal IS 'Its place in the history, from 0';



COMMENT ON COLUMN swarmstore.baseline_strategy_switches.scenario_id IS 'As in baselines: all tables can be distributed by it';



COMMENT ON COLUMN swarmstore.baseline_strategy_switches.from_strategy IS 'The strategy before';



COMMENT ON COLUMN swarmstore.baseline_strategy_switches.to_strategy IS 'The strategy after';



COMMENT ON COLUMN swarmstore.baseline_strategy_switches.visits_at_switch IS 'Visits at that moment';



COMMENT ON COLUMN swarmstore.baseline_strategy_switches.success_rate_at_switch IS 'Success rate at that moment, 0 to 1';



COMMENT ON COLUMN swarmstore.baseline_strategy_switches.from_strategy_success_rate IS 'Success rate of the strategy before, 0 to 1';



CREATE TABLE swarmstore.baseline_transitions (
    baseline_id bigint NOT NULL,
    sequence_id bigint NOT NULL,
    scenario_id bigint NOT NULL,
    success_count bigint,
    failure_count bigint
);



COMMENT ON TABLE swarmstore.baseline_transitions IS 'Transitions of baselines';



COMMENT ON COLUMN swarmstore.baseline_transitions.baseline_id IS 'baselines.id';



COMMENT ON COLUMN swarmstore.baseline_transitions.sequence_id IS 'The actions: action_sequences.id';



COMMENT ON COLUMN swarmstore.baseline_transitions.scenario_id IS 'As in baselines: all tables can be distributed by it';



COMMENT ON COLUMN swarmstore.baseline_transitions.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.baseline_transitions.failure_count IS 'Times in failed episodes';



CREATE TABLE swarmstore.baselines (
    id bigint NOT NULL,
    scenario_id bigint NOT NULL,
    origin text NOT NULL COLLATE pg_catalog."C",
    newest_session_row bigint,
    newest_saved_at_ms bigint NOT NULL,
    version bigint NOT NULL,
    scenario_name text COLLATE pg_catalog."C",
    task_description text COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    session_count bigint NOT NULL,
    total_episodes bigint NOT NULL,
    total_actions bigint NOT NULL,
    phase text COLLATE pg_catalog."C",
    group_id text COLLATE pg_catalog."C",
    success_episodes bigint NOT NULL,
    failure_episodes bigint NOT NULL,
    current_strategy text COLLATE pg_catalog."C",
    strategy_start_visits bigint NOT NULL,
    strategy_start_success_rate double precision NOT NULL
);



COMMENT ON TABLE swarmstore.baselines IS 'Parts of totals that came from elsewhere';



COMMENT ON COLUMN swarmstore.baselines.id IS 'Given out once, never again';



COMMENT ON COLUMN swarmstore.baselines.scenario_id IS 'The total it is part of: scenarios.id, or 0 for the global one';



COMMENT ON COLUMN swarmstore.baselines.origin IS 'hand, pruned, or import: and the name of a store';



COMMENT ON COLUMN swarmstore.baselines.newest_session_row IS 'The newest session in it, if it was made of any';



COMMENT ON COLUMN swarmstore.baselines.newest_saved_at_ms IS 'When that session, or else this part, was saved: ms since 1970';



COMMENT ON COLUMN swarmstore.baselines.version IS 'Snapshot format version';



COMMENT ON COLUMN swarmstore.baselines.scenario_name IS 'The snapshot''s own scenario name';



COMMENT ON COLUMN swarmstore.baselines.task_description IS 'What the swarm was asked to do';



COMMENT ON COLUMN swarmstore.baselines.created_at IS 'Seconds since 1970, as the agent said';



COMMENT ON COLUMN swarmstore.baselines.session_count IS 'Sessions in this snapshot';



COMMENT ON COLUMN swarmstore.baselines.total_episodes IS 'Episodes in this snapshot';



COMMENT ON COLUMN swarmstore.baselines.total_actions IS 'Actions in this snapshot';



COMMENT ON COLUMN swarmstore.baselines.phase IS 'bootstrap, release or validate';



COMMENT ON COLUMN swarmstore.baselines.group_id IS 'The group of sessions it belongs to';



COMMENT ON COLUMN swarmstore.baselines.success_episodes IS 'Episodes that succeeded';



COMMENT ON COLUMN swarmstore.baselines.failure_episodes IS 'Episodes that failed';



COMMENT ON COLUMN swarmstore.baselines.current_strategy IS 'The selection strategy in use';



COMMENT ON COLUMN swarmstore.baselines.strategy_start_visits IS 'Visits when that strategy began';



COMMENT ON COLUMN swarmstore.baselines.strategy_start_success_rate IS 'Success rate when that strategy began, 0 to 1';



ALTER TABLE swarmstore.baselines ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME swarmstore.baselines_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);



CREATE TABLE swarmstore.session_contexts (
    session_row_id bigint NOT NULL,
    sequence_id bigint NOT NULL,
    scenario_id bigint NOT NULL,
    visits bigint NOT NULL,
    successes bigint NOT NULL,
    failures bigint NOT NULL,
    discoveries bigint NOT NULL,
    total_duration_ms bigint NOT NULL,
    kpi_total double precision NOT NULL,
    kpi_count bigint NOT NULL
);



COMMENT ON TABLE swarmstore.session_contexts IS 'Actions after another one, of saved sessions';



COMMENT ON COLUMN swarmstore.session_contexts.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.session_contexts.sequence_id IS 'The actions: action_sequences.id';



COMMENT ON COLUMN swarmstore.session_contexts.scenario_id IS 'As in sessions: all tables can be distributed by it';



COMMENT ON COLUMN swarmstore.session_contexts.visits IS 'Times it was done';



COMMENT ON COLUMN swarmstore.session_contexts.successes IS 'Times it succeeded';



COMMENT ON COLUMN swarmstore.session_contexts.failures IS 'Times it failed';



COMMENT ON COLUMN swarmstore.session_contexts.discoveries IS 'Things it found';



COMMENT ON COLUMN swarmstore.session_contexts.total_duration_ms IS 'Milliseconds it took, all together';



COMMENT ON COLUMN swarmstore.session_contexts.kpi_total IS 'Sum of its KPI contributions';



COMMENT ON COLUMN swarmstore.session_contexts.kpi_count IS 'Times it had a KPI contribution';



CREATE VIEW swarmstore.contexts AS
 SELECT sessions.scenario_id,
    scenarios.name AS scenario,
    sessions.id AS session_row_id,
    sessions.session_id,
        CASE
            WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN to_timestamp((sessions.session_ts)::double precision)
            ELSE NULL::timestamp with time zone
        END AS session_time,
    action_sequences.action_1 AS previous_action,
    action_sequences.action_2 AS action,
    session_contexts.visits,
    session_contexts.successes,
    session_contexts.failures,
    session_contexts.discoveries,
    session_contexts.total_duration_ms,
    session_contexts.kpi_total,
    session_contexts.kpi_count,
    ((session_contexts.successes)::double precision / NULLIF((session_contexts.visits)::double precision, (0.0)::double precision)) AS success_rate,
    ((session_contexts.total_duration_ms)::double precision / NULLIF((session_contexts.visits)::double precision, (0.0)::double precision)) AS mean_duration_ms,
        CASE
            WHEN (abs(session_contexts.kpi_total) < (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) THEN ((0.0)::double precision / NULLIF((session_contexts.kpi_count)::double precision, (0.0)::double precision))
            ELSE (session_contexts.kpi_total / NULLIF((session_contexts.kpi_count)::double precision, (0.0)::double precision))
        END AS mean_kpi
   FROM (((swarmstore.sessions
     JOIN swarmstore.scenarios ON ((scenarios.id = sessions.scenario_id)))
     JOIN swarmstore.session_contexts ON (((session_contexts.session_row_id = sessions.id) AND (session_contexts.scenario_id = sessions.scenario_id))))
     LEFT JOIN swarmstore.action_sequences ON ((action_sequences.id = session_contexts.sequence_id)));



COMMENT ON VIEW swarmstore.contexts IS 'What actions did after another one, in saved sessions';



COMMENT ON COLUMN swarmstore.contexts.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.contexts.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.contexts.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.contexts.session_id IS 'The session''s id, unique in its scenario';



COMMENT ON COLUMN swarmstore.contexts.session_time IS 'The time that the id stands for, if any';



COMMENT ON COLUMN swarmstore.contexts.previous_action IS 'The action before';



COMMENT ON COLUMN swarmstore.contexts.action IS 'The action';



COMMENT ON COLUMN swarmstore.contexts.visits IS 'Times it was done';



COMMENT ON COLUMN swarmstore.contexts.successes IS 'Times it succeeded';



COMMENT ON COLUMN swarmstore.contexts.failures IS 'Times it failed';



COMMENT ON COLUMN swarmstore.contexts.discoveries IS 'Things it found';



COMMENT ON COLUMN swarmstore.contexts.total_duration_ms IS 'Milliseconds it took, all together';



COMMENT ON COLUMN swarmstore.contexts.kpi_total IS 'Sum of its KPI contributions';



COMMENT ON COLUMN swarmstore.contexts.kpi_count IS 'Times it had a KPI contribution';



COMMENT ON COLUMN swarmstore.contexts.success_rate IS 'Successes per visit; NULL without visits';



COMMENT ON COLUMN swarmstore.contexts.mean_duration_ms IS 'Milliseconds per visit; NULL without visits';



COMMENT ON COLUMN swarmstore.contexts.mean_kpi IS 'KPI per contribution; NULL without one';



CREATE TABLE swarmstore.imports (
    origin text NOT NULL COLLATE pg_catalog."C",
    path_hash bytea NOT NULL,
    path text NOT NULL COLLATE pg_catalog."C",
    content_digest bytea NOT NULL,
    counted boolean NOT NULL,
    session_row_id bigint,
    imported_at_ms bigint NOT NULL,
    snapshot_digest bytea,
    digest_version smallint,
    repeated boolean DEFAULT false NOT NULL
);



COMMENT ON TABLE swarmstore.imports IS 'Files already imported, with what they held';



COMMENT ON COLUMN swarmstore.imports.origin IS 'The name of the imported store';



COMMENT ON COLUMN swarmstore.imports.path_hash IS 'BLAKE2b-128 of the path: paths are too long for an index';



COMMENT ON COLUMN swarmstore.imports.path IS 'The file, within its store';



COMMENT ON COLUMN swarmstore.imports.content_digest IS 'BLAKE2b-128 of the file''s bytes';



COMMENT ON COLUMN swarmstore.imports.counted IS 'Whether the origin''s sessions count in totals, in place of its files'' totals';



COMMENT ON COLUMN swarmstore.imports.session_row_id IS 'sessions.id of the session that the file became';



COMMENT ON COLUMN swarmstore.imports.imported_at_ms IS 'Milliseconds since 1970 by the database''s clock';



COMMENT ON COLUMN swarmstore.imports.snapshot_digest IS 'As sessions.content_digest, of the session or total that was read';



COMMENT ON COLUMN swarmstore.imports.digest_version IS 'How snapshot_digest was made';



COMMENT ON COLUMN swarmstore.imports.repeated IS 'Whether the session was left out: a total saved again, or a copy';



CREATE VIEW swarmstore.learning_curve AS
 SELECT sessions.scenario_id,
    scenarios.name AS scenario,
    sessions.id AS session_row_id,
    sessions.session_id,
        CASE
            WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN to_timestamp((sessions.session_ts)::double precision)
            ELSE NULL::timestamp with time zone
        END AS session_time,
    row_number() OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id) AS place,
    sessions.success_episodes,
    sessions.failure_episodes,
    ((COALESCE(sessions.success_episodes, (0)::bigint))::double precision / NULLIF(((COALESCE(sessions.success_episodes, (0)::bigint))::double precision + (COALESCE(sessions.failure_episodes, (0)::bigint))::double precision), (0.0)::double precision)) AS success_rate,
    ((COALESCE(sum(sessions.success_episodes) OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id ROWS BETWEEN 9 PRECEDING AND CURRENT ROW), (0)::numeric))::double precision / NULLIF(((COALESCE(sum(sessions.success_episodes) OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id ROWS BETWEEN 9 PRECEDING AND CURRENT ROW), (0)::numeric))::double precision + (COALESCE(sum(sessions.failure_episodes) OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id ROWS BETWEEN 9 PRECEDING AND CURRENT ROW), (0)::numeric))::double precision), (0.0)::double precision)) AS rolling_success_rate,
    ((COALESCE(sum(sessions.success_episodes) OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), (0)::numeric))::double precision / NULLIF(((COALESCE(sum(sessions.success_episodes) OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), (0)::numeric))::double precision + (COALESCE(sum(sessions.failure_episodes) OVER (PARTITION BY sessions.scenario_id, scenarios.name ORDER BY sessions.session_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), (0)::numeric))::double precision), (0.0)::double precision)) AS cumulative_success_rate
   FROM (swarmstore.sessions
     JOIN swarmstore.scenarios ON ((scenarios.id = sessions.scenario_id)));



COMMENT ON VIEW swarmstore.learning_curve IS 'Success session by session, in the order of session ids';



COMMENT ON COLUMN swarmstore.learning_curve.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.learning_curve.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.learning_curve.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.learning_curve.session_id IS 'The session''s id, unique in its scenario';



COMMENT ON COLUMN swarmstore.learning_curve.session_time IS 'The time that the id stands for, if any';



COMMENT ON COLUMN swarmstore.learning_curve.place IS 'Its place among the scenario''s sessions, from 1';



COMMENT ON COLUMN swarmstore.learning_curve.success_episodes IS 'Episodes that succeeded';



COMMENT ON COLUMN swarmstore.learning_curve.failure_episodes IS 'Episodes that failed';



COMMENT ON COLUMN swarmstore.learning_curve.success_rate IS 'Of this session; NULL without episodes';



COMMENT ON COLUMN swarmstore.learning_curve.rolling_success_rate IS 'Of this session and the 9 before it; NULL without episodes';



COMMENT ON COLUMN swarmstore.learning_curve.cumulative_success_rate IS 'Of this session and all before it; NULL without episodes';



CREATE TABLE swarmstore.offline_order_actions (
    scenario_id bigint NOT NULL,
    discover boolean NOT NULL,
    ordinal bigint NOT NULL,
    action text NOT NULL COLLATE pg_catalog."C"
);



COMMENT ON TABLE swarmstore.offline_order_actions IS 'Actions of learned orders, in order';



COMMENT ON COLUMN swarmstore.offline_order_actions.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.offline_order_actions.discover IS 'Whether it expands the search (discover) or changes state';



COMMENT ON COLUMN swarmstore.offline_order_actions.ordinal IS 'Its place in the order, from 0';



COMMENT ON COLUMN swarmstore.offline_order_actions.action IS 'The action';



CREATE VIEW swarmstore.model_action_orders AS
 SELECT offline_order_actions.scenario_id,
    scenarios.name AS scenario,
        CASE
            WHEN (offline_order_actions.discover IS TRUE) THEN 'discover'::text
            ELSE 'not_discover'::text
        END AS part,
    offline_order_actions.ordinal,
    offline_order_actions.action
   FROM (swarmstore.offline_order_actions
     JOIN swarmstore.scenarios ON ((scenarios.id = offline_order_actions.scenario_id)));



COMMENT ON VIEW swarmstore.model_action_orders IS 'Learned orders of actions, a row for each action';



COMMENT ON COLUMN swarmstore.model_action_orders.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.model_action_orders.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.model_action_orders.part IS 'discover: it expands the search; not_discover: it changes state';



COMMENT ON COLUMN swarmstore.model_action_orders.ordinal IS 'Its place in the order, from 0';



COMMENT ON COLUMN swarmstore.model_action_orders.action IS 'The action';



CREATE TABLE swarmstore.offline_path_actions (
    scenario_id bigint NOT NULL,
    rank bigint NOT NULL,
    step bigint NOT NULL,
    action text NOT NULL COLLATE pg_catalog."C"
);



COMMENT ON TABLE swarmstore.offline_path_actions IS 'Actions of recommended paths, in order';



COMMENT ON COLUMN swarmstore.offline_path_actions.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.offline_path_actions.rank IS 'offline_paths.rank';



COMMENT ON COLUMN swarmstore.offline_path_actions.step IS 'Its place in the path, from 0';



COMMENT ON COLUMN swarmstore.offline_path_actions.action IS 'The action';



CREATE TABLE swarmstore.offline_paths (
    scenario_id bigint NOT NULL,
    rank bigint NOT NULL,
    success_rate double precision NOT NULL,
    observations bigint NOT NULL
);



COMMENT ON TABLE swarmstore.offline_paths IS 'Recommended paths of offline models';



COMMENT ON COLUMN swarmstore.offline_paths.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.offline_paths.rank IS 'Its place among the paths, from 0';



COMMENT ON COLUMN swarmstore.offline_paths.success_rate IS '0 to 1';



COMMENT ON COLUMN swarmstore.offline_paths.observations IS 'Times it was seen';



CREATE VIEW swarmstore.model_paths AS
 SELECT offline_path_actions.scenario_id,
    scenarios.name AS scenario,
    offline_path_actions.rank,
    offline_path_actions.step,
    offline_path_actions.action,
    offline_paths.success_rate,
    offline_paths.observations
   FROM ((swarmstore.offline_path_actions
     JOIN swarmstore.offline_paths ON (((offline_paths.scenario_id = offline_path_actions.scenario_id) AND (offline_paths.rank = offline_path_actions.rank))))
     JOIN swarmstore.scenarios ON ((scenarios.id = offline_path_actions.scenario_id)));



COMMENT ON VIEW swarmstore.model_paths IS 'Recommended paths of offline models, a row for each action';



COMMENT ON COLUMN swarmstore.model_paths.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.model_paths.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.model_paths.rank IS 'The path''s place among the paths, from 0';



COMMENT ON COLUMN swarmstore.model_paths.step IS 'The action''s place in the path, from 0';



COMMENT ON COLUMN swarmstore.model_paths.action IS 'The action';



COMMENT ON COLUMN swarmstore.model_paths.success_rate IS 'Of the path, 0 to 1';



COMMENT ON COLUMN swarmstore.model_paths.observations IS 'Times the path was seen';



CREATE TABLE swarmstore.offline_action_orders (
    scenario_id bigint NOT NULL,
    action_set_hash bigint NOT NULL,
    source text NOT NULL COLLATE pg_catalog."C",
    lora_id bigint,
    lora_scale double precision,
    lora_name text COLLATE pg_catalog."C",
    validated_accuracy double precision
);



COMMENT ON TABLE swarmstore.offline_action_orders IS 'Learned action orders of offline models';



COMMENT ON COLUMN swarmstore.offline_action_orders.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.offline_action_orders.action_set_hash IS 'SipHash-1-3 of the set; an unsigned number in two''s complement';



COMMENT ON COLUMN swarmstore.offline_action_orders.source IS 'Llm, Static or Manual';



COMMENT ON COLUMN swarmstore.offline_action_orders.lora_id IS 'The LoRA adapter''s number, if there is one';



COMMENT ON COLUMN swarmstore.offline_action_orders.lora_scale IS 'The strength it is applied with';



COMMENT ON COLUMN swarmstore.offline_action_orders.lora_name IS 'Its name';



COMMENT ON COLUMN swarmstore.offline_action_orders.validated_accuracy IS 'Measured accuracy, 0 to 1';



CREATE TABLE swarmstore.offline_models (
    scenario_id bigint NOT NULL,
    version bigint NOT NULL,
    ucb1_c double precision NOT NULL,
    learning_weight double precision NOT NULL,
    ngram_weight double precision NOT NULL,
    maturity_threshold bigint NOT NULL,
    error_rate_threshold double precision NOT NULL,
    initial_strategy text NOT NULL COLLATE pg_catalog."C",
    analyzed_sessions bigint NOT NULL,
    updated_at bigint NOT NULL
);



COMMENT ON TABLE swarmstore.offline_models IS 'Offline models, one per scenario';



COMMENT ON COLUMN swarmstore.offline_models.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.offline_models.version IS 'Model format version';



COMMENT ON COLUMN swarmstore.offline_models.ucb1_c IS 'UCB1''s exploration constant';



COMMENT ON COLUMN swarmstore.offline_models.learning_weight IS 'Weight of the learned bonus';



COMMENT ON COLUMN swarmstore.offline_models.ngram_weight IS 'Weight of the n-gram bonus';



COMMENT ON COLUMN swarmstore.offline_models.maturity_threshold IS 'Visits from which an action counts as explored';



COMMENT ON COLUMN swarmstore.offline_models.error_rate_threshold IS 'Error rate from which the strategy changes, 0 to 1';



COMMENT ON COLUMN swarmstore.offline_models.initial_strategy IS 'The selection strategy to begin with';



COMMENT ON COLUMN swarmstore.offline_models.analyzed_sessions IS 'Sessions it was made from';



COMMENT ON COLUMN swarmstore.offline_models.updated_at IS 'Seconds since 1970';



CREATE VIEW swarmstore.models AS
 SELECT offline_models.scenario_id,
    scenarios.name AS scenario,
    offline_models.version,
    offline_models.analyzed_sessions,
        CASE
            WHEN ((offline_models.updated_at >= 0) AND (offline_models.updated_at <= '253402214399'::bigint)) THEN to_timestamp((offline_models.updated_at)::double precision)
            ELSE NULL::timestamp with time zone
        END AS updated_at,
    offline_models.ucb1_c,
    offline_models.learning_weight,
    offline_models.ngram_weight,
    offline_models.maturity_threshold,
    offline_models.error_rate_threshold,
    offline_models.initial_strategy,
    (
        CASE
            WHEN ((offline_action_orders.action_set_hash)::numeric < (0)::numeric) THEN ((offline_action_orders.action_set_hash)::numeric + '18446744073709551616'::numeric)
            ELSE (offline_action_orders.action_set_hash)::numeric
        END)::numeric(20,0) AS action_set_hash,
    offline_action_orders.source AS order_source,
    offline_action_orders.lora_id,
    offline_action_orders.lora_scale,
    offline_action_orders.lora_name,
    offline_action_orders.validated_accuracy
   FROM ((swarmstore.offline_models
     JOIN swarmstore.scenarios ON ((scenarios.id = offline_models.scenario_id)))
     LEFT JOIN swarmstore.offline_action_orders ON ((offline_action_orders.scenario_id = offline_models.scenario_id)));



COMMENT ON VIEW swarmstore.models IS 'Offline models, one per scenario, with the source of their learned action order, if any';



COMMENT ON COLUMN swarmstore.models.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.models.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.models.version IS 'Model format version';



COMMENT ON COLUMN swarmstore.models.analyzed_sessions IS 'Sessions it was made from';



COMMENT ON COLUMN swarmstore.models.updated_at IS 'When it was made';



COMMENT ON COLUMN swarmstore.models.ucb1_c IS 'UCB1''s exploration constant';



COMMENT ON COLUMN swarmstore.models.learning_weight IS 'Weight of the learned bonus';



COMMENT ON COLUMN swarmstore.models.ngram_weight IS 'Weight of the n-gram bonus';



COMMENT ON COLUMN swarmstore.models.maturity_threshold IS 'Visits from which an action counts as explored';



COMMENT ON COLUMN swarmstore.models.error_rate_threshold IS 'Error rate from which the strategy changes, 0 to 1';



COMMENT ON COLUMN swarmstore.models.initial_strategy IS 'The selection strategy to begin with';



COMMENT ON COLUMN swarmstore.models.action_set_hash IS 'SipHash-1-3 of the set of actions';



COMMENT ON COLUMN swarmstore.models.order_source IS 'Llm, Static or Manual';



COMMENT ON COLUMN swarmstore.models.lora_id IS 'The LoRA adapter''s number, if there is one';



COMMENT ON COLUMN swarmstore.models.lora_scale IS 'The strength it is applied with';



COMMENT ON COLUMN swarmstore.models.lora_name IS 'The LoRA adapter''s name';



COMMENT ON COLUMN swarmstore.models.validated_accuracy IS 'Measured accuracy, 0 to 1';



CREATE TABLE swarmstore.rollup_transitions (
    scenario_id bigint NOT NULL,
    sequence_id bigint NOT NULL,
    success_count bigint,
    failure_count bigint
)
WITH (fillfactor='45');



COMMENT ON TABLE swarmstore.rollup_transitions IS 'Transitions of rollups';



COMMENT ON COLUMN swarmstore.rollup_transitions.scenario_id IS 'scenarios.id, or 0 for the global total';



COMMENT ON COLUMN swarmstore.rollup_transitions.sequence_id IS 'The actions: action_sequences.id';



COMMENT ON COLUMN swarmstore.rollup_transitions.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.rollup_transitions.failure_count IS 'Times in failed episodes';



CREATE TABLE swarmstore.session_transitions (
    session_row_id bigint NOT NULL,
    sequence_id bigint NOT NULL,
    scenario_id bigint NOT NULL,
    success_count bigint,
    failure_count bigint
);



COMMENT ON TABLE swarmstore.session_transitions IS 'Transitions of saved sessions';



COMMENT ON COLUMN swarmstore.session_transitions.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.session_transitions.sequence_id IS 'The actions: action_sequences.id';



COMMENT ON COLUMN swarmstore.session_transitions.scenario_id IS 'As in sessions: all tables can be distributed by it';



COMMENT ON COLUMN swarmstore.session_transitions.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.session_transitions.failure_count IS 'Times in failed episodes';



CREATE TABLE swarmstore.total_sources (
    session_row_id bigint NOT NULL,
    total_scenario_id bigint NOT NULL,
    scenario_id bigint NOT NULL,
    folded boolean NOT NULL
);



COMMENT ON TABLE swarmstore.total_sources IS 'Which sessions count in which total';



COMMENT ON COLUMN swarmstore.total_sources.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.total_sources.total_scenario_id IS 'The total: scenarios.id, or 0 for the global one';



COMMENT ON COLUMN swarmstore.total_sources.scenario_id IS 'The session''s scenario';



COMMENT ON COLUMN swarmstore.total_sources.folded IS 'Whether the rollup has it';



CREATE VIEW swarmstore.next_actions AS
 SELECT total.kind,
    total.scenario_id,
    total.scenario,
    action_sequences.action_1 AS action,
    action_sequences.action_2 AS next_action,
    total.success_count,
    total.failure_count,
        CASE
            WHEN (COALESCE(total.success_count, (0)::bigint) <= ('9223372036854775807'::bigint - COALESCE(total.failure_count, (0)::bigint))) THEN (COALESCE(total.success_count, (0)::bigint) + COALESCE(total.failure_count, (0)::bigint))
            ELSE NULL::bigint
        END AS observations,
    ((COALESCE(total.success_count, (0)::bigint))::double precision / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) AS success_rate,
    (((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision) / NULLIF(sum(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision)) OVER (PARTITION BY total.kind, total.scenario_id, total.scenario, action_sequences.action_1), (0.0)::double precision)) AS probability,
        CASE
            WHEN ((COALESCE(total.success_count, (0)::bigint))::double precision = (0.0)::double precision) THEN ((0.0)::double precision * NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision))
            ELSE ((((COALESCE(total.success_count, (0)::bigint))::double precision + (1.9207294103470627)::double precision) - ((1.959963984540054)::double precision * sqrt(((((COALESCE(total.success_count, (0)::bigint))::double precision * (COALESCE(total.failure_count, (0)::bigint))::double precision) / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) + (0.9603647051735313)::double precision)))) / (NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision) + (3.8414588206941254)::double precision))
        END AS wilson_low,
        CASE
            WHEN ((COALESCE(total.failure_count, (0)::bigint))::double precision = (0.0)::double precision) THEN (NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision) / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision))
            ELSE ((((COALESCE(total.success_count, (0)::bigint))::double precision + (1.9207294103470627)::double precision) + ((1.959963984540054)::double precision * sqrt(((((COALESCE(total.success_count, (0)::bigint))::double precision * (COALESCE(total.failure_count, (0)::bigint))::double precision) / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) + (0.9603647051735313)::double precision)))) / (NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision) + (3.8414588206941254)::double precision))
        END AS wilson_high
   FROM (( SELECT parts.kind,
            parts.scenario_id,
            parts.scenario,
            parts.sequence_id,
            (sum(parts.success_count))::bigint AS success_count,
            (sum(parts.failure_count))::bigint AS failure_count
           FROM ( SELECT 'scenario'::text AS kind,
                    rollup_transitions.scenario_id,
                    scenarios.name AS scenario,
                    rollup_transitions.sequence_id,
                    rollup_transitions.success_count,
                    rollup_transitions.failure_count
                   FROM (swarmstore.rollup_transitions
                     JOIN swarmstore.scenarios ON ((scenarios.id = rollup_transitions.scenario_id)))
                UNION ALL
                 SELECT 'global'::text AS kind,
                    rollup_transitions.scenario_id,
                    NULL::text AS scenario,
                    rollup_transitions.sequence_id,
                    rollup_transitions.success_count,
                    rollup_transitions.failure_count
                   FROM swarmstore.rollup_transitions
                  WHERE (rollup_transitions.scenario_id = 0)
                UNION ALL
                 SELECT 'scenario'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    scenarios.name AS scenario,
                    session_transitions.sequence_id,
                    session_transitions.success_count,
                    session_transitions.failure_count
                   FROM ((swarmstore.total_sources
                     JOIN swarmstore.session_transitions ON (((session_transitions.session_row_id = total_sources.session_row_id) AND (session_transitions.scenario_id = total_sources.scenario_id))))
                     JOIN swarmstore.scenarios ON ((scenarios.id = total_sources.total_scenario_id)))
                  WHERE (total_sources.folded IS FALSE)
                UNION ALL
                 SELECT 'global'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    NULL::text AS scenario,
                    session_transitions.sequence_id,
                    session_transitions.success_count,
                    session_transitions.failure_count
                   FROM (swarmstore.total_sources
                     JOIN swarmstore.session_transitions ON (((session_transitions.session_row_id = total_sources.session_row_id) AND (session_transitions.scenario_id = total_sources.scenario_id))))
                  WHERE ((total_sources.total_scenario_id = 0) AND (total_sources.folded IS FALSE))) parts
          GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.sequence_id) total
     LEFT JOIN swarmstore.action_sequences ON ((action_sequences.id = total.sequence_id)));



COMMENT ON VIEW swarmstore.next_actions IS 'What followed each action, in totals: how often and how well';



COMMENT ON COLUMN swarmstore.next_actions.kind IS 'global or scenario';



COMMENT ON COLUMN swarmstore.next_actions.scenario_id IS 'scenarios.id, 0 for the global total';



COMMENT ON COLUMN swarmstore.next_actions.scenario IS 'The scenario''s name, NULL for the global total';



COMMENT ON COLUMN swarmstore.next_actions.action IS 'The action before';



COMMENT ON COLUMN swarmstore.next_actions.next_action IS 'The action after';



COMMENT ON COLUMN swarmstore.next_actions.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.next_actions.failure_count IS 'Times in failed episodes';



COMMENT ON COLUMN swarmstore.next_actions.observations IS 'Times in all; NULL past 2^63 - 1';



COMMENT ON COLUMN swarmstore.next_actions.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';



COMMENT ON COLUMN swarmstore.next_actions.probability IS 'Share among all that followed the action, 0 to 1; NULL where nothing was counted';



COMMENT ON COLUMN swarmstore.next_actions.wilson_low IS 'Lower end of the rate''s 95 % confidence (Wilson)';



COMMENT ON COLUMN swarmstore.next_actions.wilson_high IS 'Upper end of the rate''s 95 % confidence (Wilson)';



CREATE TABLE swarmstore.session_ngrams (
    session_row_id bigint NOT NULL,
    sequence_id bigint NOT NULL,
    scenario_id bigint NOT NULL,
    success_count bigint NOT NULL,
    failure_count bigint NOT NULL
);



COMMENT ON TABLE swarmstore.session_ngrams IS 'Runs of three and four actions of saved sessions';



COMMENT ON COLUMN swarmstore.session_ngrams.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.session_ngrams.sequence_id IS 'The actions: action_sequences.id';



COMMENT ON COLUMN swarmstore.session_ngrams.scenario_id IS 'As in sessions: all tables can be distributed by it';



COMMENT ON COLUMN swarmstore.session_ngrams.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.session_ngrams.failure_count IS 'Times in failed episodes';



CREATE VIEW swarmstore.ngrams AS
 SELECT sessions.scenario_id,
    scenarios.name AS scenario,
    sessions.id AS session_row_id,
    sessions.session_id,
        CASE
            WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN to_timestamp((sessions.session_ts)::double precision)
            ELSE NULL::timestamp with time zone
        END AS session_time,
    (action_sequences.length)::bigint AS length,
    action_sequences.action_1,
    action_sequences.action_2,
    action_sequences.action_3,
    action_sequences.action_4,
    session_ngrams.success_count,
    session_ngrams.failure_count,
        CASE
            WHEN (COALESCE(session_ngrams.success_count, (0)::bigint) <= ('9223372036854775807'::bigint - COALESCE(session_ngrams.failure_count, (0)::bigint))) THEN (COALESCE(session_ngrams.success_count, (0)::bigint) + COALESCE(session_ngrams.failure_count, (0)::bigint))
            ELSE NULL::bigint
        END AS observations,
    ((COALESCE(session_ngrams.success_count, (0)::bigint))::double precision / NULLIF(((COALESCE(session_ngrams.success_count, (0)::bigint))::double precision + (COALESCE(session_ngrams.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) AS success_rate
   FROM (((swarmstore.sessions
     JOIN swarmstore.scenarios ON ((scenarios.id = sessions.scenario_id)))
     JOIN swarmstore.session_ngrams ON (((session_ngrams.session_row_id = sessions.id) AND (session_ngrams.scenario_id = sessions.scenario_id))))
     LEFT JOIN swarmstore.action_sequences ON ((action_sequences.id = session_ngrams.sequence_id)));



COMMENT ON VIEW swarmstore.ngrams IS 'Runs of three and four actions, in saved sessions';



COMMENT ON COLUMN swarmstore.ngrams.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.ngrams.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.ngrams.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.ngrams.session_id IS 'The session''s id, unique in its scenario';



COMMENT ON COLUMN swarmstore.ngrams.session_time IS 'The time that the id stands for, if any';



COMMENT ON COLUMN swarmstore.ngrams.length IS 'How many actions, 3 or 4';



COMMENT ON COLUMN swarmstore.ngrams.action_1 IS 'The first action';



COMMENT ON COLUMN swarmstore.ngrams.action_2 IS 'The second action';



COMMENT ON COLUMN swarmstore.ngrams.action_3 IS 'The third action';



COMMENT ON COLUMN swarmstore.ngrams.action_4 IS 'The fourth action';



COMMENT ON COLUMN swarmstore.ngrams.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.ngrams.failure_count IS 'Times in failed episodes';



COMMENT ON COLUMN swarmstore.ngrams.observations IS 'Times in all; NULL past 2^63 - 1';



COMMENT ON COLUMN swarmstore.ngrams.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';



CREATE TABLE swarmstore.rollup_ngrams (
    scenario_id bigint NOT NULL,
    sequence_id bigint NOT NULL,
    success_count bigint NOT NULL,
    failure_count bigint NOT NULL
)
WITH (fillfactor='45');



COMMENT ON TABLE swarmstore.rollup_ngrams IS 'Runs of three and four actions of rollups';



COMMENT ON COLUMN swarmstore.rollup_ngrams.scenario_id IS 'scenarios.id, or 0 for the global total';



COMMENT ON COLUMN swarmstore.rollup_ngrams.sequence_id IS 'The actions: action_sequences.id';



COMMENT ON COLUMN swarmstore.rollup_ngrams.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.rollup_ngrams.failure_count IS 'Times in failed episodes';



CREATE VIEW swarmstore.paths AS
 SELECT total.kind,
    total.scenario_id,
    total.scenario,
    (action_sequences.length)::bigint AS length,
    action_sequences.action_1,
    action_sequences.action_2,
    action_sequences.action_3,
    action_sequences.action_4,
    total.success_count,
    total.failure_count,
        CASE
            WHEN (COALESCE(total.success_count, (0)::bigint) <= ('9223372036854775807'::bigint - COALESCE(total.failure_count, (0)::bigint))) THEN (COALESCE(total.success_count, (0)::bigint) + COALESCE(total.failure_count, (0)::bigint))
            ELSE NULL::bigint
        END AS observations,
    ((COALESCE(total.success_count, (0)::bigint))::double precision / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) AS success_rate,
        CASE
            WHEN ((COALESCE(total.success_count, (0)::bigint))::double precision = (0.0)::double precision) THEN ((0.0)::double precision * NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision))
            ELSE ((((COALESCE(total.success_count, (0)::bigint))::double precision + (1.9207294103470627)::double precision) - ((1.959963984540054)::double precision * sqrt(((((COALESCE(total.success_count, (0)::bigint))::double precision * (COALESCE(total.failure_count, (0)::bigint))::double precision) / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) + (0.9603647051735313)::double precision)))) / (NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision) + (3.8414588206941254)::double precision))
        END AS wilson_low,
        CASE
            WHEN ((COALESCE(total.failure_count, (0)::bigint))::double precision = (0.0)::double precision) THEN (NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision) / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision))
            ELSE ((((COALESCE(total.success_count, (0)::bigint))::double precision + (1.9207294103470627)::double precision) + ((1.959963984540054)::double precision * sqrt(((((COALESCE(total.success_count, (0)::bigint))::double precision * (COALESCE(total.failure_count, (0)::bigint))::double precision) / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) + (0.9603647051735313)::double precision)))) / (NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision) + (3.8414588206941254)::double precision))
        END AS wilson_high,
    row_number() OVER (PARTITION BY total.kind, total.scenario_id, total.scenario, action_sequences.length ORDER BY
        CASE
            WHEN ((COALESCE(total.success_count, (0)::bigint))::double precision = (0.0)::double precision) THEN ((0.0)::double precision * NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision))
            ELSE ((((COALESCE(total.success_count, (0)::bigint))::double precision + (1.9207294103470627)::double precision) - ((1.959963984540054)::double precision * sqrt(((((COALESCE(total.success_count, (0)::bigint))::double precision * (COALESCE(total.failure_count, (0)::bigint))::double precision) / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) + (0.9603647051735313)::double precision)))) / (NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision) + (3.8414588206941254)::double precision))
        END DESC, ((total.success_count)::double precision + (total.failure_count)::double precision) DESC, action_sequences.action_1, action_sequences.action_2, action_sequences.action_3, action_sequences.action_4) AS best_place,
    row_number() OVER (PARTITION BY total.kind, total.scenario_id, total.scenario, action_sequences.length ORDER BY
        CASE
            WHEN ((COALESCE(total.failure_count, (0)::bigint))::double precision = (0.0)::double precision) THEN (NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision) / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision))
            ELSE ((((COALESCE(total.success_count, (0)::bigint))::double precision + (1.9207294103470627)::double precision) + ((1.959963984540054)::double precision * sqrt(((((COALESCE(total.success_count, (0)::bigint))::double precision * (COALESCE(total.failure_count, (0)::bigint))::double precision) / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) + (0.9603647051735313)::double precision)))) / (NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision) + (3.8414588206941254)::double precision))
        END, ((total.success_count)::double precision + (total.failure_count)::double precision) DESC, action_sequences.action_1, action_sequences.action_2, action_sequences.action_3, action_sequences.action_4) AS worst_place
   FROM (( SELECT parts.kind,
            parts.scenario_id,
            parts.scenario,
            parts.sequence_id,
            (sum(parts.success_count))::bigint AS success_count,
            (sum(parts.failure_count))::bigint AS failure_count
           FROM ( SELECT 'scenario'::text AS kind,
                    rollup_ngrams.scenario_id,
                    scenarios.name AS scenario,
                    rollup_ngrams.sequence_id,
                    rollup_ngrams.success_count,
                    rollup_ngrams.failure_count
                   FROM (swarmstore.rollup_ngrams
                     JOIN swarmstore.scenarios ON ((scenarios.id = rollup_ngrams.scenario_id)))
                UNION ALL
                 SELECT 'global'::text AS kind,
                    rollup_ngrams.scenario_id,
                    NULL::text AS scenario,
                    rollup_ngrams.sequence_id,
                    rollup_ngrams.success_count,
                    rollup_ngrams.failure_count
                   FROM swarmstore.rollup_ngrams
                  WHERE (rollup_ngrams.scenario_id = 0)
                UNION ALL
                 SELECT 'scenario'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    scenarios.name AS scenario,
                    session_ngrams.sequence_id,
                    session_ngrams.success_count,
                    session_ngrams.failure_count
                   FROM ((swarmstore.total_sources
                     JOIN swarmstore.session_ngrams ON (((session_ngrams.session_row_id = total_sources.session_row_id) AND (session_ngrams.scenario_id = total_sources.scenario_id))))
                     JOIN swarmstore.scenarios ON ((scenarios.id = total_sources.total_scenario_id)))
                  WHERE (total_sources.folded IS FALSE)
                UNION ALL
                 SELECT 'global'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    NULL::text AS scenario,
                    session_ngrams.sequence_id,
                    session_ngrams.success_count,
                    session_ngrams.failure_count
                   FROM (swarmstore.total_sources
                     JOIN swarmstore.session_ngrams ON (((session_ngrams.session_row_id = total_sources.session_row_id) AND (session_ngrams.scenario_id = total_sources.scenario_id))))
                  WHERE ((total_sources.total_scenario_id = 0) AND (total_sources.folded IS FALSE))) parts
          GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.sequence_id) total
     LEFT JOIN swarmstore.action_sequences ON ((action_sequences.id = total.sequence_id)))
  WHERE (((total.success_count)::double precision + (total.failure_count)::double precision) > (0.0)::double precision);



COMMENT ON VIEW swarmstore.paths IS 'Runs of three and four actions that were seen, in totals, ranked by what is certain of them';



COMMENT ON COLUMN swarmstore.paths.kind IS 'global or scenario';



COMMENT ON COLUMN swarmstore.paths.scenario_id IS 'scenarios.id, 0 for the global total';



COMMENT ON COLUMN swarmstore.paths.scenario IS 'The scenario''s name, NULL for the global total';



COMMENT ON COLUMN swarmstore.paths.length IS 'How many actions, 3 or 4';



COMMENT ON COLUMN swarmstore.paths.action_1 IS 'The first action';



COMMENT ON COLUMN swarmstore.paths.action_2 IS 'The second action';



COMMENT ON COLUMN swarmstore.paths.action_3 IS 'The third action';



COMMENT ON COLUMN swarmstore.paths.action_4 IS 'The fourth action';



COMMENT ON COLUMN swarmstore.paths.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.paths.failure_count IS 'Times in failed episodes';



COMMENT ON COLUMN swarmstore.paths.observations IS 'Times in all; NULL past 2^63 - 1';



COMMENT ON COLUMN swarmstore.paths.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';



COMMENT ON COLUMN swarmstore.paths.wilson_low IS 'Lower end of the rate''s 95 % confidence (Wilson)';



COMMENT ON COLUMN swarmstore.paths.wilson_high IS 'Upper end of the rate''s 95 % confidence (Wilson)';



COMMENT ON COLUMN swarmstore.paths.best_place IS 'Place by wilson_low among those of its length, from 1';



COMMENT ON COLUMN swarmstore.paths.worst_place IS 'Place from below by wilson_high, from 1';



CREATE TABLE swarmstore.publication (
    id bigint NOT NULL,
    store_id bytea NOT NULL,
    last_position bigint NOT NULL,
    epoch bigint NOT NULL
);



COMMENT ON TABLE swarmstore.publication IS 'How far sessions are published to followers, one row';



COMMENT ON COLUMN swarmstore.publication.id IS 'Always 1';



COMMENT ON COLUMN swarmstore.publication.store_id IS 'Random: tells this store from another one, in copies and exports';



COMMENT ON COLUMN swarmstore.publication.last_position IS 'The last position that was given out';



COMMENT ON COLUMN swarmstore.publication.epoch IS 'Random: cursors of another epoch are refused';



CREATE TABLE swarmstore.removed_sessions (
    session_row_id bigint NOT NULL,
    scenario_id bigint NOT NULL,
    session_id text NOT NULL COLLATE pg_catalog."C",
    write_token bytea NOT NULL,
    content_digest bytea NOT NULL,
    digest_version smallint NOT NULL,
    "position" bigint,
    position_stamp bigint,
    removed_at_ms bigint NOT NULL,
    fate text NOT NULL COLLATE pg_catalog."C"
);



COMMENT ON TABLE swarmstore.removed_sessions IS 'Sessions removed of late: what tells a repeated save from a new one';



COMMENT ON COLUMN swarmstore.removed_sessions.session_row_id IS 'What sessions.id was';



COMMENT ON COLUMN swarmstore.removed_sessions.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.removed_sessions.session_id IS 'What sessions.session_id was';



COMMENT ON COLUMN swarmstore.removed_sessions.write_token IS 'What sessions.write_token was';



COMMENT ON COLUMN swarmstore.removed_sessions.content_digest IS 'What sessions.content_digest was';



COMMENT ON COLUMN swarmstore.removed_sessions.digest_version IS 'How the digest was made';



COMMENT ON COLUMN swarmstore.removed_sessions."position" IS 'What sessions.position was; NULL if never published';



COMMENT ON COLUMN swarmstore.removed_sessions.position_stamp IS 'What sessions.position_stamp was';



COMMENT ON COLUMN swarmstore.removed_sessions.removed_at_ms IS 'Milliseconds since 1970 by the database''s clock';



COMMENT ON COLUMN swarmstore.removed_sessions.fate IS 'What it had added to totals is kept there, was nothing, or is forgotten';



CREATE TABLE swarmstore.rollup_actions (
    scenario_id bigint NOT NULL,
    sequence_id bigint NOT NULL,
    visits bigint NOT NULL,
    successes bigint NOT NULL,
    failures bigint NOT NULL,
    discoveries bigint NOT NULL,
    total_duration_ms bigint NOT NULL,
    kpi_total double precision NOT NULL,
    kpi_count bigint NOT NULL
)
WITH (fillfactor='45');



COMMENT ON TABLE swarmstore.rollup_actions IS 'Actions of rollups';



COMMENT ON COLUMN swarmstore.rollup_actions.scenario_id IS 'scenarios.id, or 0 for the global total';



COMMENT ON COLUMN swarmstore.rollup_actions.sequence_id IS 'The actions: action_sequences.id';



COMMENT ON COLUMN swarmstore.rollup_actions.visits IS 'Times it was done';



COMMENT ON COLUMN swarmstore.rollup_actions.successes IS 'Times it succeeded';



COMMENT ON COLUMN swarmstore.rollup_actions.failures IS 'Times it failed';



COMMENT ON COLUMN swarmstore.rollup_actions.discoveries IS 'Things it found';



COMMENT ON COLUMN swarmstore.rollup_actions.total_duration_ms IS 'Milliseconds it took, all together';



COMMENT ON COLUMN swarmstore.rollup_actions.kpi_total IS 'Sum of its KPI contributions';



COMMENT ON COLUMN swarmstore.rollup_actions.kpi_count IS 'Times it had a KPI contribution';



CREATE TABLE swarmstore.rollup_contexts (
    scenario_id bigint NOT NULL,
    sequence_id bigint NOT NULL,
    visits bigint NOT NULL,
    successes bigint NOT NULL,
    failures bigint NOT NULL,
    discoveries bigint NOT NULL,
    total_duration_ms bigint NOT NULL,
    kpi_total double precision NOT NULL,
    kpi_count bigint NOT NULL
)
WITH (fillfactor='45');



COMMENT ON TABLE swarmstore.rollup_contexts IS 'Actions after another one, of rollups';



COMMENT ON COLUMN swarmstore.rollup_contexts.scenario_id IS 'scenarios.id, or 0 for the global total';



COMMENT ON COLUMN swarmstore.rollup_contexts.sequence_id IS 'The actions: action_sequences.id';



COMMENT ON COLUMN swarmstore.rollup_contexts.visits IS 'Times it was done';



COMMENT ON COLUMN swarmstore.rollup_contexts.successes IS 'Times it succeeded';



COMMENT ON COLUMN swarmstore.rollup_contexts.failures IS 'Times it failed';



COMMENT ON COLUMN swarmstore.rollup_contexts.discoveries IS 'Things it found';



COMMENT ON COLUMN swarmstore.rollup_contexts.total_duration_ms IS 'Milliseconds it took, all together';



COMMENT ON COLUMN swarmstore.rollup_contexts.kpi_total IS 'Sum of its KPI contributions';



COMMENT ON COLUMN swarmstore.rollup_contexts.kpi_count IS 'Times it had a KPI contribution';



CREATE TABLE swarmstore.rollup_strategies (
    scenario_id bigint NOT NULL,
    strategy text NOT NULL COLLATE pg_catalog."C",
    visits bigint NOT NULL,
    successes bigint NOT NULL,
    failures bigint NOT NULL,
    usage_count bigint NOT NULL,
    episodes_success bigint NOT NULL,
    episodes_failure bigint NOT NULL
)
WITH (fillfactor='45');



COMMENT ON TABLE swarmstore.rollup_strategies IS 'Selection strategies of rollups';



COMMENT ON COLUMN swarmstore.rollup_strategies.scenario_id IS 'scenarios.id, or 0 for the global total';



COMMENT ON COLUMN swarmstore.rollup_strategies.strategy IS 'The strategy''s name';



COMMENT ON COLUMN swarmstore.rollup_strategies.visits IS 'Actions chosen by it';



COMMENT ON COLUMN swarmstore.rollup_strategies.successes IS 'Actions that succeeded';



COMMENT ON COLUMN swarmstore.rollup_strategies.failures IS 'Actions that failed';



COMMENT ON COLUMN swarmstore.rollup_strategies.usage_count IS 'Times it was started';



COMMENT ON COLUMN swarmstore.rollup_strategies.episodes_success IS 'Episodes that succeeded under it';



COMMENT ON COLUMN swarmstore.rollup_strategies.episodes_failure IS 'Episodes that failed under it';



CREATE TABLE swarmstore.rollup_strategy_switches (
    scenario_id bigint NOT NULL,
    ordinal bigint NOT NULL,
    from_strategy text NOT NULL COLLATE pg_catalog."C",
    to_strategy text NOT NULL COLLATE pg_catalog."C",
    visits_at_switch bigint NOT NULL,
    success_rate_at_switch double precision NOT NULL,
    from_strategy_success_rate double precision NOT NULL
)
WITH (fillfactor='45');



COMMENT ON TABLE swarmstore.rollup_strategy_switches IS 'Changes of strategy of rollups';



COMMENT ON COLUMN swarmstore.rollup_strategy_switches.scenario_id IS 'scenarios.id, or 0 for the global total';



COMMENT ON COLUMN swarmstore.rollup_strategy_switches.ordinal IS 'Its place in the history, from 0';



COMMENT ON COLUMN swarmstore.rollup_strategy_switches.from_strategy IS 'The strategy before';



COMMENT ON COLUMN swarmstore.rollup_strategy_switches.to_strategy IS 'The strategy after';



COMMENT ON COLUMN swarmstore.rollup_strategy_switches.visits_at_switch IS 'Visits at that moment';



COMMENT ON COLUMN swarmstore.rollup_strategy_switches.success_rate_at_switch IS 'Success rate at that moment, 0 to 1';



COMMENT ON COLUMN swarmstore.rollup_strategy_switches.from_strategy_success_rate IS 'Success rate of the strategy before, 0 to 1';



CREATE TABLE swarmstore.rollups (
    scenario_id bigint NOT NULL,
    contributors bigint NOT NULL,
    newest_session_row bigint,
    newest_saved_at_ms bigint NOT NULL,
    rollup_version bigint DEFAULT 0 NOT NULL,
    version bigint NOT NULL,
    scenario_name text COLLATE pg_catalog."C",
    task_description text COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    session_count bigint NOT NULL,
    total_episodes bigint NOT NULL,
    total_actions bigint NOT NULL,
    phase text COLLATE pg_catalog."C",
    group_id text COLLATE pg_catalog."C",
    success_episodes bigint NOT NULL,
    failure_episodes bigint NOT NULL,
    current_strategy text COLLATE pg_catalog."C",
    strategy_start_visits bigint NOT NULL,
    strategy_start_success_rate double precision NOT NULL
);



COMMENT ON TABLE swarmstore.rollups IS 'Cached totals; add what total_sources has not folded yet';



COMMENT ON COLUMN swarmstore.rollups.scenario_id IS 'scenarios.id, or 0 for the global total';



COMMENT ON COLUMN swarmstore.rollups.contributors IS 'Baselines and folded sessions in it; 0: there is no total';



COMMENT ON COLUMN swarmstore.rollups.newest_session_row IS 'The newest session in it, if there was any';



COMMENT ON COLUMN swarmstore.rollups.newest_saved_at_ms IS 'When that session, or else its newest part, was saved: ms since 1970';



COMMENT ON COLUMN swarmstore.rollups.rollup_version IS 'Random: another one after every change of the row or its facts';



COMMENT ON COLUMN swarmstore.rollups.version IS 'Snapshot format version';



COMMENT ON COLUMN swarmstore.rollups.scenario_name IS 'The snapshot''s own scenario name';



COMMENT ON COLUMN swarmstore.rollups.task_description IS 'What the swarm was asked to do';



COMMENT ON COLUMN swarmstore.rollups.created_at IS 'Seconds since 1970, as the agent said';



COMMENT ON COLUMN swarmstore.rollups.session_count IS 'Sessions in this snapshot';



COMMENT ON COLUMN swarmstore.rollups.total_episodes IS 'Episodes in this snapshot';



COMMENT ON COLUMN swarmstore.rollups.total_actions IS 'Actions in this snapshot';



COMMENT ON COLUMN swarmstore.rollups.phase IS 'bootstrap, release or validate';



COMMENT ON COLUMN swarmstore.rollups.group_id IS 'The group of sessions it belongs to';



COMMENT ON COLUMN swarmstore.rollups.success_episodes IS 'Episodes that succeeded';



COMMENT ON COLUMN swarmstore.rollups.failure_episodes IS 'Episodes that failed';



COMMENT ON COLUMN swarmstore.rollups.current_strategy IS 'The selection strategy in use';



COMMENT ON COLUMN swarmstore.rollups.strategy_start_visits IS 'Visits when that strategy began';



COMMENT ON COLUMN swarmstore.rollups.strategy_start_success_rate IS 'Success rate when that strategy began, 0 to 1';



CREATE VIEW swarmstore.saved_sessions AS
 SELECT sessions.scenario_id,
    scenarios.name AS scenario,
    sessions.id AS session_row_id,
    sessions.session_id,
        CASE
            WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN to_timestamp((sessions.session_ts)::double precision)
            ELSE NULL::timestamp with time zone
        END AS session_time,
        CASE
            WHEN ((sessions.created_at >= 0) AND (sessions.created_at <= '253402214399'::bigint)) THEN to_timestamp((sessions.created_at)::double precision)
            ELSE NULL::timestamp with time zone
        END AS created_at,
        CASE
            WHEN (((sessions.saved_at_ms / 1000) >= 0) AND ((sessions.saved_at_ms / 1000) <= '253402214399'::bigint)) THEN to_timestamp(((sessions.saved_at_ms)::double precision / (1000)::double precision))
            ELSE NULL::timestamp with time zone
        END AS saved_at,
    sessions.task_description,
    sessions.phase,
    sessions.group_id,
    sessions.current_strategy,
    sessions.session_count,
    sessions.total_episodes,
    sessions.total_actions,
    sessions.success_episodes,
    sessions.failure_episodes,
    ((COALESCE(sessions.success_episodes, (0)::bigint))::double precision / NULLIF(((COALESCE(sessions.success_episodes, (0)::bigint))::double precision + (COALESCE(sessions.failure_episodes, (0)::bigint))::double precision), (0.0)::double precision)) AS success_rate
   FROM (swarmstore.sessions
     JOIN swarmstore.scenarios ON ((scenarios.id = sessions.scenario_id)));



COMMENT ON VIEW swarmstore.saved_sessions IS 'Saved sessions';



COMMENT ON COLUMN swarmstore.saved_sessions.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.saved_sessions.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.saved_sessions.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.saved_sessions.session_id IS 'The session''s id, unique in its scenario';



COMMENT ON COLUMN swarmstore.saved_sessions.session_time IS 'The time that the id stands for, if any';



COMMENT ON COLUMN swarmstore.saved_sessions.created_at IS 'When it was made, as the agent said';



COMMENT ON COLUMN swarmstore.saved_sessions.saved_at IS 'When it was saved, by the database''s clock';



COMMENT ON COLUMN swarmstore.saved_sessions.task_description IS 'What the swarm was asked to do';



COMMENT ON COLUMN swarmstore.saved_sessions.phase IS 'bootstrap, release or validate';



COMMENT ON COLUMN swarmstore.saved_sessions.group_id IS 'The group of sessions it belongs to';



COMMENT ON COLUMN swarmstore.saved_sessions.current_strategy IS 'The selection strategy in use';



COMMENT ON COLUMN swarmstore.saved_sessions.session_count IS 'Sessions in this snapshot';



COMMENT ON COLUMN swarmstore.saved_sessions.total_episodes IS 'Episodes in this snapshot';



COMMENT ON COLUMN swarmstore.saved_sessions.total_actions IS 'Actions in this snapshot';



COMMENT ON COLUMN swarmstore.saved_sessions.success_episodes IS 'Episodes that succeeded';



COMMENT ON COLUMN swarmstore.saved_sessions.failure_episodes IS 'Episodes that failed';



COMMENT ON COLUMN swarmstore.saved_sessions.success_rate IS 'Share of episodes that succeeded, 0 to 1; NULL without episodes';



ALTER TABLE swarmstore.scenarios ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME swarmstore.scenarios_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);



CREATE TABLE swarmstore.schema_compatibility (
    id bigint NOT NULL,
    oldest_revision text NOT NULL COLLATE pg_catalog."C"
);



COMMENT ON TABLE swarmstore.schema_compatibility IS 'The oldest swarmstore that may use these tables';



COMMENT ON COLUMN swarmstore.schema_compatibility.id IS 'Always 1';



COMMENT ON COLUMN swarmstore.schema_compatibility.oldest_revision IS 'The newest revision that this code has to know';



CREATE VIEW swarmstore.session_days AS
 SELECT scenario_id,
    scenario,
    day,
    sessions,
    success_episodes,
    failure_episodes,
    total_actions,
    ((COALESCE(success_episodes, (0)::bigint))::double precision / NULLIF(((COALESCE(success_episodes, (0)::bigint))::double precision + (COALESCE(failure_episodes, (0)::bigint))::double precision), (0.0)::double precision)) AS success_rate
   FROM ( SELECT sessions.scenario_id,
            scenarios.name AS scenario,
                CASE
                    WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN ((to_timestamp((sessions.session_ts)::double precision) AT TIME ZONE 'UTC'::text))::date
                    ELSE NULL::date
                END AS day,
            count(*) AS sessions,
            (sum(sessions.success_episodes))::bigint AS success_episodes,
            (sum(sessions.failure_episodes))::bigint AS failure_episodes,
            (sum(sessions.total_actions))::bigint AS total_actions
           FROM (swarmstore.sessions
             JOIN swarmstore.scenarios ON ((scenarios.id = sessions.scenario_id)))
          GROUP BY sessions.scenario_id, scenarios.name,
                CASE
                    WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN ((to_timestamp((sessions.session_ts)::double precision) AT TIME ZONE 'UTC'::text))::date
                    ELSE NULL::date
                END) days;



COMMENT ON VIEW swarmstore.session_days IS 'Saved sessions added up per day';



COMMENT ON COLUMN swarmstore.session_days.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.session_days.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.session_days.day IS 'The day (UTC) of the sessions'' ids; NULL for those that are no time';



COMMENT ON COLUMN swarmstore.session_days.sessions IS 'Sessions of that day that have it';



COMMENT ON COLUMN swarmstore.session_days.success_episodes IS 'Episodes that succeeded';



COMMENT ON COLUMN swarmstore.session_days.failure_episodes IS 'Episodes that failed';



COMMENT ON COLUMN swarmstore.session_days.total_actions IS 'Actions in this snapshot';



COMMENT ON COLUMN swarmstore.session_days.success_rate IS 'Share of episodes that succeeded, 0 to 1; NULL without episodes';



CREATE TABLE swarmstore.session_strategies (
    session_row_id bigint NOT NULL,
    strategy text NOT NULL COLLATE pg_catalog."C",
    scenario_id bigint NOT NULL,
    visits bigint NOT NULL,
    successes bigint NOT NULL,
    failures bigint NOT NULL,
    usage_count bigint NOT NULL,
    episodes_success bigint NOT NULL,
    episodes_failure bigint NOT NULL
);



COMMENT ON TABLE swarmstore.session_strategies IS 'Selection strategies of saved sessions';



COMMENT ON COLUMN swarmstore.session_strategies.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.session_strategies.strategy IS 'The strategy''s name';



COMMENT ON COLUMN swarmstore.session_strategies.scenario_id IS 'As in sessions: all tables can be distributed by it';



COMMENT ON COLUMN swarmstore.session_strategies.visits IS 'Actions chosen by it';



COMMENT ON COLUMN swarmstore.session_strategies.successes IS 'Actions that succeeded';



COMMENT ON COLUMN swarmstore.session_strategies.failures IS 'Actions that failed';



COMMENT ON COLUMN swarmstore.session_strategies.usage_count IS 'Times it was started';



COMMENT ON COLUMN swarmstore.session_strategies.episodes_success IS 'Episodes that succeeded under it';



COMMENT ON COLUMN swarmstore.session_strategies.episodes_failure IS 'Episodes that failed under it';



CREATE TABLE swarmstore.session_strategy_switches (
    session_row_id bigint NOT NULL,
    ordinal bigint NOT NULL,
    scenario_id bigint NOT NULL,
    from_strategy text NOT NULL COLLATE pg_catalog."C",
    to_strategy text NOT NULL COLLATE pg_catalog."C",
    visits_at_switch bigint NOT NULL,
    success_rate_at_switch double precision NOT NULL,
    from_strategy_success_rate double precision NOT NULL
);



COMMENT ON TABLE swarmstore.session_strategy_switches IS 'Changes of strategy of saved sessions';



COMMENT ON COLUMN swarmstore.session_strategy_switches.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.session_strategy_switches.ordinal IS 'Its place in the history, from 0';



COMMENT ON COLUMN swarmstore.session_strategy_switches.scenario_id IS 'As in sessions: all tables can be distributed by it';



COMMENT ON COLUMN swarmstore.session_strategy_switches.from_strategy IS 'The strategy before';



COMMENT ON COLUMN swarmstore.session_strategy_switches.to_strategy IS 'The strategy after';



COMMENT ON COLUMN swarmstore.session_strategy_switches.visits_at_switch IS 'Visits at that moment';



COMMENT ON COLUMN swarmstore.session_strategy_switches.success_rate_at_switch IS 'Success rate at that moment, 0 to 1';



COMMENT ON COLUMN swarmstore.session_strategy_switches.from_strategy_success_rate IS 'Success rate of the strategy before, 0 to 1';



ALTER TABLE swarmstore.sessions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME swarmstore.sessions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);



CREATE VIEW swarmstore.strategies AS
 SELECT sessions.scenario_id,
    scenarios.name AS scenario,
    sessions.id AS session_row_id,
    sessions.session_id,
        CASE
            WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN to_timestamp((sessions.session_ts)::double precision)
            ELSE NULL::timestamp with time zone
        END AS session_time,
    session_strategies.strategy,
    session_strategies.visits,
    session_strategies.successes,
    session_strategies.failures,
    session_strategies.usage_count,
    session_strategies.episodes_success,
    session_strategies.episodes_failure,
    ((session_strategies.successes)::double precision / NULLIF((session_strategies.visits)::double precision, (0.0)::double precision)) AS success_rate,
    ((COALESCE(session_strategies.episodes_success, (0)::bigint))::double precision / NULLIF(((COALESCE(session_strategies.episodes_success, (0)::bigint))::double precision + (COALESCE(session_strategies.episodes_failure, (0)::bigint))::double precision), (0.0)::double precision)) AS episode_success_rate,
        CASE
            WHEN ((COALESCE(session_strategies.successes, (0)::bigint))::double precision = (0.0)::double precision) THEN ((0.0)::double precision * NULLIF(((COALESCE(session_strategies.successes, (0)::bigint))::double precision + (COALESCE(session_strategies.failures, (0)::bigint))::double precision), (0.0)::double precision))
            ELSE ((((COALESCE(session_strategies.successes, (0)::bigint))::double precision + (1.9207294103470627)::double precision) - ((1.959963984540054)::double precision * sqrt(((((COALESCE(session_strategies.successes, (0)::bigint))::double precision * (COALESCE(session_strategies.failures, (0)::bigint))::double precision) / NULLIF(((COALESCE(session_strategies.successes, (0)::bigint))::double precision + (COALESCE(session_strategies.failures, (0)::bigint))::double precision), (0.0)::double precision)) + (0.9603647051735313)::double precision)))) / (NULLIF(((COALESCE(session_strategies.successes, (0)::bigint))::double precision + (COALESCE(session_strategies.failures, (0)::bigint))::double precision), (0.0)::double precision) + (3.8414588206941254)::double precision))
        END AS wilson_low,
        CASE
            WHEN ((COALESCE(session_strategies.failures, (0)::bigint))::double precision = (0.0)::double precision) THEN (NULLIF(((COALESCE(session_strategies.successes, (0)::bigint))::double precision + (COALESCE(session_strategies.failures, (0)::bigint))::double precision), (0.0)::double precision) / NULLIF(((COALESCE(session_strategies.successes, (0)::bigint))::double precision + (COALESCE(session_strategies.failures, (0)::bigint))::double precision), (0.0)::double precision))
            ELSE ((((COALESCE(session_strategies.successes, (0)::bigint))::double precision + (1.9207294103470627)::double precision) + ((1.959963984540054)::double precision * sqrt(((((COALESCE(session_strategies.successes, (0)::bigint))::double precision * (COALESCE(session_strategies.failures, (0)::bigint))::double precision) / NULLIF(((COALESCE(session_strategies.successes, (0)::bigint))::double precision + (COALESCE(session_strategies.failures, (0)::bigint))::double precision), (0.0)::double precision)) + (0.9603647051735313)::double precision)))) / (NULLIF(((COALESCE(session_strategies.successes, (0)::bigint))::double precision + (COALESCE(session_strategies.failures, (0)::bigint))::double precision), (0.0)::double precision) + (3.8414588206941254)::double precision))
        END AS wilson_high
   FROM ((swarmstore.sessions
     JOIN swarmstore.scenarios ON ((scenarios.id = sessions.scenario_id)))
     JOIN swarmstore.session_strategies ON (((session_strategies.session_row_id = sessions.id) AND (session_strategies.scenario_id = sessions.scenario_id))));



COMMENT ON VIEW swarmstore.strategies IS 'What selection strategies achieved, in saved sessions';



COMMENT ON COLUMN swarmstore.strategies.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.strategies.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.strategies.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.strategies.session_id IS 'The session''s id, unique in its scenario';



COMMENT ON COLUMN swarmstore.strategies.session_time IS 'The time that the id stands for, if any';



COMMENT ON COLUMN swarmstore.strategies.strategy IS 'The selection strategy''s name';



COMMENT ON COLUMN swarmstore.strategies.visits IS 'Actions chosen by it';



COMMENT ON COLUMN swarmstore.strategies.successes IS 'Actions that succeeded';



COMMENT ON COLUMN swarmstore.strategies.failures IS 'Actions that failed';



COMMENT ON COLUMN swarmstore.strategies.usage_count IS 'Times it was started';



COMMENT ON COLUMN swarmstore.strategies.episodes_success IS 'Episodes that succeeded under it';



COMMENT ON COLUMN swarmstore.strategies.episodes_failure IS 'Episodes that failed under it';



COMMENT ON COLUMN swarmstore.strategies.success_rate IS 'Successes per visit; NULL without visits';



COMMENT ON COLUMN swarmstore.strategies.episode_success_rate IS 'Share of episodes that succeeded, 0 to 1; NULL without episodes';



COMMENT ON COLUMN swarmstore.strategies.wilson_low IS 'Lower end of the rate''s 95 % confidence (Wilson)';



COMMENT ON COLUMN swarmstore.strategies.wilson_high IS 'Upper end of the rate''s 95 % confidence (Wilson)';



CREATE VIEW swarmstore.strategy_switch_counts AS
 SELECT sessions.scenario_id,
    scenarios.name AS scenario,
    session_strategy_switches.from_strategy,
    session_strategy_switches.to_strategy,
    count(*) AS switches,
    (((sum(session_strategy_switches.visits_at_switch))::bigint)::double precision / NULLIF((count(*))::double precision, (0.0)::double precision)) AS mean_visits_at_switch,
        CASE
            WHEN (abs(sum(
            CASE
                WHEN ((session_strategy_switches.success_rate_at_switch >= (0.0)::double precision) AND (session_strategy_switches.success_rate_at_switch <= (1.0)::double precision)) THEN session_strategy_switches.success_rate_at_switch
                ELSE NULL::double precision
            END)) < (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) THEN ((0.0)::double precision / NULLIF((count(
            CASE
                WHEN ((session_strategy_switches.success_rate_at_switch >= (0.0)::double precision) AND (session_strategy_switches.success_rate_at_switch <= (1.0)::double precision)) THEN session_strategy_switches.success_rate_at_switch
                ELSE NULL::double precision
            END))::double precision, (0.0)::double precision))
            ELSE (sum(
            CASE
                WHEN ((session_strategy_switches.success_rate_at_switch >= (0.0)::double precision) AND (session_strategy_switches.success_rate_at_switch <= (1.0)::double precision)) THEN session_strategy_switches.success_rate_at_switch
                ELSE NULL::double precision
            END) / NULLIF((count(
            CASE
                WHEN ((session_strategy_switches.success_rate_at_switch >= (0.0)::double precision) AND (session_strategy_switches.success_rate_at_switch <= (1.0)::double precision)) THEN session_strategy_switches.success_rate_at_switch
                ELSE NULL::double precision
            END))::double precision, (0.0)::double precision))
        END AS mean_success_rate_at_switch,
        CASE
            WHEN (abs(sum(
            CASE
                WHEN ((session_strategy_switches.from_strategy_success_rate >= (0.0)::double precision) AND (session_strategy_switches.from_strategy_success_rate <= (1.0)::double precision)) THEN session_strategy_switches.from_strategy_success_rate
                ELSE NULL::double precision
            END)) < (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) THEN ((0.0)::double precision / NULLIF((count(
            CASE
                WHEN ((session_strategy_switches.from_strategy_success_rate >= (0.0)::double precision) AND (session_strategy_switches.from_strategy_success_rate <= (1.0)::double precision)) THEN session_strategy_switches.from_strategy_success_rate
                ELSE NULL::double precision
            END))::double precision, (0.0)::double precision))
            ELSE (sum(
            CASE
                WHEN ((session_strategy_switches.from_strategy_success_rate >= (0.0)::double precision) AND (session_strategy_switches.from_strategy_success_rate <= (1.0)::double precision)) THEN session_strategy_switches.from_strategy_success_rate
                ELSE NULL::double precision
            END) / NULLIF((count(
            CASE
                WHEN ((session_strategy_switches.from_strategy_success_rate >= (0.0)::double precision) AND (session_strategy_switches.from_strategy_success_rate <= (1.0)::double precision)) THEN session_strategy_switches.from_strategy_success_rate
                ELSE NULL::double precision
            END))::double precision, (0.0)::double precision))
        END AS mean_from_strategy_success_rate
   FROM ((swarmstore.sessions
     JOIN swarmstore.scenarios ON ((scenarios.id = sessions.scenario_id)))
     JOIN swarmstore.session_strategy_switches ON (((session_strategy_switches.session_row_id = sessions.id) AND (session_strategy_switches.scenario_id = sessions.scenario_id))))
  GROUP BY sessions.scenario_id, scenarios.name, session_strategy_switches.from_strategy, session_strategy_switches.to_strategy;



COMMENT ON VIEW swarmstore.strategy_switch_counts IS 'How often strategies were changed, in saved sessions, and how things stood then';



COMMENT ON COLUMN swarmstore.strategy_switch_counts.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.strategy_switch_counts.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.strategy_switch_counts.from_strategy IS 'The strategy before';



COMMENT ON COLUMN swarmstore.strategy_switch_counts.to_strategy IS 'The strategy after';



COMMENT ON COLUMN swarmstore.strategy_switch_counts.switches IS 'Times it was changed so';



COMMENT ON COLUMN swarmstore.strategy_switch_counts.mean_visits_at_switch IS 'Visits at that moment: the mean';



COMMENT ON COLUMN swarmstore.strategy_switch_counts.mean_success_rate_at_switch IS 'Success rate at that moment, 0 to 1: the mean of those that are in it';



COMMENT ON COLUMN swarmstore.strategy_switch_counts.mean_from_strategy_success_rate IS 'Success rate of the strategy before, 0 to 1: the mean of those that are in it';



CREATE VIEW swarmstore.strategy_switches AS
 SELECT sessions.scenario_id,
    scenarios.name AS scenario,
    sessions.id AS session_row_id,
    sessions.session_id,
        CASE
            WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN to_timestamp((sessions.session_ts)::double precision)
            ELSE NULL::timestamp with time zone
        END AS session_time,
    session_strategy_switches.ordinal,
    session_strategy_switches.from_strategy,
    session_strategy_switches.to_strategy,
    session_strategy_switches.visits_at_switch,
    session_strategy_switches.success_rate_at_switch,
    session_strategy_switches.from_strategy_success_rate
   FROM ((swarmstore.sessions
     JOIN swarmstore.scenarios ON ((scenarios.id = sessions.scenario_id)))
     JOIN swarmstore.session_strategy_switches ON (((session_strategy_switches.session_row_id = sessions.id) AND (session_strategy_switches.scenario_id = sessions.scenario_id))));



COMMENT ON VIEW swarmstore.strategy_switches IS 'Changes of selection strategy, in order, in saved sessions';



COMMENT ON COLUMN swarmstore.strategy_switches.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.strategy_switches.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.strategy_switches.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.strategy_switches.session_id IS 'The session''s id, unique in its scenario';



COMMENT ON COLUMN swarmstore.strategy_switches.session_time IS 'The time that the id stands for, if any';



COMMENT ON COLUMN swarmstore.strategy_switches.ordinal IS 'Its place in the history, from 0';



COMMENT ON COLUMN swarmstore.strategy_switches.from_strategy IS 'The strategy before';



COMMENT ON COLUMN swarmstore.strategy_switches.to_strategy IS 'The strategy after';



COMMENT ON COLUMN swarmstore.strategy_switches.visits_at_switch IS 'Visits at that moment';



COMMENT ON COLUMN swarmstore.strategy_switches.success_rate_at_switch IS 'Success rate at that moment, 0 to 1';



COMMENT ON COLUMN swarmstore.strategy_switches.from_strategy_success_rate IS 'Success rate of the strategy before, 0 to 1';



CREATE TABLE swarmstore.swarmstore_version (
    version_num character varying(32) NOT NULL
);



CREATE VIEW swarmstore.total_actions AS
 SELECT total.kind,
    total.scenario_id,
    total.scenario,
    action_sequences.action_1 AS action,
    total.visits,
    total.successes,
    total.failures,
    total.discoveries,
    total.total_duration_ms,
    total.kpi_total,
    total.kpi_count,
    ((total.successes)::double precision / NULLIF((total.visits)::double precision, (0.0)::double precision)) AS success_rate,
    ((total.total_duration_ms)::double precision / NULLIF((total.visits)::double precision, (0.0)::double precision)) AS mean_duration_ms,
        CASE
            WHEN (abs(total.kpi_total) < (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) THEN ((0.0)::double precision / NULLIF((total.kpi_count)::double precision, (0.0)::double precision))
            ELSE (total.kpi_total / NULLIF((total.kpi_count)::double precision, (0.0)::double precision))
        END AS mean_kpi
   FROM (( SELECT parts.kind,
            parts.scenario_id,
            parts.scenario,
            parts.sequence_id,
            (sum(parts.visits))::bigint AS visits,
            (sum(parts.successes))::bigint AS successes,
            (sum(parts.failures))::bigint AS failures,
            (sum(parts.discoveries))::bigint AS discoveries,
            (sum(parts.total_duration_ms))::bigint AS total_duration_ms,
            sum(parts.kpi_total) AS kpi_total,
            (sum(parts.kpi_count))::bigint AS kpi_count
           FROM ( SELECT 'scenario'::text AS kind,
                    rollup_actions.scenario_id,
                    scenarios.name AS scenario,
                    rollup_actions.sequence_id,
                    rollup_actions.visits,
                    rollup_actions.successes,
                    rollup_actions.failures,
                    rollup_actions.discoveries,
                    rollup_actions.total_duration_ms,
                    rollup_actions.kpi_total,
                    rollup_actions.kpi_count
                   FROM (swarmstore.rollup_actions
                     JOIN swarmstore.scenarios ON ((scenarios.id = rollup_actions.scenario_id)))
                UNION ALL
                 SELECT 'global'::text AS kind,
                    rollup_actions.scenario_id,
                    NULL::text AS scenario,
                    rollup_actions.sequence_id,
                    rollup_actions.visits,
                    rollup_actions.successes,
                    rollup_actions.failures,
                    rollup_actions.discoveries,
                    rollup_actions.total_duration_ms,
                    rollup_actions.kpi_total,
                    rollup_actions.kpi_count
                   FROM swarmstore.rollup_actions
                  WHERE (rollup_actions.scenario_id = 0)
                UNION ALL
                 SELECT 'scenario'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    scenarios.name AS scenario,
                    session_actions.sequence_id,
                    session_actions.visits,
                    session_actions.successes,
                    session_actions.failures,
                    session_actions.discoveries,
                    session_actions.total_duration_ms,
                    session_actions.kpi_total,
                    session_actions.kpi_count
                   FROM ((swarmstore.total_sources
                     JOIN swarmstore.session_actions ON (((session_actions.session_row_id = total_sources.session_row_id) AND (session_actions.scenario_id = total_sources.scenario_id))))
                     JOIN swarmstore.scenarios ON ((scenarios.id = total_sources.total_scenario_id)))
                  WHERE (total_sources.folded IS FALSE)
                UNION ALL
                 SELECT 'global'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    NULL::text AS scenario,
                    session_actions.sequence_id,
                    session_actions.visits,
                    session_actions.successes,
                    session_actions.failures,
                    session_actions.discoveries,
                    session_actions.total_duration_ms,
                    session_actions.kpi_total,
                    session_actions.kpi_count
                   FROM (swarmstore.total_sources
                     JOIN swarmstore.session_actions ON (((session_actions.session_row_id = total_sources.session_row_id) AND (session_actions.scenario_id = total_sources.scenario_id))))
                  WHERE ((total_sources.total_scenario_id = 0) AND (total_sources.folded IS FALSE))) parts
          GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.sequence_id) total
     LEFT JOIN swarmstore.action_sequences ON ((action_sequences.id = total.sequence_id)));



COMMENT ON VIEW swarmstore.total_actions IS 'What actions did, in totals';



COMMENT ON COLUMN swarmstore.total_actions.kind IS 'global or scenario';



COMMENT ON COLUMN swarmstore.total_actions.scenario_id IS 'scenarios.id, 0 for the global total';



COMMENT ON COLUMN swarmstore.total_actions.scenario IS 'The scenario''s name, NULL for the global total';



COMMENT ON COLUMN swarmstore.total_actions.action IS 'The action';



COMMENT ON COLUMN swarmstore.total_actions.visits IS 'Times it was done';



COMMENT ON COLUMN swarmstore.total_actions.successes IS 'Times it succeeded';



COMMENT ON COLUMN swarmstore.total_actions.failures IS 'Times it failed';



COMMENT ON COLUMN swarmstore.total_actions.discoveries IS 'Things it found';



COMMENT ON COLUMN swarmstore.total_actions.total_duration_ms IS 'Milliseconds it took, all together';



COMMENT ON COLUMN swarmstore.total_actions.kpi_total IS 'Sum of its KPI contributions';



COMMENT ON COLUMN swarmstore.total_actions.kpi_count IS 'Times it had a KPI contribution';



COMMENT ON COLUMN swarmstore.total_actions.success_rate IS 'Successes per visit; NULL without visits';



COMMENT ON COLUMN swarmstore.total_actions.mean_duration_ms IS 'Milliseconds per visit; NULL without visits';



COMMENT ON COLUMN swarmstore.total_actions.mean_kpi IS 'KPI per contribution; NULL without one';



CREATE VIEW swarmstore.total_contexts AS
 SELECT total.kind,
    total.scenario_id,
    total.scenario,
    action_sequences.action_1 AS previous_action,
    action_sequences.action_2 AS action,
    total.visits,
    total.successes,
    total.failures,
    total.discoveries,
    total.total_duration_ms,
    total.kpi_total,
    total.kpi_count,
    ((total.successes)::double precision / NULLIF((total.visits)::double precision, (0.0)::double precision)) AS success_rate,
    ((total.total_duration_ms)::double precision / NULLIF((total.visits)::double precision, (0.0)::double precision)) AS mean_duration_ms,
        CASE
            WHEN (abs(total.kpi_total) < (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) THEN ((0.0)::double precision / NULLIF((total.kpi_count)::double precision, (0.0)::double precision))
            ELSE (total.kpi_total / NULLIF((total.kpi_count)::double precision, (0.0)::double precision))
        END AS mean_kpi
   FROM (( SELECT parts.kind,
            parts.scenario_id,
            parts.scenario,
            parts.sequence_id,
            (sum(parts.visits))::bigint AS visits,
            (sum(parts.successes))::bigint AS successes,
            (sum(parts.failures))::bigint AS failures,
            (sum(parts.discoveries))::bigint AS discoveries,
            (sum(parts.total_duration_ms))::bigint AS total_duration_ms,
            sum(parts.kpi_total) AS kpi_total,
            (sum(parts.kpi_count))::bigint AS kpi_count
           FROM ( SELECT 'scenario'::text AS kind,
                    rollup_contexts.scenario_id,
                    scenarios.name AS scenario,
                    rollup_contexts.sequence_id,
                    rollup_contexts.visits,
                    rollup_contexts.successes,
                    rollup_contexts.failures,
                    rollup_contexts.discoveries,
                    rollup_contexts.total_duration_ms,
                    rollup_contexts.kpi_total,
                    rollup_contexts.kpi_count
                   FROM (swarmstore.rollup_contexts
                     JOIN swarmstore.scenarios ON ((scenarios.id = rollup_contexts.scenario_id)))
                UNION ALL
                 SELECT 'global'::text AS kind,
                    rollup_contexts.scenario_id,
                    NULL::text AS scenario,
                    rollup_contexts.sequence_id,
                    rollup_contexts.visits,
                    rollup_contexts.successes,
                    rollup_contexts.failures,
                    rollup_contexts.discoveries,
                    rollup_contexts.total_duration_ms,
                    rollup_contexts.kpi_total,
                    rollup_contexts.kpi_count
                   FROM swarmstore.rollup_contexts
                  WHERE (rollup_contexts.scenario_id = 0)
                UNION ALL
                 SELECT 'scenario'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    scenarios.name AS scenario,
                    session_contexts.sequence_id,
                    session_contexts.visits,
                    session_contexts.successes,
                    session_contexts.failures,
                    session_contexts.discoveries,
                    session_contexts.total_duration_ms,
                    session_contexts.kpi_total,
                    session_contexts.kpi_count
                   FROM ((swarmstore.total_sources
                     JOIN swarmstore.session_contexts ON (((session_contexts.session_row_id = total_sources.session_row_id) AND (session_contexts.scenario_id = total_sources.scenario_id))))
                     JOIN swarmstore.scenarios ON ((scenarios.id = total_sources.total_scenario_id)))
                  WHERE (total_sources.folded IS FALSE)
                UNION ALL
                 SELECT 'global'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    NULL::text AS scenario,
                    session_contexts.sequence_id,
                    session_contexts.visits,
                    session_contexts.successes,
                    session_contexts.failures,
                    session_contexts.discoveries,
                    session_contexts.total_duration_ms,
                    session_contexts.kpi_total,
                    session_contexts.kpi_count
                   FROM (swarmstore.total_sources
                     JOIN swarmstore.session_contexts ON (((session_contexts.session_row_id = total_sources.session_row_id) AND (session_contexts.scenario_id = total_sources.scenario_id))))
                  WHERE ((total_sources.total_scenario_id = 0) AND (total_sources.folded IS FALSE))) parts
          GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.sequence_id) total
     LEFT JOIN swarmstore.action_sequences ON ((action_sequences.id = total.sequence_id)));



COMMENT ON VIEW swarmstore.total_contexts IS 'What actions did after another one, in totals';



COMMENT ON COLUMN swarmstore.total_contexts.kind IS 'global or scenario';



COMMENT ON COLUMN swarmstore.total_contexts.scenario_id IS 'scenarios.id, 0 for the global total';



COMMENT ON COLUMN swarmstore.total_contexts.scenario IS 'The scenario''s name, NULL for the global total';



COMMENT ON COLUMN swarmstore.total_contexts.previous_action IS 'The action before';



COMMENT ON COLUMN swarmstore.total_contexts.action IS 'The action';



COMMENT ON COLUMN swarmstore.total_contexts.visits IS 'Times it was done';



COMMENT ON COLUMN swarmstore.total_contexts.successes IS 'Times it succeeded';



COMMENT ON COLUMN swarmstore.total_contexts.failures IS 'Times it failed';



COMMENT ON COLUMN swarmstore.total_contexts.discoveries IS 'Things it found';



COMMENT ON COLUMN swarmstore.total_contexts.total_duration_ms IS 'Milliseconds it took, all together';



COMMENT ON COLUMN swarmstore.total_contexts.kpi_total IS 'Sum of its KPI contributions';



COMMENT ON COLUMN swarmstore.total_contexts.kpi_count IS 'Times it had a KPI contribution';



COMMENT ON COLUMN swarmstore.total_contexts.success_rate IS 'Successes per visit; NULL without visits';



COMMENT ON COLUMN swarmstore.total_contexts.mean_duration_ms IS 'Milliseconds per visit; NULL without visits';



COMMENT ON COLUMN swarmstore.total_contexts.mean_kpi IS 'KPI per contribution; NULL without one';



CREATE VIEW swarmstore.total_ngrams AS
 SELECT total.kind,
    total.scenario_id,
    total.scenario,
    (action_sequences.length)::bigint AS length,
    action_sequences.action_1,
    action_sequences.action_2,
    action_sequences.action_3,
    action_sequences.action_4,
    total.success_count,
    total.failure_count,
        CASE
            WHEN (COALESCE(total.success_count, (0)::bigint) <= ('9223372036854775807'::bigint - COALESCE(total.failure_count, (0)::bigint))) THEN (COALESCE(total.success_count, (0)::bigint) + COALESCE(total.failure_count, (0)::bigint))
            ELSE NULL::bigint
        END AS observations,
    ((COALESCE(total.success_count, (0)::bigint))::double precision / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) AS success_rate
   FROM (( SELECT parts.kind,
            parts.scenario_id,
            parts.scenario,
            parts.sequence_id,
            (sum(parts.success_count))::bigint AS success_count,
            (sum(parts.failure_count))::bigint AS failure_count
           FROM ( SELECT 'scenario'::text AS kind,
                    rollup_ngrams.scenario_id,
                    scenarios.name AS scenario,
                    rollup_ngrams.sequence_id,
                    rollup_ngrams.success_count,
                    rollup_ngrams.failure_count
                   FROM (swarmstore.rollup_ngrams
                     JOIN swarmstore.scenarios ON ((scenarios.id = rollup_ngrams.scenario_id)))
                UNION ALL
                 SELECT 'global'::text AS kind,
                    rollup_ngrams.scenario_id,
                    NULL::text AS scenario,
                    rollup_ngrams.sequence_id,
                    rollup_ngrams.success_count,
                    rollup_ngrams.failure_count
                   FROM swarmstore.rollup_ngrams
                  WHERE (rollup_ngrams.scenario_id = 0)
                UNION ALL
                 SELECT 'scenario'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    scenarios.name AS scenario,
                    session_ngrams.sequence_id,
                    session_ngrams.success_count,
                    session_ngrams.failure_count
                   FROM ((swarmstore.total_sources
                     JOIN swarmstore.session_ngrams ON (((session_ngrams.session_row_id = total_sources.session_row_id) AND (session_ngrams.scenario_id = total_sources.scenario_id))))
                     JOIN swarmstore.scenarios ON ((scenarios.id = total_sources.total_scenario_id)))
                  WHERE (total_sources.folded IS FALSE)
                UNION ALL
                 SELECT 'global'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    NULL::text AS scenario,
                    session_ngrams.sequence_id,
                    session_ngrams.success_count,
                    session_ngrams.failure_count
                   FROM (swarmstore.total_sources
                     JOIN swarmstore.session_ngrams ON (((session_ngrams.session_row_id = total_sources.session_row_id) AND (session_ngrams.scenario_id = total_sources.scenario_id))))
                  WHERE ((total_sources.total_scenario_id = 0) AND (total_sources.folded IS FALSE))) parts
          GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.sequence_id) total
     LEFT JOIN swarmstore.action_sequences ON ((action_sequences.id = total.sequence_id)));



COMMENT ON VIEW swarmstore.total_ngrams IS 'Runs of three and four actions, in totals';



COMMENT ON COLUMN swarmstore.total_ngrams.kind IS 'global or scenario';



COMMENT ON COLUMN swarmstore.total_ngrams.scenario_id IS 'scenarios.id, 0 for the global total';



COMMENT ON COLUMN swarmstore.total_ngrams.scenario IS 'The scenario''s name, NULL for the global total';



COMMENT ON COLUMN swarmstore.total_ngrams.length IS 'How many actions, 3 or 4';



COMMENT ON COLUMN swarmstore.total_ngrams.action_1 IS 'The first action';



COMMENT ON COLUMN swarmstore.total_ngrams.action_2 IS 'The second action';



COMMENT ON COLUMN swarmstore.total_ngrams.action_3 IS 'The third action';



COMMENT ON COLUMN swarmstore.total_ngrams.action_4 IS 'The fourth action';



COMMENT ON COLUMN swarmstore.total_ngrams.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.total_ngrams.failure_count IS 'Times in failed episodes';



COMMENT ON COLUMN swarmstore.total_ngrams.observations IS 'Times in all; NULL past 2^63 - 1';



COMMENT ON COLUMN swarmstore.total_ngrams.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';



CREATE VIEW swarmstore.total_origins AS
 SELECT kind,
    scenario_id,
    scenario,
    part,
    origin,
    count(*) AS contributors,
    sum(waiting) AS waiting,
        CASE
            WHEN (((max(saved_at_ms) / 1000) >= 0) AND ((max(saved_at_ms) / 1000) <= '253402214399'::bigint)) THEN to_timestamp(((max(saved_at_ms))::double precision / (1000)::double precision))
            ELSE NULL::timestamp with time zone
        END AS newest_saved_at,
    (sum(session_count))::bigint AS session_count,
    (sum(total_episodes))::bigint AS total_episodes,
    (sum(total_actions))::bigint AS total_actions,
    (sum(success_episodes))::bigint AS success_episodes,
    (sum(failure_episodes))::bigint AS failure_episodes
   FROM ( SELECT 'scenario'::text AS kind,
            total_sources.total_scenario_id AS scenario_id,
            scenarios.name AS scenario,
            'sessions'::text AS part,
            imports.origin,
                CASE
                    WHEN (total_sources.folded IS FALSE) THEN 1
                    ELSE 0
                END AS waiting,
            sessions.saved_at_ms,
            sessions.session_count,
            sessions.total_episodes,
            sessions.total_actions,
            sessions.success_episodes,
            sessions.failure_episodes
           FROM (((swarmstore.total_sources
             JOIN swarmstore.sessions ON (((sessions.id = total_sources.session_row_id) AND (sessions.scenario_id = total_sources.scenario_id))))
             LEFT JOIN swarmstore.imports ON (((imports.session_row_id = sessions.id) AND (imports.origin <> 'copies from another database'::text))))
             JOIN swarmstore.scenarios ON ((scenarios.id = total_sources.total_scenario_id)))
        UNION ALL
         SELECT 'global'::text AS kind,
            total_sources.total_scenario_id AS scenario_id,
            NULL::text AS scenario,
            'sessions'::text AS part,
            imports.origin,
                CASE
                    WHEN (total_sources.folded IS FALSE) THEN 1
                    ELSE 0
                END AS waiting,
            sessions.saved_at_ms,
            sessions.session_count,
            sessions.total_episodes,
            sessions.total_actions,
            sessions.success_episodes,
            sessions.failure_episodes
           FROM ((swarmstore.total_sources
             JOIN swarmstore.sessions ON (((sessions.id = total_sources.session_row_id) AND (sessions.scenario_id = total_sources.scenario_id))))
             LEFT JOIN swarmstore.imports ON (((imports.session_row_id = sessions.id) AND (imports.origin <> 'copies from another database'::text))))
          WHERE (total_sources.total_scenario_id = 0)
        UNION ALL
         SELECT 'scenario'::text AS kind,
            baselines.scenario_id,
            scenarios.name AS scenario,
                CASE baselines.origin
                    WHEN 'hand'::text THEN 'hand'::text
                    WHEN 'pruned'::text THEN 'baseline'::text
                    ELSE 'import'::text
                END AS part,
                CASE
                    WHEN (baselines.origin = ANY (ARRAY['hand'::text, 'pruned'::text])) THEN NULL::text
                    ELSE substr(baselines.origin, 8)
                END AS origin,
            0 AS waiting,
            baselines.newest_saved_at_ms AS saved_at_ms,
            baselines.session_count,
            baselines.total_episodes,
            baselines.total_actions,
            baselines.success_episodes,
            baselines.failure_episodes
           FROM (swarmstore.baselines
             JOIN swarmstore.scenarios ON ((scenarios.id = baselines.scenario_id)))
        UNION ALL
         SELECT 'global'::text AS kind,
            baselines.scenario_id,
            NULL::text AS scenario,
                CASE baselines.origin
                    WHEN 'hand'::text THEN 'hand'::text
                    WHEN 'pruned'::text THEN 'baseline'::text
                    ELSE 'import'::text
                END AS part,
                CASE
                    WHEN (baselines.origin = ANY (ARRAY['hand'::text, 'pruned'::text])) THEN NULL::text
                    ELSE substr(baselines.origin, 8)
                END AS origin,
            0 AS waiting,
            baselines.newest_saved_at_ms AS saved_at_ms,
            baselines.session_count,
            baselines.total_episodes,
            baselines.total_actions,
            baselines.success_episodes,
            baselines.failure_episodes
           FROM swarmstore.baselines
          WHERE (baselines.scenario_id = 0)) parts
  GROUP BY kind, scenario_id, scenario, part, origin;



COMMENT ON VIEW swarmstore.total_origins IS 'What totals are made of: one row for each kind and origin of parts, which add up to the total';



COMMENT ON COLUMN swarmstore.total_origins.kind IS 'global or scenario';



COMMENT ON COLUMN swarmstore.total_origins.scenario_id IS 'scenarios.id, 0 for the global total';



COMMENT ON COLUMN swarmstore.total_origins.scenario IS 'The scenario''s name, NULL for the global total';



COMMENT ON COLUMN swarmstore.total_origins.part IS 'sessions that are saved, import: a total in imported files, hand: a total saved as one, baseline: what sessions removed since had added';



COMMENT ON COLUMN swarmstore.total_origins.origin IS 'The import that it comes from, NULL for all else';



COMMENT ON COLUMN swarmstore.total_origins.contributors IS 'Sessions in it, 1 for other kinds of parts';



COMMENT ON COLUMN swarmstore.total_origins.waiting IS 'Sessions that the rollup lacks';



COMMENT ON COLUMN swarmstore.total_origins.newest_saved_at IS 'When the newest was saved';



COMMENT ON COLUMN swarmstore.total_origins.session_count IS 'Sessions in this snapshot';



COMMENT ON COLUMN swarmstore.total_origins.total_episodes IS 'Episodes in this snapshot';



COMMENT ON COLUMN swarmstore.total_origins.total_actions IS 'Actions in this snapshot';



COMMENT ON COLUMN swarmstore.total_origins.success_episodes IS 'Episodes that succeeded';



COMMENT ON COLUMN swarmstore.total_origins.failure_episodes IS 'Episodes that failed';



CREATE VIEW swarmstore.total_strategies AS
 SELECT kind,
    scenario_id,
    scenario,
    strategy,
    visits,
    successes,
    failures,
    usage_count,
    episodes_success,
    episodes_failure,
    ((successes)::double precision / NULLIF((visits)::double precision, (0.0)::double precision)) AS success_rate,
    ((COALESCE(episodes_success, (0)::bigint))::double precision / NULLIF(((COALESCE(episodes_success, (0)::bigint))::double precision + (COALESCE(episodes_failure, (0)::bigint))::double precision), (0.0)::double precision)) AS episode_success_rate,
        CASE
            WHEN ((COALESCE(successes, (0)::bigint))::double precision = (0.0)::double precision) THEN ((0.0)::double precision * NULLIF(((COALESCE(successes, (0)::bigint))::double precision + (COALESCE(failures, (0)::bigint))::double precision), (0.0)::double precision))
            ELSE ((((COALESCE(successes, (0)::bigint))::double precision + (1.9207294103470627)::double precision) - ((1.959963984540054)::double precision * sqrt(((((COALESCE(successes, (0)::bigint))::double precision * (COALESCE(failures, (0)::bigint))::double precision) / NULLIF(((COALESCE(successes, (0)::bigint))::double precision + (COALESCE(failures, (0)::bigint))::double precision), (0.0)::double precision)) + (0.9603647051735313)::double precision)))) / (NULLIF(((COALESCE(successes, (0)::bigint))::double precision + (COALESCE(failures, (0)::bigint))::double precision), (0.0)::double precision) + (3.8414588206941254)::double precision))
        END AS wilson_low,
        CASE
            WHEN ((COALESCE(failures, (0)::bigint))::double precision = (0.0)::double precision) THEN (NULLIF(((COALESCE(successes, (0)::bigint))::double precision + (COALESCE(failures, (0)::bigint))::double precision), (0.0)::double precision) / NULLIF(((COALESCE(successes, (0)::bigint))::double precision + (COALESCE(failures, (0)::bigint))::double precision), (0.0)::double precision))
            ELSE ((((COALESCE(successes, (0)::bigint))::double precision + (1.9207294103470627)::double precision) + ((1.959963984540054)::double precision * sqrt(((((COALESCE(successes, (0)::bigint))::double precision * (COALESCE(failures, (0)::bigint))::double precision) / NULLIF(((COALESCE(successes, (0)::bigint))::double precision + (COALESCE(failures, (0)::bigint))::double precision), (0.0)::double precision)) + (0.9603647051735313)::double precision)))) / (NULLIF(((COALESCE(successes, (0)::bigint))::double precision + (COALESCE(failures, (0)::bigint))::double precision), (0.0)::double precision) + (3.8414588206941254)::double precision))
        END AS wilson_high
   FROM ( SELECT parts.kind,
            parts.scenario_id,
            parts.scenario,
            parts.strategy,
            (sum(parts.visits))::bigint AS visits,
            (sum(parts.successes))::bigint AS successes,
            (sum(parts.failures))::bigint AS failures,
            (sum(parts.usage_count))::bigint AS usage_count,
            (sum(parts.episodes_success))::bigint AS episodes_success,
            (sum(parts.episodes_failure))::bigint AS episodes_failure
           FROM ( SELECT 'scenario'::text AS kind,
                    rollup_strategies.scenario_id,
                    scenarios.name AS scenario,
                    rollup_strategies.strategy,
                    rollup_strategies.visits,
                    rollup_strategies.successes,
                    rollup_strategies.failures,
                    rollup_strategies.usage_count,
                    rollup_strategies.episodes_success,
                    rollup_strategies.episodes_failure
                   FROM (swarmstore.rollup_strategies
                     JOIN swarmstore.scenarios ON ((scenarios.id = rollup_strategies.scenario_id)))
                UNION ALL
                 SELECT 'global'::text AS kind,
                    rollup_strategies.scenario_id,
                    NULL::text AS scenario,
                    rollup_strategies.strategy,
                    rollup_strategies.visits,
                    rollup_strategies.successes,
                    rollup_strategies.failures,
                    rollup_strategies.usage_count,
                    rollup_strategies.episodes_success,
                    rollup_strategies.episodes_failure
                   FROM swarmstore.rollup_strategies
                  WHERE (rollup_strategies.scenario_id = 0)
                UNION ALL
                 SELECT 'scenario'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    scenarios.name AS scenario,
                    session_strategies.strategy,
                    session_strategies.visits,
                    session_strategies.successes,
                    session_strategies.failures,
                    session_strategies.usage_count,
                    session_strategies.episodes_success,
                    session_strategies.episodes_failure
                   FROM ((swarmstore.total_sources
                     JOIN swarmstore.session_strategies ON (((session_strategies.session_row_id = total_sources.session_row_id) AND (session_strategies.scenario_id = total_sources.scenario_id))))
                     JOIN swarmstore.scenarios ON ((scenarios.id = total_sources.total_scenario_id)))
                  WHERE (total_sources.folded IS FALSE)
                UNION ALL
                 SELECT 'global'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    NULL::text AS scenario,
                    session_strategies.strategy,
                    session_strategies.visits,
                    session_strategies.successes,
                    session_strategies.failures,
                    session_strategies.usage_count,
                    session_strategies.episodes_success,
                    session_strategies.episodes_failure
                   FROM (swarmstore.total_sources
                     JOIN swarmstore.session_strategies ON (((session_strategies.session_row_id = total_sources.session_row_id) AND (session_strategies.scenario_id = total_sources.scenario_id))))
                  WHERE ((total_sources.total_scenario_id = 0) AND (total_sources.folded IS FALSE))) parts
          GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.strategy) total;



COMMENT ON VIEW swarmstore.total_strategies IS 'What selection strategies achieved, in totals';



COMMENT ON COLUMN swarmstore.total_strategies.kind IS 'global or scenario';



COMMENT ON COLUMN swarmstore.total_strategies.scenario_id IS 'scenarios.id, 0 for the global total';



COMMENT ON COLUMN swarmstore.total_strategies.scenario IS 'The scenario''s name, NULL for the global total';



COMMENT ON COLUMN swarmstore.total_strategies.strategy IS 'The selection strategy''s name';



COMMENT ON COLUMN swarmstore.total_strategies.visits IS 'Actions chosen by it';



COMMENT ON COLUMN swarmstore.total_strategies.successes IS 'Actions that succeeded';



COMMENT ON COLUMN swarmstore.total_strategies.failures IS 'Actions that failed';



COMMENT ON COLUMN swarmstore.total_strategies.usage_count IS 'Times it was started';



COMMENT ON COLUMN swarmstore.total_strategies.episodes_success IS 'Episodes that succeeded under it';



COMMENT ON COLUMN swarmstore.total_strategies.episodes_failure IS 'Episodes that failed under it';



COMMENT ON COLUMN swarmstore.total_strategies.success_rate IS 'Successes per visit; NULL without visits';



COMMENT ON COLUMN swarmstore.total_strategies.episode_success_rate IS 'Share of episodes that succeeded, 0 to 1; NULL without episodes';



COMMENT ON COLUMN swarmstore.total_strategies.wilson_low IS 'Lower end of the rate''s 95 % confidence (Wilson)';



COMMENT ON COLUMN swarmstore.total_strategies.wilson_high IS 'Upper end of the rate''s 95 % confidence (Wilson)';



CREATE VIEW swarmstore.total_strategy_switches AS
 SELECT kind,
    scenario_id,
    scenario,
    ordinal,
    from_strategy,
    to_strategy,
    visits_at_switch,
    success_rate_at_switch,
    from_strategy_success_rate
   FROM ( SELECT 'scenario'::text AS kind,
            rollup_strategy_switches.scenario_id,
            scenarios.name AS scenario,
            rollup_strategy_switches.ordinal,
            rollup_strategy_switches.from_strategy,
            rollup_strategy_switches.to_strategy,
            rollup_strategy_switches.visits_at_switch,
            rollup_strategy_switches.success_rate_at_switch,
            rollup_strategy_switches.from_strategy_success_rate
           FROM (((swarmstore.rollup_strategy_switches
             JOIN swarmstore.rollups ON ((rollups.scenario_id = rollup_strategy_switches.scenario_id)))
             LEFT JOIN ( SELECT total_sources.total_scenario_id,
                    count(*) AS sessions
                   FROM swarmstore.total_sources
                  WHERE (total_sources.folded IS FALSE)
                  GROUP BY total_sources.total_scenario_id) waits ON ((waits.total_scenario_id = rollup_strategy_switches.scenario_id)))
             JOIN swarmstore.scenarios ON ((scenarios.id = rollup_strategy_switches.scenario_id)))
          WHERE ((rollups.contributors = 1) AND (waits.sessions IS NULL))
        UNION ALL
         SELECT 'global'::text AS kind,
            rollup_strategy_switches.scenario_id,
            NULL::text AS scenario,
            rollup_strategy_switches.ordinal,
            rollup_strategy_switches.from_strategy,
            rollup_strategy_switches.to_strategy,
            rollup_strategy_switches.visits_at_switch,
            rollup_strategy_switches.success_rate_at_switch,
            rollup_strategy_switches.from_strategy_success_rate
           FROM ((swarmstore.rollup_strategy_switches
             JOIN swarmstore.rollups ON ((rollups.scenario_id = rollup_strategy_switches.scenario_id)))
             LEFT JOIN ( SELECT total_sources.total_scenario_id,
                    count(*) AS sessions
                   FROM swarmstore.total_sources
                  WHERE (total_sources.folded IS FALSE)
                  GROUP BY total_sources.total_scenario_id) waits ON ((waits.total_scenario_id = rollup_strategy_switches.scenario_id)))
          WHERE ((rollup_strategy_switches.scenario_id = 0) AND (rollups.contributors = 1) AND (waits.sessions IS NULL))
        UNION ALL
         SELECT 'scenario'::text AS kind,
            total_sources.total_scenario_id AS scenario_id,
            scenarios.name AS scenario,
            session_strategy_switches.ordinal,
            session_strategy_switches.from_strategy,
            session_strategy_switches.to_strategy,
            session_strategy_switches.visits_at_switch,
            session_strategy_switches.success_rate_at_switch,
            session_strategy_switches.from_strategy_success_rate
           FROM ((((swarmstore.total_sources
             JOIN swarmstore.session_strategy_switches ON (((session_strategy_switches.session_row_id = total_sources.session_row_id) AND (session_strategy_switches.scenario_id = total_sources.scenario_id))))
             JOIN ( SELECT rollups.scenario_id
                   FROM swarmstore.rollups
                  WHERE (rollups.contributors = 0)) empty ON ((empty.scenario_id = total_sources.total_scenario_id)))
             JOIN ( SELECT total_sources_1.total_scenario_id,
                    count(*) AS sessions
                   FROM swarmstore.total_sources total_sources_1
                  WHERE (total_sources_1.folded IS FALSE)
                  GROUP BY total_sources_1.total_scenario_id) waits ON ((waits.total_scenario_id = total_sources.total_scenario_id)))
             JOIN swarmstore.scenarios ON ((scenarios.id = total_sources.total_scenario_id)))
          WHERE ((total_sources.folded IS FALSE) AND (waits.sessions = 1))
        UNION ALL
         SELECT 'global'::text AS kind,
            total_sources.total_scenario_id AS scenario_id,
            NULL::text AS scenario,
            session_strategy_switches.ordinal,
            session_strategy_switches.from_strategy,
            session_strategy_switches.to_strategy,
            session_strategy_switches.visits_at_switch,
            session_strategy_switches.success_rate_at_switch,
            session_strategy_switches.from_strategy_success_rate
           FROM (((swarmstore.total_sources
             JOIN swarmstore.session_strategy_switches ON (((session_strategy_switches.session_row_id = total_sources.session_row_id) AND (session_strategy_switches.scenario_id = total_sources.scenario_id))))
             JOIN ( SELECT rollups.scenario_id
                   FROM swarmstore.rollups
                  WHERE (rollups.contributors = 0)) empty ON ((empty.scenario_id = total_sources.total_scenario_id)))
             JOIN ( SELECT total_sources_1.total_scenario_id,
                    count(*) AS sessions
                   FROM swarmstore.total_sources total_sources_1
                  WHERE (total_sources_1.folded IS FALSE)
                  GROUP BY total_sources_1.total_scenario_id) waits ON ((waits.total_scenario_id = total_sources.total_scenario_id)))
          WHERE ((total_sources.total_scenario_id = 0) AND (total_sources.folded IS FALSE) AND (waits.sessions = 1))) total;



COMMENT ON VIEW swarmstore.total_strategy_switches IS 'Changes of selection strategy in totals of one session; those of many have none';



COMMENT ON COLUMN swarmstore.total_strategy_switches.kind IS 'global or scenario';



COMMENT ON COLUMN swarmstore.total_strategy_switches.scenario_id IS 'scenarios.id, 0 for the global total';



COMMENT ON COLUMN swarmstore.total_strategy_switches.scenario IS 'The scenario''s name, NULL for the global total';



COMMENT ON COLUMN swarmstore.total_strategy_switches.ordinal IS 'Its place in the history, from 0';



COMMENT ON COLUMN swarmstore.total_strategy_switches.from_strategy IS 'The strategy before';



COMMENT ON COLUMN swarmstore.total_strategy_switches.to_strategy IS 'The strategy after';



COMMENT ON COLUMN swarmstore.total_strategy_switches.visits_at_switch IS 'Visits at that moment';



COMMENT ON COLUMN swarmstore.total_strategy_switches.success_rate_at_switch IS 'Success rate at that moment, 0 to 1';



COMMENT ON COLUMN swarmstore.total_strategy_switches.from_strategy_success_rate IS 'Success rate of the strategy before, 0 to 1';



CREATE VIEW swarmstore.total_transitions AS
 SELECT total.kind,
    total.scenario_id,
    total.scenario,
    action_sequences.action_1 AS action,
    action_sequences.action_2 AS next_action,
    total.success_count,
    total.failure_count,
        CASE
            WHEN (COALESCE(total.success_count, (0)::bigint) <= ('9223372036854775807'::bigint - COALESCE(total.failure_count, (0)::bigint))) THEN (COALESCE(total.success_count, (0)::bigint) + COALESCE(total.failure_count, (0)::bigint))
            ELSE NULL::bigint
        END AS observations,
    ((COALESCE(total.success_count, (0)::bigint))::double precision / NULLIF(((COALESCE(total.success_count, (0)::bigint))::double precision + (COALESCE(total.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) AS success_rate
   FROM (( SELECT parts.kind,
            parts.scenario_id,
            parts.scenario,
            parts.sequence_id,
            (sum(parts.success_count))::bigint AS success_count,
            (sum(parts.failure_count))::bigint AS failure_count
           FROM ( SELECT 'scenario'::text AS kind,
                    rollup_transitions.scenario_id,
                    scenarios.name AS scenario,
                    rollup_transitions.sequence_id,
                    rollup_transitions.success_count,
                    rollup_transitions.failure_count
                   FROM (swarmstore.rollup_transitions
                     JOIN swarmstore.scenarios ON ((scenarios.id = rollup_transitions.scenario_id)))
                UNION ALL
                 SELECT 'global'::text AS kind,
                    rollup_transitions.scenario_id,
                    NULL::text AS scenario,
                    rollup_transitions.sequence_id,
                    rollup_transitions.success_count,
                    rollup_transitions.failure_count
                   FROM swarmstore.rollup_transitions
                  WHERE (rollup_transitions.scenario_id = 0)
                UNION ALL
                 SELECT 'scenario'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    scenarios.name AS scenario,
                    session_transitions.sequence_id,
                    session_transitions.success_count,
                    session_transitions.failure_count
                   FROM ((swarmstore.total_sources
                     JOIN swarmstore.session_transitions ON (((session_transitions.session_row_id = total_sources.session_row_id) AND (session_transitions.scenario_id = total_sources.scenario_id))))
                     JOIN swarmstore.scenarios ON ((scenarios.id = total_sources.total_scenario_id)))
                  WHERE (total_sources.folded IS FALSE)
                UNION ALL
                 SELECT 'global'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    NULL::text AS scenario,
                    session_transitions.sequence_id,
                    session_transitions.success_count,
                    session_transitions.failure_count
                   FROM (swarmstore.total_sources
                     JOIN swarmstore.session_transitions ON (((session_transitions.session_row_id = total_sources.session_row_id) AND (session_transitions.scenario_id = total_sources.scenario_id))))
                  WHERE ((total_sources.total_scenario_id = 0) AND (total_sources.folded IS FALSE))) parts
          GROUP BY parts.kind, parts.scenario_id, parts.scenario, parts.sequence_id) total
     LEFT JOIN swarmstore.action_sequences ON ((action_sequences.id = total.sequence_id)));



COMMENT ON VIEW swarmstore.total_transitions IS 'Which action followed which, in totals';



COMMENT ON COLUMN swarmstore.total_transitions.kind IS 'global or scenario';



COMMENT ON COLUMN swarmstore.total_transitions.scenario_id IS 'scenarios.id, 0 for the global total';



COMMENT ON COLUMN swarmstore.total_transitions.scenario IS 'The scenario''s name, NULL for the global total';



COMMENT ON COLUMN swarmstore.total_transitions.action IS 'The action before';



COMMENT ON COLUMN swarmstore.total_transitions.next_action IS 'The action after';



COMMENT ON COLUMN swarmstore.total_transitions.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.total_transitions.failure_count IS 'Times in failed episodes';



COMMENT ON COLUMN swarmstore.total_transitions.observations IS 'Times in all; NULL past 2^63 - 1';



COMMENT ON COLUMN swarmstore.total_transitions.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';



CREATE VIEW swarmstore.totals AS
 SELECT kind,
    scenario_id,
    scenario,
    contributors,
    waiting,
        CASE
            WHEN ((
            CASE
                WHEN (contributors = 1) THEN created_at
                ELSE (newest_saved_at_ms / 1000)
            END >= 0) AND (
            CASE
                WHEN (contributors = 1) THEN created_at
                ELSE (newest_saved_at_ms / 1000)
            END <= '253402214399'::bigint)) THEN to_timestamp((
            CASE
                WHEN (contributors = 1) THEN created_at
                ELSE (newest_saved_at_ms / 1000)
            END)::double precision)
            ELSE NULL::timestamp with time zone
        END AS created_at,
        CASE
            WHEN (((newest_saved_at_ms / 1000) >= 0) AND ((newest_saved_at_ms / 1000) <= '253402214399'::bigint)) THEN to_timestamp(((newest_saved_at_ms)::double precision / (1000)::double precision))
            ELSE NULL::timestamp with time zone
        END AS newest_saved_at,
    task_description,
        CASE
            WHEN (contributors = 1) THEN phase
            ELSE NULL::text
        END AS phase,
        CASE
            WHEN (contributors = 1) THEN group_id
            ELSE NULL::text
        END AS group_id,
        CASE
            WHEN (contributors = 1) THEN current_strategy
            ELSE NULL::text
        END AS current_strategy,
    session_count,
    total_episodes,
    total_actions,
    success_episodes,
    failure_episodes,
    ((COALESCE(success_episodes, (0)::bigint))::double precision / NULLIF(((COALESCE(success_episodes, (0)::bigint))::double precision + (COALESCE(failure_episodes, (0)::bigint))::double precision), (0.0)::double precision)) AS success_rate
   FROM ( SELECT parts.kind,
            parts.scenario_id,
            parts.scenario,
            (sum(parts.contributors) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario))::bigint AS contributors,
            sum(parts.waiting) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario) AS waiting,
            (sum(parts.session_count) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario))::bigint AS session_count,
            (sum(parts.total_episodes) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario))::bigint AS total_episodes,
            (sum(parts.total_actions) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario))::bigint AS total_actions,
            (sum(parts.success_episodes) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario))::bigint AS success_episodes,
            (sum(parts.failure_episodes) OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario))::bigint AS failure_episodes,
            parts.newest_saved_at_ms,
            parts.version,
            parts.created_at,
            parts.scenario_name,
            parts.task_description,
            parts.phase,
            parts.group_id,
            parts.current_strategy,
            row_number() OVER (PARTITION BY parts.kind, parts.scenario_id, parts.scenario ORDER BY COALESCE(parts.newest_session_row, (0)::bigint) DESC, parts.newest_saved_at_ms DESC) AS place
           FROM ( SELECT 'scenario'::text AS kind,
                    rollups.scenario_id,
                    scenarios.name AS scenario,
                    rollups.contributors,
                    0 AS waiting,
                    rollups.newest_session_row,
                    rollups.newest_saved_at_ms,
                    rollups.version,
                    rollups.created_at,
                    rollups.scenario_name,
                    rollups.task_description,
                    rollups.phase,
                    rollups.group_id,
                    rollups.current_strategy,
                    rollups.session_count,
                    rollups.total_episodes,
                    rollups.total_actions,
                    rollups.success_episodes,
                    rollups.failure_episodes
                   FROM (swarmstore.rollups
                     JOIN swarmstore.scenarios ON ((scenarios.id = rollups.scenario_id)))
                  WHERE (rollups.contributors > 0)
                UNION ALL
                 SELECT 'global'::text AS kind,
                    rollups.scenario_id,
                    NULL::text AS scenario,
                    rollups.contributors,
                    0 AS waiting,
                    rollups.newest_session_row,
                    rollups.newest_saved_at_ms,
                    rollups.version,
                    rollups.created_at,
                    rollups.scenario_name,
                    rollups.task_description,
                    rollups.phase,
                    rollups.group_id,
                    rollups.current_strategy,
                    rollups.session_count,
                    rollups.total_episodes,
                    rollups.total_actions,
                    rollups.success_episodes,
                    rollups.failure_episodes
                   FROM swarmstore.rollups
                  WHERE ((rollups.scenario_id = 0) AND (rollups.contributors > 0))
                UNION ALL
                 SELECT 'scenario'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    scenarios.name AS scenario,
                    1 AS contributors,
                    1 AS waiting,
                    sessions.id AS newest_session_row,
                    sessions.saved_at_ms AS newest_saved_at_ms,
                    sessions.version,
                    sessions.created_at,
                    sessions.scenario_name,
                    sessions.task_description,
                    sessions.phase,
                    sessions.group_id,
                    sessions.current_strategy,
                    sessions.session_count,
                    sessions.total_episodes,
                    sessions.total_actions,
                    sessions.success_episodes,
                    sessions.failure_episodes
                   FROM ((swarmstore.total_sources
                     JOIN swarmstore.sessions ON (((sessions.id = total_sources.session_row_id) AND (sessions.scenario_id = total_sources.scenario_id))))
                     JOIN swarmstore.scenarios ON ((scenarios.id = total_sources.total_scenario_id)))
                  WHERE (total_sources.folded IS FALSE)
                UNION ALL
                 SELECT 'global'::text AS kind,
                    total_sources.total_scenario_id AS scenario_id,
                    NULL::text AS scenario,
                    1 AS contributors,
                    1 AS waiting,
                    sessions.id AS newest_session_row,
                    sessions.saved_at_ms AS newest_saved_at_ms,
                    sessions.version,
                    sessions.created_at,
                    sessions.scenario_name,
                    sessions.task_description,
                    sessions.phase,
                    sessions.group_id,
                    sessions.current_strategy,
                    sessions.session_count,
                    sessions.total_episodes,
                    sessions.total_actions,
                    sessions.success_episodes,
                    sessions.failure_episodes
                   FROM (swarmstore.total_sources
                     JOIN swarmstore.sessions ON (((sessions.id = total_sources.session_row_id) AND (sessions.scenario_id = total_sources.scenario_id))))
                  WHERE ((total_sources.total_scenario_id = 0) AND (total_sources.folded IS FALSE))) parts) total
  WHERE (place = 1);



COMMENT ON VIEW swarmstore.totals IS 'Totals of scenarios, and the global one';



COMMENT ON COLUMN swarmstore.totals.kind IS 'global or scenario';



COMMENT ON COLUMN swarmstore.totals.scenario_id IS 'scenarios.id, 0 for the global total';



COMMENT ON COLUMN swarmstore.totals.scenario IS 'The scenario''s name, NULL for the global total';



COMMENT ON COLUMN swarmstore.totals.contributors IS 'Sessions and parts from elsewhere that count in it';



COMMENT ON COLUMN swarmstore.totals.waiting IS 'Sessions among them that the rollup does not have yet';



COMMENT ON COLUMN swarmstore.totals.created_at IS 'When its newest session was saved; of a single one, its own time';



COMMENT ON COLUMN swarmstore.totals.newest_saved_at IS 'When its newest part was saved';



COMMENT ON COLUMN swarmstore.totals.task_description IS 'The task of its newest part';



COMMENT ON COLUMN swarmstore.totals.phase IS 'bootstrap, release or validate; NULL when there are several';



COMMENT ON COLUMN swarmstore.totals.group_id IS 'The group of sessions it belongs to; NULL when there are several';



COMMENT ON COLUMN swarmstore.totals.current_strategy IS 'The selection strategy in use; NULL when there are several';



COMMENT ON COLUMN swarmstore.totals.session_count IS 'Sessions in this snapshot';



COMMENT ON COLUMN swarmstore.totals.total_episodes IS 'Episodes in this snapshot';



COMMENT ON COLUMN swarmstore.totals.total_actions IS 'Actions in this snapshot';



COMMENT ON COLUMN swarmstore.totals.success_episodes IS 'Episodes that succeeded';



COMMENT ON COLUMN swarmstore.totals.failure_episodes IS 'Episodes that failed';



COMMENT ON COLUMN swarmstore.totals.success_rate IS 'Share of episodes that succeeded, 0 to 1; NULL without episodes';



CREATE VIEW swarmstore.transition_days AS
 SELECT days.scenario_id,
    days.scenario,
    days.day,
    days.sessions,
    action_sequences.action_1 AS action,
    action_sequences.action_2 AS next_action,
    days.success_count,
    days.failure_count,
        CASE
            WHEN (COALESCE(days.success_count, (0)::bigint) <= ('9223372036854775807'::bigint - COALESCE(days.failure_count, (0)::bigint))) THEN (COALESCE(days.success_count, (0)::bigint) + COALESCE(days.failure_count, (0)::bigint))
            ELSE NULL::bigint
        END AS observations,
    ((COALESCE(days.success_count, (0)::bigint))::double precision / NULLIF(((COALESCE(days.success_count, (0)::bigint))::double precision + (COALESCE(days.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) AS success_rate
   FROM (( SELECT sessions.scenario_id,
            scenarios.name AS scenario,
                CASE
                    WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN ((to_timestamp((sessions.session_ts)::double precision) AT TIME ZONE 'UTC'::text))::date
                    ELSE NULL::date
                END AS day,
            session_transitions.sequence_id,
            count(*) AS sessions,
            (sum(session_transitions.success_count))::bigint AS success_count,
            (sum(session_transitions.failure_count))::bigint AS failure_count
           FROM ((swarmstore.sessions
             JOIN swarmstore.scenarios ON ((scenarios.id = sessions.scenario_id)))
             JOIN swarmstore.session_transitions ON (((session_transitions.session_row_id = sessions.id) AND (session_transitions.scenario_id = sessions.scenario_id))))
          GROUP BY sessions.scenario_id, scenarios.name,
                CASE
                    WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN ((to_timestamp((sessions.session_ts)::double precision) AT TIME ZONE 'UTC'::text))::date
                    ELSE NULL::date
                END, session_transitions.sequence_id) days
     LEFT JOIN swarmstore.action_sequences ON ((action_sequences.id = days.sequence_id)));



COMMENT ON VIEW swarmstore.transition_days IS 'Transitions in saved sessions added up per day';



COMMENT ON COLUMN swarmstore.transition_days.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.transition_days.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.transition_days.day IS 'The day (UTC) of the sessions'' ids; NULL for those that are no time';



COMMENT ON COLUMN swarmstore.transition_days.sessions IS 'Sessions of that day that have it';



COMMENT ON COLUMN swarmstore.transition_days.action IS 'The action before';



COMMENT ON COLUMN swarmstore.transition_days.next_action IS 'The action after';



COMMENT ON COLUMN swarmstore.transition_days.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.transition_days.failure_count IS 'Times in failed episodes';



COMMENT ON COLUMN swarmstore.transition_days.observations IS 'Times in all; NULL past 2^63 - 1';



COMMENT ON COLUMN swarmstore.transition_days.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';



CREATE VIEW swarmstore.transitions AS
 SELECT sessions.scenario_id,
    scenarios.name AS scenario,
    sessions.id AS session_row_id,
    sessions.session_id,
        CASE
            WHEN ((sessions.session_ts >= 0) AND (sessions.session_ts <= '253402214399'::bigint)) THEN to_timestamp((sessions.session_ts)::double precision)
            ELSE NULL::timestamp with time zone
        END AS session_time,
    action_sequences.action_1 AS action,
    action_sequences.action_2 AS next_action,
    session_transitions.success_count,
    session_transitions.failure_count,
        CASE
            WHEN (COALESCE(session_transitions.success_count, (0)::bigint) <= ('9223372036854775807'::bigint - COALESCE(session_transitions.failure_count, (0)::bigint))) THEN (COALESCE(session_transitions.success_count, (0)::bigint) + COALESCE(session_transitions.failure_count, (0)::bigint))
            ELSE NULL::bigint
        END AS observations,
    ((COALESCE(session_transitions.success_count, (0)::bigint))::double precision / NULLIF(((COALESCE(session_transitions.success_count, (0)::bigint))::double precision + (COALESCE(session_transitions.failure_count, (0)::bigint))::double precision), (0.0)::double precision)) AS success_rate
   FROM (((swarmstore.sessions
     JOIN swarmstore.scenarios ON ((scenarios.id = sessions.scenario_id)))
     JOIN swarmstore.session_transitions ON (((session_transitions.session_row_id = sessions.id) AND (session_transitions.scenario_id = sessions.scenario_id))))
     LEFT JOIN swarmstore.action_sequences ON ((action_sequences.id = session_transitions.sequence_id)));



COMMENT ON VIEW swarmstore.transitions IS 'Which action followed which, in saved sessions';



COMMENT ON COLUMN swarmstore.transitions.scenario_id IS 'scenarios.id';



COMMENT ON COLUMN swarmstore.transitions.scenario IS 'The scenario''s name';



COMMENT ON COLUMN swarmstore.transitions.session_row_id IS 'sessions.id';



COMMENT ON COLUMN swarmstore.transitions.session_id IS 'The session''s id, unique in its scenario';



COMMENT ON COLUMN swarmstore.transitions.session_time IS 'The time that the id stands for, if any';



COMMENT ON COLUMN swarmstore.transitions.action IS 'The action before';



COMMENT ON COLUMN swarmstore.transitions.next_action IS 'The action after';



COMMENT ON COLUMN swarmstore.transitions.success_count IS 'Times in successful episodes';



COMMENT ON COLUMN swarmstore.transitions.failure_count IS 'Times in failed episodes';



COMMENT ON COLUMN swarmstore.transitions.observations IS 'Times in all; NULL past 2^63 - 1';



COMMENT ON COLUMN swarmstore.transitions.success_rate IS 'Share of successes, 0 to 1; NULL where nothing was counted';



COPY swarmstore.action_sequences (id, length, action_1, action_2, action_3, action_4) FROM stdin;
-5651166258830513463	2	A	B	\N	\N
-5361518192584219949	3	A	B	C	\N
-4010125039258641603	1	A	\N	\N	\N
-3888600598277665768	2			\N	\N
-2980272263982829020	2	A	C	\N	\N
3399587724851424609	2	B	日本	\N	\N
3855562197167389604	3	A		C:D	\N
4295831199597779568	4	A	B	C	D
5657698912149702814	1		\N	\N	\N
5931422162917553166	4				
6978035442847486178	2	B	A	\N	\N
\.



COPY swarmstore.baseline_actions (baseline_id, sequence_id, scenario_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) FROM stdin;
1	-4010125039258641603	0	0	0	0	0	0	0.5	0
2	-4010125039258641603	2	0	0	0	0	0	0.5	0
3	-4010125039258641603	3	9223372036854775807	0	0	0	0	0.5	0
4	-4010125039258641603	4	5	0	0	0	0	0.5	0
5	-4010125039258641603	0	5	0	0	0	0	0.5	0
\.



COPY swarmstore.baseline_contexts (baseline_id, sequence_id, scenario_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) FROM stdin;
\.



COPY swarmstore.baseline_ngrams (baseline_id, sequence_id, scenario_id, success_count, failure_count) FROM stdin;
1	-5361518192584219949	0	0	0
2	-5361518192584219949	2	0	0
3	-5361518192584219949	3	9223372036854775807	0
4	-5361518192584219949	4	5	0
5	-5361518192584219949	0	5	0
\.



COPY swarmstore.baseline_strategies (baseline_id, strategy, scenario_id, visits, successes, failures, usage_count, episodes_success, episodes_failure) FROM stdin;
\.



COPY swarmstore.baseline_strategy_switches (baseline_id, ordinal, scenario_id, from_strategy, to_strategy, visits_at_switch, success_rate_at_switch, from_strategy_success_rate) FROM stdin;
\.



COPY swarmstore.baseline_transitions (baseline_id, sequence_id, scenario_id, success_count, failure_count) FROM stdin;
1	-5651166258830513463	0	0	\N
2	-5651166258830513463	2	0	\N
3	-5651166258830513463	3	9223372036854775807	\N
4	-5651166258830513463	4	5	\N
5	-5651166258830513463	0	5	\N
\.



COPY swarmstore.baselines (id, scenario_id, origin, newest_session_row, newest_saved_at_ms, version, scenario_name, task_description, created_at, session_count, total_episodes, total_actions, phase, group_id, success_episodes, failure_episodes, current_strategy, strategy_start_visits, strategy_start_success_rate) FROM stdin;
1	0	pruned	2	1795996196529	1	s	\N	1700000000	1	1	3	\N	\N	1	0	\N	0	0
2	2	pruned	2	1795996196529	1	s	\N	1700000000	1	1	3	\N	\N	1	0	\N	0	0
3	3	hand	\N	1795996196688	1	s	\N	1700000000	1	1	3	\N	\N	1	0	\N	0	0
4	4	import:other	\N	1795996196803	1	s	\N	1700000000	1	1	3	\N	\N	1	0	\N	0	0
5	0	import:other	\N	1795996196819	1	s	\N	1700000000	1	1	3	\N	\N	1	0	\N	0	0
\.



COPY swarmstore.imports (origin, path_hash, path, content_digest, counted, session_row_id, imported_at_ms, snapshot_digest, digest_version, repeated) FROM stdin;
other	\\x25a060274d4ef79c30600ee1c6bc1b10	scenarios/imported/sessions/1700000009/stats.json	\\xd8759c68ddcdba622d1f5e171ab8e71c	f	9	1795996196797	\\xfccbeb2fece43ca77b570af9705ee865	1	f
other	\\xd770a666711c0223dc610b0b613a4928	scenarios/imported/stats.json	\\xd8759c68ddcdba622d1f5e171ab8e71c	f	\N	1795996196814	\\xfccbeb2fece43ca77b570af9705ee865	1	f
other	\\xdec101e2b9c9b094c3d55dfa1574a318	global_stats.json	\\xd8759c68ddcdba622d1f5e171ab8e71c	f	\N	1795996196871	\\xfccbeb2fece43ca77b570af9705ee865	1	f
\.



COPY swarmstore.offline_action_orders (scenario_id, action_set_hash, source, lora_id, lora_scale, lora_name, validated_accuracy) FROM stdin;
2	-7	Manual	3	0.1	\N	0.875
\.



COPY swarmstore.offline_models (scenario_id, version, ucb1_c, learning_weight, ngram_weight, maturity_threshold, error_rate_threshold, initial_strategy, analyzed_sessions, updated_at) FROM stdin;
2	1	1.4142135623730951	0.3	1	10	0.3	ucb1	12	1700000000
\.



COPY swarmstore.offline_order_actions (scenario_id, discover, ordinal, action) FROM stdin;
2	t	0	B
2	t	1	A
2	t	2	B
2	f	0	
2	f	1	C:D
\.



COPY swarmstore.offline_path_actions (scenario_id, rank, step, action) FROM stdin;
2	0	0	A
2	0	1	B
2	0	2	C
2	2	0	
2	2	1	:
2	2	2	日本
2	2	3	D
2	2	4	E
\.



COPY swarmstore.offline_paths (scenario_id, rank, success_rate, observations) FROM stdin;
2	0	0.30000000000000004	9
2	1	0	0
2	2	1	9007199254740991
\.



COPY swarmstore.publication (id, store_id, last_position, epoch) FROM stdin;
1	\\xffbbe9611b1fc480	8	1370665972894150258
\.



COPY swarmstore.removed_sessions (session_row_id, scenario_id, session_id, write_token, content_digest, digest_version, "position", position_stamp, removed_at_ms, fate) FROM stdin;
2	2	1700000000	\\x632f3fafcfab64a2368f242f343b8345	\\x7d7a411dc10acd9affe8398ef7e4d615	1	2	3041829727672318614	1795996196669	kept
\.



COPY swarmstore.rollup_actions (scenario_id, sequence_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) FROM stdin;
1	-4010125039258641603	4	8	12	16	36028797018963964	-4e-290	28
1	5657698912149702814	0	0	0	0	0	0	0
2	-4010125039258641603	6	0	0	0	0	2	0
3	-4010125039258641603	9223372036854775807	0	0	0	0	0.5	0
4	-4010125039258641603	5	0	0	0	0	0.5	0
0	-4010125039258641603	15	8	12	16	36028797018963964	2.5	28
0	5657698912149702814	0	0	0	0	0	0	0
\.



COPY swarmstore.rollup_contexts (scenario_id, sequence_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) FROM stdin;
1	-5651166258830513463	4	8	12	16	20	0	28
1	6978035442847486178	0	0	0	0	0	4e+290	0
0	-5651166258830513463	4	8	12	16	20	0	28
0	6978035442847486178	0	0	0	0	0	4e+290	0
\.



COPY swarmstore.rollup_ngrams (scenario_id, sequence_id, success_count, failure_count) FROM stdin;
1	-5361518192584219949	0	0
1	3855562197167389604	16	8
1	4295831199597779568	4	36028797018963964
1	5931422162917553166	12	0
2	-5361518192584219949	6	0
3	-5361518192584219949	9223372036854775807	0
4	-5361518192584219949	5	0
0	-5361518192584219949	11	0
0	3855562197167389604	16	8
0	4295831199597779568	4	36028797018963964
0	5931422162917553166	12	0
\.



COPY swarmstore.rollup_strategies (scenario_id, strategy, visits, successes, failures, usage_count, episodes_success, episodes_failure) FROM stdin;
1		0	0	0	0	0	0
1	UCB1	4	8	12	16	20	24
0		0	0	0	0	0	0
0	UCB1	4	8	12	16	20	24
\.



COPY swarmstore.rollup_strategy_switches (scenario_id, ordinal, from_strategy, to_strategy, visits_at_switch, success_rate_at_switch, from_strategy_success_rate) FROM stdin;
\.



COPY swarmstore.rollup_transitions (scenario_id, sequence_id, success_count, failure_count) FROM stdin;
1	-5651166258830513463	0	\N
1	-3888600598277665768	4	\N
1	-2980272263982829020	20	0
1	3399587724851424609	\N	36028797018963964
1	6978035442847486178	\N	0
2	-5651166258830513463	6	\N
3	-5651166258830513463	9223372036854775807	\N
4	-5651166258830513463	5	\N
0	-5651166258830513463	11	\N
0	-3888600598277665768	4	\N
0	-2980272263982829020	20	0
0	3399587724851424609	\N	36028797018963964
0	6978035442847486178	\N	0
\.



COPY swarmstore.rollups (scenario_id, contributors, newest_session_row, newest_saved_at_ms, rollup_version, version, scenario_name, task_description, created_at, session_count, total_episodes, total_actions, phase, group_id, success_episodes, failure_episodes, current_strategy, strategy_start_visits, strategy_start_success_rate) FROM stdin;
1	4	7	1795996196546	4263772620064056872	1	日本語 シナリオ		1795996196	12	0	36028797018963964	\N	\N	28	0	\N	0	0
2	4	8	1795996196550	6068638989170775279	1	s	\N	1795996196	4	4	12	\N	\N	4	0	\N	0	0
3	1	\N	1795996196688	8419726367846161408	1	s	\N	1700000000	1	1	3	\N	\N	1	0	\N	0	0
4	1	\N	1795996196803	1630083132719754693	1	s	\N	1700000000	1	1	3	\N	\N	1	0	\N	0	0
0	9	8	1795996196550	6647575029049007078	1	s	\N	1795996196	17	5	36028797018963979	\N	\N	33	0	\N	0	0
\.



COPY swarmstore.scenarios (id, name, name_hash) FROM stdin;
1	日本語 シナリオ	\\x1cd6034327f0b14e28bb58d1d0c562f7
2	s	\\xbbf7769fea5c8d41a9068bd6edbb2c13
3	only a total	\\x3da8d1068a3c305652c4bf95fa68c6da
4	imported	\\x94b48d7111085fe9052c1e10b2f5a0c7
\.



COPY swarmstore.schema_compatibility (id, oldest_revision) FROM stdin;
1	0100
\.



COPY swarmstore.session_actions (session_row_id, sequence_id, scenario_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) FROM stdin;
1	-4010125039258641603	1	1	2	3	4	9007199254740991	-1e-290	7
1	5657698912149702814	1	0	0	0	0	0	0	0
3	-4010125039258641603	1	1	2	3	4	9007199254740991	-1e-290	7
3	5657698912149702814	1	0	0	0	0	0	0	0
4	-4010125039258641603	2	1	0	0	0	0	0.5	0
5	-4010125039258641603	1	1	2	3	4	9007199254740991	-1e-290	7
5	5657698912149702814	1	0	0	0	0	0	0	0
6	-4010125039258641603	2	2	0	0	0	0	0.5	0
7	-4010125039258641603	1	1	2	3	4	9007199254740991	-1e-290	7
7	5657698912149702814	1	0	0	0	0	0	0	0
8	-4010125039258641603	2	3	0	0	0	0	0.5	0
9	-4010125039258641603	4	5	0	0	0	0	0.5	0
10	-4010125039258641603	2	9	0	0	0	0	0.5	0
\.



COPY swarmstore.session_contexts (session_row_id, sequence_id, scenario_id, visits, successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count) FROM stdin;
1	-5651166258830513463	1	1	2	3	4	5	-0	7
1	6978035442847486178	1	0	0	0	0	0	1e+290	0
3	-5651166258830513463	1	1	2	3	4	5	-0	7
3	6978035442847486178	1	0	0	0	0	0	1e+290	0
5	-5651166258830513463	1	1	2	3	4	5	-0	7
5	6978035442847486178	1	0	0	0	0	0	1e+290	0
7	-5651166258830513463	1	1	2	3	4	5	-0	7
7	6978035442847486178	1	0	0	0	0	0	1e+290	0
\.



COPY swarmstore.session_ngrams (session_row_id, sequence_id, scenario_id, success_count, failure_count) FROM stdin;
1	-5361518192584219949	1	0	0
1	3855562197167389604	1	4	2
1	4295831199597779568	1	1	9007199254740991
1	5931422162917553166	1	3	0
3	-5361518192584219949	1	0	0
3	3855562197167389604	1	4	2
3	4295831199597779568	1	1	9007199254740991
3	5931422162917553166	1	3	0
4	-5361518192584219949	2	1	0
5	-5361518192584219949	1	0	0
5	3855562197167389604	1	4	2
5	4295831199597779568	1	1	9007199254740991
5	5931422162917553166	1	3	0
6	-5361518192584219949	2	2	0
7	-5361518192584219949	1	0	0
7	3855562197167389604	1	4	2
7	4295831199597779568	1	1	9007199254740991
7	5931422162917553166	1	3	0
8	-5361518192584219949	2	3	0
9	-5361518192584219949	4	5	0
10	-5361518192584219949	2	9	0
\.



COPY swarmstore.session_strategies (session_row_id, strategy, scenario_id, visits, successes, failures, usage_count, episodes_success, episodes_failure) FROM stdin;
1		1	0	0	0	0	0	0
1	UCB1	1	1	2	3	4	5	6
3		1	0	0	0	0	0	0
3	UCB1	1	1	2	3	4	5	6
5		1	0	0	0	0	0	0
5	UCB1	1	1	2	3	4	5	6
7		1	0	0	0	0	0	0
7	UCB1	1	1	2	3	4	5	6
\.



COPY swarmstore.session_strategy_switches (session_row_id, ordinal, scenario_id, from_strategy, to_strategy, visits_at_switch, success_rate_at_switch, from_strategy_success_rate) FROM stdin;
1	0	1	UCB1	Greedy	6	0.30000000000000004	5e-324
1	1	1	Greedy	UCB1	9	0	-0
1	2	1	UCB1	Greedy	6	1	1.7976931348623157e+308
3	0	1	UCB1	Greedy	6	0.30000000000000004	5e-324
3	1	1	Greedy	UCB1	9	0	-0
3	2	1	UCB1	Greedy	6	1	1.7976931348623157e+308
5	0	1	UCB1	Greedy	6	0.30000000000000004	5e-324
5	1	1	Greedy	UCB1	9	0	-0
5	2	1	UCB1	Greedy	6	1	1.7976931348623157e+308
7	0	1	UCB1	Greedy	6	0.30000000000000004	5e-324
7	1	1	Greedy	UCB1	9	0	-0
7	2	1	UCB1	Greedy	6	1	1.7976931348623157e+308
\.



COPY swarmstore.session_transitions (session_row_id, sequence_id, scenario_id, success_count, failure_count) FROM stdin;
1	-5651166258830513463	1	0	\N
1	-3888600598277665768	1	1	\N
1	-2980272263982829020	1	5	0
1	3399587724851424609	1	\N	9007199254740991
1	6978035442847486178	1	\N	0
3	-5651166258830513463	1	0	\N
3	-3888600598277665768	1	1	\N
3	-2980272263982829020	1	5	0
3	3399587724851424609	1	\N	9007199254740991
3	6978035442847486178	1	\N	0
4	-5651166258830513463	2	1	\N
5	-5651166258830513463	1	0	\N
5	-3888600598277665768	1	1	\N
5	-2980272263982829020	1	5	0
5	3399587724851424609	1	\N	9007199254740991
5	6978035442847486178	1	\N	0
6	-5651166258830513463	2	2	\N
7	-5651166258830513463	1	0	\N
7	-3888600598277665768	1	1	\N
7	-2980272263982829020	1	5	0
7	3399587724851424609	1	\N	9007199254740991
7	6978035442847486178	1	\N	0
8	-5651166258830513463	2	3	\N
9	-5651166258830513463	4	5	\N
10	-5651166258830513463	2	9	\N
\.



COPY swarmstore.sessions (id, scenario_id, session_id, session_ts, write_token, content_digest, digest_version, saved_at_ms, "position", position_stamp, version, scenario_name, task_description, created_at, session_count, total_episodes, total_actions, phase, group_id, success_episodes, failure_episodes, current_strategy, strategy_start_visits, strategy_start_success_rate) FROM stdin;
1	1	1700000000	1700000000	\\x922a9d25500da4c559fd5bceb51eb9a7	\\x51a6da8ebc441f2e6718a165ebae7d0e	1	1795996196512	1	3041829727672318614	0	日本語 シナリオ		9007199254740991	3	0	9007199254740991	validate	g1700000000000	7	0	Greedy	9	0.30000000000000004
3	1	1700000001	1700000001	\\x1f85a0da89596c67ca312fc335dac606	\\x51a6da8ebc441f2e6718a165ebae7d0e	1	1795996196532	3	3041829727672318614	0	日本語 シナリオ		9007199254740991	3	0	9007199254740991	validate	g1700000000000	7	0	Greedy	9	0.30000000000000004
4	2	1700000001	1700000001	\\xcbd11e09a025a8cf7c3b475707ac5fe2	\\x68a557b0531fe37d9e7b8fc45dc5d1de	1	1795996196536	4	3041829727672318614	1	s	\N	1700000000	1	1	3	\N	\N	1	0	\N	0	0
5	1	1700000002	1700000002	\\x8a2c1747070e0a3cdc8db1046cb2b6d9	\\x51a6da8ebc441f2e6718a165ebae7d0e	1	1795996196539	5	3041829727672318614	0	日本語 シナリオ		9007199254740991	3	0	9007199254740991	validate	g1700000000000	7	0	Greedy	9	0.30000000000000004
6	2	1700000002	1700000002	\\xb11585a001f641ec5073dc63483ab32b	\\x465a37c6de6b54d0b648d71fbfd5bf37	1	1795996196543	6	3041829727672318614	1	s	\N	1700000000	1	1	3	\N	\N	1	0	\N	0	0
7	1	1700000003	1700000003	\\xc0ca611316b73cda87df509914ee032d	\\x51a6da8ebc441f2e6718a165ebae7d0e	1	1795996196546	7	3041829727672318614	0	日本語 シナリオ		9007199254740991	3	0	9007199254740991	validate	g1700000000000	7	0	Greedy	9	0.30000000000000004
8	2	1700000003	1700000003	\\x313ad4a82d62fae3523a553e7ba0480d	\\xdfc563fedfd65bd1b3a37b00eb8f83b0	1	1795996196550	8	3041829727672318614	1	s	\N	1700000000	1	1	3	\N	\N	1	0	\N	0	0
9	4	1700000009	1700000009	\\x7ed4590aa2838e567f35bbb4e1b3fe90	\\xfccbeb2fece43ca77b570af9705ee865	1	1795996196792	\N	\N	1	s	\N	1700000000	1	1	3	\N	\N	1	0	\N	0	0
10	2	not a time	\N	\\x8f521ed551b74c3dc4840d08991ab32b	\\x565776c1263120cdef97bd7b37f76c88	1	1795996196874	\N	\N	1	s	\N	1700000000	1	1	3	\N	\N	1	0	\N	0	0
\.



COPY swarmstore.swarmstore_version (version_num) FROM stdin;
0100
\.



COPY swarmstore.total_sources (session_row_id, total_scenario_id, scenario_id, folded) FROM stdin;
1	0	1	t
3	0	1	t
4	0	2	t
5	0	1	t
6	0	2	t
7	0	1	t
8	0	2	t
1	1	1	t
3	1	1	t
4	2	2	t
5	1	1	t
6	2	2	t
7	1	1	t
8	2	2	t
10	0	2	f
10	2	2	f
\.



SELECT pg_catalog.setval('swarmstore.baselines_id_seq', 5, true);



SELECT pg_catalog.setval('swarmstore.scenarios_id_seq', 4, true);



SELECT pg_catalog.setval('swarmstore.sessions_id_seq', 10, true);



ALTER TABLE ONLY swarmstore.action_sequences
    ADD CONSTRAINT pk_action_sequences PRIMARY KEY (id);



ALTER TABLE ONLY swarmstore.baseline_actions
    ADD CONSTRAINT pk_baseline_actions PRIMARY KEY (baseline_id, sequence_id, scenario_id);



ALTER TABLE ONLY swarmstore.baseline_contexts
    ADD CONSTRAINT pk_baseline_contexts PRIMARY KEY (baseline_id, sequence_id, scenario_id);



ALTER TABLE ONLY swarmstore.baseline_ngrams
    ADD CONSTRAINT pk_baseline_ngrams PRIMARY KEY (baseline_id, sequence_id, scenario_id);



ALTER TABLE ONLY swarmstore.baseline_strategies
    ADD CONSTRAINT pk_baseline_strategies PRIMARY KEY (baseline_id, strategy, scenario_id);



ALTER TABLE ONLY swarmstore.baseline_strategy_switches
    ADD CONSTRAINT pk_baseline_strategy_switches PRIMARY KEY (baseline_id, ordinal, scenario_id);



ALTER TABLE ONLY swarmstore.baseline_transitions
    ADD CONSTRAINT pk_baseline_transitions PRIMARY KEY (baseline_id, sequence_id, scenario_id);



ALTER TABLE ONLY swarmstore.baselines
    ADD CONSTRAINT pk_baselines PRIMARY KEY (id, scenario_id);



ALTER TABLE ONLY swarmstore.imports
    ADD CONSTRAINT pk_imports PRIMARY KEY (origin, path_hash);



ALTER TABLE ONLY swarmstore.offline_action_orders
    ADD CONSTRAINT pk_offline_action_orders PRIMARY KEY (scenario_id);



ALTER TABLE ONLY swarmstore.offline_models
    ADD CONSTRAINT pk_offline_models PRIMARY KEY (scenario_id);



ALTER TABLE ONLY swarmstore.offline_order_actions
    ADD CONSTRAINT pk_offline_order_actions PRIMARY KEY (scenario_id, discover, ordinal);



ALTER TABLE ONLY swarmstore.offline_path_actions
    ADD CONSTRAINT pk_offline_path_actions PRIMARY KEY (scenario_id, rank, step);



ALTER TABLE ONLY swarmstore.offline_paths
    ADD CONSTRAINT pk_offline_paths PRIMARY KEY (scenario_id, rank);



ALTER TABLE ONLY swarmstore.publication
    ADD CONSTRAINT pk_publication PRIMARY KEY (id);



ALTER TABLE ONLY swarmstore.removed_sessions
    ADD CONSTRAINT pk_removed_sessions PRIMARY KEY (session_row_id, scenario_id);



ALTER TABLE ONLY swarmstore.rollup_actions
    ADD CONSTRAINT pk_rollup_actions PRIMARY KEY (scenario_id, sequence_id);



ALTER TABLE ONLY swarmstore.rollup_contexts
    ADD CONSTRAINT pk_rollup_contexts PRIMARY KEY (scenario_id, sequence_id);



ALTER TABLE ONLY swarmstore.rollup_ngrams
    ADD CONSTRAINT pk_rollup_ngrams PRIMARY KEY (scenario_id, sequence_id);



ALTER TABLE ONLY swarmstore.rollup_strategies
    ADD CONSTRAINT pk_rollup_strategies PRIMARY KEY (scenario_id, strategy);



ALTER TABLE ONLY swarmstore.rollup_strategy_switches
    ADD CONSTRAINT pk_rollup_strategy_switches PRIMARY KEY (scenario_id, ordinal);



ALTER TABLE ONLY swarmstore.rollup_transitions
    ADD CONSTRAINT pk_rollup_transitions PRIMARY KEY (scenario_id, sequence_id);



ALTER TABLE ONLY swarmstore.rollups
    ADD CONSTRAINT pk_rollups PRIMARY KEY (scenario_id);



ALTER TABLE ONLY swarmstore.scenarios
    ADD CONSTRAINT pk_scenarios PRIMARY KEY (id);



ALTER TABLE ONLY swarmstore.schema_compatibility
    ADD CONSTRAINT pk_schema_compatibility PRIMARY KEY (id);



ALTER TABLE ONLY swarmstore.session_actions
    ADD CONSTRAINT pk_session_actions PRIMARY KEY (session_row_id, sequence_id, scenario_id);



ALTER TABLE ONLY swarmstore.session_contexts
    ADD CONSTRAINT pk_session_contexts PRIMARY KEY (session_row_id, sequence_id, scenario_id);



ALTER TABLE ONLY swarmstore.session_ngrams
    ADD CONSTRAINT pk_session_ngrams PRIMARY KEY (session_row_id, sequence_id, scenario_id);



ALTER TABLE ONLY swarmstore.session_strategies
    ADD CONSTRAINT pk_session_strategies PRIMARY KEY (session_row_id, strategy, scenario_id);



ALTER TABLE ONLY swarmstore.session_strategy_switches
    ADD CONSTRAINT pk_session_strategy_switches PRIMARY KEY (session_row_id, ordinal, scenario_id);



ALTER TABLE ONLY swarmstore.session_transitions
    ADD CONSTRAINT pk_session_transitions PRIMARY KEY (session_row_id, sequence_id, scenario_id);



ALTER TABLE ONLY swarmstore.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (id, scenario_id);



ALTER TABLE ONLY swarmstore.total_sources
    ADD CONSTRAINT pk_total_sources PRIMARY KEY (session_row_id, total_scenario_id, scenario_id);



ALTER TABLE ONLY swarmstore.swarmstore_version
    ADD CONSTRAINT swarmstore_version_pkc PRIMARY KEY (version_num);



ALTER TABLE ONLY swarmstore.baselines
    ADD CONSTRAINT uq_baselines_scenario_id_origin UNIQUE (scenario_id, origin);



ALTER TABLE ONLY swarmstore.scenarios
    ADD CONSTRAINT uq_scenarios_name_hash UNIQUE (name_hash);



ALTER TABLE ONLY swarmstore.sessions
    ADD CONSTRAINT uq_sessions_scenario_id_session_id UNIQUE (scenario_id, session_id);



CREATE INDEX ix_imports_session_row_id ON swarmstore.imports USING btree (session_row_id);



CREATE INDEX ix_removed_sessions_position ON swarmstore.removed_sessions USING btree ("position");



CREATE INDEX ix_removed_sessions_removed_at_ms ON swarmstore.removed_sessions USING btree (removed_at_ms);



CREATE INDEX ix_removed_sessions_scenario_id_session_id ON swarmstore.removed_sessions USING btree (scenario_id, session_id);



CREATE INDEX ix_sessions_position ON swarmstore.sessions USING btree ("position");



CREATE INDEX ix_sessions_scenario_id_session_ts ON swarmstore.sessions USING btree (scenario_id, session_ts);



CREATE INDEX ix_total_sources_total_scenario_id_folded_session_row_id ON swarmstore.total_sources USING btree (total_scenario_id, folded, session_row_id);



ALTER TABLE ONLY swarmstore.baseline_actions
    ADD CONSTRAINT fk_baseline_actions_baseline_id_scenario_id FOREIGN KEY (baseline_id, scenario_id) REFERENCES swarmstore.baselines(id, scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.baseline_contexts
    ADD CONSTRAINT fk_baseline_contexts_baseline_id_scenario_id FOREIGN KEY (baseline_id, scenario_id) REFERENCES swarmstore.baselines(id, scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.baseline_ngrams
    ADD CONSTRAINT fk_baseline_ngrams_baseline_id_scenario_id FOREIGN KEY (baseline_id, scenario_id) REFERENCES swarmstore.baselines(id, scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.baseline_strategies
    ADD CONSTRAINT fk_baseline_strategies_baseline_id_scenario_id FOREIGN KEY (baseline_id, scenario_id) REFERENCES swarmstore.baselines(id, scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.baseline_strategy_switches
    ADD CONSTRAINT fk_baseline_strategy_switches_baseline_id_scenario_id FOREIGN KEY (baseline_id, scenario_id) REFERENCES swarmstore.baselines(id, scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.baseline_transitions
    ADD CONSTRAINT fk_baseline_transitions_baseline_id_scenario_id FOREIGN KEY (baseline_id, scenario_id) REFERENCES swarmstore.baselines(id, scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.offline_action_orders
    ADD CONSTRAINT fk_offline_action_orders_scenario_id FOREIGN KEY (scenario_id) REFERENCES swarmstore.offline_models(scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.offline_order_actions
    ADD CONSTRAINT fk_offline_order_actions_scenario_id FOREIGN KEY (scenario_id) REFERENCES swarmstore.offline_action_orders(scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.offline_path_actions
    ADD CONSTRAINT fk_offline_path_actions_scenario_id_rank FOREIGN KEY (scenario_id, rank) REFERENCES swarmstore.offline_paths(scenario_id, rank) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.offline_paths
    ADD CONSTRAINT fk_offline_paths_scenario_id FOREIGN KEY (scenario_id) REFERENCES swarmstore.offline_models(scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.session_actions
    ADD CONSTRAINT fk_session_actions_session_row_id_scenario_id FOREIGN KEY (session_row_id, scenario_id) REFERENCES swarmstore.sessions(id, scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.session_contexts
    ADD CONSTRAINT fk_session_contexts_session_row_id_scenario_id FOREIGN KEY (session_row_id, scenario_id) REFERENCES swarmstore.sessions(id, scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.session_ngrams
    ADD CONSTRAINT fk_session_ngrams_session_row_id_scenario_id FOREIGN KEY (session_row_id, scenario_id) REFERENCES swarmstore.sessions(id, scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.session_strategies
    ADD CONSTRAINT fk_session_strategies_session_row_id_scenario_id FOREIGN KEY (session_row_id, scenario_id) REFERENCES swarmstore.sessions(id, scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.session_strategy_switches
    ADD CONSTRAINT fk_session_strategy_switches_session_row_id_scenario_id FOREIGN KEY (session_row_id, scenario_id) REFERENCES swarmstore.sessions(id, scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.session_transitions
    ADD CONSTRAINT fk_session_transitions_session_row_id_scenario_id FOREIGN KEY (session_row_id, scenario_id) REFERENCES swarmstore.sessions(id, scenario_id) ON DELETE CASCADE;



ALTER TABLE ONLY swarmstore.total_sources
    ADD CONSTRAINT fk_total_sources_session_row_id_scenario_id FOREIGN KEY (session_row_id, scenario_id) REFERENCES swarmstore.sessions(id, scenario_id) ON DELETE RESTRICT;





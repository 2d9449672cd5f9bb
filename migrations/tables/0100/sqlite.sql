CREATE TABLE baselines (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    scenario_id INTEGER NOT NULL,
    origin TEXT NOT NULL,
    newest_session_row INTEGER,
    newest_saved_at_ms INTEGER NOT NULL,
    version INTEGER NOT NULL,
    scenario_name TEXT,
    task_description TEXT,
    created_at INTEGER NOT NULL,
    session_count INTEGER NOT NULL,
    total_episodes INTEGER NOT NULL,
    total_actions INTEGER NOT NULL,
    phase TEXT,
    group_id TEXT,
    success_episodes INTEGER NOT NULL,
    failure_episodes INTEGER NOT NULL,
    current_strategy TEXT,
    strategy_start_visits INTEGER NOT NULL,
    strategy_start_success_rate ANY NOT NULL,
    CONSTRAINT uq_baselines_scenario_id_origin UNIQUE (scenario_id, origin)
) STRICT;

CREATE TABLE schema_compatibility (
    id INTEGER NOT NULL,
    oldest_revision TEXT NOT NULL,
    CONSTRAINT pk_schema_compatibility PRIMARY KEY (id)
) STRICT;

CREATE TABLE rollups (
    scenario_id INTEGER NOT NULL,
    contributors INTEGER NOT NULL,
    newest_session_row INTEGER,
    newest_saved_at_ms INTEGER NOT NULL,
    rollup_version INTEGER DEFAULT 0 NOT NULL,
    version INTEGER NOT NULL,
    scenario_name TEXT,
    task_description TEXT,
    created_at INTEGER NOT NULL,
    session_count INTEGER NOT NULL,
    total_episodes INTEGER NOT NULL,
    total_actions INTEGER NOT NULL,
    phase TEXT,
    group_id TEXT,
    success_episodes INTEGER NOT NULL,
    failure_episodes INTEGER NOT NULL,
    current_strategy TEXT,
    strategy_start_visits INTEGER NOT NULL,
    strategy_start_success_rate ANY NOT NULL,
    CONSTRAINT pk_rollups PRIMARY KEY (scenario_id)
) STRICT;

CREATE TABLE sessions (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    scenario_id INTEGER NOT NULL,
    session_id TEXT NOT NULL,
    session_ts INTEGER,
    write_token BLOB NOT NULL,
    content_digest BLOB NOT NULL,
    digest_version INTEGER NOT NULL,
    saved_at_ms INTEGER NOT NULL,
    position INTEGER,
    position_stamp INTEGER,
    version INTEGER NOT NULL,
    scenario_name TEXT,
    task_description TEXT,
    created_at INTEGER NOT NULL,
    session_count INTEGER NOT NULL,
    total_episodes INTEGER NOT NULL,
    total_actions INTEGER NOT NULL,
    phase TEXT,
    group_id TEXT,
    success_episodes INTEGER NOT NULL,
    failure_episodes INTEGER NOT NULL,
    current_strategy TEXT,
    strategy_start_visits INTEGER NOT NULL,
    strategy_start_success_rate ANY NOT NULL,
    CONSTRAINT uq_sessions_scenario_id_session_id UNIQUE (scenario_id, session_id)
) STRICT;

CREATE INDEX ix_sessions_position ON sessions (position);

CREATE INDEX ix_sessions_scenario_id_session_ts ON sessions (scenario_id, session_ts);

CREATE TABLE removed_sessions (
    session_row_id INTEGER NOT NULL,
    scenario_id INTEGER NOT NULL,
    session_id TEXT NOT NULL,
    write_token BLOB NOT NULL,
    content_digest BLOB NOT NULL,
    digest_version INTEGER NOT NULL,
    position INTEGER,
    position_stamp INTEGER,
    removed_at_ms INTEGER NOT NULL,
    fate TEXT NOT NULL,
    CONSTRAINT pk_removed_sessions PRIMARY KEY (session_row_id, scenario_id)
) WITHOUT ROWID, STRICT;

CREATE INDEX ix_removed_sessions_scenario_id_session_id ON removed_sessions (scenario_id, session_id);

CREATE INDEX ix_removed_sessions_removed_at_ms ON removed_sessions (removed_at_ms);

CREATE INDEX ix_removed_sessions_position ON removed_sessions (position);

CREATE TABLE rollup_transitions (
    scenario_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,
    success_count INTEGER,
    failure_count INTEGER,
    CONSTRAINT pk_rollup_transitions PRIMARY KEY (scenario_id, sequence_id)
) WITHOUT ROWID, STRICT;

CREATE TABLE rollup_ngrams (
    scenario_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,
    success_count INTEGER NOT NULL,
    failure_count INTEGER NOT NULL,
    CONSTRAINT pk_rollup_ngrams PRIMARY KEY (scenario_id, sequence_id)
) WITHOUT ROWID, STRICT;

CREATE TABLE rollup_contexts (
    scenario_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    successes INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    discoveries INTEGER NOT NULL,
    total_duration_ms INTEGER NOT NULL,
    kpi_total ANY NOT NULL,
    kpi_count INTEGER NOT NULL,
    CONSTRAINT pk_rollup_contexts PRIMARY KEY (scenario_id, sequence_id)
) WITHOUT ROWID, STRICT;

CREATE TABLE rollup_actions (
    scenario_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    successes INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    discoveries INTEGER NOT NULL,
    total_duration_ms INTEGER NOT NULL,
    kpi_total ANY NOT NULL,
    kpi_count INTEGER NOT NULL,
    CONSTRAINT pk_rollup_actions PRIMARY KEY (scenario_id, sequence_id)
) WITHOUT ROWID, STRICT;

CREATE TABLE rollup_strategies (
    scenario_id INTEGER NOT NULL,
    strategy TEXT NOT NULL,
    visits INTEGER NOT NULL,
    successes INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    usage_count INTEGER NOT NULL,
    episodes_success INTEGER NOT NULL,
    episodes_failure INTEGER NOT NULL,
    CONSTRAINT pk_rollup_strategies PRIMARY KEY (scenario_id, strategy)
) WITHOUT ROWID, STRICT;

CREATE TABLE rollup_strategy_switches (
    scenario_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    from_strategy TEXT NOT NULL,
    to_strategy TEXT NOT NULL,
    visits_at_switch INTEGER NOT NULL,
    success_rate_at_switch ANY NOT NULL,
    from_strategy_success_rate ANY NOT NULL,
    CONSTRAINT pk_rollup_strategy_switches PRIMARY KEY (scenario_id, ordinal)
) WITHOUT ROWID, STRICT;

CREATE TABLE imports (
    origin TEXT NOT NULL,
    path_hash BLOB NOT NULL,
    path TEXT NOT NULL,
    content_digest BLOB NOT NULL,
    counted INTEGER NOT NULL,
    session_row_id INTEGER,
    imported_at_ms INTEGER NOT NULL,
    snapshot_digest BLOB,
    digest_version INTEGER,
    repeated INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_imports PRIMARY KEY (origin, path_hash)
) WITHOUT ROWID, STRICT;

CREATE INDEX ix_imports_session_row_id ON imports (session_row_id);

CREATE TABLE scenarios (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_hash BLOB NOT NULL,
    CONSTRAINT pk_scenarios PRIMARY KEY (id),
    CONSTRAINT uq_scenarios_name_hash UNIQUE (name_hash)
) STRICT;

CREATE TABLE action_sequences (
    id INTEGER NOT NULL,
    length INTEGER NOT NULL,
    action_1 TEXT NOT NULL,
    action_2 TEXT,
    action_3 TEXT,
    action_4 TEXT,
    CONSTRAINT pk_action_sequences PRIMARY KEY (id)
) STRICT;

CREATE TABLE offline_models (
    scenario_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    ucb1_c ANY NOT NULL,
    learning_weight ANY NOT NULL,
    ngram_weight ANY NOT NULL,
    maturity_threshold INTEGER NOT NULL,
    error_rate_threshold ANY NOT NULL,
    initial_strategy TEXT NOT NULL,
    analyzed_sessions INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT pk_offline_models PRIMARY KEY (scenario_id)
) STRICT;

CREATE TABLE publication (
    id INTEGER NOT NULL,
    store_id BLOB NOT NULL,
    last_position INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    CONSTRAINT pk_publication PRIMARY KEY (id)
) STRICT;

CREATE TABLE total_sources (
    session_row_id INTEGER NOT NULL,
    total_scenario_id INTEGER NOT NULL,
    scenario_id INTEGER NOT NULL,
    folded INTEGER NOT NULL,
    CONSTRAINT pk_total_sources PRIMARY KEY (session_row_id, total_scenario_id, scenario_id),
    CONSTRAINT fk_total_sources_session_row_id FOREIGN KEY(session_row_id) REFERENCES sessions (id) ON DELETE RESTRICT
) WITHOUT ROWID, STRICT;

CREATE INDEX ix_total_sources_total_scenario_id_folded_session_row_id ON total_sources (total_scenario_id, folded, session_row_id);

CREATE TABLE session_transitions (
    session_row_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,
    scenario_id INTEGER NOT NULL,
    success_count INTEGER,
    failure_count INTEGER,
    CONSTRAINT pk_session_transitions PRIMARY KEY (session_row_id, sequence_id, scenario_id),
    CONSTRAINT fk_session_transitions_session_row_id FOREIGN KEY(session_row_id) REFERENCES sessions (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE session_ngrams (
    session_row_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,
    scenario_id INTEGER NOT NULL,
    success_count INTEGER NOT NULL,
    failure_count INTEGER NOT NULL,
    CONSTRAINT pk_session_ngrams PRIMARY KEY (session_row_id, sequence_id, scenario_id),
    CONSTRAINT fk_session_ngrams_session_row_id FOREIGN KEY(session_row_id) REFERENCES sessions (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE session_contexts (
    session_row_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,
    scenario_id INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    successes INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    discoveries INTEGER NOT NULL,
    total_duration_ms INTEGER NOT NULL,
    kpi_total ANY NOT NULL,
    kpi_count INTEGER NOT NULL,
    CONSTRAINT pk_session_contexts PRIMARY KEY (session_row_id, sequence_id, scenario_id),
    CONSTRAINT fk_session_contexts_session_row_id FOREIGN KEY(session_row_id) REFERENCES sessions (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE session_actions (
    session_row_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,
    scenario_id INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    successes INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    discoveries INTEGER NOT NULL,
    total_duration_ms INTEGER NOT NULL,
    kpi_total ANY NOT NULL,
    kpi_count INTEGER NOT NULL,
    CONSTRAINT pk_session_actions PRIMARY KEY (session_row_id, sequence_id, scenario_id),
    CONSTRAINT fk_session_actions_session_row_id FOREIGN KEY(session_row_id) REFERENCES sessions (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE session_strategies (
    session_row_id INTEGER NOT NULL,
    strategy TEXT NOT NULL,
    scenario_id INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    successes INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    usage_count INTEGER NOT NULL,
    episodes_success INTEGER NOT NULL,
    episodes_failure INTEGER NOT NULL,
    CONSTRAINT pk_session_strategies PRIMARY KEY (session_row_id, strategy, scenario_id),
    CONSTRAINT fk_session_strategies_session_row_id FOREIGN KEY(session_row_id) REFERENCES sessions (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE session_strategy_switches (
    session_row_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    scenario_id INTEGER NOT NULL,
    from_strategy TEXT NOT NULL,
    to_strategy TEXT NOT NULL,
    visits_at_switch INTEGER NOT NULL,
    success_rate_at_switch ANY NOT NULL,
    from_strategy_success_rate ANY NOT NULL,
    CONSTRAINT pk_session_strategy_switches PRIMARY KEY (session_row_id, ordinal, scenario_id),
    CONSTRAINT fk_session_strategy_switches_session_row_id FOREIGN KEY(session_row_id) REFERENCES sessions (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE baseline_transitions (
    baseline_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,
    scenario_id INTEGER NOT NULL,
    success_count INTEGER,
    failure_count INTEGER,
    CONSTRAINT pk_baseline_transitions PRIMARY KEY (baseline_id, sequence_id, scenario_id),
    CONSTRAINT fk_baseline_transitions_baseline_id FOREIGN KEY(baseline_id) REFERENCES baselines (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE baseline_ngrams (
    baseline_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,
    scenario_id INTEGER NOT NULL,
    success_count INTEGER NOT NULL,
    failure_count INTEGER NOT NULL,
    CONSTRAINT pk_baseline_ngrams PRIMARY KEY (baseline_id, sequence_id, scenario_id),
    CONSTRAINT fk_baseline_ngrams_baseline_id FOREIGN KEY(baseline_id) REFERENCES baselines (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE baseline_contexts (
    baseline_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,
    scenario_id INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    successes INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    discoveries INTEGER NOT NULL,
    total_duration_ms INTEGER NOT NULL,
    kpi_total ANY NOT NULL,
    kpi_count INTEGER NOT NULL,
    CONSTRAINT pk_baseline_contexts PRIMARY KEY (baseline_id, sequence_id, scenario_id),
    CONSTRAINT fk_baseline_contexts_baseline_id FOREIGN KEY(baseline_id) REFERENCES baselines (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE baseline_actions (
    baseline_id INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,
    scenario_id INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    successes INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    discoveries INTEGER NOT NULL,
    total_duration_ms INTEGER NOT NULL,
    kpi_total ANY NOT NULL,
    kpi_count INTEGER NOT NULL,
    CONSTRAINT pk_baseline_actions PRIMARY KEY (baseline_id, sequence_id, scenario_id),
    CONSTRAINT fk_baseline_actions_baseline_id FOREIGN KEY(baseline_id) REFERENCES baselines (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE baseline_strategies (
    baseline_id INTEGER NOT NULL,
    strategy TEXT NOT NULL,
    scenario_id INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    successes INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    usage_count INTEGER NOT NULL,
    episodes_success INTEGER NOT NULL,
    episodes_failure INTEGER NOT NULL,
    CONSTRAINT pk_baseline_strategies PRIMARY KEY (baseline_id, strategy, scenario_id),
    CONSTRAINT fk_baseline_strategies_baseline_id FOREIGN KEY(baseline_id) REFERENCES baselines (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE baseline_strategy_switches (
    baseline_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    scenario_id INTEGER NOT NULL,
    from_strategy TEXT NOT NULL,
    to_strategy TEXT NOT NULL,
    visits_at_switch INTEGER NOT NULL,
    success_rate_at_switch ANY NOT NULL,
    from_strategy_success_rate ANY NOT NULL,
    CONSTRAINT pk_baseline_strategy_switches PRIMARY KEY (baseline_id, ordinal, scenario_id),
    CONSTRAINT fk_baseline_strategy_switches_baseline_id FOREIGN KEY(baseline_id) REFERENCES baselines (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE offline_paths (
    scenario_id INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    success_rate ANY NOT NULL,
    observations INTEGER NOT NULL,
    CONSTRAINT pk_offline_paths PRIMARY KEY (scenario_id, rank),
    CONSTRAINT fk_offline_paths_scenario_id FOREIGN KEY(scenario_id) REFERENCES offline_models (scenario_id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE offline_action_orders (
    scenario_id INTEGER NOT NULL,
    action_set_hash INTEGER NOT NULL,
    source TEXT NOT NULL,
    lora_id INTEGER,
    lora_scale ANY,
    lora_name TEXT,
    validated_accuracy ANY,
    CONSTRAINT pk_offline_action_orders PRIMARY KEY (scenario_id),
    CONSTRAINT fk_offline_action_orders_scenario_id FOREIGN KEY(scenario_id) REFERENCES offline_models (scenario_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE offline_path_actions (
    scenario_id INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    step INTEGER NOT NULL,
    action TEXT NOT NULL,
    CONSTRAINT pk_offline_path_actions PRIMARY KEY (scenario_id, rank, step),
    CONSTRAINT fk_offline_path_actions_scenario_id_rank FOREIGN KEY(scenario_id, rank) REFERENCES offline_paths (scenario_id, rank) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE offline_order_actions (
    scenario_id INTEGER NOT NULL,
    discover INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    action TEXT NOT NULL,
    CONSTRAINT pk_offline_order_actions PRIMARY KEY (scenario_id, discover, ordinal),
    CONSTRAINT fk_offline_order_actions_scenario_id FOREIGN KEY(scenario_id) REFERENCES offline_action_orders (scenario_id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

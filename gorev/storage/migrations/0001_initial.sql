CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    definition TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    rev INTEGER NOT NULL
);
CREATE INDEX projects_by_creation ON projects (created_at, id);

CREATE TABLE tasks (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    title_folded TEXT NOT NULL,
    description_folded TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'in_progress', 'completed', 'cancelled')),
    priority TEXT NOT NULL CHECK (priority IN ('low', 'medium', 'high')),
    project_id TEXT REFERENCES projects (id),
    parent_id TEXT REFERENCES tasks (id),
    due_date TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    last_interaction_at TEXT,
    estimated_hours REAL,
    actual_hours REAL,
    rev INTEGER NOT NULL
);
CREATE INDEX tasks_by_creation ON tasks (created_at, id);
CREATE INDEX tasks_by_update ON tasks (updated_at, id);
CREATE INDEX tasks_by_project ON tasks (project_id, created_at, id);
CREATE INDEX tasks_by_parent ON tasks (parent_id, created_at, id);
CREATE INDEX tasks_by_status ON tasks (status, created_at, id);
CREATE INDEX tasks_by_due_date ON tasks (due_date IS NULL, due_date, id);
CREATE INDEX roots_by_creation ON tasks (created_at, id) WHERE parent_id IS NULL;

CREATE TABLE tags (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_caseless TEXT NOT NULL UNIQUE,
    name_folded TEXT NOT NULL
);

CREATE TABLE task_tags (
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    tag_id TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (task_id, tag_id)
);
CREATE INDEX task_tags_by_tag ON task_tags (tag_id, task_id);

CREATE TABLE links (
    id TEXT PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    target_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('blocks', 'related')),
    created_at TEXT NOT NULL,
    CHECK (source_id <> target_id),
    UNIQUE (source_id, target_id, kind)
);
CREATE INDEX links_by_target ON links (target_id, kind, source_id);

CREATE TABLE templates (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    definition TEXT NOT NULL DEFAULT '',
    alias TEXT,
    default_title TEXT NOT NULL,
    description_template TEXT NOT NULL,
    fields TEXT NOT NULL,
    sample_values TEXT,
    category TEXT NOT NULL DEFAULT '',
    active INTEGER NOT NULL DEFAULT 1,
    language_code TEXT NOT NULL,
    base_template_id TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (name, language_code),
    UNIQUE (alias, language_code)
);

CREATE TABLE filter_profiles (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL DEFAULT '',
    filters TEXT NOT NULL DEFAULT '{}',
    search_query TEXT NOT NULL DEFAULT '',
    is_default INTEGER NOT NULL DEFAULT 0,
    use_count INTEGER NOT NULL DEFAULT 0,
    last_used_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);

CREATE TABLE search_history (
    id INTEGER PRIMARY KEY,
    query TEXT NOT NULL,
    filters TEXT NOT NULL DEFAULT '{}',
    result_count INTEGER NOT NULL,
    execution_time_ms REAL NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE recent_tasks (
    task_id TEXT PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
    used_at TEXT NOT NULL
);

CREATE TABLE interactions (
    id INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    action TEXT NOT NULL,
    context TEXT NOT NULL DEFAULT '{}',
    session_id TEXT,
    created_at TEXT NOT NULL
);
CREATE INDEX interactions_by_task ON interactions (task_id, id);

CREATE TABLE file_watches (
    id INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    file_path TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (task_id, file_path)
);
CREATE INDEX file_watches_by_path ON file_watches (file_path);

-- What there is one of in a workspace.
CREATE TABLE workspace (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    active_project_id TEXT REFERENCES projects (id) ON DELETE SET NULL,
    active_task_id TEXT REFERENCES tasks (id) ON DELETE SET NULL,
    session_data TEXT NOT NULL DEFAULT '{}',
    context_updated_at TEXT,
    last_seq INTEGER NOT NULL DEFAULT 0
);
INSERT INTO workspace (only) VALUES (1);

-- Every change of every entity, in commit order. Entities are kept as they were, under domain names.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    kind TEXT NOT NULL,
    entity_id TEXT,
    client TEXT NOT NULL,
    client_kind TEXT NOT NULL,
    session_id TEXT,
    before TEXT,
    after TEXT,
    changed TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX events_by_entity ON events (entity_id, seq);
CREATE INDEX events_by_time ON events (time);

-- First outcomes of writes that named an idempotency key.
CREATE TABLE outcomes (
    idempotency_key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    outcome TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX outcomes_by_time ON outcomes (created_at);

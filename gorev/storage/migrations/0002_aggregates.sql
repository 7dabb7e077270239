-- Numbers and short lists that a workspace of any size is asked for at once: summary, project counts, suggestions.
-- All of it is derived; the triggers keep it true, and nothing else writes it.

ALTER TABLE tasks ADD COLUMN is_open INTEGER NOT NULL
    GENERATED ALWAYS AS (status IN ('pending', 'in_progress')) VIRTUAL;

-- Whether a task waits for an open one (rule S2 of data-model.md).
ALTER TABLE tasks ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
UPDATE tasks SET blocked = 1 WHERE id IN (
    SELECT links.target_id FROM links JOIN tasks AS source ON source.id = links.source_id
    WHERE links.kind = 'blocks' AND source.is_open
);

CREATE TRIGGER links_block AFTER INSERT ON links WHEN NEW.kind = 'blocks'
BEGIN
    UPDATE tasks SET blocked = 1
    WHERE id = NEW.target_id AND NOT blocked
        AND EXISTS (SELECT 1 FROM tasks AS source WHERE source.id = NEW.source_id AND source.is_open);
END;
CREATE TRIGGER links_unblock AFTER DELETE ON links WHEN OLD.kind = 'blocks'
BEGIN
    UPDATE tasks SET blocked = 0
    WHERE id = OLD.target_id AND blocked AND NOT EXISTS (
        SELECT 1 FROM links JOIN tasks AS source ON source.id = links.source_id
        WHERE links.target_id = OLD.target_id AND links.kind = 'blocks' AND source.is_open
    );
END;
CREATE TRIGGER tasks_block AFTER UPDATE OF status ON tasks WHEN OLD.is_open <> NEW.is_open
BEGIN
    UPDATE tasks SET blocked = NEW.is_open OR EXISTS (
        SELECT 1 FROM links JOIN tasks AS source ON source.id = links.source_id
        WHERE links.target_id = tasks.id AND links.kind = 'blocks' AND source.is_open
    )
    WHERE id IN (SELECT target_id FROM links WHERE source_id = NEW.id AND kind = 'blocks');
END;

-- How many tasks there are of each sort; project_id is '' for those of no project.
CREATE TABLE task_counts (
    project_id TEXT NOT NULL,
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (project_id, status, priority)
);
INSERT INTO task_counts (project_id, status, priority, number)
    SELECT coalesce(project_id, ''), status, priority, count(*) FROM tasks GROUP BY 1, 2, 3;

CREATE TRIGGER tasks_count AFTER INSERT ON tasks
BEGIN
    INSERT INTO task_counts (project_id, status, priority, number)
    VALUES (coalesce(NEW.project_id, ''), NEW.status, NEW.priority, 1)
    ON CONFLICT (project_id, status, priority) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER tasks_uncount AFTER DELETE ON tasks
BEGIN
    UPDATE task_counts SET number = number - 1
    WHERE project_id = coalesce(OLD.project_id, '') AND status = OLD.status AND priority = OLD.priority;
END;
CREATE TRIGGER tasks_recount AFTER UPDATE OF project_id, status, priority ON tasks
WHEN OLD.project_id IS NOT NEW.project_id OR OLD.status <> NEW.status OR OLD.priority <> NEW.priority
BEGIN
    UPDATE task_counts SET number = number - 1
    WHERE project_id = coalesce(OLD.project_id, '') AND status = OLD.status AND priority = OLD.priority;
    INSERT INTO task_counts (project_id, status, priority, number)
    VALUES (coalesce(NEW.project_id, ''), NEW.status, NEW.priority, 1)
    ON CONFLICT (project_id, status, priority) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER projects_uncount AFTER DELETE ON projects
BEGIN
    DELETE FROM task_counts WHERE project_id = OLD.id;
END;

-- How many open tasks are due on each day.
CREATE TABLE due_counts (
    due_date TEXT PRIMARY KEY,
    number INTEGER NOT NULL
);
INSERT INTO due_counts (due_date, number)
    SELECT due_date, count(*) FROM tasks WHERE is_open AND due_date IS NOT NULL GROUP BY due_date;

CREATE TRIGGER tasks_due AFTER INSERT ON tasks WHEN NEW.is_open AND NEW.due_date IS NOT NULL
BEGIN
    INSERT INTO due_counts (due_date, number) VALUES (NEW.due_date, 1)
    ON CONFLICT (due_date) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER tasks_not_due AFTER DELETE ON tasks WHEN OLD.is_open AND OLD.due_date IS NOT NULL
BEGIN
    UPDATE due_counts SET number = number - 1 WHERE due_date = OLD.due_date;
END;
CREATE TRIGGER tasks_due_otherwise AFTER UPDATE OF due_date, status ON tasks
WHEN OLD.due_date IS NOT NEW.due_date OR OLD.is_open <> NEW.is_open
BEGIN
    UPDATE due_counts SET number = number - 1 WHERE due_date = OLD.due_date AND OLD.is_open;
    INSERT INTO due_counts (due_date, number) SELECT NEW.due_date, 1 WHERE NEW.is_open AND NEW.due_date IS NOT NULL
    ON CONFLICT (due_date) DO UPDATE SET number = number + 1;
END;

CREATE INDEX tasks_open_by_due_date ON tasks (due_date, created_at, id) WHERE is_open AND due_date IS NOT NULL;
CREATE INDEX tasks_open_high ON tasks (due_date IS NULL, due_date, created_at, id, status, blocked)
    WHERE is_open AND priority = 'high';
CREATE INDEX tasks_blocked ON tasks (updated_at, id) WHERE blocked AND is_open;
CREATE INDEX tasks_by_status_and_update ON tasks (status, updated_at, id);

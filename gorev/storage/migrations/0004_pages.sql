-- Lists of any sort and project at the same cost whatever their number: `task_pages` goes through these indexes, one
-- status and priority at a time, in the order that is asked for.

DROP INDEX tasks_by_status;
DROP INDEX tasks_by_project;
CREATE INDEX tasks_by_sort ON tasks (status, priority, created_at, id);
CREATE INDEX tasks_by_project_and_sort ON tasks (project_id, status, priority, created_at, id);

-- What lists are ordered by, as columns: SQLite goes by an index only where it knows that a column is the same for all.
ALTER TABLE tasks ADD COLUMN priority_rank INTEGER NOT NULL
    GENERATED ALWAYS AS (CASE priority WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END) VIRTUAL;
ALTER TABLE tasks ADD COLUMN status_rank INTEGER NOT NULL
    GENERATED ALWAYS AS (CASE status WHEN 'in_progress' THEN 1 WHEN 'pending' THEN 2 WHEN 'completed' THEN 3 ELSE 4 END)
    VIRTUAL;
ALTER TABLE tasks ADD COLUMN is_undated INTEGER NOT NULL GENERATED ALWAYS AS (due_date IS NULL) VIRTUAL;
CREATE INDEX tasks_by_priority ON tasks (priority_rank, id);
DROP INDEX tasks_by_due_date;
CREATE INDEX tasks_by_due_date ON tasks (is_undated, due_date, id);

-- How many subtasks there are of each sort, by the sort of their parents: what a list of trees counts is the tasks that
-- match and whose parents do not. A subtask is of its parent's project; project_id is '' for those of no project.
CREATE TABLE subtask_counts (
    project_id TEXT NOT NULL,
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    parent_status TEXT NOT NULL,
    parent_priority TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (project_id, status, priority, parent_status, parent_priority)
);
INSERT INTO subtask_counts (project_id, status, priority, parent_status, parent_priority, number)
    SELECT coalesce(tasks.project_id, ''), tasks.status, tasks.priority, parent.status, parent.priority, count(*)
    FROM tasks JOIN tasks AS parent ON parent.id = tasks.parent_id GROUP BY 1, 2, 3, 4, 5;

CREATE TRIGGER subtasks_count AFTER INSERT ON tasks WHEN NEW.parent_id IS NOT NULL
BEGIN
    INSERT INTO subtask_counts (project_id, status, priority, parent_status, parent_priority, number)
    SELECT coalesce(NEW.project_id, ''), NEW.status, NEW.priority, status, priority, 1
    FROM tasks WHERE id = NEW.parent_id
    ON CONFLICT (project_id, status, priority, parent_status, parent_priority) DO UPDATE SET number = number + 1;
END;
-- Of many that are deleted at once a parent may go first.
CREATE TRIGGER subtasks_uncount AFTER DELETE ON tasks
BEGIN
    INSERT INTO subtask_counts (project_id, status, priority, parent_status, parent_priority, number)
    SELECT coalesce(project_id, ''), status, priority, OLD.status, OLD.priority, -count(*)
    FROM tasks WHERE parent_id = OLD.id GROUP BY 1, 2, 3
    ON CONFLICT (project_id, status, priority, parent_status, parent_priority)
    DO UPDATE SET number = number + excluded.number;
    INSERT INTO subtask_counts (project_id, status, priority, parent_status, parent_priority, number)
    SELECT coalesce(OLD.project_id, ''), OLD.status, OLD.priority, status, priority, -1
    FROM tasks WHERE id = OLD.parent_id
    ON CONFLICT (project_id, status, priority, parent_status, parent_priority) DO UPDATE SET number = number - 1;
END;
-- The task itself, as what it was and as what it is, under a parent that stays what it is.
CREATE TRIGGER subtasks_recount AFTER UPDATE OF project_id, status, priority, parent_id ON tasks
WHEN OLD.project_id IS NOT NEW.project_id OR OLD.status <> NEW.status OR OLD.priority <> NEW.priority
    OR OLD.parent_id IS NOT NEW.parent_id
BEGIN
    INSERT INTO subtask_counts (project_id, status, priority, parent_status, parent_priority, number)
    SELECT coalesce(OLD.project_id, ''), OLD.status, OLD.priority, status, priority, -1
    FROM tasks WHERE id = OLD.parent_id
    ON CONFLICT (project_id, status, priority, parent_status, parent_priority) DO UPDATE SET number = number - 1;
    INSERT INTO subtask_counts (project_id, status, priority, parent_status, parent_priority, number)
    SELECT coalesce(NEW.project_id, ''), NEW.status, NEW.priority, status, priority, 1
    FROM tasks WHERE id = NEW.parent_id
    ON CONFLICT (project_id, status, priority, parent_status, parent_priority) DO UPDATE SET number = number + 1;
END;
-- Its subtasks, as those of what it was and of what it is.
CREATE TRIGGER parents_recount AFTER UPDATE OF status, priority ON tasks
WHEN OLD.status <> NEW.status OR OLD.priority <> NEW.priority
BEGIN
    INSERT INTO subtask_counts (project_id, status, priority, parent_status, parent_priority, number)
    SELECT coalesce(project_id, ''), status, priority, OLD.status, OLD.priority, -count(*)
    FROM tasks WHERE parent_id = NEW.id GROUP BY 1, 2, 3
    ON CONFLICT (project_id, status, priority, parent_status, parent_priority)
    DO UPDATE SET number = number + excluded.number;
    INSERT INTO subtask_counts (project_id, status, priority, parent_status, parent_priority, number)
    SELECT coalesce(project_id, ''), status, priority, NEW.status, NEW.priority, count(*)
    FROM tasks WHERE parent_id = NEW.id GROUP BY 1, 2, 3
    ON CONFLICT (project_id, status, priority, parent_status, parent_priority)
    DO UPDATE SET number = number + excluded.number;
END;
CREATE TRIGGER projects_uncount_subtasks AFTER DELETE ON projects
BEGIN
    DELETE FROM subtask_counts WHERE project_id = OLD.id;
END;

-- Letters that are written as two characters, letter and mark, are folded like those that are written as one.
UPDATE tasks SET title_folded = folded(title), description_folded = folded(description)
    WHERE title_folded <> folded(title) OR description_folded <> folded(description);
UPDATE projects SET name_folded = folded(name) WHERE name_folded <> folded(name);
UPDATE tags SET name_folded = folded(name) WHERE name_folded <> folded(name);
-- Where there are tags of both spellings, both are kept.
UPDATE OR IGNORE tags SET name_caseless = caseless(name) WHERE name_caseless <> caseless(name);

-- The search index. Tasks are indexed over their folded texts, which the index does not repeat; names of tags and
-- projects are indexed once each, not with every task that bears them, so that renaming a project costs one row.
-- Triggers keep both in step, whoever writes; they do nothing unless a text changes.

ALTER TABLE projects ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';
UPDATE projects SET name_folded = folded(name);

CREATE VIRTUAL TABLE task_text USING fts5 (
    title_folded,
    description_folded,
    content = 'tasks',
    content_rowid = 'number',
    tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO task_text (task_text) VALUES ('rebuild');
CREATE VIRTUAL TABLE task_terms USING fts5vocab (task_text, row);

CREATE TRIGGER tasks_index AFTER INSERT ON tasks
BEGIN
    INSERT INTO task_text (rowid, title_folded, description_folded)
    VALUES (NEW.number, NEW.title_folded, NEW.description_folded);
END;
CREATE TRIGGER tasks_unindex AFTER DELETE ON tasks
BEGIN
    INSERT INTO task_text (task_text, rowid, title_folded, description_folded)
    VALUES ('delete', OLD.number, OLD.title_folded, OLD.description_folded);
END;
CREATE TRIGGER tasks_reindex AFTER UPDATE OF title_folded, description_folded ON tasks
WHEN OLD.title_folded <> NEW.title_folded OR OLD.description_folded <> NEW.description_folded
BEGIN
    INSERT INTO task_text (task_text, rowid, title_folded, description_folded)
    VALUES ('delete', OLD.number, OLD.title_folded, OLD.description_folded);
    INSERT INTO task_text (rowid, title_folded, description_folded)
    VALUES (NEW.number, NEW.title_folded, NEW.description_folded);
END;

CREATE VIRTUAL TABLE label_text USING fts5 (
    name_folded,
    kind UNINDEXED,
    label_id UNINDEXED,
    tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO label_text (name_folded, kind, label_id)
    SELECT name_folded, 'tag', id FROM tags UNION ALL SELECT name_folded, 'project', id FROM projects;

CREATE TRIGGER tags_index AFTER INSERT ON tags
BEGIN
    INSERT INTO label_text (name_folded, kind, label_id) VALUES (NEW.name_folded, 'tag', NEW.id);
END;
CREATE TRIGGER tags_reindex AFTER UPDATE OF name_folded ON tags WHEN OLD.name_folded <> NEW.name_folded
BEGIN
    UPDATE label_text SET name_folded = NEW.name_folded WHERE kind = 'tag' AND label_id = OLD.id;
END;
CREATE TRIGGER tags_unindex AFTER DELETE ON tags
BEGIN
    DELETE FROM label_text WHERE kind = 'tag' AND label_id = OLD.id;
END;
CREATE TRIGGER projects_index AFTER INSERT ON projects
BEGIN
    INSERT INTO label_text (name_folded, kind, label_id) VALUES (NEW.name_folded, 'project', NEW.id);
END;
CREATE TRIGGER projects_reindex AFTER UPDATE OF name_folded ON projects WHEN OLD.name_folded <> NEW.name_folded
BEGIN
    UPDATE label_text SET name_folded = NEW.name_folded WHERE kind = 'project' AND label_id = OLD.id;
END;
CREATE TRIGGER projects_unindex AFTER DELETE ON projects
BEGIN
    DELETE FROM label_text WHERE kind = 'project' AND label_id = OLD.id;
END;

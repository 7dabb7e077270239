-- What a write need not write.

-- Interactions that come with a change stand in its event, and are told from there by a view until many of them are
-- moved into their table at once (`context.take_up`), up to this event.
ALTER TABLE events ADD COLUMN action TEXT;
ALTER TABLE workspace ADD COLUMN interactions_seq INTEGER NOT NULL DEFAULT 0;
UPDATE workspace SET interactions_seq = last_seq;
CREATE VIEW new_interactions (seq, task_id, action, context, session_id, created_at) AS
    SELECT seq, entity_id, action, '{}', session_id, time FROM events
    WHERE seq > (SELECT interactions_seq FROM workspace) AND action IS NOT NULL
        AND EXISTS (SELECT 1 FROM tasks WHERE tasks.id = entity_id);

-- By status and update only those in progress and the completed ones are asked for.
DROP INDEX tasks_by_status_and_update;
CREATE INDEX tasks_begun_by_update ON tasks (status, updated_at, id)
    WHERE status = 'in_progress' OR status = 'completed';

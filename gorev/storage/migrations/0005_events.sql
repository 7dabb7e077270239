-- The event log is read by number only.
DROP INDEX events_by_entity;
DROP INDEX events_by_time;
-- Roots are found by `tasks_by_parent`.
DROP INDEX roots_by_creation;

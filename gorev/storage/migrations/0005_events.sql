-- The event log is read by number only.
DROP INDEX events_by_entity;
DROP INDEX events_by_time;

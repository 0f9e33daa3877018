// When a delivery or an event was given up, and why; when an event was done with; since when a run stands in line; which read of a configuration its schedules are of.
export const statements = [
  'alter table deliveries add column given_up_at timestamptz',
  'alter table events add column given_up_at timestamptz',
  'alter table events add column given_up text',
  'alter table events add column dispatched_at timestamptz',
  'alter table runs add column in_line_since timestamptz',
  'create sequence configuration_reads',
  'create table schedules_kept (repository_id bigint primary key, configuration_read bigint not null)',

  "create index deliveries_undispatched on deliveries (at) where status = 'stored'",
  'create index deliveries_given_up on deliveries (given_up_at) where given_up_at is not null',
  'create index events_given_up on events (given_up_at) where given_up_at is not null',
  "create index runs_in_line on runs (in_line_since) where status = 'queued' and in_line_since is not null",
]

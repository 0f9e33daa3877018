// When what was refused for now opens again, so that whoever asks later is told the same.
export const statements = [
  'alter table occurrences add column retry_at timestamptz',
  "create index runs_queued on runs (not_before) where status = 'queued'",
  'create index events_undispatched on events (at) where facts is null',
]

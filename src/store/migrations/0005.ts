// Runs that are about no pull request, what started them, what they came to; and events kept with what filters read of them.
export const statements = [
  'alter table runs alter column number drop not null',
  'alter table runs alter column pull drop not null',
  'alter table runs add column event json',
  'alter table runs add column key text',
  'alter table runs add column report text',
  'create index runs_by_key on runs (repository_id, key, requested_at desc)',
  'alter table ledger alter column number drop not null',
  'alter table events add column repository_id bigint',
  'alter table events add column facts json',
  'create index events_by_repository on events (repository_id, at)',
  'create index occurrences_by_routine on occurrences (repository_id, routine, at desc)',
]

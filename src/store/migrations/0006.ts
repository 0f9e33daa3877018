// Times of routines that are watched, what of which repository was read for them, and work that one process does in turn for all.
export const statements = [
  `create table schedules (
    id text primary key,
    repository_id bigint not null,
    routine text not null,
    entry json not null,
    seed bigint not null,
    usd double precision not null,
    day_usd double precision not null,
    due timestamptz,
    not_before timestamptz,
    put_off text,
    last_event text,
    last_due timestamptz,
    last_at timestamptz
  )`,
  'create index schedules_by_repository on schedules (repository_id)',
  'create index schedules_by_time on schedules (not_before) where not_before is not null',
  'create index schedules_by_last on schedules (last_at) where last_at is not null',
  `create table schedules_read (
    repository_id bigint primary key,
    as_of text not null,
    at timestamptz not null
  )`,
  `create table turns (
    name text primary key,
    next_at timestamptz not null
  )`,
]

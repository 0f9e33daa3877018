// Jobs that their workers may have died of, and which repository a run waits for where it is not its own.
export const statements = [
  `create table job_deaths (
    key text primary key,
    deaths integer not null,
    job_id text,
    claim integer,
    at timestamptz not null
  )`,
  'create index job_deaths_by_time on job_deaths (at)',
  'alter table runs add column waits_for json',
  'alter table runs add column waits_for_id bigint',
]

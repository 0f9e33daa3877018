// The first shape of the database: every table, with an index for every question that is asked of it.

export const statements = [
  `create table deliveries (
    id text primary key,
    name text not null,
    action text,
    repository_id bigint,
    installation_id bigint,
    body_hash text not null unique,
    payload json,
    at timestamptz not null,
    status text not null default 'stored',
    because text
  )`,
  'create index deliveries_by_time on deliveries (at desc)',

  `create table occurrences (
    id text primary key,
    event_id text not null,
    routine text not null,
    repository_id bigint not null,
    number bigint,
    verdict text not null,
    because text not null,
    run_id text,
    at timestamptz not null,
    unique (event_id, routine)
  )`,
  'create index occurrences_by_run on occurrences (run_id)',
  'create index occurrences_by_pull on occurrences (repository_id, number, at desc)',
  'create index occurrences_by_time on occurrences (at desc)',

  `create table runs (
    id text primary key,
    kind text not null,
    repository_id bigint not null,
    number bigint not null,
    repository json not null,
    pull json not null,
    head text,
    routines json not null,
    asked boolean not null,
    event_id text not null,
    status text not null default 'queued',
    ending text,
    because text,
    attempt integer not null default 0,
    requested_at timestamptz not null,
    not_before timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    estimate double precision not null,
    superseded_in_row integer not null,
    stop json,
    expire_in_seconds integer not null
  )`,
  'create index runs_by_pull on runs (repository_id, number, requested_at desc)',
  'create index runs_by_repository on runs (repository_id, requested_at desc)',
  'create index runs_by_time on runs (requested_at desc)',
  'create index runs_by_end on runs (ended_at)',

  `create table steps (
    sequence bigint generated always as identity,
    run_id text not null,
    attempt integer not null,
    key text not null,
    value json not null,
    at timestamptz not null,
    primary key (run_id, sequence)
  )`,
  'create index steps_by_key on steps (run_id, key, sequence)',
  'create index steps_by_time on steps (at)',

  `create table findings (
    row_id text primary key,
    run_id text not null,
    repository_id bigint not null,
    number bigint not null,
    fingerprint text not null,
    judged json not null,
    head text not null,
    at timestamptz not null,
    place integer not null,
    merged boolean not null,
    quotes_code boolean not null default true
  )`,
  'create index findings_by_run on findings (run_id, place)',
  'create index findings_by_pull on findings (repository_id, number, fingerprint, at desc)',
  'create index findings_by_time on findings (at)',

  `create table finding_identities (
    repository_id bigint not null,
    number bigint not null,
    fingerprint text not null,
    state text not null,
    state_because text not null,
    stands text,
    comment_id bigint,
    at timestamptz not null,
    primary key (repository_id, number, fingerprint)
  )`,
  'create index finding_identities_by_time on finding_identities (at)',

  `create table effects (
    key text primary key,
    run_id text,
    kind text not null,
    intent json not null,
    receipt json,
    at timestamptz not null,
    done_at timestamptz
  )`,
  'create index effects_by_run on effects (run_id, at)',
  'create index effects_by_time on effects (at)',

  `create table ledger (
    sequence bigint generated always as identity,
    id text primary key,
    run_id text not null,
    repository_id bigint not null,
    number bigint not null,
    attempt integer not null,
    name text not null,
    kind text not null,
    model text not null,
    input bigint not null default 0,
    cache_write bigint not null default 0,
    cache_read bigint not null default 0,
    output bigint not null default 0,
    reserved_usd double precision not null,
    usd double precision,
    status text not null,
    milliseconds double precision,
    at timestamptz not null
  )`,
  'create index ledger_by_run on ledger (run_id)',
  'create index ledger_by_pull on ledger (repository_id, number)',
  'create index ledger_by_repository on ledger (repository_id, at)',
  'create index ledger_by_time on ledger (at)',

  `create table pauses (
    scope text primary key,
    label text not null,
    by text not null,
    at timestamptz not null
  )`,

  `create table repositories (
    id bigint primary key,
    owner text not null,
    name text not null,
    repository json not null,
    seen_at timestamptz not null
  )`,
  'create index repositories_by_name on repositories (lower(owner), lower(name), seen_at desc)',

  `create table audit (
    sequence bigint primary key,
    at timestamptz not null,
    who text not null,
    what text not null,
    about text not null,
    detail text,
    previous text not null,
    hash text not null
  )`,
  'create index audit_by_time on audit (at)',

  `create table events (
    id text primary key,
    event json not null,
    at timestamptz not null
  )`,
  'create index events_by_time on events (at)',
]

// What people said of findings, and what became of each finding once its pull was closed.
export const statements = [
  `create table finding_signals (
    repository_id bigint not null,
    number bigint not null,
    fingerprint text not null,
    source text not null,
    what text not null,
    who text not null,
    who_id bigint not null,
    counts boolean not null,
    because text not null,
    text text,
    comment_id bigint,
    run_id text,
    answer text,
    at timestamptz not null,
    primary key (repository_id, number, fingerprint, source)
  )`,
  'create index finding_signals_by_time on finding_signals (at)',

  `create table finding_outcomes (
    repository_id bigint not null,
    number bigint not null,
    fingerprint text not null,
    row_id text not null,
    merged boolean not null,
    head text not null,
    shown boolean not null,
    refuted boolean not null,
    dismissed boolean not null,
    up integer not null,
    down integer not null,
    acted text not null,
    because text not null,
    agents json not null,
    rule text not null,
    model text,
    at timestamptz not null,
    primary key (repository_id, number, fingerprint)
  )`,
]

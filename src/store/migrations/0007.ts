// Bearer tokens of the API, kept as hashes, and what each has asked for under an idempotency key.
export const statements = [
  `create table tokens (
    id text primary key,
    hash text not null,
    scope text not null,
    label text not null,
    repository_id bigint,
    routine text,
    by text not null,
    at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    used_at timestamptz
  )`,
  `create table asked_once (
    token_id text not null,
    key text not null,
    body_hash text not null,
    event_id text not null,
    at timestamptz not null,
    primary key (token_id, key)
  )`,
  'create index asked_once_by_time on asked_once (at)',
]

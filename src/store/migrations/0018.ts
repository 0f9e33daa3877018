// GitHub's list of deliveries against ours: whose turn the comparison is, how far it came, and what was asked for again; and signs of life.
export const statements = [
  `create table reconciliation (
    one boolean primary key default true,
    watched_since timestamptz not null,
    begun_at timestamptz not null,
    holder text,
    held_until timestamptz,
    reached timestamptz,
    ended_at timestamptz,
    outcome json
  )`,
  `create table redeliveries (
    attempt text primary key,
    delivery_id text not null,
    asked_at timestamptz not null,
    taken_at timestamptz
  )`,
  'create index redeliveries_by_delivery on redeliveries (delivery_id)',
  'create index redeliveries_by_time on redeliveries (asked_at)',
  'create table signs (name text primary key, at timestamptz not null)',
]

create table marinas (
  id serial primary key,
  name text not null,
  payout_account text not null
);

create table staff (
  id serial primary key,
  marina_id integer not null references marinas,
  name text not null,
  token_hash text not null unique
);

create table bookings (
  id serial primary key,
  marina_id integer not null references marinas,
  berth text not null,
  boat text not null,
  guest text not null,
  arrives timestamptz not null,
  leaves timestamptz not null,
  total_cents integer not null check (total_cents >= 0)
);

create index bookings_by_marina on bookings (marina_id, arrives);

create table refunds (
  id serial primary key,
  booking_id integer not null references bookings,
  amount_cents integer not null check (amount_cents > 0),
  reason text not null,
  reference text not null unique,
  status text not null default 'requested',
  requested_by integer not null references staff,
  requested_at timestamptz not null default now()
);

create index refunds_by_booking on refunds (booking_id);

-- What a marina has earned is paid out to it once its guests have left.
alter table bookings add column settled boolean not null default true;
alter table bookings add column settled_at timestamptz;

create index bookings_to_settle on bookings (leaves) where not settled;

create table payments (
  id serial primary key,
  booking_id integer not null references bookings,
  amount_cents integer not null check (amount_cents > 0),
  reference text not null unique,
  paid_at timestamptz not null default now()
);

create index payments_by_booking on payments (booking_id);

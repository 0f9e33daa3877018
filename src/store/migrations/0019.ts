// Which embedded database this one was moved from, so that a move that was cut off can be told from one that was not.
export const statements = [
  `create table moves (
    id text primary key,
    at timestamptz not null
  )`,
]

// How often in a row a run's worker died before anything new was stored, and the newest attempt that a living worker let go of.
export const statements = [
  'alter table runs add column deaths integer not null default 0',
  'alter table runs add column let_go integer',
]

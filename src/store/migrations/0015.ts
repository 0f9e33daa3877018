// Which findings somebody took out of the gate, who pushed where, and how large a review each run was.
export const statements = [
  'alter table finding_identities add column out_of_gate boolean not null default false',

  `create table pushers (
    repository_id bigint not null,
    ref text not null,
    user_id bigint not null,
    login text not null,
    at timestamptz not null,
    primary key (repository_id, ref, user_id)
  )`,
  'create index pushers_by_time on pushers (at)',

  'alter table runs add column tier text',
]

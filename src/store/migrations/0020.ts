// Where the App may not be any more: installations and repositories, for a while or for good, and until when their code was erased.
export const statements = [
  `create table away (
    kind text not null,
    id bigint not null,
    installation_id bigint not null,
    for_good boolean not null,
    because text not null,
    at timestamptz not null,
    erased_at timestamptz,
    primary key (kind, id)
  )`,
  'create index away_by_installation on away (installation_id)',
  'create index deliveries_by_installation on deliveries (installation_id) where payload is not null',
]

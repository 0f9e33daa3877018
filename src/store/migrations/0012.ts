// What became of each finding, state by state; and the point to which each routine has reviewed a pull.
export const statements = [
  `create table finding_states (
    sequence bigint generated always as identity,
    repository_id bigint not null,
    number bigint not null,
    fingerprint text not null,
    state text not null,
    because text not null,
    head text,
    run_id text,
    at timestamptz not null
  )`,
  'create index finding_states_by_pull on finding_states (repository_id, number, fingerprint, sequence)',
  'create index finding_states_by_time on finding_states (at)',

  `create table review_points (
    repository_id bigint not null,
    number bigint not null,
    routine text not null,
    run_id text not null,
    point json not null,
    at timestamptz not null,
    primary key (repository_id, number, routine)
  )`,
  'create index review_points_by_time on review_points (at)',
]

// What people asked for one pull request by comment.
export const statements = [
  `create table wishes (
    repository_id bigint not null,
    number bigint not null,
    wish text not null,
    by text not null,
    at timestamptz not null,
    primary key (repository_id, number, wish)
  )`,
]

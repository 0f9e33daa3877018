// How old what is known of a repository is by GitHub's own clock, and whether GitHub was asked for it: a delivery may come long after it was made.
export const statements = [
  `alter table repositories
    add column as_of timestamptz,
    add column asked boolean not null default false`,
]

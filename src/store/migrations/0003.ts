// Thresholds of budgets that were passed: each once in its period, told by the key.
export const statements = [
  `create table budget_warnings (
    cap text not null,
    scope text not null,
    period text not null,
    cap_usd double precision not null,
    percent integer not null,
    usd double precision not null,
    set_aside_usd double precision not null,
    run_id text not null,
    at timestamptz not null,
    primary key (cap, scope, period, cap_usd, percent)
  )`,
  'create index budget_warnings_by_run on budget_warnings (run_id)',
  'create index budget_warnings_by_time on budget_warnings (at)',
]

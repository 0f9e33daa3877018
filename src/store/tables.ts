// The tables as the query builder sees them; the columns themselves are made in migrations/.
import type { ColumnType, Generated, Kysely } from 'kysely'

export type Database = Kysely<Tables>

export interface Tables {
  deliveries: DeliveryRow
  occurrences: OccurrenceRow
  runs: RunRow
  steps: StepRow
  findings: FindingRow
  finding_identities: FindingIdentityRow
  effects: EffectRow
  ledger: LedgerRow
  budget_warnings: BudgetWarningRow
  tokens: TokenRow
  wishes: { repository_id: number; number: number; wish: string; by: string; at: Instant }
  asked_once: { token_id: string; key: string; body_hash: string; event_id: string; at: Instant }
  pauses: { scope: string; label: string; by: string; at: Instant }
  repositories: RepositoryRow
  schedules: ScheduleRow
  schedules_read: { repository_id: number; as_of: string; at: Instant }
  turns: { name: string; next_at: Instant }
  audit: AuditRow
  events: EventRow
  finding_states: FindingStateRow
  finding_signals: FindingSignalRow
  finding_outcomes: FindingOutcomeRow
  review_points: { repository_id: number; number: number; routine: string; run_id: string; point: Json; at: Instant }
  job_deaths: JobDeathRow
  moves: { id: string; at: Instant }
  pushers: { repository_id: number; ref: string; user_id: number; login: string; at: Instant }
  reconciliation: ReconciliationRow
  redeliveries: { attempt: string; delivery_id: string; asked_at: Instant; taken_at: NullableInstant }
  signs: { name: string; at: Instant }
  schedules_kept: { repository_id: number; configuration_read: number }
  away: AwayRow
}

/** `json`, not `jsonb`: it keeps the text as it came, and takes the escapes (\u0000, lone surrogates) that hostile code contains and jsonb refuses. */
type Json = ColumnType<unknown, string, string>
type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>
type NullableJson = ColumnType<unknown, string | null | undefined, string | null>
type Instant = ColumnType<Date, string | Date, string | Date>
type NullableInstant = ColumnType<Date | null, string | Date | null | undefined, string | Date | null>

interface TokenRow {
  id: string
  hash: string
  scope: string
  label: string
  repository_id: Nullable<number>
  routine: Nullable<string>
  by: string
  at: Instant
  expires_at: NullableInstant
  revoked_at: NullableInstant
  used_at: NullableInstant
}

interface DeliveryRow {
  id: string
  name: string
  action: Nullable<string>
  repository_id: Nullable<number>
  installation_id: Nullable<number>
  body_hash: string
  payload: NullableJson
  at: Instant
  status: Generated<'stored' | 'dispatched' | 'ignored' | 'failed'>
  because: Nullable<string>
  given_up_at: NullableInstant
}

interface ReconciliationRow {
  one: Generated<boolean>
  watched_since: Instant
  begun_at: Instant
  holder: Nullable<string>
  held_until: NullableInstant
  reached: NullableInstant
  ended_at: NullableInstant
  outcome: NullableJson
}

interface EventRow {
  id: string
  repository_id: Nullable<number>
  event: Json
  facts: NullableJson
  at: Instant
  given_up_at: NullableInstant
  given_up: Nullable<string>
  dispatched_at: NullableInstant
}

interface OccurrenceRow {
  id: string
  event_id: string
  routine: string
  repository_id: number
  number: Nullable<number>
  verdict: string
  because: string
  run_id: Nullable<string>
  at: Instant
  retry_at: NullableInstant
}

interface RunRow {
  id: string
  kind: string
  repository_id: number
  number: Nullable<number>
  repository: Json
  pull: NullableJson
  event: NullableJson
  key: Nullable<string>
  report: Nullable<string>
  head: Nullable<string>
  routines: Json
  asked: boolean
  event_id: string
  status: Generated<'queued' | 'running' | 'ended'>
  ending: Nullable<string>
  because: Nullable<string>
  attempt: Generated<number>
  requested_at: Instant
  not_before: Instant
  started_at: NullableInstant
  ended_at: NullableInstant
  estimate: number
  superseded_in_row: number
  stop: NullableJson
  expire_in_seconds: number
  waits: Nullable<number>
  waits_for: NullableJson
  waits_for_id: Nullable<number>
  deaths: Generated<number>
  in_line_since: NullableInstant
  let_go: Nullable<number>
  tier: Nullable<string>
}

interface RepositoryRow {
  id: number
  owner: string
  name: string
  repository: Json
  seen_at: Instant
  as_of: NullableInstant
  asked: ColumnType<boolean, boolean | undefined, boolean>
}

interface AwayRow {
  kind: 'installation' | 'repository'
  id: number
  installation_id: number
  for_good: boolean
  because: string
  at: Instant
  erased_at: NullableInstant
}

interface JobDeathRow {
  key: string
  deaths: number
  job_id: Nullable<string>
  claim: Nullable<number>
  at: Instant
}

interface StepRow {
  sequence: Generated<number>
  run_id: string
  attempt: number
  key: string
  value: Json
  at: Instant
}

interface FindingRow {
  row_id: string
  run_id: string
  repository_id: number
  number: number
  fingerprint: string
  judged: Json
  head: string
  at: Instant
  /** Sequence within the run, in the order the judge gave. */
  place: number
  /** The judge merged it into another one of the same run. */
  merged: boolean
  /** The judged text still holds code that was quoted from the repository. */
  quotes_code: Generated<boolean>
}

interface FindingIdentityRow {
  repository_id: number
  number: number
  fingerprint: string
  state: string
  state_because: string
  stands: Nullable<string>
  comment_id: Nullable<number>
  out_of_gate: Generated<boolean>
  at: Instant
}

interface FindingStateRow {
  sequence: Generated<number>
  repository_id: number
  number: number
  fingerprint: string
  state: string
  because: string
  head: Nullable<string>
  run_id: Nullable<string>
  at: Instant
}

interface FindingSignalRow {
  repository_id: number
  number: number
  fingerprint: string
  source: string
  what: string
  who: string
  who_id: number
  counts: boolean
  because: string
  text: Nullable<string>
  comment_id: Nullable<number>
  run_id: Nullable<string>
  answer: Nullable<string>
  at: Instant
}

interface FindingOutcomeRow {
  repository_id: number
  number: number
  fingerprint: string
  row_id: string
  merged: boolean
  head: string
  shown: boolean
  refuted: boolean
  dismissed: boolean
  up: number
  down: number
  acted: string
  because: string
  agents: Json
  rule: string
  model: Nullable<string>
  at: Instant
}

interface EffectRow {
  key: string
  run_id: Nullable<string>
  kind: string
  intent: Json
  receipt: NullableJson
  at: Instant
  done_at: NullableInstant
}

interface LedgerRow {
  sequence: Generated<number>
  id: string
  run_id: string
  repository_id: number
  number: Nullable<number>
  attempt: number
  name: string
  kind: string
  model: string
  input: Generated<number>
  cache_write: Generated<number>
  cache_read: Generated<number>
  output: Generated<number>
  reserved_usd: number
  usd: Nullable<number>
  status: string
  milliseconds: Nullable<number>
  at: Instant
}

interface BudgetWarningRow {
  cap: string
  scope: string
  period: string
  cap_usd: number
  percent: number
  usd: number
  set_aside_usd: number
  run_id: string
  at: Instant
}

interface ScheduleRow {
  id: string
  repository_id: number
  routine: string
  entry: Json
  seed: number
  usd: number
  day_usd: number
  due: NullableInstant
  not_before: NullableInstant
  put_off: Nullable<string>
  last_event: Nullable<string>
  last_due: NullableInstant
  last_at: NullableInstant
}

interface AuditRow {
  sequence: number
  at: Instant
  who: string
  what: string
  about: string
  detail: Nullable<string>
  previous: string
  hash: string
}

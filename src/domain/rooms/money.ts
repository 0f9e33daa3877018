// The ledger: every model call under every cap.
import type { Meter, Usage } from '../conversation.ts'

export interface MoneyRooms {
  ledger: {
    /** A meter for one run under all caps; reservations are rows, serialised so that parallel agents share one purse. Left-over reservations of earlier attempts are settled in full as "lost" by claim. `warn` is told each threshold of a cap that a call passes: once in its period, whichever process made the call. */
    meter(
      run: { id: string; attempt: number; repositoryId: number; number?: number },
      caps: Caps,
      warn?: (warning: BudgetWarning) => void,
    ): Meter
    /** What each speaker of a run cost over all of its attempts, dearest first. */
    parts(runId: string): Promise<LedgerPart[]>
    /** Thresholds that this run's calls passed, in the order they were. */
    warnings(runId: string): Promise<BudgetWarning[]>
    entries(filter: { runId?: string; repositoryId?: number; since?: string; limit: number }): Promise<LedgerEntry[]>
    spent(filter: {
      runId?: string
      repositoryId?: number
      number?: number
      since?: string
    }): Promise<{ usd: number; calls: number; usage: Usage }>
  }
}

/** US dollars; each is the most that scope may have spent once the call is paid. */
export interface Caps {
  run: number
  pull: number
  repositoryDay: number
  serverRun: number
  serverDay: number
  serverMonth: number
}

/** A cap that outlives a run, when a call passed a threshold of it. */
export interface BudgetWarning {
  cap: 'pull' | 'repositoryDay' | 'serverDay' | 'serverMonth'
  /** "2026-11-21" or "2026-11", UTC; empty for a pull's life. */
  period: string
  /** 100 also stands for a call that was refused, though less is spent. */
  percent: number
  capUsd: number
  /** US dollars spent, calls under way counted in full; and what of it is set aside for those. */
  usd: number
  setAsideUsd: number
}

/** `usd` counts what is reserved as spent; `setAsideUsd` is how much of it that is. */
export interface LedgerPart {
  name: string
  kind: string
  usd: number
  setAsideUsd: number
}

export interface LedgerEntry {
  id: string
  runId: string
  repositoryId: number
  number?: number
  attempt: number
  name: string
  kind: string
  model: string
  usage: Usage
  /** Set aside; and settled, absent while the call is under way. */
  reservedUsd: number
  usd?: number
  status: string
  milliseconds?: number
  at: string
}

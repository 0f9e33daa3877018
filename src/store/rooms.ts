// All rooms on one connection: the base one, or a transaction's.
import type { Rooms } from '../domain/store.ts'
import { audit } from './audit.ts'
import { away } from './away.ts'
import { deliveries } from './deliveries.ts'
import { effects } from './effects.ts'
import { events } from './events.ts'
import { fetches } from './fetches.ts'
import { findings } from './findings.ts'
import { ledger } from './ledger.ts'
import { occurrences } from './occurrences.ts'
import { outcomes } from './outcomes.ts'
import { pauses } from './pauses.ts'
import { points } from './points.ts'
import { pushers } from './pushers.ts'
import { reconciliation } from './reconciliation.ts'
import { repositories } from './repositories.ts'
import type { Ground } from './rows.ts'
import { runs } from './runs.ts'
import { schedules } from './schedules.ts'
import { signals } from './signals.ts'
import { signs } from './signs.ts'
import { steps } from './steps.ts'
import { tokens } from './tokens.ts'
import { explained } from './trouble.ts'
import { wishes } from './wishes.ts'

export function rooms(ground: Ground): Rooms {
  const all: Rooms = {
    deliveries: deliveries(ground),
    occurrences: occurrences(ground),
    runs: runs(ground),
    fetches: fetches(ground),
    steps: steps(ground),
    findings: findings(ground),
    signals: signals(ground),
    outcomes: outcomes(ground),
    points: points(ground),
    effects: effects(ground),
    ledger: ledger(ground),
    pauses: pauses(ground),
    pushers: pushers(ground),
    repositories: repositories(ground),
    schedules: schedules(ground),
    audit: audit(ground),
    away: away(ground),
    tokens: tokens(ground),
    wishes: wishes(ground),
    events: events(ground),
    reconciliation: reconciliation(ground),
    signs: signs(ground),
  }
  return explained(all, ground.guard)
}

// The purse of a run: every cap that holds for it, the smallest of what routine, repository and server say.
import type { Meter } from '../../domain/conversation.ts'
import type { Plan } from '../../domain/plan.ts'
import type { Run } from '../../domain/run.ts'
import type { Caps } from '../../domain/store.ts'
import type { ReviewPorts } from '../ports.ts'
import type { Read } from '../reading/read.ts'
import { findersUsd } from './cost.ts'
import { keepForJudging } from './finder-share.ts'
import { sayWarning } from './warnings.ts'

const pullLifetimeUsd = 8
const repositoryDayUsd = 20

export function meterOf(ports: ReviewPorts, run: Run, read: Pick<Read, 'settings'>, plan: Pick<Plan, 'usd'>): Meter {
  const scope = { id: run.id, attempt: run.attempt, repositoryId: run.repository.id, number: run.number }
  const pull = `${run.repository.owner}/${run.repository.name}${run.number === undefined ? '' : `#${run.number}`}`
  const meter = ports.store.ledger.meter(scope, capsOf(ports.budget, read.settings, plan.usd), warning =>
    ports.log({ run: run.id, pull, warning: `${warning.cap} ${warning.percent} %` }, sayWarning(warning)),
  )
  return keepForJudging({ ...meter, run: run.id }, plan.usd, () => findersUsd(ports.store.ledger, run.id))
}

/** US dollars that no run of the repository goes beyond: the server's ceiling, or the organisation's where that is lower. */
export function mostARun(server: { run: number }, { ceilings }: Read['settings']): number {
  return Math.min(server.run, ceilings?.run ?? server.run)
}

/** Where what the repository says is asked for, whatever the server allows. */
export const noCeiling: ReviewPorts['budget'] = {
  run: Number.POSITIVE_INFINITY,
  day: Number.POSITIVE_INFINITY,
  month: Number.POSITIVE_INFINITY,
}

export function capsOf(server: ReviewPorts['budget'], settings: Read['settings'], planned: number): Caps {
  const { budget, ceilings } = settings
  const day = budget.day ?? repositoryDayUsd
  return {
    run: Math.min(planned, budget.run ?? planned, mostARun(server, settings)),
    pull: budget.pull ?? pullLifetimeUsd,
    repositoryDay: Math.min(day, ceilings?.day ?? day),
    serverRun: server.run,
    serverDay: server.day,
    serverMonth: server.month,
  }
}

// What happens within a stage, stored as soon as it is known, for whoever follows the run.
import type { Finding, Placement, Verification } from '../domain/finding.ts'
import type { AgentReport } from '../domain/plan.ts'
import type { Memory } from './journal.ts'

interface Telling {
  onReport(report: AgentReport): Promise<void>
  onVerified(
    claim: Pick<Finding, 'id' | 'file' | 'title' | 'severity' | 'origin'> & {
      placement: Placement
      verification: Pick<Verification, 'state' | 'because'>
    },
  ): Promise<void>
}

/** Names files and titles and says why; transcripts and quoted code are not told. */
export function telling(
  { tell }: Pick<Memory, 'tell'>,
  /** The run's: what it cuts off has come to no end. */
  signal: AbortSignal,
  onReport?: (report: AgentReport) => void,
): Telling {
  return {
    async onReport(report) {
      onReport?.(report)
      if (signal.aborted) return
      const { assignment: agent, routines, ended, findings, looked } = report
      const { end, because, turns, usd } = ended
      await tell(`agent ${agent}`, { agent, routines, end, because, turns, looked, findings: findings.length }, usd)
    },
    async onVerified({ id, file, title, severity, origin, placement, verification }) {
      if (signal.aborted) return
      const { state, because } = verification
      await tell(`claim ${id}`, { finding: id, file, line: placement.line, title, severity, origin, state, because })
    },
  }
}

// Texts of GitHub that agents may be given beside the code, gathered by the host, bounded; what can not be had is a sentence, never the end of the run.
import type { Event, Repository } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import { Problem } from '../../domain/problem.ts'
import type { Reads } from '../../domain/routine.ts'
import type { Open } from '../client.ts'
import { reasonOf, statusOf } from '../failures.ts'
import { openRepository } from '../pulls.ts'
import type { Permissions } from '../tokens.ts'
import { codeAlerts, dependencyAlerts, secretAlerts } from './alerts.ts'
import { changes } from './changes.ts'
import { deployments } from './deployments.ts'
import { issues } from './issues.ts'
import type { Found, Source } from './source.ts'
import { workflowLogs } from './workflow-logs.ts'

const sources: Record<Reads, Source[]> = {
  issues: [issues],
  alerts: [dependencyAlerts, codeAlerts, secretAlerts],
  workflow_logs: [workflowLogs],
  deployments: [deployments],
  changes: [changes],
}

export async function gather(
  open: Open,
  repository: Repository,
  what: Reads,
  event: Event,
): Promise<Awaited<ReturnType<Host['gather']>>> {
  const all: Found = { texts: [], notes: [] }
  for (const source of sources[what]) {
    const found = await orSentence(source, open, repository, event)
    all.texts.push(...found.texts)
    all.notes.push(...found.notes)
  }
  return all
}

async function orSentence(source: Source, open: Open, repository: Repository, event: Event): Promise<Found> {
  try {
    return await source.gather(openRepository(open, repository, source.needs(event)), event, repository)
  } catch (thrown) {
    const because = refusal(thrown, source.needs(event))
    if (because === undefined) throw thrown
    return { texts: [], notes: [`${source.called} could not be gathered: ${because}`] }
  }
}

/** A permission that was not granted, or a feature that is off; undefined: something that passes, and is tried again. */
function refusal(thrown: unknown, needs: Permissions): string | undefined {
  const status = statusOf(thrown)
  const ungranted = thrown instanceof Problem && thrown.code === 'forbidden'
  if (ungranted || (status === 403 && /not accessible by integration/i.test(reasonOf(thrown))))
    return `it needs ${wordsFor(needs)}; grant it in the App's settings.`
  if (status === 403 || status === 404 || status === 410) return `GitHub answered “${reasonOf(thrown)}”.`
  return undefined
}

function wordsFor(needs: Permissions): string {
  return Object.entries(needs)
    .map(([name, level]) => `\`${name}: ${level}\``)
    .join(' and ')
}

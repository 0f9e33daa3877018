// A check run while the work goes on, and at every end that is not a finished review.
import type { CheckUpdate } from '../domain/host.ts'
import { dollars } from '../domain/money.ts'
import { plural } from '../domain/plural.ts'
import type { RunEnd } from '../domain/run.ts'
import { explain, reviewAgain, reviewNow, stop } from './buttons.ts'
import { rehearsedSentence } from './facts.ts'
import { scrub, scrubLine } from './scrub.ts'

export interface ProgressFacts {
  checkName: string
  stage: string
  because?: string
  /** Agents that are back, of how many; US dollars so far. */
  done?: number
  total?: number
  usd?: number
  /** What it is likely to cost and to take, in a sentence of our own. */
  estimate?: string
  /** What a repository is told once, in Markdown of our own. */
  welcome?: string | undefined
  notes?: string[]
  rehearsed?: boolean
  /** A task, not a review: it may be about no pull, whose conversation could say why. */
  task?: boolean
}

export function renderProgress({
  checkName,
  stage,
  because,
  done = 0,
  total = 0,
  usd = 0,
  estimate = '',
  welcome = '',
  notes = [],
  rehearsed,
  task,
}: ProgressFacts): CheckUpdate {
  const queued = stage === 'queued' || stage === 'paused'
  const agents = total > 0 ? `${done} of ${plural(total, 'agent')} back, ${dollars(usd)} so far.` : ''
  return {
    name: checkName,
    status: queued ? 'queued' : 'in_progress',
    title: `${rehearsed ? 'Rehearsed: ' : ''}${stages[stage] ?? scrubLine(stage, 80)}${total > 0 ? ` (${done} of ${total})` : ''}`,
    summary:
      paragraphs([
        rehearsed ? rehearsedSentence : '',
        because ? scrub(because, { limit: 2_000 }) : '',
        agents,
        estimate,
        welcome,
        listed(notes),
      ]) || 'Under way.',
    buttons: task ? [stop] : [stop, explain],
  }
}

const stages: Record<string, string> = {
  queued: 'Waiting to start',
  paused: 'Paused',
  clone: 'Cloning for the first time',
  fetch: 'Fetching the commits',
  plan: 'Planning',
  fleet: 'Agents are looking',
  judge: 'Verifying what they found',
  publish: 'Posting',
}

export interface EndFacts {
  checkName: string
  end: RunEnd | 'skipped' | 'paused' | 'refused' | 'waits' | 'broken'
  because: string
  /** As in progress. */
  welcome?: string | undefined
  notes?: string[]
  runId?: string
  rehearsed?: boolean
  /** A task, not a review: said so, and without the buttons of a review. */
  task?: boolean
  /** It says `incomplete: fail` and has a gate: what failed has not passed. */
  failsIncomplete?: boolean
}

/** Never *success*: a review that did not come to its end has nothing to say for the code. */
export function renderEnd(facts: EndFacts): CheckUpdate {
  const { checkName, end, because, welcome = '', notes = [], runId, rehearsed, task, failsIncomplete } = facts
  const title = (task && tasks[end]) || titles[end]
  return {
    name: checkName,
    status: 'completed',
    conclusion:
      conclusions[end] ?? ((end === 'failed' || end === 'refused') && failsIncomplete ? 'failure' : 'neutral'),
    title: `${rehearsed ? 'Rehearsed: ' : ''}${title}`,
    summary:
      paragraphs([
        rehearsed ? rehearsedSentence : '',
        scrub(because, { limit: 4_000 }),
        welcome,
        listed(notes),
        runId ? `Run ${scrubLine(runId)}.` : '',
      ]) || title,
    ...(!task && {
      buttons: end === 'superseded' ? [explain] : [notYet.includes(end) ? reviewNow : reviewAgain, explain],
    }),
  }
}

/** Whose button offers a first review, not another one. */
const notYet: EndFacts['end'][] = ['waits', 'broken', 'skipped']

/** Neutral and skipped pass where a check is required, so what waits to be asked for, or for its file to be mended, is neither: https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks */
const conclusions: Partial<Record<EndFacts['end'], NonNullable<CheckUpdate['conclusion']>>> = {
  skipped: 'skipped',
  superseded: 'cancelled',
  stopped: 'cancelled',
  waits: 'action_required',
  broken: 'action_required',
}

const titles: Record<EndFacts['end'], string> = {
  done: 'Done',
  'nothing to do': 'Nothing to look at',
  partial: 'Not everything was looked at',
  'over budget': 'The budget was reached',
  stopped: 'Stopped',
  superseded: 'A newer commit is reviewed instead',
  failed: 'The review could not be done',
  skipped: 'Skipped',
  paused: 'Paused',
  refused: 'Not started',
  waits: 'Not reviewed: waits to be asked for',
  broken: 'Not done: its file has a problem',
}

const tasks: Partial<typeof titles> = {
  'nothing to do': 'Nothing to do',
  partial: 'Not everything was done',
  superseded: 'A newer run stands in its place',
  failed: 'The task could not be done',
}

function listed(notes: string[]): string {
  return notes
    .slice(0, 20)
    .map(note => `- ${scrub(note, { limit: 1_000 }).replace(/\n+/g, ' ')}`)
    .join('\n')
}

function paragraphs(parts: string[]): string {
  return parts.filter(Boolean).join('\n\n')
}

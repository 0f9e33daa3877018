// The pass that holds what a pull says against what it does, for routines that ask for it: missing work alone, and apart from everything else that is looked at.
import { createHash } from 'node:crypto'
import { type AskingForIntent, findMissing, isSecurityAgent } from '../../agents/index.ts'
import type { IntentReport, Stated } from '../../domain/intent.ts'
import type { Routine } from '../../domain/routine.ts'
import type { Words } from '../../domain/words.ts'
import type { Checkout } from '../../domain/workspace.ts'
import { verifyMissing } from '../../judge/index.ts'
import type { Memory } from '../journal.ts'
import { unlessStopped } from './deadline.ts'

export interface IntentLook extends Omit<AskingForIntent, 'texts' | 'words' | 'journal'> {
  routines: Routine[]
  checkout: Checkout
  words: Words
  memory: Memory
  /** Stopped by somebody, rather than late. */
  stop: AbortSignal
  /** Reads what the pull says; absent where nobody said anything, as of a local range. */
  stated: (() => Promise<Stated>) | undefined
}

/** Undefined where no routine asks for it, or there is nothing to hold it against. `signal` is the deadline; a stop is thrown. */
export async function lookForIntent(look: IntentLook): Promise<{ report?: IntentReport; notes: string[] }> {
  const asking = look.routines.filter(wantsIntent)
  if (asking.length === 0 || look.plan.manifest.every(entry => entry.coverage === 'skipped')) return { notes: [] }
  const { memory, stated, stop } = look
  if (!stated) return { notes: ['What was asked for was not looked at: a range of commits has no description.'] }
  const { texts, notes } = await memory.once('stated', stated)
  const routines = asking.map(routine => routine.name)
  const sources = texts.map(one => one.source)
  if (texts.length === 0)
    return { notes: [...notes, 'What was asked for was not looked at: the pull request says nothing of it.'] }
  const input = { ...look, texts, journal: memory.journal }
  const { claims, ended } = await memory.once('intent', async () => unlessStopped(stop, await findMissing(input)))
  const verified = await memory.once('intent verified', async () =>
    unlessStopped(stop, await verifyMissing(input, claims)),
  )
  const missing = claims.map((claim, index) => ({
    ...claim,
    key: createHash('sha256').update(claim.quote.replace(/\s+/g, '')).digest('hex'),
    verification: verified[index] ?? { state: 'unverified' as const, because: 'Nobody was asked.', cited: [] },
  }))
  const why = whyIncomplete(ended.end === 'done' ? undefined : ended.because, missing)
  return { report: { routines, sources, missing, ...(why && { incompleteBecause: why }) }, notes }
}

/** A security review never sees what a pull says of itself, and never works from it. */
function wantsIntent({ intent, kind, name, agents }: Routine): boolean {
  const named = agents?.map(agent => (typeof agent === 'string' ? { name: agent } : agent)) ?? []
  const security = name === 'security-review' || (named.length > 0 && named.every(isSecurityAgent))
  return intent === true && kind === 'review' && !security
}

function whyIncomplete(ended: string | undefined, missing: IntentReport['missing']): string | undefined {
  if (ended !== undefined) return `What was asked for was not held against all of the change: ${ended}`
  const open = missing.filter(one => one.verification.state === 'unverified').length
  return open > 0 ? `Of what was asked for, ${open} could not be verified as missing.` : undefined
}

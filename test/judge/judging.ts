// What the judge is given: a long file that grew, those who review it, and nothing on record, but for what a test says otherwise.
import { planReview } from '../../src/agents/index.ts'
import type { judge } from '../../src/judge/index.ts'
import { rememberInProcess } from '../../src/runs/journal.ts'
import { agents, codeReview, securityReview, settings } from '../agents/cast.ts'
import { changeOf, grown } from '../agents/change-of.ts'
import { toolsThatAnswer } from '../agents/looks.ts'
import { words } from '../agents/words.ts'
import { checkoutOf } from './findings.ts'

type Judging = Parameters<typeof judge>[0]

const longChange = changeOf(grown('src/a.ts', 200))
/** Of `src/a.ts`, as it stands then. */
export const longText = longChange.files[0]!.hunks[0]!.lines.map(line => line.text).join('\n')

export function judging<T extends Partial<Judging> & Pick<Judging, 'model'>>(own: T): Judging & T {
  const { change = longChange, routines = [codeReview, securityReview] } = own
  return {
    findings: [],
    change,
    checkout: checkoutOf({ 'src/a.ts': longText }),
    plan: planReview({ change, settings, routines, agents, serverRunUsd: 5 }),
    routines,
    rules: [],
    words,
    tools: toolsThatAnswer(),
    journal: rememberInProcess().journal,
    earlier: [],
    firstReview: true,
    signal: new AbortController().signal,
    ...own,
  }
}

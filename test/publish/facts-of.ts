// Facts about a run as the renderers get them: a complete lite review of two files, to be changed by each test.
import type { Judged } from '../../src/domain/finding.ts'
import type { Standing, StandingComment } from '../../src/domain/host.ts'
import type { AgentReport, Assignment, Plan } from '../../src/domain/plan.ts'
import type { Facts } from '../../src/publish/facts.ts'
import { agentOf, codeReview, securityReview } from '../agents/cast.ts'
import { findingOf } from '../judge/findings.ts'

const limits = { turns: 25, milliseconds: 1, outputTokens: 1 }

const assignments: Assignment[] = [
  { id: 'correctness', routines: ['code-review'] },
  { id: 'security', routines: ['security-review'] },
].map(one => ({ ...one, agent: agentOf(one.id), tier: 'standard', files: ['src/a.ts'], reversed: false, limits }))

export const plan: Plan = {
  tier: 'lite',
  because: '40 changed lines in 2 files, nothing sensitive',
  manifest: [
    { path: 'src/a.ts', coverage: 'full', because: 'all of its diff is shown to the agents' },
    { path: 'yarn.lock', coverage: 'skipped', because: 'a lock file' },
  ],
  assignments,
  verifier: { tier: 'standard', limits },
  panel: { tier: 'standard', tierForHigh: 'standard', limits },
  usd: 1,
  milliseconds: 360_000,
}

export function reportOf(assignment: Assignment, more: Partial<AgentReport> = {}): AgentReport {
  return {
    assignment: assignment.id,
    agent: assignment.agent.name,
    routines: assignment.routines,
    findings: [],
    looked: true,
    filesTouched: ['src/a.ts'],
    ended: { end: 'done', because: 'It said it was done.', turns: 2, text: '', usd: 0.03 },
    ...more,
  }
}

export function factsOf(judged: Judged[] = [], more: Partial<Facts> = {}): Facts {
  return {
    plan,
    reports: assignments.map(one => reportOf(one)),
    judged,
    complete: true,
    incompleteBecause: [],
    notes: [],
    rechecked: [],
    cost: { usd: 0.1234, calls: 7, milliseconds: 65_000 },
    routines: [codeReview, securityReview],
    run: { id: 'run-1', head: 'abc1234def'.padEnd(40, '0'), asked: false },
    rehearsed: false,
    ...more,
  }
}

let count = 0

export function judgedOf(more: Partial<Judged> = {}): Judged {
  count++
  return {
    ...findingOf(`correctness-f${count}`, {
      title: 'The rate is wrong',
      claim: 'For exports, the rate is 3 where it has to be 4.',
    }),
    placement: {
      at: 'line',
      path: 'src/a.ts',
      side: 'RIGHT',
      line: 4,
      how: 'exact',
      because: 'The quote stands exactly at line 4 of the new side of the diff.',
    },
    votes: 1,
    verification: {
      state: 'valid',
      because: 'rates.ts says 4.',
      cited: [{ path: 'src/rates.ts', line: 9, text: 'export: 4' }],
    },
    verdict: { verdict: 'posted', because: 'Verified.', shown: 'inline' },
    fingerprint: String(count).padStart(4, '0').repeat(16),
    ...more,
  }
}

export function standingOf(...comments: Partial<StandingComment>[]): Standing {
  return {
    reviews: comments.length > 0 ? [{ id: 1, key: 'run-0', body: 'Earlier', head: 'c'.repeat(40) }] : [],
    comments: comments.map((comment, index) => ({
      id: index + 1,
      body: 'What was found.',
      path: 'src/a.ts',
      line: 4,
      resolved: false,
      threadId: `thread-${index + 1}`,
      answeredBy: [],
      outdated: false,
      ...comment,
    })),
  }
}

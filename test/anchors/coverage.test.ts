// Coverage: every changed file is in the plan once, with its reason; and a run that could not look at everything never says that there is nothing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planReview } from '../../src/agents/index.ts'
import type { ChangedFile, ManifestEntry } from '../../src/domain/change.ts'
import type { Judged } from '../../src/domain/finding.ts'
import type { Routine } from '../../src/domain/routine.ts'
import { severities } from '../../src/domain/severity.ts'
import type { Facts } from '../../src/publish/facts.ts'
import { planPublication, renderCheck, renderTerminal } from '../../src/publish/index.ts'
import { missing } from '../../src/runs/ending/coverage.ts'
import { agents, codeReview, routineOf, securityReview, settings } from '../agents/cast.ts'
import { changeOf, fileOf, grown } from '../agents/change-of.ts'
import { factsOf, judgedOf, plan, reportOf, standingOf } from '../publish/facts-of.ts'

const long = process.env.WATCHBILL_TEST_LONG === '1'
const numRuns = long ? 2_000 : 300
const seed = Number(process.env.WATCHBILL_TEST_SEED ?? 20_261_121)

const folder = fc.constantFrom(
  '',
  'src/',
  'src/auth/',
  'vendor/lib/',
  'node_modules/x/',
  'db/migrate/',
  'docs/',
  '日本/',
  'a b/',
  '"/',
)
const name = fc.constantFrom(
  'a.ts',
  'b.min.js',
  'c.js.map',
  'package-lock.json',
  'go.sum',
  'schema.sql',
  'README.md',
  '.gitattributes',
  'd',
  '-e',
)
const path = fc.tuple(folder, fc.nat(99), name).map(([where, at, what]) => `${where}${at}/${what}`)
const size = fc.oneof(fc.nat(30), fc.constantFrom(0, 150, 1_600, 4_000))
const traits = fc.record<Partial<ChangedFile>>(
  {
    status: fc.constantFrom('added', 'modified', 'deleted', 'renamed', 'type-changed'),
    oldPath: fc.constantFrom('old/name.ts', 'auth.ts'),
    submodule: fc.constant(true),
    symlink: fc.constant(true),
    binary: fc.constant(true),
    generated: fc.constant(true),
    vendored: fc.constant(true),
    unread: fc.constant('its diff is larger than 1 MiB'),
  },
  { requiredKeys: [] },
)
const file = fc.tuple(path, size, fc.option(traits, { freq: 3 }), fc.boolean()).map(([at, lines, more, wide]) => {
  const made =
    wide && lines < 40
      ? fileOf(
          at,
          Array.from({ length: lines }, () => `+${'wide '.repeat(600)}`),
        )
      : grown(at, lines)
  const empty = more?.binary || more?.unread || more?.submodule
  return { ...made, ...more, ...(empty && { hunks: [] }) } as ChangedFile
})
const files = fc.uniqueArray(file, { selector: one => one.path, maxLength: 12 })
/** Its one agent is sent to a part of the tree only. */
const narrow = routineOf('narrow', { agents: [{ name: 'correctness', paths: ['src/**', '!**/README.md'] }] })
const routines = fc.constantFrom<Routine[]>(
  [codeReview],
  [securityReview],
  [codeReview, securityReview],
  [routineOf('house-rules')],
  [narrow],
)
const skip = fc.constantFrom<string[]>([], ['docs/**'], ['**/*.sql', 'vendor/**'])

describe('the plan of coverage', () => {
  test('of any change names every file once, with its reason, and sends somebody to each that is not skipped', () => {
    fc.assert(
      fc.property(files, routines, skip, (files, routines, skip) => {
        const made = planReview({
          change: changeOf(...files),
          settings: { ...settings, skip },
          ...{ routines, agents, serverRunUsd: 5 },
        })
        expect(made.manifest.map(entry => entry.path)).toEqual(files.map(one => one.path))
        for (const entry of made.manifest) expect(entry.because.trim()).not.toBe('')
        const sent = new Set(made.assignments.flatMap(one => one.files))
        expect([...sent].sort()).toEqual(pathsOf(made.manifest.filter(entry => entry.coverage !== 'skipped')))
        for (const lens of new Set(made.assignments.map(one => one.id.replace(/-\d+$/, '')))) {
          const parts = made.assignments.filter(one => one.id.replace(/-\d+$/, '') === lens).flatMap(one => one.files)
          expect(parts.sort()).toEqual([...sent].sort())
        }
        for (const one of files) if (one.unread) expect(entryOf(made.manifest, one.path).coverage).not.toBe('full')
      }),
      { numRuns, seed },
    )
  })
})

const end = fc.oneof(
  { weight: 9, arbitrary: fc.constant('done' as const) },
  fc.constantFrom('turns', 'time', 'budget', 'refused', 'cut', 'failed', 'stopped'),
)
const report = fc.option(fc.record({ end, looked: fc.integer({ min: 0, max: 9 }).map(at => at > 0) }), {
  freq: 9,
  nil: undefined,
})
const because = fc.constantFrom('too large for a prompt', 'a lock file', 'all of its diff is shown to the agents')
const manifestOf = (...coverages: ManifestEntry['coverage'][]) =>
  fc.uniqueArray(fc.record({ path, coverage: fc.constantFrom(...coverages), because }), {
    selector: one => one.path,
    maxLength: 30,
  })
const verdicts = fc.constantFrom<Partial<Judged>>(
  {},
  { verdict: { verdict: 'held', because: 'A cap.', shown: 'check' } },
  { verdict: { verdict: 'held', because: 'Below the floor.', shown: 'no' } },
  { verdict: { verdict: 'posted', because: 'Verified.', shown: 'body' } },
  {
    verification: { state: 'invalid', because: 'A guard.', cited: [] },
    verdict: { verdict: 'refuted', because: 'A guard.', shown: 'check' },
  },
  {
    verification: { state: 'unverified', because: 'No answer.', cited: [] },
    verdict: { verdict: 'unverified', because: 'No answer.', shown: 'check' },
  },
  { verdict: { verdict: 'suppressed', because: 'Dismissed.', shown: 'no' } },
)
const finding = fc
  .tuple(verdicts, fc.constantFrom(...severities))
  .map(([more, severity]) => judgedOf({ ...more, severity }))

/** As `inspect` makes them: complete is what nothing is missing from. */
const facts = fc
  .record({
    reports: fc.tuple(report, report),
    manifest: fc.oneof(manifestOf('full', 'skipped'), manifestOf('full', 'skipped', 'partial')),
    judged: fc.oneof(fc.constant<Judged[]>([]), fc.array(finding, { maxLength: 4 })),
    nobody: fc.constantFrom(false, false, false, true),
    asked: fc.boolean(),
    rehearsed: fc.boolean(),
  })
  .map(({ reports, manifest, judged, nobody, asked, rehearsed }) => {
    const assignments = nobody ? [] : plan.assignments
    const made = { ...plan, manifest, assignments }
    const came = assignments.flatMap((one, index) => {
      const { end, looked } = reports[index] ?? {}
      if (end === undefined || looked === undefined) return []
      return [reportOf(one, { looked, ended: { end, because: `It ended: ${end}.`, turns: 1, text: '', usd: 0 } })]
    })
    const incompleteBecause = missing(made, came, judged)
    return factsOf(judged, {
      plan: made,
      reports: came,
      complete: incompleteBecause.length === 0,
      incompleteBecause,
      run: { ...factsOf().run, asked },
      rehearsed,
    })
  })

const allClear =
  /nothing found|nothing at or above|no (findings|problems|issues)|everything that was to be looked at|"complete":true/i

describe('a run that could not look at everything', () => {
  test('says so in every text, never that there is nothing, and is never a success', () => {
    let whole = 0
    fc.assert(
      fc.property(facts, facts => {
        const { check, terminal, review } = textsOf(facts)
        const sayings = `${check.title}\n${check.summary}\n${check.text}\n${terminal}\n${review}`
        if (lookedAtAll(facts)) {
          whole++
          expect(check.summary).not.toContain('Not everything was looked at')
          return
        }
        expect(sayings).not.toMatch(allClear)
        expect(check.conclusion).not.toBe('success')
        expect(check.summary).toContain('Not everything was looked at')
        expect(check.title).toMatch(/everything was looked at|Nothing to look at/)
        expect(terminal).toContain('Not everything was looked at:')
        if (review !== '') expect(review).toContain('Not everything was looked at')
        for (const entry of facts.plan.manifest)
          if (entry.coverage !== 'full') {
            expect(check.text).toContain(entry.path)
            expect(terminal).toContain(entry.path)
          }
      }),
      { numRuns, seed },
    )
    expect(whole).toBeGreaterThan(numRuns / 20)
  })

  test('is told from one that could, which says it plainly', () => {
    const { check, terminal, review } = textsOf(factsOf())
    expect([check.conclusion, review]).toEqual(['success', ''])
    expect(check.summary).toMatch(allClear)
    expect(terminal).toMatch(allClear)
  })
})

/** Said here once more, in other words than the product's. */
function lookedAtAll({ plan, reports, judged }: Facts): boolean {
  const sent = plan.assignments.map(one => reports.find(report => report.assignment === one.id))
  return (
    sent.length > 0 &&
    sent.every(report => report?.looked === true && report.ended.end === 'done') &&
    plan.manifest.every(entry => entry.coverage !== 'partial') &&
    judged.every(one => one.verdict.verdict !== 'unverified')
  )
}

function textsOf(facts: Facts) {
  const check = renderCheck({ ...facts, routine: codeReview, checkName: 'Watchbill / code-review' })
  const review = planPublication({ ...facts, standing: standingOf() }).body
  return { check, terminal: renderTerminal(facts), review }
}

function pathsOf(entries: ManifestEntry[]): string[] {
  return entries.map(entry => entry.path).sort()
}

function entryOf(manifest: ManifestEntry[], path: string): ManifestEntry {
  return manifest.find(entry => entry.path === path)!
}

// A finding whose file became private: no model hears of it, and it leaves neither the record nor the gate for that.
import { expect, test } from 'vitest'
import { scriptedModel } from '../../../src/claude/index.ts'
import { inspect } from '../../../src/inspect.ts'
import { conclude } from '../../../src/publish/facts.ts'
import { rememberInProcess } from '../../../src/runs/journal.ts'
import { knownOf } from '../../../src/runs/look/crew.ts'
import { agents, codeReview, settings } from '../../agents/cast.ts'
import { words } from '../../agents/words.ts'
import { stored } from '../../judge/findings.ts'
import { factsOf, judgedOf } from '../../publish/facts-of.ts'
import { pullOf, setUp } from '../../workspace/open.ts'

const marker = 'Qv71-secret'
const quote = `const rate = lookup('${marker}')`
const gated = { ...codeReview, severity: { ...codeReview.severity, gate: 'high' as const } }
const earlier = [
  stored(
    judgedOf({
      severity: 'high',
      title: 'The rate of another customer is taken',
      file: 'vault/rate.ts',
      quote,
      fix: `Not ${marker}.`,
      suggestion: { replaces: quote, with: `${quote} // ${marker}` },
      suggested: { path: 'vault/rate.ts', startLine: 1, line: 1, with: [marker], state: 'offered', because: 'x' },
      source: { file: 'vault/rate.ts', quote },
      placement: { at: 'line', path: 'vault/rate.ts', side: 'RIGHT', line: 1, how: 'exact', because: 'x' },
      verification: { state: 'valid', because: 'It does.', cited: [{ path: 'vault/rate.ts', text: quote }] },
    }),
  ),
]

async function look(
  after: Record<string, string | undefined>,
  known = earlier,
  hidden = ['vault/**'],
  say: Parameters<typeof scriptedModel>[0] = () => ({ text: 'Done.' }),
) {
  const { origin, open } = await setUp()
  const before = { 'vault/rate.ts': 'const rate = 1\n', 'src/open.ts': 'export const open = 1\n' }
  const { base, head } = pullOf(origin, before, { 'src/open.ts': 'export const open = 2\n', ...after })
  await using checkout = await open(base, head)
  const heard: string[] = []
  const memory = rememberInProcess()
  const inspection = await inspect(
    {
      model: () =>
        scriptedModel((conversation, turn) => {
          heard.push(JSON.stringify(conversation))
          return say(conversation, turn)
        }),
      readFile: async () => '',
      scanners: [],
      hide: async text => text,
      words,
      memory,
      signal: new AbortController().signal,
      budget: { run: 5 },
    },
    {
      checkout,
      routines: [gated],
      agents,
      settings: { ...settings, private: hidden },
      rules: [],
      notes: [],
      earlier: known,
    },
  )
  return { inspection, heard, gate: conclude({ ...factsOf(inspection.judged), ...inspection }, gated) }
}

test('it stays in the gate by path and title, without its quote, and is shown to no model', async () => {
  const { inspection, heard, gate } = await look({ 'vault/rate.ts': `${quote}\n` })
  expect(gate).toBe('failure')
  expect(inspection.judged).toMatchObject([
    {
      fingerprint: earlier[0]!.fingerprint,
      title: 'The rate of another customer is taken',
      quote: '',
      placement: { path: 'vault/rate.ts', line: 1 },
      verdict: { because: expect.stringContaining('Its file is kept from models now (`private:`)') },
    },
  ])
  expect(inspection.rechecked).toMatchObject([{ became: 'unchanged' }])
  expect(inspection.judged[0]!.suggested).toMatchObject({ state: 'offered', line: 1, with: [] })
  expect(JSON.stringify(inspection)).not.toContain(marker)
  expect(heard.length).toBeGreaterThan(0)
  expect(heard.filter(one => one.includes(marker) || one.includes('another customer'))).toEqual([])
})

test('once the file is open again a review that finds it gives it its quote back; one that does not leaves it as it is', async () => {
  const vault = { 'vault/rate.ts': `${quote}\n` }
  const [hidden] = (await look(vault)).inspection.judged
  const known = [stored(hidden!, { where: 'inline', commentId: 7 })]
  const reported = {
    file: 'vault/rate.ts',
    quote,
    title: 'Another customer pays this rate',
    claim: 'The rate that is taken is that of another customer.',
    severity: 'high',
    confidence: 'high',
    origin: 'introduced',
  }
  const cited = [{ path: 'vault/rate.ts', text: quote }]
  const found = await look(vault, known, [], ({ kind }, turn) => {
    if (turn > 0) return { text: 'Done.' }
    return kind === 'finder'
      ? { calls: [{ name: 'report_finding', input: reported }] }
      : { calls: [{ name: 'report_verdict', input: { verdict: 'VALID', because: 'It does.', cited } }] }
  })
  const standing = found.inspection.judged.filter(({ verdict }) => verdict.verdict === 'posted')
  expect(standing).toMatchObject([{ fingerprint: hidden!.fingerprint, quote }])

  const { inspection, gate } = await look({ 'vault/rate.ts': 'const rate = own()\n' }, known, [])
  const because = 'What it quoted is no longer kept, so nobody can tell that it is gone.'
  expect(inspection.rechecked).toMatchObject([{ became: 'unchanged', because }])
  expect(gate).toBe('failure')
})

test('it is over when the file is deleted', async () => {
  const { inspection, gate } = await look({ 'vault/rate.ts': undefined })
  expect(inspection.rechecked).toMatchObject([{ became: 'fixed', because: expect.stringContaining('was deleted') }])
  expect(gate).not.toBe('failure')
})

test('agents of a task are not told that it is on record', () => {
  expect(knownOf(earlier, () => false)).toMatchObject([{ file: 'vault/rate.ts' }])
  expect(knownOf(earlier, path => path.startsWith('vault/'))).toEqual([])
})

// A review of a local range with rules of the repository: what reaches a model, what never does, and what holds in what is shown.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { reviewLocal } from '../../src/commands/review.ts'
import { readSettings } from '../../src/settings.ts'
import { call, type ModelSimulator, type Reply, say, startModel } from '../simulators/model/index.ts'

const dir = mkdtempSync(join(tmpdir(), 'watchbill-rules-'))
const git = (...args: string[]) =>
  execFileSync('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]).toString()
const write = (files: Record<string, string>) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
}
let model: ModelSimulator
const marker = 'Zk93-never'

beforeAll(async () => {
  model = await startModel()
  git('init', '-q', '-b', 'main')
  const lines = Array.from({ length: 30 }, (_, index) => `export const value${index} = ${index}\n`).join('')
  write({
    '.github/watchbill.yml': [
      'private: ["vault/**"]',
      'instructions:',
      '  - { paths: ["src/**"], text: "Amounts are whole cents, says the instruction." }',
      '  - { paths: ["docs/**"], text: "Nobody is told this." }',
    ].join('\n'),
    'REVIEW.md': '---\nskip: ["fixtures/**"]\nnit: 2\n---\nWe review gently, says the text.\n',
    'AGENTS.md': 'Everything has a test.\n',
    'src/CLAUDE.md': 'No floating point in src.\n',
    'src/pay/AGENTS.md': 'Payments are logged.\n',
    'lib/CLAUDE.md': 'Of a folder that nothing touches.\n',
    'vault/CLAUDE.md': `Rules that are private: ${marker}.\n`,
    'vault/key.ts': `export const key = '${marker}-1'\n`,
    'fixtures/a.json': '{}\n',
    'src/pay/a.ts': lines,
    'src/open.ts': 'export const open = 1\n',
  })
  git('add', '.')
  git('commit', '-qm', 'one')
  write({
    'vault/key.ts': `export const key = '${marker}-2'\n`,
    'fixtures/a.json': '{"a":1}\n',
    'src/pay/a.ts': lines.replace('value3 = 3', 'value3 = 3.5'),
    'src/open.ts': 'export const open = 2\n',
  })
  git('add', '.')
  git('commit', '-qm', 'two')
})
afterAll(async () => {
  await model[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})

async function review(reply: Reply) {
  model.setReply(reply)
  const from = model.requests.length
  const settings = readSettings({
    ...model.environment(),
    WATCHBILL_REHEARSED: 'true',
    WATCHBILL_DATA: join(dir, '.git', 'watchbill'),
  })
  const result = await reviewLocal(settings, {
    dir,
    range: 'HEAD~1...HEAD',
    routines: [],
    progress: () => {},
    signal: new AbortController().signal,
  })
  return { result, sent: model.requests.slice(from).map(request => JSON.stringify(request.body)) }
}

/** Tries every tool on what is private, then reports something about it, and something that is there. */
const looks: [string, object][] = [
  ['read', { path: 'src/pay/a.ts' }],
  ['read', { path: 'vault/key.ts' }],
  ['read', { path: 'src/../vault/key.ts' }],
  ['read', { path: 'VAULT/key.ts' }],
  ['glob', { pattern: '**' }],
  ['grep', { pattern: 'key|Rules' }],
  ['grep', { pattern: '.', path: 'vault' }],
  ['log', { path: 'vault/key.ts' }],
  ['blame', { path: 'vault/key.ts', from: 1, to: 1 }],
  ['show', { revision: 'HEAD' }],
  ['show', { revision: 'HEAD~1' }],
  ['show', { revision: 'HEAD~1:vault/key.ts' }],
]

it('no request to the model carries a byte of a private file, whatever agents and verifiers ask for', async () => {
  const found = {
    confidence: 'high',
    origin: 'introduced',
    severity: 'medium',
    title: 'Half a cent',
    claim: 'It breaks.',
  }
  const { result, sent } = await review(request => {
    const turn = request.messages.filter(message => message.role === 'assistant').length
    const look = looks[turn]
    if (look) return call(...look)
    if (request.tools?.some(tool => 'name' in tool && tool.name === 'report_verdict'))
      return turn === looks.length
        ? call('report_verdict', {
            verdict: 'VALID',
            because: 'x',
            cited: [{ path: 'vault/key.ts', text: 'export const key' }],
          })
        : say('Done.')
    if (turn === looks.length)
      return call('report_finding', { ...found, file: 'src/pay/a.ts', quote: 'export const value3 = 3.5' })
    if (turn === looks.length + 1)
      return call('report_finding', { ...found, file: 'vault/key.ts', quote: 'export const key' })
    return say('Done.')
  })
  expect(sent.length).toBeGreaterThan(looks.length * 2)
  expect(sent.filter(body => body.includes(marker))).toEqual([])
  expect(model.refusals).toEqual([])
  // The tools did answer about what is open, and said why not about the rest.
  const last = sent.findLast(body => body.includes('report_finding'))
  expect(last).toContain('value3 = 3.5')
  expect(last).toContain('is private by the repository')
  expect(result.plan.manifest.find(entry => entry.path === 'vault/key.ts')).toEqual({
    path: 'vault/key.ts',
    coverage: 'skipped',
    private: true,
    because: 'private: never sent to a model',
  })
  // A citation of a private file is none: the verifier's answer does not count.
  expect(result.judged.find(one => one.file === 'src/pay/a.ts')?.verification.state).toBe('unverified')
  expect(result.judged.find(one => one.file === 'vault/key.ts')?.placement.line).toBeUndefined()
})

it('a private file alone makes no review incomplete, and is named', async () => {
  const { result, sent } = await review(request =>
    request.messages.some(message => message.role === 'assistant')
      ? say('Done.')
      : call('read', { path: 'src/open.ts' }),
  )
  expect(result.incompleteBecause.filter(sentence => sentence.includes('vault'))).toEqual([])
  const system = sent.map(body => JSON.stringify(JSON.parse(body).system))
  for (const one of system) {
    // Rules of each folder on the path to a changed file, nearest first, and of no other.
    const order = ['src/pay/AGENTS.md', 'src/CLAUDE.md', '## AGENTS.md'].map(name => one.indexOf(name))
    expect(order.every(at => at > 0)).toBe(true)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(one).toContain('We review gently, says the text.')
    expect(one).not.toContain('nothing touches')
  }
  expect(sent.some(body => body.includes('says the instruction'))).toBe(true)
  expect(sent.some(body => body.includes('Nobody is told this'))).toBe(false)
  expect(result.plan.manifest.find(entry => entry.path === 'fixtures/a.json')).toMatchObject({
    coverage: 'skipped',
    because: 'skipped by REVIEW.md (fixtures/**)',
  })
  expect(result.notes).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/`REVIEW.md` line 3: `nit` .*did you mean `nits`/),
      '`REVIEW.md` holds: skip fixtures/**.',
    ]),
  )
})

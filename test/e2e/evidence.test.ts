// Tools beside the models, end to end: what they find stands on its line, and a secret leaves in no text, prompt or row.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: code that is looked at, not run.
import { expect, it, vi } from 'vitest'
import { securityLenses } from '../../src/domain/evidence.ts'
import { privateKey, github as token } from '../scanners/keys.ts'
import { call, type Reply } from '../simulators/model/index.ts'
import { openHouse } from './house.ts'
import { answersIn, finds, isReviewed, isVerifier, openScene } from './scene.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const key = privateKey()
const secret = `export const token = '${token}'`
const change = {
  'src/price.ts': `export function cents(text: string): number {\n  return Math.floor(Number(text) * 100)\n}\n`,
  'src/login.ts': `export const user = 'app'\n${secret}\n`,
  'deploy/key.pem': key,
  'vendor/run.min.js': 'const { exec } = require("child_process")\nexec(`convert ${process.argv[2]}`)\n',
}

/** Looks with every tool at what holds a secret, quotes the hidden line as it was shown, and lets the panel answer. */
const looks: Reply = (request, turn) => {
  if (isVerifier(request)) {
    if (answersIn(request) > 0 || !/vendor/.test(JSON.stringify(request.messages))) return finds(request, turn)
    return call('report_verdict', {
      verdict: 'VALID',
      because: 'The argument reaches the shell.',
      cited: [{ path: 'vendor/run.min.js', line: 2, text: 'exec(`convert ${process.argv[2]}`)' }],
    })
  }
  if (!JSON.stringify(request.messages).includes('Lens: security')) return finds(request, turn)
  const steps = [
    call('read', { path: 'src/login.ts' }),
    call('grep', { pattern: 'token|MII|[A-Za-z0-9+/]{50}' }),
    call('show', { revision: 'HEAD' }),
    call('read', { path: 'deploy/key.pem', from: 5, to: 9 }),
    call('report_finding', {
      file: 'src/login.ts',
      quote: "export const token = '[secret removed]'",
      title: 'A token is checked in',
      claim: 'The repository holds a token that anybody who reads it can use.',
      severity: 'critical',
      confidence: 'high',
      origin: 'introduced',
      category: 'security',
      cwe: 'CWE-798',
    }),
  ]
  return steps[answersIn(request)] ?? finds(request, turn)
}

it('a secret and a pattern of a change are told on their lines, and the secret in nothing that anybody sees', async () => {
  await using house = await openHouse({ reply: looks })
  const { repository, number, head } = await openScene(house.github, { change })
  await house.until(() => isReviewed(repository, head))

  const pull = repository.pull(number)
  const told = pull.reviewComments.map(({ path, line, body }) => ({ path, line, body }))
  const login = told.find(one => one.path === 'src/login.ts')
  expect(login).toMatchObject({ line: 2 })
  expect(login?.body).toContain('A GitHub token stands in the code')
  expect(login?.body).toContain('found by code')
  // The agent's claim about the same line became one with it.
  expect(told.filter(one => one.path === 'src/login.ts')).toHaveLength(1)
  const pem = told.find(one => one.path === 'deploy/key.pem')
  expect(pem).toMatchObject({ line: 1 })
  expect(pem?.body).toContain('A private key stands in the code')
  expect(told.find(one => one.path === 'vendor/run.min.js')).toMatchObject({ line: 2 })

  const check = repository.checkRuns().find(one => one.name.includes('security-review'))
  expect(check?.output.summary).toContain('secrets ran: Looked through 4 files')
  expect(check?.output.summary).toContain('patterns ran: Held 3 files against the patterns')
  expect(check?.output.summary).toContain("A tool's silence is no evidence of safety.")
  expect(check?.output.summary).toContain('not a threat model')
  for (const lens of securityLenses) expect(check?.output.summary).toContain(lens.toLowerCase())
  expect(check?.output.text).toContain('- secrets and cryptography: `src/login.ts`')
  const other = repository.checkRuns().find(one => one.name.includes('code-review'))
  expect(other?.output.summary).not.toContain('silence is no evidence')

  const run = /watchbill explain ([\w-]+)/.exec(check?.output.summary ?? '')?.[1] ?? ''
  const body = key.split('\n').slice(1, -2)
  const places = {
    prompts: JSON.stringify(house.model.requests.map(one => one.body)),
    comments: JSON.stringify([pull.reviews, pull.reviewComments.map(one => one.body), repository.checkRuns()]),
    log: JSON.stringify(house.lines),
    store: JSON.stringify([await house.server.store.steps.list(run), await house.server.store.findings.ofRun(run)]),
  }
  for (const [place, text] of Object.entries(places)) {
    expect(text, place).not.toContain(token)
    expect(text, place).not.toContain(token.slice(4, 24))
    for (const line of body) expect(text, place).not.toContain(line)
  }
  expect(places.prompts).toContain('What this change touches')
  expect(places.prompts).toContain('[secret removed]')
  expect(places.store).toContain('[secret removed]')
  expect(house.model.refusals).toEqual([])
  expect(house.github.refusals).toEqual([])
})

// Suggestions made from real files, half of them broken on purpose: every one that is offered applies and parses, every broken one is refused.
import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { Judged, Placement } from '../../src/domain/finding.ts'
import type { Known } from '../../src/judge/claims.ts'
import { settleSuggestions, tryOut } from '../../src/judge/suggest.ts'
import { renderComment } from '../../src/publish/comment.ts'
import { withoutSecrets } from '../../src/publish/index.ts'
import { hideSecrets, openParsing } from '../../src/scanners/index.ts'
import { judgedOf } from '../publish/facts-of.ts'
import { workspaces } from '../scanners/range.ts'
import { commitSuggestion } from '../simulators/github/suggestions.ts'
import { breakages } from './breaking.ts'
import { type Draft, draftFrom, type Source, seeded } from './drafts.ts'

const count = process.env.WATCHBILL_TEST_LONG === '1' ? 500 : 2 * breakages.length
const root = join(import.meta.dirname, '../..')
const sources = [
  ...filesIn('src', /\.ts$/),
  ...filesIn('routines/patterns', /\.yml$/),
  ...filesIn('test/simulators', /^(?!.*schemas).*\.json$/),
  ...readdirSync(join(root, 'node_modules'))
    .filter(name => name.startsWith('anchors-'))
    .flatMap(name => filesIn(`node_modules/${name}`, /(?<!\.min|\.d)\.(?:ts|js|mjs|cjs)$/)),
].filter(({ path, text }) => text.length < 40_000 && text.endsWith('\n') && !text.includes('\r') && parses(path, text))

test(`of ${count}, half broken on purpose, every one offered applies and parses, and every broken one is refused`, async () => {
  const random = seeded(20_260)
  const drafts = Array.from({ length: count }, (_, at) => {
    const kind = at % 2 === 0 ? undefined : breakages[((at - 1) / 2) % breakages.length]!
    return draftFrom({ sources, random, kind, parses, number: at })
  })
  const offered = await settle(drafts)
  const wrong: string[] = []
  const refusals = new Map<string, number>()
  let good = 0
  // Lines of real files, which change: some have a reason of their own to be refused.
  let otherwise = 0
  for (const [at, { suggested = none, ...finding }] of offered.entries()) {
    const draft = drafts[at]!
    const about = `${draft.kind ?? 'good'} ${draft.path}:${draft.startLine}-${draft.line}`
    if (suggested.state !== 'committable') {
      const { because } = suggested
      refusals.set(
        `${draft.kind ?? 'good'}: ${because}`,
        (refusals.get(`${draft.kind ?? 'good'}: ${because}`) ?? 0) + 1,
      )
      if (
        draft.kind === 'holds a secret' &&
        renderComment({ ...finding, suggested }, 'a'.repeat(40)).includes('In its place')
      )
        wrong.push(`${about} is shown`)
      if (because === '') wrong.push(`${about} was refused without a reason`)
      if (draft.kind && !draft.because.test(because) && ++otherwise > count / 40)
        wrong.push(`${about} was refused for another reason: ${because}`)
      continue
    }
    if (draft.kind) wrong.push(`${about} is offered`)
    good++
    const { placement } = finding
    const body = renderComment({ ...finding, suggested }, 'a'.repeat(40))
    const committed = commitSuggestion(Buffer.from(draft.text), { body, ...onLine(placement) })
    const lines = draft.text.split('\n')
    lines.splice(draft.startLine - 1, draft.line - draft.startLine + 1, ...suggested.with)
    if (!committed.equals(Buffer.from(lines.join('\n')))) wrong.push(`${about} does not apply as it was tried`)
    if (!parses(draft.path, committed.toString())) wrong.push(`${about} does not parse`)
  }
  console.log(
    [...refusals]
      .map(([because, times]) => `${times} × ${because}`)
      .toSorted()
      .join('\n'),
  )
  expect(wrong).toEqual([])
  expect(good).toBeGreaterThan((count / 2) * 0.85)
})

const none = { state: 'refused' as const, because: '' }

/** Through the same two steps as in a review; whoever verifies agrees with everything. */
async function settle(drafts: Draft[]): Promise<Judged[]> {
  const out: Judged[] = []
  const parsing = openParsing(workspaces)
  const files = drafts.map(draft => draft.file)
  const known = drafts.map(
    (draft, at): Known => ({
      ...judgedOf({ id: `f${at}`, file: draft.path, suggestion: draft.suggestion, placement: draft.placement }),
      fingerprint: String(at),
    }),
  )
  const texts = new Map(drafts.map(({ path, text }) => [path, text]))
  const tried = await tryOut(known, {
    change: { mergeBase: '', head: '', files },
    checkout: { file: async (path: string) => texts.get(path) } as never,
    parsing,
    leavesAsItIs: async text => (await hideSecrets(text)) === text && withoutSecrets(text) === text,
    signal: new AbortController().signal,
  })
  for (const one of tried) {
    const finding = judgedOf({ ...one, verification: { state: 'valid', because: '', cited: [], fixes: true } })
    out.push(...settleSuggestions([finding], []))
  }
  return out
}

function onLine(placement: Placement): { line: number; startLine?: number } {
  if (placement.at !== 'line') throw new Error('it stands on no line')
  return placement
}

/** By parsers other than the one under test, but for JSON and YAML, where there is one for everybody. */
function parses(path: string, text: string): boolean {
  if (/\.ya?ml$/.test(path))
    return parseAllDocuments(text, { logLevel: 'silent' }).every(one => one.errors.length === 0)
  try {
    if (path.endsWith('.json')) JSON.parse(text)
    else stripTypeScriptTypes(text, { mode: 'transform' })
    return true
  } catch {
    return false
  }
}

function filesIn(folder: string, names: RegExp): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => names.test(name))
    .toSorted()
    .map(name => ({ path: `${folder}/${name}`, text: readFileSync(join(root, folder, name), 'utf8') }))
}

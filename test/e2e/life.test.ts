// The life of a pull request: thirteen pushes, one of a renamed file, replies, a dismissal, a thread resolved, a merge of the base, new rules, a forced push, a rebase, the merge.
// After every push: no comment stands twice, what is fixed is marked, what is open is not, and every state has its reason.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { explain } from '../../src/commands/explain.ts'
import type { StoredFinding } from '../../src/domain/store.ts'
import type { Defect } from './life-model.ts'
import { type Life, openLife, type Pushed } from './life-stage.ts'

// Patient, since the machine may be busy.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })

const defects: Defect[] = [
  {
    name: 'loses a cent',
    file: 'src/price.ts',
    at: /Math\.floor\(/,
    words: [
      ['Rounding down loses a cent', 'cents("0.29") is 28 where it has to be 29, since the product is 28.99.'],
      ['A price of 0.29 loses a cent', 'The product 28.999 is cut off, so the customer is charged 28 and not 29.'],
    ],
    severity: 'high',
    category: 'correctness',
  },
  {
    name: 'is never awaited',
    file: 'src/order.ts',
    at: /^ {2}save\(/,
    words: [
      [
        'The save of an order is never awaited',
        'placeOrder answers before the order is stored; a failed save is lost.',
      ],
      ['Storing is never awaited', 'When the database refuses the row, nobody hears of it: the promise is dropped.'],
    ],
    severity: 'medium',
    category: 'correctness',
  },
  {
    name: 'skips the last page',
    file: 'src/pages.ts',
    at: /page < pages - 1/,
    words: [
      ['The loop skips the last page', 'With three pages it reads the first two; the rows of the last are not shown.'],
    ],
    severity: 'low',
    category: 'correctness',
  },
  {
    name: 'retries for ever',
    file: 'src/order.ts',
    at: /for \(;;\)/,
    words: [
      [
        'A refused order retries for ever',
        'send throws on a refusal that does not pass, and the loop has no other end.',
      ],
      ['No bound: the loop retries for ever', 'Where the shop answers 400, the same request goes out without an end.'],
    ],
    severity: 'medium',
    category: 'correctness',
  },
  {
    name: 'divides by zero',
    file: 'src/share.ts',
    at: /total \/ people/,
    words: [['An empty table divides by zero', 'share(10, 0) is Infinity, and the bill shows that to the guest.']],
    severity: 'medium',
    category: 'correctness',
  },
  {
    name: 'drops the time zone',
    file: 'src/date.ts',
    at: /slice\(0, 10\)/,
    words: [['A cut drops the time zone', 'day("2026-01-01T23:30-05:00") is the first where it is the second in UTC.']],
    severity: 'high',
    category: 'correctness',
  },
]

const filler = (name: string, lines: number) =>
  Array.from({ length: lines }, (_, index) => `export const ${name}${index} = ${index}`).join('\n')
const price = (line: string, above = '') =>
  `${above}export function cents(text: string): number {\n${line}\n}\n\n${filler('price', 30)}\n`
const floored = '  return Math.floor(Number(text) * 100)'
const order = (body: string) =>
  `export async function placeOrder(rows: string[]): Promise<void> {\n${body}\n}\n\n${filler('order', 30)}\n`
const pages = (bound: string) =>
  `export const read = (pages: number) => {\n  for (let page = 0; page < ${bound}; page++) show(page)\n}\n`

const base = {
  'src/price.ts': price('  return Math.round(Number(text) * 100)'),
  'src/order.ts': order('  await save(rows.join())'),
  'src/pages.ts': pages('pages'),
  'src/main.ts': 'export const started = true\n',
}
const change = {
  'src/price.ts': price(floored),
  'src/order.ts': order('  save(rows.join(","))'),
  'src/pages.ts': pages('pages - 1'),
  'src/notes.ts': `${filler('note', 20)}\n`,
}

let life: Life
beforeAll(async () => {
  life = await openLife(defects, base, change)
})
afterAll(() => life[Symbol.asyncDispose]())

it('converges: no comment twice, every fixed finding marked, every state explained', async () => {
  const { scene, github } = life
  const { store } = life.ports
  const { repo } = scene
  const dismissed = new Set<string>()
  const gone = new Set<string>()
  const repository = scene.repository.id

  const commentsOf = (name: string) => life.comments().filter(one => one.body.includes(name))
  const found = async (): Promise<StoredFinding[]> => store.findings.ofPull(repository, life.pull().number)
  const isTrue = ({ file, at }: Defect) =>
    life
      .code()
      [file]?.split('\n')
      .some(line => at.test(line)) === true

  /** What has to hold after every push, on GitHub and in the store. */
  async function converges(pushed: Pushed | undefined): Promise<void> {
    expect(github.refusals).toEqual([])
    if (pushed) expect(pushed.run).toMatchObject({ end: 'done' })
    const all = await found()
    for (const defect of defects) {
      const { name } = defect
      const its = all.filter(one => one.title.includes(name))
      const standing = commentsOf(name)
      expect(standing.length, `comments on "${name}"`).toBeLessThanOrEqual(1)
      expect(its.length, `findings of "${name}"`).toBeLessThanOrEqual(1)
      const [finding] = its
      if (!finding) continue
      const state = dismissed.has(name) ? 'dismissed' : gone.has(name) ? 'stale' : isTrue(defect) ? 'open' : 'fixed'
      expect(finding.state, `${name}: ${finding.stateBecause}`).toBe(state)
      const marks = { fixed: /^\*\*Fixed in `[0-9a-f]{7}`\.\*\*/, stale: /^\*\*Gone from this pull request in `/ }
      for (const { body } of standing)
        if (state === 'fixed' || state === 'stale') expect(body).toMatch(marks[state])
        else expect(body).not.toMatch(/^\*\*(Fixed|Gone)/)
      const { life: states = [] } = await explain(store, finding.rowId)
      expect(states[0]).toMatchObject({ state: 'open', because: 'It was found.' })
      expect(states.at(-1)).toMatchObject({ state, because: finding.stateBecause })
      for (const one of states)
        expect([one.head, one.because]).toEqual([
          expect.stringMatching(/^[0-9a-f]{40}$/),
          expect.stringMatching(/\.$|^dismissed by /),
        ])
    }
    // The check of every head counts what stands, though its files were not looked at again.
    if (!pushed) return
    const machine = JSON.parse(/<!-- watchbill: (\{.*\}) -->$/.exec(pushed.text)?.[1] ?? '{}')
    const open = defects.filter(one => isTrue(one) && !dismissed.has(one.name) && !gone.has(one.name))
    const count = (severity: string) => open.filter(one => one.severity === severity).length
    expect(machine).toMatchObject({ complete: true, findings: { high: count('high'), medium: count('medium') } })
  }

  const first = await life.settle()
  expect(first?.end).toBe('done')
  await converges(undefined)
  expect(life.comments()).toHaveLength(2)
  expect(life.pull().reviews[0]?.body).toContain('skips the last page')
  const bought = life.model.counted()
  const cost = await store.ledger.spent({ runId: first!.id })

  // 1: another file. What was reviewed is not looked at again, and that is said of each file.
  const one = await life.push({ 'src/notes.ts': `${filler('note', 21)}\n` })
  await converges(one)
  expect(one.counted).toEqual({ finder: 1 })
  expect(bought.finder! + bought.verify!).toBeGreaterThan(4)
  expect(one.tokens).toBeLessThan(cost.usage.input / 4)
  expect(one.summary).toMatch(/Goes on from `[0-9a-f]{7}`.*1 of 4 changed files, 3 unchanged since/)
  expect(one.text).toContain(`\`src/price.ts\`: unchanged since ${first!.head!.slice(0, 7)}, reviewed there`)
  expect(life.model.shown).toContain('note20')
  expect(life.model.shown).not.toContain('Math.floor')

  // 2: lines above it. A verifier looks again, at that one alone, and its comment stays as it is.
  const before = commentsOf('loses a cent')[0]!.body
  const two = await life.push({ 'src/price.ts': price(floored, "import { table } from './table.ts'\n") })
  await converges(two)
  expect(two.counted).toEqual({ finder: 1, recheck: 1 })
  expect(commentsOf('loses a cent')[0]!.body).toBe(before)

  // 3: the same defect in other lines, and no finder says so: the comment tells where it is now.
  life.model.overlooked.add('loses a cent')
  const three = await life.push({
    'src/price.ts': `${filler('price', 30)}\nconst toCents = (amount: number) => {\n  return Math.floor(amount * 100)\n}\n`,
  })
  await converges(three)
  expect(three.counted).toMatchObject({ recheck: 1 })
  expect(commentsOf('loses a cent')[0]!.body).toContain(
    `*Still true at \`${three.short}\`, now at \`src/price.ts:32\`.*`,
  )

  // 4: a fix. The comment is marked with the commit and the thread resolved.
  const four = await life.push({ 'src/order.ts': order('  await save(rows.join(","))') })
  await converges(four)
  const [saved] = commentsOf('is never awaited')
  expect(saved!.body).toMatch(new RegExp(`^\\*\\*Fixed in \`${four.short}\`\\.\\*\\* .*The code does it right now\\.`))
  expect(life.pull().resolvedThreads.has(saved!.id)).toBe(true)

  // 5: somebody talks, and then fixes: the mark is made, the thread is theirs.
  const [cent] = commentsOf('loses a cent')
  repo.replyTo(cent!.id, 'Good catch, I will look into it.', 'wendy')
  await life.settle()
  const five = await life.push({
    'src/price.ts': price('  return Math.round(Number(text) * 100)', '// To the cent.\n'),
  })
  await converges(five)
  expect(cent!.body).toMatch(new RegExp(`^\\*\\*Fixed in \`${five.short}\``))
  expect(life.pull().resolvedThreads.has(cent!.id)).toBe(false)

  // 6: a new one, and a file of its own that goes again. 7: the first is dismissed, and comes back in other words.
  const loop = '  for (;;) {\n    if (await send(rows)) return\n  }'
  const six = await life.push({
    'src/order.ts': order(loop),
    'src/share.ts': 'export const share = (total: number, people: number) => total / people\n',
  })
  await converges(six)
  expect([commentsOf('retries for ever').length, commentsOf('divides by zero').length]).toEqual([1, 1])
  // Somebody contradicts: it is verified with what they say, once, and answered in its thread.
  const [contested] = commentsOf('divides by zero')
  repo.replyTo(contested!.id, 'There is always somebody at the table: people > 0.', 'wendy')
  await life.settle()
  await converges(undefined)
  const answers = life.pull().reviewComments.filter(one => one.inReplyTo === contested!.id && one.user.type === 'Bot')
  expect(answers.map(one => one.body)).toEqual([expect.stringMatching(/^\*\*Kept\*\*: it still holds at /)])
  repo.replyTo(commentsOf('retries for ever')[0]!.id, '@watchbill dismiss the shop never refuses', 'wendy')
  await life.settle()
  dismissed.add('retries for ever')
  gone.add('divides by zero')
  const seven = await life.push({
    'src/order.ts': order('  for (;;) {\n    const sent = await send(rows)\n    if (sent) break\n  }'),
    'src/share.ts': null,
  })
  await converges(seven)
  expect(commentsOf('divides by zero')[0]!.body).toContain(`Gone from this pull request in \`${seven.short}\``)
  expect(commentsOf('retries for ever')[0]!.body).not.toContain('Fixed')

  // 8: more than eight pushes are reviewed when somebody asks; what was pushed since is looked at.
  const silent = await life.push({ 'src/date.ts': 'export const day = (text: string) => text.slice(0, 10)\n' })
  expect(silent.run).toBeUndefined()
  const asked = async (words: string) => {
    repo.comment(life.pull().number, words, 'wendy')
    const run = await life.settle()
    const check = repo.checkRuns(life.pull().head.sha).findLast(one => one.name === 'Watchbill / code-review')
    return { ...silent, run, summary: check?.output.summary ?? '', text: check?.output.text ?? '' }
  }
  const eight = await asked('@watchbill review')
  await converges(eight)
  expect(eight.summary).toContain('Goes on from')
  expect(commentsOf('drops the time zone')).toHaveLength(1)
  // Its file gets another name, and a line above: the one comment tells where the code is now, and no finder says it again.
  const zone = defects.find(({ name }) => name === 'drops the time zone')!
  const dated = life.code()[zone.file]!
  zone.file = 'src/days.ts'
  await life.push({ 'src/date.ts': null, [zone.file]: `// As people write them.\n${dated}` })
  const renamed = await asked('@watchbill review')
  await converges(renamed)
  expect(renamed.summary).toContain('Goes on from')
  expect(commentsOf(zone.name)[0]!.body).toContain('now at `src/days.ts:2`')
  expect((await found()).find(one => one.title.includes(zone.name))!.file).toBe(zone.file)
  // The thread is resolved by a person, with the defect still there: it is not said again.
  repo.resolve(commentsOf('drops the time zone')[0]!.id, 'wendy')
  const again = await asked('@watchbill review')
  await converges(again)
  expect(again.summary).toContain('Reviewed in full: asked.')

  // 9: a merge of the base. 10: new rules on the base. 11: a forced push. 12: a rebase.
  await repo.commit({ branch: 'main', files: { 'src/pages.ts': `// Pages.\n${pages('pages')}` } })
  await life.mergeBase()
  const nine = await asked('@watchbill review')
  await converges(nine)
  expect(nine.summary).toContain('Reviewed in full: the base moved.')

  await repo.commit({ branch: 'main', files: { 'REVIEW.md': 'Look at dates twice.\n' } })
  await life.push({ 'src/notes.ts': `${filler('note', 22)}\n` })
  const ten = await asked('@watchbill review')
  await converges(ten)
  expect(ten.summary).toContain('Reviewed in full: rules changed (REVIEW.md).')

  const code = life.code()
  const parts = ['src/price.ts', 'src/order.ts', 'src/pages.ts', 'src/notes.ts', zone.file]
  const mine = Object.fromEntries(parts.map(path => [path, code[path]!]))
  await life.push({ ...mine, 'src/pages.ts': `// Pages.\n${pages('pages')}` }, { from: `${repo.sha('feature')}~1` })
  const eleven = await asked('@watchbill review')
  gone.add('skips the last page')
  await converges(eleven)
  expect(eleven.summary).toContain('Reviewed in full: force-push.')

  await life.push(
    { ...mine, 'src/pages.ts': `// Pages.\n${pages('pages')}`, [zone.file]: 'export const day = iso\n' },
    { from: 'main' },
  )
  const twelve = await asked('@watchbill review')
  await converges(twelve)
  expect(twelve.summary).toMatch(/Reviewed in full: force-push; the base moved/)
  expect(commentsOf('drops the time zone')[0]!.body).toMatch(/^\*\*Fixed in /)

  // What became of each can be asked for, and the merge says nothing more.
  repo.comment(life.pull().number, '@watchbill why', 'wendy')
  await life.settle()
  const why = life.pull().issueComments.at(-1)!.body
  expect(why).toContain('What became of 6 findings')
  for (const { name } of defects) expect(why).toContain(name)
  expect(why).toContain(`fixed at \`${four.short}\``)
  expect(why).toContain('dismissed by wendy: the shop never refuses')
  const said = life.pull().reviewComments.length
  await repo.mergePull(life.pull().number)
  expect(await life.settle()).toBeUndefined()
  expect(life.pull().reviewComments).toHaveLength(said)
})

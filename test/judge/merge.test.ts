// One claim by several agents is as grave, and as new, as the worst of them says: being the clearest makes nobody's say less.
import { expect, test } from 'vitest'
import { creditOf } from '../../src/domain/evidence.ts'
import type { Placed } from '../../src/judge/claims.ts'
import { merge } from '../../src/judge/merge.ts'
import { findingOf } from './findings.ts'

const onLine = { at: 'line', path: 'src/a.ts', side: 'RIGHT', line: 4, how: 'exact', because: '' } as const
const somewhere = { at: 'file', path: 'src/a.ts', line: 4, because: 'Ambiguous.' } as const
const same = { title: 'The query holds what a person typed', claim: 'A quotation mark ends the text of the query.' }

function claim(id: string, placement: Placed['placement'], more: Partial<Placed>): Placed {
  return { ...findingOf(id, same), placement, ...more }
}

test('a mild claim on its line says it for a grave one that stands nowhere exactly, and takes nothing from it', () => {
  const mild = claim('tests-f1', onLine, { severity: 'nit', origin: 'pre_existing' })
  const grave = claim('security-f1', somewhere, { severity: 'critical', security: true })
  const [kept, other] = merge([mild, grave])
  expect(kept).toMatchObject({
    id: 'tests-f1',
    placement: onLine,
    severity: 'critical',
    origin: 'introduced',
    votes: 2,
  })
  expect(other?.into?.id).toBe('tests-f1')
})

test('what code found is as grave as code says, since nobody verifies it', () => {
  const fact = claim('secret-check-1', onLine, { severity: 'low', agents: [creditOf.secrets] })
  const [kept] = merge([fact, claim('security-f1', somewhere, { severity: 'critical', security: true })])
  expect(kept).toMatchObject({ id: 'secret-check-1', severity: 'low' })
})

// What a dismissal holds for: the weakness as it was judged then, and not for the same one grown grave.
import { expect, test } from 'vitest'
import type { Severity } from '../../src/domain/severity.ts'
import type { Known } from '../../src/judge/claims.ts'
import { suppress } from '../../src/judge/suppress.ts'
import { judgedOf } from '../publish/facts-of.ts'
import { stored } from './findings.ts'

const weakness = (severity: Severity, security = true) => judgedOf({ severity, security })

test.each<[Severity, Severity, boolean, boolean]>([
  ['low', 'critical', true, false],
  ['medium', 'high', true, false],
  ['low', 'medium', true, true],
  ['high', 'critical', true, true],
  ['medium', 'high', false, true],
])('dismissed as %s and found as %s (security: %s): held back %s', (then, now, security, held) => {
  const dismissed = stored(weakness(then, security), { state: 'dismissed', stateBecause: 'dismissed by olive: fine' })
  const again = { ...weakness(now, security), fingerprint: dismissed.fingerprint } as unknown as Known
  expect(suppress(again, [dismissed])?.verdict).toBe(held ? 'suppressed' : undefined)
})

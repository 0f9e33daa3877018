// What was asked for and is not there, as texts say it: apart from the findings, since it is no defect of any line.
import type { Missing } from '../domain/intent.ts'
import type { Facts } from './facts.ts'
import { plain, scrubLine } from './scrub.ts'

/** Verified, for one of the routines that these facts are of; `fresh` leaves out what a text of ours says already. */
export function missingOf(
  { intent, routines }: Pick<Facts, 'intent' | 'routines'>,
  fresh: (one: Missing) => boolean = () => true,
): Missing[] {
  if (!intent?.routines.some(name => routines.some(routine => routine.name === name))) return []
  return intent.missing.filter(one => one.verification.state === 'valid' && fresh(one))
}

export function renderMissing(missing: Missing[]): string[] {
  if (missing.length === 0) return []
  return [`**${heading}**\n\n${missing.map(item).join('\n')}`]
}

const heading = 'Asked for, and not found'

function item({ title, source, quote, claim }: Missing): string {
  return `- ${scrubLine(title, 200)} (${scrubLine(source, 60)}: “${scrubLine(quote, 300)}”)  \n  ${scrubLine(claim, 900)}`
}

/** For a check, where what nobody could settle, and what is there after all, stand too. */
export function renderIntent(facts: Pick<Facts, 'intent'>, routine: Facts['routines'][number]): string {
  const { intent } = facts
  if (!intent?.routines.includes(routine.name)) return ''
  const rest = intent.missing.filter(one => one.verification.state !== 'valid')
  const found = renderMissing(missingOf({ intent, routines: [routine] }))
  const held = `Held against the change: ${intent.sources.map(one => scrubLine(one, 60)).join(', ')}.`
  const others = rest.map(
    ({ title, source, verification }) =>
      `- ${verification.state === 'invalid' ? 'There after all' : 'Not settled'}: ${scrubLine(title, 200)} (${scrubLine(source, 60)}). ${scrubLine(verification.because, 400)}`,
  )
  const parts = [...found, ...(found.length === 0 ? ['Nothing that was asked for is missing.'] : []), others.join('\n')]
  return `### Intent\n\n${[held, ...parts].filter(Boolean).join('\n\n')}`
}

export function printMissing(facts: Facts): string[] {
  const missing = missingOf(facts)
  if (missing.length === 0) return []
  const line = (text: string, most: number) => plain(text, most).replace(/\s+/g, ' ')
  return [
    `${heading}:`,
    ...missing.map(
      one => `  ${line(one.title, 200)} (${line(one.source, 60)}: "${line(one.quote, 300)}"). ${line(one.claim, 600)}`,
    ),
    '',
  ]
}

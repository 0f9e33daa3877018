// What a security review was made of, as its check and the terminal tell it: lenses, tools, what the change touches, and what all this is not.
import type { SecurityLook, ToolRun } from '../domain/evidence.ts'
import { plural } from '../domain/plural.ts'
import type { Routine } from '../domain/routine.ts'
import { code, plain, scrubLine } from './scrub.ts'

/** For the summary of a security routine's check; none for the others. */
export function renderSecurity({ security }: { security?: SecurityLook }, routine: Pick<Routine, 'name'>): string[] {
  if (!security?.routines.includes(routine.name)) return []
  const tools = security.tools.map(run => `- ${run.tool} ${run.state}: ${scrubLine(run.because, 500)}`)
  return [`**Security**\n\n- ${sayLenses(security)}\n${[...tools, `- ${silence(security)}`].join('\n')}`]
}

/** For its text: what the change touches, and what tools could not read. */
export function renderInventory({ security }: { security?: SecurityLook }, routine: Pick<Routine, 'name'>): string {
  if (!security?.routines.includes(routine.name)) return ''
  const touched = security.inventory.map(one => `- ${one.kind}: ${code(one.path)}, ${scrubLine(one.because)}`)
  if (security.more > 0) touched.push(`- and ${security.more} more`)
  const left = security.tools.flatMap(run =>
    (run.left ?? []).map(one => `- ${code(one.path)}: ${run.tool}, ${scrubLine(one.because)}`),
  )
  const more = left.length - listed
  const shown = [...left.slice(0, listed), ...(more > 0 ? [`- and ${more} more; the run has them all`] : [])]
  return [
    ...(touched.length > 0 ? [`### What this touches\n\n${touched.join('\n')}`] : []),
    ...(left.length > 0 ? [`### Not read by tools\n\n${shown.join('\n')}`] : []),
  ].join('\n\n')
}

const listed = 100

/** The same for a terminal. */
export function printSecurity({ security }: { security?: SecurityLook }): string[] {
  if (!security) return []
  return [
    'Security:',
    `  ${sayLenses(security)}`,
    ...security.tools.flatMap(run => [`  ${run.tool} ${run.state}: ${plain(run.because, 500)}`, ...leftLines(run)]),
    `  ${silence(security)}`,
    '',
  ]
}

function leftLines({ left = [] }: ToolRun): string[] {
  const lines = left
    .slice(0, 20)
    .map(one => `    not read: ${plain(one.path, 300).replace(/\s+/g, ' ')}, ${plain(one.because, 300)}`)
  return left.length > lines.length ? [...lines, `    and ${left.length - lines.length} more`] : lines
}

function sayLenses({ lenses }: SecurityLook): string {
  return lenses.length > 0
    ? `Agents were asked about: ${lenses.map(lens => lens.toLowerCase()).join(', ')}.`
    : 'No agent looked with a security lens.'
}

function silence({ inventory, more, tools }: SecurityLook): string {
  const touched = inventory.length + more
  const places = touched > 0 ? `${plural(touched, 'place')} marked where such a review begins. ` : ''
  const words = tools.length > 0 ? "A tool's silence is no evidence of safety. " : ''
  return `${places}${words}This is a review of a change, not a threat model.`
}

// The front matter of a REVIEW.md → what code carries out, and what is wrong with it. A REVIEW.md without one is text for agents, and right.

import { type ReviewRules, reviewRulesSchema } from '../domain/review-rules.ts'
import type { ConfigurationProblem, Routine } from '../domain/routine.ts'
import { checkFields, problemAt, rightParts } from './fields.ts'
import { globProblem } from './globs.ts'
import { stricter } from './inherit.ts'
import { readYaml } from './yaml.ts'

/** With problems the keys that are right hold all the same. Never throws. */
export function parseReviewRules(file: { path: string; text: string }): {
  value: ReviewRules
  problems: ConfigurationProblem[]
} {
  const written = frontMatter(file.text)
  if (written === undefined) return { value: {}, problems: [] }
  const reading = readYaml(written, 2)
  // Two rules of dashes around a paragraph are Markdown, not front matter.
  if (reading.troubles.length === 0 && !isGroup(reading.value)) return { value: {}, problems: [] }
  const checked = checkFields(file.path, reading, reviewRulesSchema)
  if (reading.troubles.length > 0) return { value: {}, problems: checked.problems }
  const value = checked.value ?? rightParts(reviewRulesSchema, reading.value)
  const wrong = (value.skip ?? []).flatMap((glob, index) => {
    const message = glob.startsWith('!') ? '`skip` takes no "!"; list what is skipped.' : globProblem(glob)
    return message ? [{ glob, problem: problemAt(file.path, reading, { path: ['skip', index], message }) }] : []
  })
  const skip = value.skip?.filter(glob => !wrong.some(one => one.glob === glob))
  return {
    value: { ...value, ...(skip && { skip }) },
    problems: [...checked.problems, ...wrong.map(one => one.problem)].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  }
}

export interface HeldRules {
  rules: ReviewRules
  /** The routines as they review here. */
  routines: Routine[]
  /** What holds and what does not, a sentence each. */
  notes: string[]
}

/** What a REVIEW.md says, over the routines that answer. Of what an organisation requires it takes nothing away. */
export function holdReviewRules(file: { path: string; text: string } | undefined, routines: Routine[]): HeldRules {
  if (!file) return { rules: {}, routines, notes: [] }
  const { value, problems } = parseReviewRules(file)
  const required = routines.filter(routine => routine.required).map(routine => `\`${routine.name}\``)
  const { inline, floor, ...rest } = value
  const levels = { ...(inline && { inline }), ...(floor && { floor }) }
  const rules = required.length > 0 ? {} : rest
  const held = { ...levels, ...rules }
  const ignored = Object.keys(rest).filter(() => required.length > 0)
  return {
    rules,
    routines: routines.map(routine => ({
      ...routine,
      severity: routine.required ? stricter(routine.severity, levels) : { ...routine.severity, ...levels },
    })),
    notes: [
      ...problems.map(
        ({ file, line, path, message }) => `\`${file}\` line ${line ?? 1}: ${path ? `\`${path}\` ` : ''}${message}`,
      ),
      ...(Object.keys(held).length > 0 ? [`\`${file.path}\` holds: ${said(held)}.`] : []),
      ...(ignored.length > 0
        ? [
            `\`${file.path}\`: ${ignored.map(key => `\`${key}\``).join(', ')} has no effect, and levels hold for others alone: the organisation requires ${required.join(', ')}.`,
          ]
        : []),
    ],
  }
}

function said(held: object): string {
  return Object.entries(held)
    .map(([key, one]) => `${key} ${Array.isArray(one) ? one.join(', ') : one}`)
    .join('; ')
}

function frontMatter(text: string): string | undefined {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/)
  const end = lines.findIndex((line, index) => index > 0 && /^---[ \t]*$/.test(line))
  return /^---[ \t]*$/.test(lines[0] ?? '') && end > 0 ? lines.slice(1, end).join('\n') : undefined
}

function isGroup(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

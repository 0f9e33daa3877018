// The filters that triggers share: each says what failed in a sentence of its own, or nothing.
import type { LabelsFilter, TextFilter } from '../../domain/triggers.ts'
import { picks } from '../globs.ts'
import { matchesWhole } from '../patterns.ts'
import { nothingLeft } from './effort.ts'

/** `logins` are the same in any case. */
export function textFails(name: string, written: TextFilter | undefined, text: string, logins = false): string[] {
  if (!written) return []
  const fold = (one: string) => (logins ? one.toLowerCase() : one)
  const value = fold(text)
  const shown = `${name}: "${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`
  const { is, is_not, one_of, not_one_of, contains, starts_with, matches } = written
  const failed: string[] = []
  if (is !== undefined && value !== fold(is)) failed.push(`${shown} is not "${is}".`)
  if (is_not !== undefined && value === fold(is_not)) failed.push(`${shown} is what \`is_not\` rules out.`)
  if (one_of && !one_of.map(fold).includes(value)) failed.push(`${shown} is not one of ${quoted(one_of)}.`)
  if (not_one_of?.map(fold).includes(value)) failed.push(`${shown} is one of those that \`not_one_of\` rules out.`)
  if (contains !== undefined && !value.includes(fold(contains))) failed.push(`${shown} does not contain "${contains}".`)
  if (starts_with !== undefined && !value.startsWith(fold(starts_with)))
    failed.push(`${shown} does not start with "${starts_with}".`)
  const fits = matches === undefined || matchesWhole(matches, text)
  if (fits === 'too long')
    failed.push(
      `${shown} has ${text.length} characters, too many to hold against an expression as large as \`${matches}\`.`,
    )
  else if (fits === 'not asked') failed.push(`${name}: not asked whether it matches \`${matches}\`: ${usedUp}`)
  else if (!fits) failed.push(`${shown} does not match \`${matches}\` as a whole.`)
  return failed
}

const usedUp = 'the expressions and globs of all routines together take more than one event may.'

export function quoted(values: string[]): string {
  return values.map(one => `"${one}"`).join(', ')
}

/** GitHub takes labels that differ in case alone for the same one. */
export function sameLabel(one: string, other: string | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase()
}

export function labelsFail(filter: LabelsFilter | undefined, carried: string[]): string[] {
  const has = (label: string) => carried.some(one => sameLabel(one, label))
  const missing = filter?.all?.filter(label => !has(label)) ?? []
  const unwanted = filter?.none?.filter(has) ?? []
  return [
    ...(filter?.any && !filter.any.some(has) ? [`labels: it carries none of ${quoted(filter.any)}.`] : []),
    ...(missing.length > 0 ? [`labels: it lacks ${quoted(missing)}.`] : []),
    ...(unwanted.length > 0 ? [`labels: it carries ${quoted(unwanted)}, which \`none\` rules out.`] : []),
  ]
}

/** A list of globs on one name: branches, tags, environments. */
export function nameFails(key: string, globs: string[] | undefined, value: string | undefined): string[] {
  if (!globs) return []
  if (value === undefined) return [`${key}: none is named, and it asks for ${globs.join(', ')}.`]
  return picks(globs, value) ? [] : [`${key}: "${value}" matches none of ${globs.join(', ')}.`]
}

/** Characters of all paths that filters look at: more would take longer than an event may. */
const pathsAtMost = 500_000

/** Paths that are not known stop nothing; `unasked` says so. */
export function pathsFail(globs: string[] | undefined, paths: string[] | undefined): string[] {
  if (!globs || paths === undefined || areTooLong(paths)) return []
  for (const path of paths) {
    if (nothingLeft()) return [`paths: not asked whether a changed file matches ${globs.join(', ')}: ${usedUp}`]
    if (picks(globs, path)) return []
  }
  return [
    `paths: ${paths.length === 1 ? 'the one changed file does not match' : `none of the ${paths.length} changed files matches`} ${globs.join(', ')}.`,
  ]
}

export function unasked(globs: string[] | undefined, paths: string[] | undefined): string {
  if (!globs || (paths && !areTooLong(paths))) return ''
  return paths
    ? ' The changed paths are too long to be compared, so `paths` was not asked.'
    : ' The changed paths are not known, so `paths` was not asked.'
}

function areTooLong(paths: string[]): boolean {
  let characters = 0
  for (const path of paths) characters += path.length
  return characters > pathsAtMost
}

/** Of a list of words, e.g. the conclusion. */
export function wordFails(key: string, wanted: readonly string[], given: string): string[] {
  return wanted.includes(given) ? [] : [`${key}: it is "${given}"; it answers ${wanted.join(', ')}.`]
}

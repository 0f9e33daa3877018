// The rules of a repository for one change: REVIEW.md, and the CLAUDE.md and AGENTS.md of every folder on the path to a changed file, bounded, nearest first.
import type { Change } from '../../domain/change.ts'
import type { Pull, Repository } from '../../domain/event.ts'
import type { Host, TrustedFile } from '../../domain/host.ts'
import type { Rule } from '../../domain/plan.ts'
import type { Checkout } from '../../domain/workspace.ts'

/** JSON-safe: it is stored as a stage of the run. */
export interface Rules {
  rules: Rule[]
  /** What was cut or left out, a sentence each. */
  notes: string[]
}

/** What one prompt holds of them: files, bytes of one, and of all. */
const most = { files: 20, each: 32 * 1024, bytes: 96 * 1024 }

/** From where promise and branch protection say they can be trusted. */
export async function readRules(
  host: Pick<Host, 'trustedFiles'>,
  repository: Repository,
  baseRef: string,
  change?: Pick<Change, 'files'>,
): Promise<Rules> {
  const { from, files, missed } = await host.trustedFiles(repository, baseRef, rulePaths(change))
  const { rules, notes } = await boundRules(files, from)
  return { rules, notes: [...missed, ...notes] }
}

/** The stage of a review, with what it knew to say before. */
export async function readRulesFor(
  { host }: { host: Pick<Host, 'trustedFiles'> },
  { repository }: { repository: Repository },
  read: { pull: Pick<Pull, 'base'>; notes: string[] },
  checkout: Pick<Checkout, 'change'>,
): Promise<Rules> {
  const { rules, notes } = await readRules(host, repository, read.pull.base.ref, await checkout.change())
  return { rules, notes: [...read.notes, ...notes] }
}

/** Where rules of these files can lie, the order in which they are read: the deeper, the nearer. */
export function rulePaths(change?: Pick<Change, 'files'>): string[] {
  const folders = new Set([''])
  for (const { path, oldPath } of change?.files ?? [])
    for (const one of [path, oldPath ?? path])
      for (let at = one.lastIndexOf('/'); at > 0; at = one.lastIndexOf('/', at - 1)) folders.add(one.slice(0, at + 1))
  const depth = (folder: string) => folder.split('/').length
  const nearest = [...folders].sort((a, b) => depth(b) - depth(a) || (a < b ? -1 : 1))
  return ['REVIEW.md', ...nearest.flatMap(folder => [`${folder}CLAUDE.md`, `${folder}AGENTS.md`])]
}

/** As many as a prompt holds, in the order given; what is cut or left out is said. */
export async function boundRules(files: TrustedFile[], from: string): Promise<Rules> {
  const rules: Rule[] = []
  const notes: string[] = []
  const left: string[] = []
  let room = most.bytes
  for (const { path, target, bytes, text } of files) {
    if (rules.length === most.files || room < Math.min(bytes, most.each)) {
      left.push(path)
      continue
    }
    const whole = await text()
    const cut = bytes > most.each
    rules.push({ path, ...(target !== undefined && { target }), from, text: cut ? head(whole) : whole })
    room -= Math.min(bytes, most.each)
    if (cut)
      notes.push(
        `\`${path}\` is ${kilobytes(bytes)} kB long; its first ${kilobytes(most.each)} kB were given to agents.`,
      )
  }
  if (left.length > 0)
    notes.push(
      `Rules in ${named(left)} were not given to agents: ${most.files} files and ${kilobytes(most.bytes)} kB at most, nearest to the change first.`,
    )
  return { rules, notes }
}

/** Those that models may be shown: neither they nor what they are links to is private. */
export function openRules(rules: Rule[], hides: Checkout['hides']): Rule[] {
  return rules.filter(({ path, target }) => !hides(path) && !(target !== undefined && hides(target)))
}

function head(text: string): string {
  const bytes = Buffer.from(text).subarray(0, most.each)
  return `${new TextDecoder().decode(bytes, { stream: true })}\n[… cut here]`
}

function kilobytes(bytes: number): number {
  return Math.ceil(bytes / 1024)
}

function named(paths: string[]): string {
  const shown = paths.slice(0, 5).map(path => `\`${path}\``)
  return paths.length > shown.length ? `${shown.join(', ')} and ${paths.length - shown.length} more` : shown.join(', ')
}

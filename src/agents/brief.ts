// What an agent is told: the system text and the diff that the whole fleet shares byte for byte, and its own brief, which comes last.
import type { Change, ChangedFile } from '../domain/change.ts'
import type { Assignment, GoingOn, Plan, Rule } from '../domain/plan.ts'
import type { Routine } from '../domain/routine.ts'
import { sayRules } from '../domain/rules.ts'
import { showPath } from '../domain/untrusted.ts'
import { fill, type Words } from '../domain/words.ts'
import { outlineOfRest, partSince } from './going-on.ts'
import { sayInstructions } from './instructions.ts'
import { shardLines } from './lineup.ts'
import { outlineFile, renderFile } from './rendering.ts'
import { fitsPrompt, needsShards, promptLimit } from './shards.ts'

/** What agents are told, in the order it is said: the same for all, the same for all with the same files, and each one's own. */
export interface Prompts {
  system: string
  shared: (assignment: Assignment) => string
  brief: (assignment: Assignment) => string
}

/** Of the fleet: nothing in it depends on the agent, and nothing on the pull's title, body or author. */
export function systemFor(words: Words, routines: Routine[], rules: Rule[]): string {
  return fill(words.finder, {
    routines: routines.map(routine => `## ${routine.name}\n\n${routine.instructions.trim()}`).join('\n\n'),
    rules: sayRules(rules),
  })
}

/**
 * What each assignment is shown: the diff of the files that are looked at, all of it and the same for everybody; or, for a change
 * too large for one prompt, the part for its files, or an outline. Of a pull that was reviewed before, what came since, and the rest in outline.
 */
export function shareDiff(
  change: Change,
  plan: Plan,
  goingOn?: { since: GoingOn; words: Pick<Words, 'since'> },
): (assignment: Pick<Assignment, 'files'>) => string {
  const inPlan = new Map(plan.manifest.map(entry => [entry.path, entry]))
  const looked = change.files
    .filter(file => !['skipped', 'reviewed'].includes(inPlan.get(file.path)?.coverage ?? ''))
    .map(file => partSince(file, goingOn?.since) ?? file)
  const skipped = plan.manifest.filter(entry => entry.coverage === 'skipped')
  const footer =
    skipped.length === 0
      ? ''
      : `\n\nNot shown: ${skipped.map(entry => `${showPath(entry.path)} (${entry.because})`).join('; ')}.`
  const commit = goingOn?.since.commit.slice(0, 7) ?? ''
  const before = goingOn ? `${fill(goingOn.words.since, { commit }).trim()}\n\n` : ''
  const after = goingOn ? `\n\n# The rest of the pull request\n\n${outlineOfRest(change, plan.manifest)}` : ''
  const heading = goingOn ? `# What was pushed since ${commit}` : '# The change'
  const whole = () => `${before}${heading}\n\n${render(looked)}${footer}${after}`
  if (!needsShards(looked, shardLines)) {
    const text = whole()
    return () => text
  }
  const known = new Map<string, string>()
  return assignment => {
    const key = assignment.files.join('\n')
    const text = known.get(key) ?? partFor(new Set(assignment.files))
    known.set(key, text)
    return text
  }

  function partFor(own: Set<string>): string {
    const part = looked.filter(file => own.has(file.path))
    if (!fitsPrompt(part)) return `${before}${outline(part)}${footer}`
    if (part.length === looked.length) return whole()
    return `${before}# A part of the change\n\nThe change is too large for one prompt; others look at its other parts.\n\n${render(part)}`
  }

  function render(files: ChangedFile[]): string {
    return files.map(file => renderFile(file, coverageMark(inPlan.get(file.path)?.coverage)).text).join('\n\n')
  }
}

/** Files that a brief names. */
const listed = 300

/** The lens first, on a line of its own; then what it looks for and the files to cover. */
export function briefFor(assignment: Assignment): string {
  const { agent, reversed } = assignment
  const files = (reversed ? assignment.files.toReversed() : assignment.files).map(file => `- ${showPath(file)}`)
  if (files.length > listed)
    files.splice(listed, files.length, `- and ${files.length - listed} more of the change above`)
  return [
    `Lens: ${agent.name}`,
    agent.instructions.trim(),
    ...sayInstructions(assignment),
    `## Files to cover${reversed ? ', in this order' : ''}\n\nOpen them with your tools: when you open none of them, nothing of your part counts as looked at.\n\n${files.join('\n')}`,
  ].join('\n\n')
}

/** As much as a prompt holds; the rest by name. */
function outline(files: ChangedFile[]): string {
  const parts = [
    '# The change, in outline',
    'The change is too large for one prompt: here is where it is. Look at the lines with your tools.',
  ]
  let room = promptLimit / 2
  for (const file of files) {
    const text = room > 0 ? outlineFile(file) : `- ${showPath(file.path)}`
    room -= text.length
    if (room < -promptLimit / 2) {
      parts.push(`and ${files.length - files.indexOf(file)} more files; find them with glob.`)
      break
    }
    parts.push(text)
  }
  return parts.join('\n\n')
}

function coverageMark(coverage: string | undefined): string | undefined {
  return coverage === 'partial' ? 'shown in part' : undefined
}

// Text → routine, agent or settings: front matter held to its schema, the Markdown body kept as it is.
import type { z } from 'zod'
import type { RepositoryFile } from '../domain/host.ts'
import {
  type Agent,
  agentSchema,
  type ConfigurationProblem,
  type RepositorySettings,
  type RoutineFront,
  repositorySettingsSchema,
  routineSchema,
} from '../domain/routine.ts'
import { type Checked, checkFields, problemAt, rightParts } from './fields.ts'
import { globProblem } from './globs.ts'
import { complaintsAboutAgent, complaintsAboutRoutine, complaintsAboutSettings } from './sense.ts'
import { type Reading, readYaml } from './yaml.ts'

/** Bytes of one configuration file. */
const fileLimit = 64 * 1024

/** The check on pull requests that touch configuration files is called so; no routine may have its name. */
export const configurationCheck = 'configuration'

/** A routine's file as it was written, before extending and defaults. */
export interface WrittenRoutine {
  name: string
  front: RoutineFront
  instructions: string
  file: RepositoryFile
  /** A problem at a path of the front matter, with its line and column. */
  complain(path: PropertyKey[], message: string): ConfigurationProblem
}

/** The name is the file's: `.github/routines/NAME.md`. `leastInterval`: minutes between two starts by a schedule. Notes come beside a value; `rest` is a wrong one's right parts, to find more that is wrong. */
export function parseRoutine(
  file: RepositoryFile,
  leastInterval?: number,
  name = nameOf(file.path),
): Checked<WrittenRoutine> & { rest?: WrittenRoutine } {
  const problems: ConfigurationProblem[] = []
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name))
    problems.push({
      file: file.path,
      message: `the file's name is the routine's: lower-case letters, digits and hyphens, not "${name.slice(0, 80)}".`,
    })
  if (name === configurationCheck)
    problems.push({
      file: file.path,
      message: `takes the name of the check on configuration files; call it otherwise.`,
    })
  const matter = frontMatter(file)
  if ('message' in matter) return { problems: [...problems, matter] }
  const front = checkFields(file.path, matter.front, routineSchema)
  problems.push(...front.problems)
  const right = front.value ?? rightParts(routineSchema.partial(), matter.front.value)
  problems.push(...complaintsAboutRoutine(right, leastInterval).map(one => problemAt(file.path, matter.front, one)))
  if (matter.body === '' && !right.extends)
    problems.push({
      file: file.path,
      line: matter.bodyLine,
      message: 'has no instructions below the front matter; write what the routine is to do.',
    })
  const complain = (path: PropertyKey[], message: string) => problemAt(file.path, matter.front, { path, message })
  const written = { name, instructions: matter.body, file, complain }
  if (front.value && !problems.some(problem => !problem.note))
    return { value: { ...written, front: front.value }, problems }
  return matter.front.troubles.length > 0
    ? { problems }
    : { problems, rest: { ...written, front: right as RoutineFront } }
}

/** An agent's file: front matter, and the headings "Look for" and "Do not flag" in its body. */
export function parseAgent(file: RepositoryFile): Checked<Agent> {
  const matter = frontMatter(file)
  if ('message' in matter) return { problems: [matter] }
  const front = checkFields(file.path, matter.front, agentSchema)
  const problems = [...front.problems]
  for (const heading of ['Look for', 'Do not flag'])
    if (!new RegExp(`^#{1,6}[ \\t]+${heading}[ \\t]*$[\\s]*[^\\s#]`, 'mi').test(matter.body))
      problems.push({
        file: file.path,
        line: matter.bodyLine,
        message: `lacks the heading "${heading}" with something below it.`,
      })
  const complaints = front.value ? complaintsAboutAgent(front.value, nameOf(file.path)) : []
  problems.push(...complaints.map(one => problemAt(file.path, matter.front, one)))
  if (!front.value || problems.length > 0) return { problems }
  return { value: { ...front.value, instructions: matter.body }, problems: [] }
}

/** With problems there is still a value: the keys that are right hold, so that one typing error does not undo a `disable`. */
export function parseRepositorySettings(file: RepositoryFile): Checked<RepositorySettings> & { reading?: Reading } {
  if (tooLarge(file)) return { problems: [sizeProblem(file)], value: unreadable() }
  const reading = readYaml(file.text.replace(/^\ufeff/, ''), 1)
  const checked = checkFields(file.path, reading, repositorySettingsSchema)
  if (reading.troubles.length > 0 || !isGroup(reading.value))
    return { value: unreadable(), problems: checked.problems, reading }
  const value =
    checked.value ?? repositorySettingsSchema.parse(rightKeys(repositorySettingsSchema.partial(), reading.value))
  const complaints = complaintsAboutSettings(value).map(one => problemAt(file.path, reading, one))
  const fits = (glob: string) => !glob.startsWith('!') && !globProblem(glob)
  const held = {
    ...value,
    skip: value.skip.filter(fits),
    private: keptPrivate(value, reading.value, fits),
    instructions: value.instructions.filter(({ paths }) => !paths.some(globProblem)),
  }
  return { value: held, problems: [...checked.problems, ...complaints], reading }
}

const everything = ['**']

/** Of a file that says nothing readable, nobody knows whether it meant to switch things off, or to keep some: nothing starts by itself, and no model is shown anything. */
export function unreadable(): RepositorySettings {
  return repositorySettingsSchema.parse({ automatic: false, private: everything })
}

/** Where one of the globs can not be read, nobody knows what it was to keep: all is kept until that is mended. */
function keptPrivate(value: RepositorySettings, written: object, fits: (glob: string) => boolean): string[] {
  const said = (written as { private?: unknown }).private
  const readable = said === undefined || (Array.isArray(said) && said.length === value.private.length)
  return readable && value.private.every(fits) ? value.private : everything
}

/** The keys whose values are right by themselves. */
function rightKeys<T>(schema: z.ZodType<T>, value: unknown): T {
  const kept = isGroup(value)
    ? Object.entries(value).filter(([key, one]) => schema.safeParse({ [key]: one }).success)
    : []
  return schema.parse(Object.fromEntries(kept))
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function frontMatter(file: RepositoryFile): { front: Reading; body: string; bodyLine: number } | ConfigurationProblem {
  if (tooLarge(file)) return sizeProblem(file)
  const lines = file.text.replace(/^\ufeff/, '').split(/\r?\n/)
  const end = lines.findIndex((line, index) => index > 0 && /^---[ \t]*$/.test(line))
  if (!/^---[ \t]*$/.test(lines[0] ?? '') || end < 0)
    return {
      file: file.path,
      line: 1,
      message: 'needs front matter: YAML between two lines of three dashes at its top.',
    }
  return {
    front: readYaml(lines.slice(1, end).join('\n'), 2),
    body: lines
      .slice(end + 1)
      .join('\n')
      .trim(),
    bodyLine: end + 2,
  }
}

function tooLarge({ text }: RepositoryFile): boolean {
  return Buffer.byteLength(text) > fileLimit
}

function sizeProblem(file: RepositoryFile): ConfigurationProblem {
  return {
    file: file.path,
    message: `is larger than ${fileLimit / 1024} kB, the most a configuration file may have; make it shorter.`,
  }
}

function nameOf(path: string): string {
  return path.split('/').at(-1)?.replace(/\.md$/, '') ?? path
}

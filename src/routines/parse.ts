// Text → routine, agent or settings: front matter held to its schema, the Markdown body kept as it is.
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
import { type Checked, fileLimit, readYaml } from './yaml.ts'

/** A routine's file as it was written, before extending and defaults. */
export interface WrittenRoutine {
  name: string
  front: RoutineFront
  instructions: string
  file: RepositoryFile
}

/** The name is the file's: `.github/routines/NAME.md`. */
export function parseRoutine(file: RepositoryFile): Checked<WrittenRoutine> {
  const name = nameOf(file.path)
  const problems: ConfigurationProblem[] = /^[a-z0-9][a-z0-9-]{0,62}$/.test(name)
    ? []
    : [
        {
          file: file.path,
          message: `the file's name is the routine's: lower-case letters, digits and hyphens, not "${name.slice(0, 80)}".`,
        },
      ]
  const matter = frontMatter(file)
  if ('message' in matter) return { problems: [...problems, matter] }
  const front = readYaml(file.path, matter.yaml, matter.line, routineSchema)
  if (!front.value || problems.length > 0) return { problems: [...problems, ...front.problems] }
  if (matter.body.trim() === '' && !front.value.extends)
    return {
      problems: [
        { file: file.path, message: 'has no instructions below the front matter; write what the routine is to do.' },
      ],
    }
  return { value: { name, front: front.value, instructions: matter.body.trim(), file }, problems: [] }
}

/** An agent's file: front matter, and the headings "Look for" and "Do not flag" in its body. */
export function parseAgent(file: RepositoryFile): Checked<Agent> {
  const matter = frontMatter(file)
  if ('message' in matter) return { problems: [matter] }
  const front = readYaml(file.path, matter.yaml, matter.line, agentSchema)
  const problems = [...front.problems]
  for (const heading of ['Look for', 'Do not flag'])
    if (!new RegExp(`^#{1,6} ${heading}\\s*$`, 'mi').test(matter.body))
      problems.push({ file: file.path, message: `lacks the heading "${heading}".` })
  if (front.value && front.value.name !== nameOf(file.path))
    problems.push({
      file: file.path,
      path: 'name',
      line: matter.line,
      message: `is "${front.value.name}", but the file is called ${nameOf(file.path)}.md.`,
    })
  return problems.length > 0 || !front.value
    ? { problems }
    : { value: { ...front.value, instructions: matter.body.trim() }, problems: [] }
}

export function parseRepositorySettings(file: RepositoryFile): Checked<RepositorySettings> {
  if (file.text.length > fileLimit) return { problems: [tooLarge(file)] }
  return readYaml(file.path, file.text, 1, repositorySettingsSchema)
}

function frontMatter(file: RepositoryFile): { yaml: string; body: string; line: number } | ConfigurationProblem {
  if (file.text.length > fileLimit) return tooLarge(file)
  const lines = file.text.replace(/^\ufeff/, '').split(/\r?\n/)
  const end = lines.findIndex((line, index) => index > 0 && /^---\s*$/.test(line))
  if (!/^---\s*$/.test(lines[0] ?? '') || end < 0)
    return {
      file: file.path,
      line: 1,
      message: 'needs front matter: YAML between two lines of three dashes at its top.',
    }
  return { yaml: lines.slice(1, end).join('\n'), body: lines.slice(end + 1).join('\n'), line: 2 }
}

const tooLarge = (file: RepositoryFile): ConfigurationProblem => ({
  file: file.path,
  message: `is larger than ${fileLimit / 1024} kB, the most a configuration file may have.`,
})
const nameOf = (path: string) => path.split('/').at(-1)?.replace(/\.md$/, '') ?? path

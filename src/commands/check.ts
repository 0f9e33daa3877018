// `watchbill check`: every problem of the configuration files at once, with file, line and path.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readBuiltIns } from '../builtins.ts'
import type { RepositoryFile } from '../domain/host.ts'
import type { ConfigurationProblem } from '../domain/routine.ts'
import { checkTree } from '../routines/index.ts'

export interface CheckResult {
  files: string[]
  problems: ConfigurationProblem[]
}

/** Looks in `.github/routines`, `.github/watchbill.yml` and, in Watchbill's own tree, `routines/`. */
export function checkDirectory(dir: string): CheckResult {
  const files = configurationFiles(dir)
  return { files: files.map(file => file.path), problems: checkTree(files, readBuiltIns()) }
}

export function configurationFiles(dir: string): RepositoryFile[] {
  const own = existsSync(join(dir, 'src/review.ts')) ? ['routines', 'routines/agents'] : []
  const listed = [...own, '.github/routines', '.github/routines/agents'].flatMap(folder => markdownIn(dir, folder))
  const settings = existsSync(join(dir, '.github/watchbill.yml')) ? ['.github/watchbill.yml'] : []
  return [...listed, ...settings].map(path => ({ path, text: readFileSync(join(dir, path), 'utf8') }))
}

function markdownIn(dir: string, folder: string): string[] {
  if (!existsSync(join(dir, folder))) return []
  return readdirSync(join(dir, folder), { withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.md'))
    .map(entry => `${folder}/${entry.name}`)
}

export function showCheck({ files, problems }: CheckResult): string {
  const lines = problems.map(
    problem =>
      [problem.file, problem.line, problem.column].filter(part => part !== undefined).join(':') +
      `  ${problem.path ? `${problem.path}: ` : ''}${problem.message}`,
  )
  const count = `${files.length} ${files.length === 1 ? 'file' : 'files'}`
  if (files.length === 0)
    return 'No configuration found in .github/routines or .github/watchbill.yml: the built-in routines apply.'
  return [
    ...lines,
    problems.length === 0
      ? `${count} checked, no problems.`
      : `${count} checked, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.`,
  ].join('\n')
}

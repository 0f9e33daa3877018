// `watchbill check`: every problem of the configuration files at once, with file, line, column, path and what was probably meant.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { readBuiltIns } from '../builtins.ts'
import type { RepositoryFile } from '../domain/host.ts'
import { Problem } from '../domain/problem.ts'
import type { ConfigurationProblem } from '../domain/routine.ts'
import { checkTree, parseReviewRules, unreadFiles } from '../routines/index.ts'
import { plain } from './print.ts'

export interface CheckResult {
  /** From the working directory to the tree: "" or "packages/app". */
  dir: string
  files: string[]
  problems: ConfigurationProblem[]
  /** Worth a look; they fail nothing. */
  notes: ConfigurationProblem[]
  /** Where a file has a schedule: the least minutes between two starts that it was held against; `assumed` where no setting said so. */
  interval?: { minutes: number; assumed: boolean }
}

/** Looks in `.github/routines`, `.github/watchbill.yml`, the front matter of `REVIEW.md` and, in Watchbill's own tree, `routines/`. `given`: the server's least minutes between two starts by a schedule, where it is known. */
export function checkDirectory(dir: string, now = new Date(), given?: number): CheckResult {
  const files = configurationFiles(dir)
  const today = now.toISOString().slice(0, 10)
  const { problems: ofFiles, notes } = checkTree(files, readBuiltIns(), today, given)
  const rules = rulesOfReview(dir)
  const problems = [...ofFiles, ...rules.flatMap(file => parseReviewRules(file).problems)]
  const scheduled = files.some(({ text }) => /^\s*schedule\s*:|[{,]\s*schedule\s*:/m.test(text))
  return {
    dir: relative('.', dir),
    files: [...files, ...rules].map(file => file.path),
    problems,
    notes: [...notes, ...unreadFiles(below(dir, '.github/routines'))],
    ...(scheduled && { interval: { minutes: given ?? usualInterval, assumed: given === undefined } }),
  }
}

/** One with a front matter: without, it is text for agents. */
function rulesOfReview(dir: string): RepositoryFile[] {
  const path = 'REVIEW.md'
  if (!existsSync(join(dir, path))) return []
  const file = { path, text: readFileSync(join(dir, path), 'utf8') }
  return Object.keys(parseReviewRules(file).value).length + parseReviewRules(file).problems.length > 0 ? [file] : []
}

/** Minutes, where no server says otherwise. */
const usualInterval = 5

/** Every file below a folder, whatever it is; links are not followed, as on GitHub. */
function below(dir: string, folder: string): string[] {
  if (!existsSync(join(dir, folder))) return []
  return readdirSync(join(dir, folder), { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
    .slice(0, 500)
}

/** Problem `bad_input` when there is no such directory, or the files lie at the top of its repository: a check that looks nowhere would be green for ever. */
export function configurationFiles(dir: string): RepositoryFile[] {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory())
    throw new Problem('bad_input', `There is no directory ${dir}; give the one that holds .github.`)
  const own = existsSync(join(dir, 'src/review.ts')) ? ['routines', 'routines/agents'] : []
  const listed = [...own, '.github/routines', '.github/routines/agents'].flatMap(folder => markdownIn(dir, folder))
  const settings = ['.github/watchbill.yml', '.github/watchbill.yaml'].filter(path => existsSync(join(dir, path)))
  const top = topOf(resolve(dir))
  if (listed.length + settings.length === 0 && top !== undefined && top !== resolve(dir) && isConfigured(top))
    throw new Problem(
      'bad_input',
      `${dir} holds no configuration; that of its repository lies in ${top}: give that directory.`,
    )
  return [...listed, ...settings].map(path => ({ path, text: readFileSync(join(dir, path), 'utf8') }))
}

/** Of the repository that a directory lies in. */
function topOf(dir: string): string | undefined {
  if (existsSync(join(dir, '.git'))) return dir
  return dirname(dir) === dir ? undefined : topOf(dirname(dir))
}

const isConfigured = (dir: string) =>
  ['routines', 'watchbill.yml', 'watchbill.yaml'].some(name => existsSync(join(dir, '.github', name)))

function markdownIn(dir: string, folder: string): string[] {
  if (!existsSync(join(dir, folder))) return []
  return readdirSync(join(dir, folder), { withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.md'))
    .map(entry => `${folder}/${entry.name}`)
}

const checkFormats = ['text', 'json', 'github'] as const
export type CheckFormat = (typeof checkFormats)[number]

export function showCheck(result: CheckResult, format: CheckFormat): string {
  if (format === 'json') return JSON.stringify(result, null, 2)
  const { files, problems, notes } = result
  const count = `${files.length} ${files.length === 1 ? 'file' : 'files'}`
  const end =
    files.length === 0
      ? 'No configuration found in .github/routines or .github/watchbill.yml: the built-in routines apply.'
      : problems.length === 0
        ? `${count} checked, no problems.`
        : `${count} checked, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.`
  const show = format === 'github' ? command(result.dir) : line
  return [
    ...problems.map(one => show('error', one)),
    ...notes.map(one => show('notice', one)),
    ...(result.interval?.assumed ? [assumed(result.interval.minutes)] : []),
    end,
  ].join('\n')
}

function assumed(minutes: number): string {
  return `Schedules were held against a smallest interval of ${minutes} minutes, as servers have it by default; where yours has another, set WATCHBILL_MIN_INTERVAL_MINUTES here too.`
}

function line(level: 'error' | 'notice', problem: ConfigurationProblem): string {
  const place = [problem.file, problem.line, problem.column].filter(part => part !== undefined).join(':')
  const help = problem.help ? `\n    ${plain(problem.help)}` : ''
  return `${plain(place)}  ${level === 'notice' ? 'note: ' : ''}${plain(said(problem))}${help}`
}

function said({ path, message }: ConfigurationProblem): string {
  return `${path ? `${path}: ` : ''}${message}`
}

/** A workflow command, which a job of GitHub Actions turns into an annotation: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands */
function command(dir: string): (level: 'error' | 'notice', problem: ConfigurationProblem) => string {
  return (level, problem) => {
    const { file, line, column, help } = problem
    const properties = { file: join(dir, file), line, col: column, title: 'watchbill check' }
    const written = Object.entries(properties)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${escaped(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`)
    return `::${level} ${written.join(',')}::${escaped([said(problem), help].filter(Boolean).join('\n'))}`
  }
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

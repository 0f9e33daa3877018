// What a pull says it does: its title and description, and the issues that it closes by a keyword, bounded; what can not be had is a sentence.
import type { Pull, Repository } from '../domain/event.ts'
import type { Stated } from '../domain/intent.ts'
import { Problem } from '../domain/problem.ts'
import type { Open } from './client.ts'
import { statusOf } from './failures.ts'
import { cut } from './gathering/source.ts'
import { openRepository } from './pulls.ts'

const most = { issues: 5, description: 20_000, issue: 10_000, title: 300 }

export async function readStated(
  open: Open,
  repository: Repository,
  pull: Pick<Pull, 'title' | 'body'>,
): Promise<Stated> {
  const body = withoutComments(pull.body)
  const texts = [{ source: 'description', text: cut(`${cut(pull.title, most.title)}\n\n${body}`, most.description) }]
  const notes: string[] = []
  const { numbers, elsewhere } = closes(body, repository)
  for (const other of elsewhere) notes.push(`${other} lies in another repository, and was not read.`)
  if (numbers.length > most.issues)
    notes.push(`The pull request closes ${numbers.length} issues; the first ${most.issues} were read.`)
  for (const number of numbers.slice(0, most.issues)) {
    const issue = await readIssue(open, repository, number)
    if (typeof issue === 'string') notes.push(issue)
    else texts.push({ source: `issue ${number}`, text: issue.text })
  }
  // A title alone states nothing that a change could lack.
  return body.trim() === '' && texts.length === 1 ? { texts: [], notes } : { texts, notes }
}

async function readIssue(open: Open, repository: Repository, number: number): Promise<{ text: string } | string> {
  try {
    const { octokit, at } = openRepository(open, repository, { issues: 'read' })
    const { data } = await octokit.rest.issues.get({ ...at, issue_number: number })
    if (data.pull_request) return `#${number} is a pull request, and no issue that says what to do.`
    return { text: cut(`${cut(data.title, most.title)}\n\n${withoutComments(data.body ?? '')}`, most.issue) }
  } catch (thrown) {
    const refused = thrown instanceof Problem && (thrown.code === 'forbidden' || thrown.code === 'not_found')
    if (refused || [403, 404, 410].includes(statusOf(thrown) ?? 0)) return `Issue #${number} could not be read.`
    throw thrown
  }
}

/** The keywords of https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue, with a number, OWNER/REPO#number or an address. */
function closes(body: string, { owner, name }: Repository): { numbers: number[]; elsewhere: string[] } {
  const numbers = new Set<number>()
  const elsewhere = new Set<string>()
  const closing =
    /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+(?:https?:\/\/[^\s/]+\/([\w.-]+\/[\w.-]+)\/issues\/(\d{1,10})|([\w.-]+\/[\w.-]+)?#(\d{1,10}))\b/gi
  for (const [, address, ofAddress, place, number] of body.slice(0, most.description).matchAll(closing)) {
    const where = address ?? place ?? `${owner}/${name}`
    const found = Number(ofAddress ?? number)
    if (where.toLowerCase() === `${owner}/${name}`.toLowerCase()) numbers.add(found)
    else elsewhere.add(`${where}#${found}`)
  }
  return { numbers: [...numbers], elsewhere: [...elsewhere].slice(0, most.issues) }
}

/** Templates talk to their authors in them, and attackers to machines: no reader of the page sees them. */
function withoutComments(text: string): string {
  return text.replace(/<!--[\s\S]*?(?:-->|$)/g, '')
}

// The search for issues and pulls: its qualifiers, its words, and what it wants to be told.
import { covers, holds as may } from '../access.ts'
import { type Call, page } from '../call.ts'
import { validationFailed } from '../refusal.ts'
import { repositoryPath } from '../shapes.ts'
import { issueShape } from '../shapes-of-pulls.ts'
import { type Issue, isPull, type Pull, type Repository, roleOf } from '../world.ts'

type Holds = (issue: Issue | Pull, repository: Repository, value: string) => boolean

const kinds: Record<string, (issue: Issue | Pull) => boolean> = {
  pr: isPull,
  'pull-request': isPull,
  issue: issue => !isPull(issue),
  draft: issue => isPull(issue) && issue.draft,
  merged: issue => isPull(issue) && issue.merged,
  open: issue => issue.state === 'open',
  closed: issue => issue.state === 'closed',
}

const kind: Holds = (issue, _, value) => {
  const holds = kinds[value]
  if (!holds) throw new Error(`the simulated search does not know is:${value}`)
  return holds(issue)
}

const qualifiers: Record<string, Holds> = {
  repo: (_, repository, value) => repositoryPath(repository).toLowerCase() === `/repos/${value.toLowerCase()}`,
  is: kind,
  type: kind,
  state: kind,
  label: (issue, _, value) => issue.labels.some(label => label.toLowerCase() === value.toLowerCase()),
  author: (issue, _, value) => issue.author.login.toLowerCase() === value.toLowerCase(),
}

export function searchIssues(call: Call) {
  const words = String(call.query.q).match(/(?:[^\s"]+|"[^"]*")+/g) ?? []
  if (words.some(word => /^(OR|AND|NOT)$|[()]/.test(word)))
    throw new Error(`the simulated search does not know alternatives: ${call.query.q}`)
  const parts = words.map(word => readWord(word))
  const asked = parts.filter(part => part.name === 'is' || part.name === 'type').map(part => part.value)
  // https://docs.github.com/en/rest/search/search#search-issues-and-pull-requests
  if (call.actor.kind === 'installation' && !asked.some(value => ['issue', 'pr', 'pull-request'].includes(value)))
    throw validationFailed({
      message: "Query must include 'is:issue' or 'is:pull-request'",
      resource: 'Search',
      field: 'q',
      code: 'invalid',
    })
  const seen = call.world.repositories.filter(known => {
    if (call.actor.kind === 'installation') return covers(call.actor.token, known)
    return !known.private || (call.actor.kind === 'user' && roleOf(known, call.actor.user) !== 'none')
  })
  const found = seen.flatMap(repository =>
    [...repository.issues.values()]
      .filter(issue => readable(call, issue))
      .filter(issue => parts.every(part => holds(part, issue, repository)))
      .map(issue => ({ ...issueShape(call.world, repository, issue), body: issue.body ?? '', score: 1 })),
  )
  return page(call, found, (items, total_count) => ({
    total_count,
    incomplete_results: false,
    search_type: 'lexical',
    items,
  }))
}

/** An App finds what its token lets it read. */
function readable({ actor }: Call, issue: Issue | Pull): boolean {
  if (actor.kind !== 'installation') return true
  return may(actor.token.permissions, isPull(issue) ? 'pull_requests' : 'issues', 'read')
}

interface Part {
  /** absent: a word of title or body */
  name: string | undefined
  value: string
  not: boolean
}

function readWord(word: string): Part {
  const not = word.startsWith('-')
  const [, name, value] = /^-?(\w+):(.*)$/s.exec(word) ?? []
  const plain = (text: string) => text.replaceAll('"', '')
  return name === undefined ? { name, value: plain(word.slice(not ? 1 : 0)), not } : { name, value: plain(value!), not }
}

function holds({ name, value, not }: Part, issue: Issue | Pull, repository: Repository): boolean {
  const text = `${issue.title} ${issue.body ?? ''}`.toLowerCase()
  if (name === undefined) return text.includes(value.toLowerCase()) !== not
  const qualifier = qualifiers[name]
  if (!qualifier) throw new Error(`the simulated search does not know ${name}:`)
  return qualifier(issue, repository, value) !== not
}

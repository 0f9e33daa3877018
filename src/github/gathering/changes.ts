// What changed lately: the commits of a push, those since the deployment before this one, or a fortnight of the default branch.
import type { Event, Repository } from '../../domain/event.ts'
import { statusOf } from '../failures.ts'
import { deployedBefore } from './deployments.ts'
import { block, cut, firstLine, type Place, type Source } from './source.ts'

export const changes: Source = {
  called: 'Changes',
  needs: ({ kind }) => ({ contents: 'read', ...(kind === 'deployment_status' && { deployments: 'read' }) }),
  async gather(place, event, repository) {
    const [from, to, name] = (await span(place, event)) ?? []
    const compared = from && to ? await compare(place, from, to) : undefined
    if (compared && name) return block(name, compared)
    return block('recent changes', await recent(place, event, repository))
  },
}

async function span(place: Place, { push, outcome, kind }: Event): Promise<[string, string, string] | undefined> {
  if (push && !/^0+$/.test(push.before)) return [push.before, push.after, 'changes of the push']
  if (kind !== 'deployment_status' || !outcome) return undefined
  const before = await deployedBefore(place, outcome)
  return before && before !== outcome.head ? [before, outcome.head, 'changes since the deployment before'] : undefined
}

/** undefined where one of the commits is gone. */
async function compare({ octokit, at }: Place, from: string, to: string): Promise<string[] | undefined> {
  try {
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...at, basehead: `${from}...${to}` })
    const files = (data.files ?? []).map(
      file => `${file.status} ${file.filename} +${file.additions} -${file.deletions}`,
    )
    const commits = data.commits.map(entryOf)
    return [`${data.total_commits} commits, ${from.slice(0, 12)} to ${to.slice(0, 12)}`, ...commits, files.join('\n')]
  } catch (thrown) {
    if (statusOf(thrown) === 404) return undefined
    throw thrown
  }
}

const fortnight = 14 * 24 * 60 * 60 * 1000

async function recent({ octokit, at }: Place, event: Event, repository: Repository): Promise<string[]> {
  const since = new Date(Date.parse(event.at) - fortnight).toISOString()
  const { data } = await octokit.rest.repos.listCommits({ ...at, sha: repository.defaultBranch, since, per_page: 100 })
  return data.map(entryOf)
}

interface Commit {
  sha: string
  author: { login?: string } | null
  commit: { message: string; author: { name?: string; date?: string } | null }
}

function entryOf({ sha, author, commit }: Commit): string {
  const who = author?.login ?? commit.author?.name ?? 'somebody'
  const body = commit.message.split('\n').slice(1).join('\n')
  return [`${sha.slice(0, 12)} ${commit.author?.date ?? ''} ${who}: ${firstLine(commit.message)}`, cut(body, 300)]
    .filter(Boolean)
    .join('\n')
}

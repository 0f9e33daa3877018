// Open issues, those that waited longest and the newest, and the conversation of the one that started the run.
import { block, cut, type Found, type Place, type Source, together } from './source.ts'

export const issues: Source = {
  called: 'Issues',
  needs: () => ({ issues: 'read' }),
  async gather(place, event) {
    const [waiting, newest] = await Promise.all([list(place, 'updated', 'asc'), list(place, 'created', 'desc')])
    const all = [...new Map([...waiting, ...newest].map(issue => [issue.number, issue])).values()]
    const open = block('open issues', all.map(entryOf))
    const number = event.issue?.number ?? (event.pull ? undefined : event.number)
    return number === undefined ? open : together(await conversation(place, number), open)
  },
}

type Issue = Awaited<ReturnType<typeof list>>[number]

/** Pull requests are issues to GitHub, and are left out here. */
async function list({ octokit, at }: Place, sort: 'updated' | 'created', direction: 'asc' | 'desc') {
  const { data } = await octokit.rest.issues.listForRepo({ ...at, state: 'open', sort, direction, per_page: 60 })
  return data.filter(issue => !issue.pull_request)
}

function entryOf(issue: Issue): string {
  const labels = issue.labels.map(label => (typeof label === 'string' ? label : label.name)).join(', ') || 'none'
  const facts = `opened ${issue.created_at} by ${issue.user?.login}, last touched ${issue.updated_at}, ${issue.comments} comments, labels: ${labels}`
  return [`#${issue.number} ${cut(issue.title, 300)}`, facts, cut(issue.body, 700)].filter(Boolean).join('\n')
}

async function conversation({ octokit, at }: Place, number: number): Promise<Found> {
  const { data } = await octokit.rest.issues.listComments({ ...at, issue_number: number, per_page: 100 })
  const entries = data.map(said => `${said.user?.login}, ${said.created_at}:\n${cut(said.body, 4000)}`)
  return block(`comments on issue ${number}`, entries)
}

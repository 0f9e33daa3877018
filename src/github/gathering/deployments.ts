// The newest deployments, of one environment where the event names it, and the states they went through.
import type { Event, Outcome } from '../../domain/event.ts'
import { block, cut, type Place, type Source } from './source.ts'

export const deployments: Source = {
  called: 'Deployments',
  needs: () => ({ deployments: 'read' }),
  async gather(place, event) {
    const { octokit, at } = place
    const newest = await list(place, environmentOf(event))
    const entries: string[] = []
    for (const [index, deployment] of newest.entries()) {
      const head = `deployment ${deployment.id} of ${deployment.sha.slice(0, 12)} (${deployment.ref}) to ${deployment.environment}, ${deployment.created_at}, by ${deployment.creator?.login ?? 'somebody'}: ${cut(deployment.description, 300)}`
      if (index >= withStates) {
        entries.push(head)
        continue
      }
      const states = await octokit.rest.repos.listDeploymentStatuses({
        ...at,
        deployment_id: deployment.id,
        per_page: 20,
      })
      const lines = states.data.map(one => `  ${one.created_at} ${one.state}: ${cut(one.description, 300)}`)
      entries.push([head, ...lines].join('\n'))
    }
    return block('deployments', entries)
  },
}

const withStates = 5

function environmentOf({ kind, outcome }: Event): string | undefined {
  return kind === 'deployment_status' ? outcome?.name : undefined
}

async function list({ octokit, at }: Place, environment: string | undefined) {
  const { data } = await octokit.rest.repos.listDeployments({
    ...at,
    ...(environment && { environment }),
    per_page: 20,
  })
  return data
}

/** The commit of the deployment to the same environment before this one. */
export async function deployedBefore(place: Place, { id, name }: Outcome): Promise<string | undefined> {
  const newest = await list(place, name)
  const at = newest.findIndex(deployment => deployment.id === id)
  return newest[at + 1]?.sha
}

// Deployments of a repository and the states that they went through, newest first.
import { type Call, type Handlers, page, repositoryOf } from '../call.ts'
import type { Deployment } from '../changes/elsewhere.ts'
import { notFound } from '../refusal.ts'
import { api, iso, nodeId, repositoryPath, userShape } from '../shapes.ts'
import type { Json } from '../world.ts'

export const deployments: Handlers = {
  'repos/list-deployments': call => {
    const { environment, sha } = call.query
    const found = repositoryOf(call)
      .deployments.filter(one => (!environment || one.environment === environment) && (!sha || one.sha === sha))
      .toReversed()
    return page(
      call,
      found.map(one => deploymentShape(call, one)),
    )
  },
  'repos/get-deployment': call => ({ body: deploymentShape(call, deploymentOf(call)) }),
  'repos/list-deployment-statuses': call => {
    const deployment = deploymentOf(call)
    const shapes = deployment.states.map((state, index) => statusShape(call, deployment, state, index))
    return page(call, shapes.toReversed())
  },
}

function deploymentOf(call: Call): Deployment {
  const found = repositoryOf(call).deployments.find(known => known.id === Number(call.params.deployment_id))
  if (!found) throw notFound()
  return found
}

function deploymentShape(call: Call, one: Deployment): Json {
  const repository = repositoryOf(call)
  const url = api(call.world, `${repositoryPath(repository)}/deployments/${one.id}`)
  return {
    id: one.id,
    node_id: nodeId('Deployment', one.id),
    sha: one.sha,
    ref: one.ref,
    task: 'deploy',
    payload: {},
    environment: one.environment,
    original_environment: one.environment,
    description: one.description ?? null,
    creator: userShape(call.world, repository.owner),
    created_at: iso(one.at),
    updated_at: iso(one.at),
    statuses_url: `${url}/statuses`,
    repository_url: api(call.world, repositoryPath(repository)),
    url,
  }
}

function statusShape(
  call: Call,
  one: Deployment,
  { state, description }: Deployment['states'][number],
  index: number,
): Json {
  const { url, repository_url, creator, created_at, updated_at } = deploymentShape(call, one)
  return {
    id: one.id * 10 + index,
    node_id: nodeId('DeploymentStatus', one.id * 10 + index),
    state,
    description: description ?? '',
    environment: one.environment,
    target_url: `${call.world.url}/log`,
    creator,
    created_at,
    updated_at,
    deployment_url: url,
    repository_url,
    url: `${url}/statuses/${one.id * 10 + index}`,
  }
}

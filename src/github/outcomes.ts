// What ended, as its delivery tells: a workflow run, the checks of another app, a deployment that reached a state.
import type { Outcome } from '../domain/event.ts'
import { type Fields, fields, id, name, readSha } from './payloads.ts'

export function readWorkflowRun(payload: Fields): Outcome | undefined {
  const run = fields(payload.workflow_run)
  // A run's own name is null where the workflow has none; the file's path then names it.
  const called = name(run?.name) ?? name(fields(payload.workflow)?.name) ?? name(run?.path)
  const ended = run && outcome(run.id, called, run.conclusion, run.head_sha, run.head_branch, run.html_url)
  const [here, from] = [fields(payload.repository), fields(run?.head_repository)].map(one => id(one?.id))
  // Null once the fork is gone; a pull from a fork is never named.
  return ended && (here && from ? { ...ended, fork: from !== here } : ended)
}

export function readCheckSuite(suite: Fields): Outcome | undefined {
  const app = fields(suite.app)
  // Old apps, and old Enterprise Servers, tell no slug.
  const called = name(app?.slug) ?? name(app?.name)
  return outcome(suite.id, called, suite.conclusion, suite.head_sha, suite.head_branch, undefined)
}

/** The deployment's id: its states have ids of their own, which nothing asks for. */
export function readDeployment(payload: Fields): Outcome | undefined {
  const [deployment, status] = [fields(payload.deployment), fields(payload.deployment_status)]
  if (!deployment || !status) return undefined
  const environment = name(status.environment) ?? name(deployment.environment)
  const ref = name(deployment.ref)
  const link = [status.log_url, status.target_url, status.environment_url].find(isLink)
  // A deployment may be of a bare commit: https://docs.github.com/en/rest/deployments/deployments
  const branch = ref === deployment.sha ? undefined : ref
  return outcome(deployment.id, environment, status.state, deployment.sha, branch, link)
}

function outcome(
  given: unknown,
  called: string | undefined,
  ended: unknown,
  sha: unknown,
  ref: unknown,
  link: unknown,
): Outcome | undefined {
  const [number, state, head, branch] = [id(given), name(ended), readSha(sha), name(ref)]
  if (!number || !called || !state || !head) return undefined
  return {
    id: number,
    name: called,
    state,
    head,
    ...(branch ? { branch } : {}),
    ...(isLink(link) ? { url: link } : {}),
  }
}

function isLink(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\//.test(value)
}

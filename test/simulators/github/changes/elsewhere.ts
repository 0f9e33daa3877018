// What happens beside pulls and issues: security alerts, workflow runs that ended, deployments. Nothing of it is delivered.
import type { Json, Repository, World } from '../world.ts'

export interface Alert {
  number: number
  kind: 'dependabot' | 'code-scanning' | 'secret-scanning'
  state: 'open' | 'fixed' | 'dismissed'
  about: Json
  at: Date
}

export interface WorkflowJob {
  id: number
  name: string
  conclusion: string
  steps: { name: string; conclusion: string }[]
  /** undefined: GitHub keeps it no more */
  log: string | undefined
}

export interface WorkflowRun {
  id: number
  name: string
  branch: string
  headSha: string
  conclusion: string
  suiteId: number
  jobs: WorkflowJob[]
  at: Date
}

export interface Deployment {
  id: number
  sha: string
  ref: string
  environment: string
  description?: string
  states: { state: string; description?: string }[]
  at: Date
}

export interface NewWorkflowRun {
  name: string
  sha?: string
  conclusion?: string
  jobs: { name: string; conclusion?: string; log?: string | undefined; failedStep?: string }[]
}

export type NewDeployment = Pick<Deployment, 'environment' | 'states' | 'description'> & { sha?: string }

export function addAlert(world: World, repository: Repository, kind: Alert['kind'], about: Json): Alert {
  const number = repository.alerts.filter(one => one.kind === kind).length + 1
  const alert: Alert = { number, kind, state: 'open', about, at: world.now() }
  repository.alerts.push(alert)
  return alert
}

export function addWorkflowRun(world: World, repository: Repository, options: NewWorkflowRun): WorkflowRun {
  const { name, sha = tipOf(repository), conclusion = 'failure', jobs } = options
  const run: WorkflowRun = {
    id: world.nextId(),
    name,
    branch: repository.defaultBranch,
    headSha: sha,
    conclusion,
    suiteId: world.nextId(),
    jobs: jobs.map(job => ({
      id: world.nextId(),
      name: job.name,
      conclusion: job.conclusion ?? conclusion,
      steps: job.failedStep ? [{ name: job.failedStep, conclusion: 'failure' }] : [],
      log: job.log,
    })),
    at: world.now(),
  }
  repository.workflowRuns.push(run)
  return run
}

export function addDeployment(world: World, repository: Repository, options: NewDeployment): Deployment {
  const { sha = tipOf(repository), ...about } = options
  const deployment = { ...about, id: world.nextId(), sha, ref: repository.defaultBranch, at: world.now() }
  repository.deployments.push(deployment)
  return deployment
}

function tipOf({ branches, defaultBranch }: Repository): string {
  const tip = branches.get(defaultBranch)
  if (!tip) throw new Error(`the simulated GitHub has no commit on ${defaultBranch}`)
  return tip
}

// Workflow runs that ended, their jobs, and the addresses of the jobs' logs.
import { type Call, type Handlers, page, repositoryOf } from '../call.ts'
import type { WorkflowJob, WorkflowRun } from '../changes/elsewhere.ts'
import { notFound, Refusal } from '../refusal.ts'
import type { Sent } from '../server.ts'
import { api, iso, nodeId, repositoryPath, repositoryShape, userShape, webPath } from '../shapes.ts'
import type { Json, World } from '../world.ts'

export const actions: Handlers = {
  'actions/list-workflow-runs-for-repo': call => {
    const { status, branch, head_sha: sha, check_suite_id: suite } = call.query
    const found = repositoryOf(call)
      .workflowRuns.filter(run => !status || run.conclusion === status || status === 'completed')
      .filter(run => (!branch || run.branch === branch) && (!sha || run.headSha === sha))
      .filter(run => !suite || run.suiteId === Number(suite))
      .toReversed()
    return page(
      call,
      found.map(run => runShape(call, run)),
      (workflow_runs, total_count) => ({ total_count, workflow_runs }),
    )
  },
  'actions/get-workflow-run': call => ({ body: runShape(call, runOf(call)) }),
  'actions/list-jobs-for-workflow-run': call => {
    const run = runOf(call)
    return page(
      call,
      run.jobs.map(job => jobShape(call, run, job)),
      (jobs, total_count) => ({ total_count, jobs }),
    )
  },
  'actions/download-job-logs-for-workflow-run': call => {
    const job = jobsIn(call).find(known => known.id === Number(call.params.job_id))
    if (!job) throw notFound()
    if (job.log === undefined) throw new Refusal(410, 'Server Error')
    return { status: 302, body: '', headers: { location: `${call.world.url}/logs-of-jobs/${job.id}?sig=good` } }
  },
}

/** Where logs lie: another server, which refuses whoever brings a token that is not its own. */
export function serveLog(world: World, address: URL, authorization: string | undefined): Sent | undefined {
  const [, id] = /^\/logs-of-jobs\/(\d+)$/.exec(address.pathname) ?? []
  if (id === undefined) return undefined
  if (authorization !== undefined) return { status: 401, body: 'InvalidAuthenticationInfo', headers: {} }
  const jobs = world.repositories.flatMap(repository => repository.workflowRuns.flatMap(run => run.jobs))
  const log = jobs.find(job => job.id === Number(id))?.log
  return log === undefined ? { status: 404, body: '', headers: {} } : { status: 200, body: log, headers: {} }
}

function runOf(call: Call): WorkflowRun {
  const run = repositoryOf(call).workflowRuns.find(known => known.id === Number(call.params.run_id))
  if (!run) throw notFound()
  return run
}

function jobsIn(call: Call): WorkflowJob[] {
  return repositoryOf(call).workflowRuns.flatMap(run => run.jobs)
}

function runShape(call: Call, run: WorkflowRun): Json {
  const repository = repositoryOf(call)
  const url = api(call.world, `${repositoryPath(repository)}/actions/runs/${run.id}`)
  const workflow = api(call.world, `${repositoryPath(repository)}/actions/workflows/1`)
  const brief = repositoryShape(call.world, repository)
  const at = iso(run.at)
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('WorkflowRun', run.id),
    head_branch: run.branch,
    head_sha: run.headSha,
    path: '.github/workflows/ci.yml',
    run_number: 1,
    display_title: run.name,
    event: 'push',
    status: 'completed',
    conclusion: run.conclusion,
    workflow_id: 1,
    check_suite_id: run.suiteId,
    url,
    html_url: `${call.world.url}${webPath(repository)}/actions/runs/${run.id}`,
    created_at: at,
    updated_at: at,
    head_commit: null,
    head_repository: brief,
    repository: brief,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: api(call.world, `${repositoryPath(repository)}/check-suites/${run.suiteId}`),
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    artifacts_url: `${url}/artifacts`,
    workflow_url: workflow,
    pull_requests: [],
    triggering_actor: userShape(call.world, repository.owner),
  }
}

function jobShape(call: Call, run: WorkflowRun, job: WorkflowJob): Json {
  const repository = repositoryOf(call)
  const path = repositoryPath(repository)
  const at = iso(run.at)
  return {
    id: job.id,
    node_id: nodeId('CheckRun', job.id),
    run_id: run.id,
    run_url: api(call.world, `${path}/actions/runs/${run.id}`),
    head_sha: run.headSha,
    head_branch: run.branch,
    workflow_name: run.name,
    name: job.name,
    url: api(call.world, `${path}/actions/jobs/${job.id}`),
    html_url: `${call.world.url}${webPath(repository)}/actions/runs/${run.id}/job/${job.id}`,
    check_run_url: api(call.world, `${path}/check-runs/${job.id}`),
    status: 'completed',
    conclusion: job.conclusion,
    created_at: at,
    started_at: at,
    completed_at: at,
    labels: ['ubuntu-latest'],
    runner_id: 1,
    runner_name: 'runner',
    runner_group_id: 1,
    runner_group_name: 'Default',
    steps: job.steps.map((step, index) => ({ ...step, status: 'completed', number: index + 1 })),
  }
}

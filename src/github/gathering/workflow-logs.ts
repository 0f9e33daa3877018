// Logs of the jobs that failed: of the workflow run that started this, of its suite, or of the newest failed runs; the end of each, where errors stand.
import type { Event, Repository } from '../../domain/event.ts'
import { statusOf } from '../failures.ts'
import { block, type Found, type Place, type Source, together } from './source.ts'
import { readTail } from './tail.ts'

const most = { runs: 3, jobs: 4 }
const characters = 25_000

export const workflowLogs: Source = {
  called: 'Workflow logs',
  needs: () => ({ actions: 'read' }),
  async gather(place, event, repository) {
    const found: Found[] = []
    for (const run of await runsFor(place, event, repository)) found.push(...(await ofRun(place, run)))
    return found.length === 0 ? block('workflow logs', []) : together(...found)
  },
}

interface WorkflowRun {
  id: number
  name: string
}

async function runsFor({ octokit, at }: Place, event: Event, repository: Repository): Promise<WorkflowRun[]> {
  const { kind, outcome } = event
  if (kind === 'workflow_run' && outcome) return [{ id: outcome.id, name: outcome.name }]
  const which =
    kind === 'check_suite' && outcome
      ? { check_suite_id: outcome.id }
      : outcome
        ? { head_sha: outcome.head }
        : { branch: repository.defaultBranch }
  const { data } = await octokit.rest.actions.listWorkflowRunsForRepo({
    ...at,
    ...which,
    status: 'failure',
    per_page: most.runs,
  })
  return data.workflow_runs.map(run => ({ id: run.id, name: run.name ?? run.path }))
}

async function ofRun({ octokit, at }: Place, run: WorkflowRun): Promise<Found[]> {
  const { data } = await octokit.rest.actions.listJobsForWorkflowRun({
    ...at,
    run_id: run.id,
    filter: 'latest',
    per_page: 100,
  })
  const failed = data.jobs.filter(job => ['failure', 'timed_out', 'cancelled'].includes(job.conclusion ?? ''))
  const found: Found[] = []
  for (const job of failed.slice(0, most.jobs)) {
    const steps = (job.steps ?? []).filter(step => step.conclusion === 'failure').map(step => step.name)
    const source = `log of job ${job.id}`
    const head = `Workflow ${run.name}, run ${run.id}, job ${job.name}: ${job.conclusion}. Failed steps: ${steps.join(', ') || 'none named'}.`
    const log = await logOf({ octokit, at }, job.id)
    if (log === undefined)
      found.push({ texts: [{ source, text: head }], notes: [`The log of job ${job.id} is not there any more.`] })
    else found.push({ texts: [{ source, text: `${head}\n\n${log}` }], notes: [] })
  }
  const left = failed.length - most.jobs
  if (left > 0)
    found.push({
      texts: [],
      notes: [
        `Of ${failed.length} failed jobs of workflow run ${run.id}, the logs of ${most.jobs} were given to agents.`,
      ],
    })
  return found
}

/** GitHub answers with an address that is good for a minute (https://docs.github.com/en/rest/actions/workflow-jobs#download-job-logs-for-a-workflow-run). It is asked without our token, and only its end is kept. */
async function logOf({ octokit, at }: Place, job: number): Promise<string | undefined> {
  try {
    const answer = await octokit.rest.actions.downloadJobLogsForWorkflowRun({
      ...at,
      job_id: job,
      request: { redirect: 'manual' },
    })
    const { location } = answer.headers
    return location === undefined ? undefined : await readTail(location, characters)
  } catch (thrown) {
    if (statusOf(thrown) === 404 || statusOf(thrown) === 410) return undefined
    throw thrown
  }
}

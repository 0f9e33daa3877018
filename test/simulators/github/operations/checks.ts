// Check runs: made, changed and completed by the App that made them; and results for code scanning.
import { gunzipSync } from 'node:zlib'
import { resolveCommit } from '../bare-repository.ts'
import { type Call, type Handlers, page, repositoryOf, userOf } from '../call.ts'
import { addCheckRun, changed, requestAgain, suiteFor } from '../changes/checks.ts'
import { notFound, Refusal } from '../refusal.ts'
import { annotationShape, checkRunShape, checkSuiteShape } from '../shapes-of-checks.ts'
import type { CheckRun, Json } from '../world.ts'
import { commitNamed } from './commits.ts'

export const checks: Handlers = {
  'checks/create': create,
  'checks/update': call => {
    const repository = repositoryOf(call)
    const run = runOf(call)
    if (!run.byApp)
      throw new Refusal(
        403,
        `Invalid app_id \`${call.world.app.id}\` - check run can only be modified by the GitHub App that created it.`,
      )
    const wasCompleted = run.status === 'completed'
    concluded(call, run)
    apply(call, run)
    changed(call.world, repository, run, userOf(call), wasCompleted)
    return { body: checkRunShape(call.world, repository, run) }
  },
  'checks/get': call => ({ body: checkRunShape(call.world, repositoryOf(call), runOf(call)) }),
  'checks/list-annotations': call => {
    const run = runOf(call)
    return page(
      call,
      run.annotations.map(annotation => annotationShape(call.world, repositoryOf(call), run, annotation)),
    )
  },
  'checks/rerequest-run': call => {
    requestAgain(call.world, repositoryOf(call), runOf(call), userOf(call))
    return { body: {} }
  },
  'checks/list-for-ref': async call => {
    const sha = await commitNamed(repositoryOf(call), call.params.ref!)
    return listRuns(call, run => run.headSha === sha)
  },
  'checks/list-for-suite': call => listRuns(call, run => run.suite.id === Number(call.params.check_suite_id)),
  'checks/get-suite': call => ({ body: checkSuiteShape(call.world, repositoryOf(call), suiteOf(call)) }),
  'checks/create-suite': async call => {
    const repository = repositoryOf(call)
    const sha = await commitNamed(repository, call.body.head_sha)
    const known = repository.suites.some(suite => suite.headSha === sha)
    return {
      status: known ? 200 : 201,
      body: checkSuiteShape(call.world, repository, suiteFor(call.world, repository, sha)),
    }
  },
  'checks/list-suites-for-ref': async call => {
    const repository = repositoryOf(call)
    const sha = await commitNamed(repository, call.params.ref!)
    const shapes = repository.suites
      .filter(suite => suite.headSha === sha)
      .map(suite => checkSuiteShape(call.world, repository, suite))
    return page(call, shapes, (check_suites, total_count) => ({ total_count, check_suites }))
  },
  'code-scanning/upload-sarif': async call => {
    const repository = repositoryOf(call)
    // On private repositories it takes a licence, and there as elsewhere it can be off.
    if (repository.withoutAlerts.has('code-scanning'))
      throw new Refusal(403, 'Code Security must be enabled for this repository to use code scanning.')
    const { commit_sha, ref, sarif } = call.body
    await commitNamed(repository, commit_sha)
    repository.sarif.push({ commit: commit_sha, ref, log: unpacked(sarif) })
    const id = `sarif-${repository.sarif.length}`
    return { body: { id, url: `${call.address}/${id}` } }
  },
}

/** A SARIF log, packed as GitHub wants it: gzip, then base64. */
function unpacked(sarif: string): Json {
  try {
    const log = JSON.parse(gunzipSync(Buffer.from(sarif, 'base64')).toString()) as Json
    if (log.version === '2.1.0' && Array.isArray(log.runs)) return log
  } catch {
    // Refused below.
  }
  throw new Refusal(400, 'Invalid SARIF. The file is not a SARIF 2.1.0 log in gzip and base64.')
}

async function create(call: Call) {
  const repository = repositoryOf(call)
  const headSha = await resolveCommit(repository.gitDir, call.body.head_sha)
  if (headSha !== call.body.head_sha) throw new Refusal(422, `No commit found for SHA: ${call.body.head_sha}`)
  const run: CheckRun = {
    id: call.world.nextId(),
    suite: suiteFor(call.world, repository, headSha!),
    byApp: true,
    name: call.body.name,
    headSha: headSha!,
    status: 'queued',
    conclusion: null,
    externalId: null,
    detailsUrl: null,
    startedAt: call.world.now(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
  }
  concluded(call, run)
  apply(call, run)
  addCheckRun(call.world, repository, run, userOf(call))
  return { body: checkRunShape(call.world, repository, run) }
}

function concluded(call: Call, run: CheckRun): void {
  if (call.body.status !== 'completed' || call.body.conclusion || run.conclusion) return
  throw new Refusal(
    422,
    'Invalid request.\n\nNo subschema in "anyOf" matched.\n"conclusion" wasn\'t supplied.\ncompleted is not a member of ["queued", "in_progress"].',
  )
}

/** A conclusion completes a run by itself; annotations are added to those that stand. */
function apply(call: Call, run: CheckRun): void {
  const asked: Json = call.body
  if (asked.name !== undefined) run.name = asked.name
  if (asked.external_id !== undefined) run.externalId = asked.external_id
  if (asked.details_url !== undefined) run.detailsUrl = asked.details_url
  if (asked.started_at !== undefined) run.startedAt = new Date(asked.started_at)
  if (asked.status !== undefined) run.status = asked.status
  if (run.status !== 'completed') {
    run.conclusion = null
    run.completedAt = null
  }
  if (asked.conclusion !== undefined) {
    run.status = 'completed'
    run.conclusion = asked.conclusion
    run.completedAt = asked.completed_at ? new Date(asked.completed_at) : call.world.now()
  }
  const { title, summary, text, annotations } = asked.output ?? {}
  if (title !== undefined) run.output.title = title
  if (summary !== undefined) run.output.summary = summary
  if (text !== undefined) run.output.text = text
  if (annotations) run.annotations.push(...annotations)
  if (asked.actions !== undefined) run.actions = asked.actions
}

function listRuns(call: Call, which: (run: CheckRun) => boolean) {
  const repository = repositoryOf(call)
  const { check_name: name, status, app_id: appId, filter = 'latest' } = call.query
  const found = repository.checkRuns
    .filter(which)
    .filter(run => !name || run.name === name)
    .filter(run => !status || run.status === status)
    .filter(run => !appId || (Number(appId) === call.world.app.id) === run.byApp)
  const latest = found.filter(
    (run, index) => found.findLastIndex(other => other.name === run.name && other.byApp === run.byApp) === index,
  )
  const shown = (filter === 'all' ? found : latest).toReversed()
  const shapes = shown.map(run => checkRunShape(call.world, repository, run))
  return page(call, shapes, (check_runs, total_count) => ({ total_count, check_runs }))
}

function runOf(call: Call): CheckRun {
  const run = repositoryOf(call).checkRuns.find(known => known.id === Number(call.params.check_run_id))
  if (!run) throw notFound()
  return run
}

function suiteOf(call: Call) {
  const suite = repositoryOf(call).suites.find(known => known.id === Number(call.params.check_suite_id))
  if (!suite) throw notFound()
  return suite
}

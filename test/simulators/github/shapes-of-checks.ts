// GitHub's JSON of check runs, check suites and annotations.
import { api, appShape, iso, isoOrNull, nodeId, repositoryPath, repositoryShape, webPath } from './shapes.ts'
import {
  type Annotation,
  type CheckRun,
  type CheckSuite,
  type Json,
  pullsOf,
  type Repository,
  type World,
} from './world.ts'

export function checkRunShape(world: World, repository: Repository, run: CheckRun): Json {
  const url = api(world, `${repositoryPath(repository)}/check-runs/${run.id}`)
  const html = `${world.url}${webPath(repository)}/runs/${run.id}`
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CheckRun', run.id),
    head_sha: run.headSha,
    external_id: run.externalId ?? '',
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: isoOrNull(run.startedAt),
    completed_at: isoOrNull(run.completedAt),
    output: { ...run.output, annotations_count: run.annotations.length, annotations_url: `${url}/annotations` },
    check_suite: { id: run.suite.id },
    app: checkApp(world, repository, run.byApp),
    pull_requests: pullsAt(world, repository, run.headSha),
  }
}

export function checkSuiteShape(world: World, repository: Repository, suite: CheckSuite): Json {
  const url = api(world, `${repositoryPath(repository)}/check-suites/${suite.id}`)
  const runs = repository.checkRuns.filter(run => run.suite === suite)
  const done = runs.length > 0 && runs.every(run => run.status === 'completed')
  const who = { name: 'GitHub', email: 'noreply@github.com' }
  return {
    id: suite.id,
    node_id: nodeId('CheckSuite', suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status: done ? 'completed' : 'queued',
    conclusion: done ? (runs.find(run => run.conclusion !== 'success')?.conclusion ?? 'success') : null,
    url,
    before: null,
    after: suite.headSha,
    pull_requests: pullsAt(world, repository, suite.headSha),
    app: checkApp(world, repository, true),
    created_at: iso(suite.createdAt),
    updated_at: iso(suite.createdAt),
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: runs.length,
    check_runs_url: `${url}/check-runs`,
    head_commit: {
      id: suite.headSha,
      tree_id: suite.headSha,
      message: '',
      timestamp: iso(suite.createdAt),
      author: who,
      committer: who,
    },
    repository: repositoryShape(world, repository),
  }
}

export function annotationShape(world: World, repository: Repository, run: CheckRun, annotation: Annotation): Json {
  return {
    path: annotation.path,
    blob_href: `${world.url}${webPath(repository)}/blob/${run.headSha}/${annotation.path}`,
    start_line: annotation.start_line,
    start_column: annotation.start_column ?? null,
    end_line: annotation.end_line,
    end_column: annotation.end_column ?? null,
    annotation_level: annotation.annotation_level,
    title: annotation.title ?? '',
    message: annotation.message,
    raw_details: annotation.raw_details ?? '',
  }
}

function checkApp(world: World, repository: Repository, own: boolean): Json {
  const app = appShape(world, repository.installation?.permissions ?? {})
  return own ? app : { ...app, id: 15368, slug: 'another-app', name: 'another-app', client_id: 'Iv1.another' }
}

function pullsAt(world: World, repository: Repository, sha: string): Json[] {
  const at = (r: Repository) => ({ id: r.id, url: api(world, repositoryPath(r)), name: r.name })
  return pullsOf(repository)
    .filter(pull => pull.head.sha === sha && pull.state === 'open' && pull.head.repository === repository)
    .map(pull => ({
      url: api(world, `${repositoryPath(repository)}/pulls/${pull.number}`),
      id: pull.id,
      number: pull.number,
      head: { ref: pull.head.ref, sha: pull.head.sha, repo: at(pull.head.repository) },
      base: { ref: pull.base.ref, sha: pull.base.sha, repo: at(repository) },
    }))
}

// Each REST operation of the simulated GitHub, asked once; request and answer are held to GitHub's schemas.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asApp, asInstallation, asPerson } from './github/clients.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from './github/index.ts'

const schema = new URL('./schemas/github-rest.json', import.meta.url)
const operations = Object.keys(JSON.parse(readFileSync(schema, 'utf8')).operations)
const everything = {
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
  security_events: 'write',
  members: 'read',
  actions: 'read',
  deployments: 'read',
  vulnerability_alerts: 'read',
  secret_scanning_alerts: 'read',
} as const
let github: GitHubSimulator
let repository: SimulatedRepository

beforeAll(async () => {
  github = await startGitHub({ permissions: { metadata: 'read', ...everything } })
  repository = await github.createRepository({
    owner: 'acme',
    name: 'shop',
    private: false,
    files: { 'src/a.ts': 'one\ntwo\nthree\n', 'README.md': '# Shop\n' },
    collaborators: { alice: 'write' },
  })
  github.createUser('bob', { type: 'User' })
  await github.createRepository({ owner: 'bob', ownerType: 'User', name: 'own' })
  await repository.commit({ branch: 'feature', files: { 'src/a.ts': 'one\n2\nthree\n' } })
})

afterAll(() => github[Symbol.asyncDispose]())

test('all of them answer as GitHub would', async () => {
  const at = { owner: 'acme', repo: 'shop' }
  const octokitOfApp = asApp(github)
  const app = octokitOfApp.rest
  await app.apps.getAuthenticated()
  await app.apps.listInstallations()
  await app.apps.getInstallation({ installation_id: repository.installationId })
  await app.apps.getRepoInstallation(at)
  await app.apps.getOrgInstallation({ org: 'acme' })
  await app.apps.getUserInstallation({ username: 'bob' })
  await app.apps.createInstallationAccessToken({
    installation_id: repository.installationId,
    repositories: ['shop'],
    permissions: { checks: 'write' },
  })
  await app.apps.getWebhookConfigForApp()
  // Octokit takes a parameter named url for the address of the request, so the body is given whole
  await octokitOfApp.request('PATCH /app/hook/config', { data: { url: 'http://127.0.0.1:9/nobody' } })
  await github.deliver('ping', { zen: 'Keep it logically awesome.' })
  const delivered = await app.apps.listWebhookDeliveries()
  await app.apps.getWebhookDelivery({ delivery_id: delivered.data[0]!.id })
  await app.apps.redeliverWebhookDelivery({ delivery_id: delivered.data[0]!.id })
  github.deliverTo(undefined)

  const octokit = asInstallation(github, repository)
  const { rest } = octokit
  await rest.apps.getBySlug({ app_slug: github.app.slug })
  const manifest = JSON.stringify({ url: 'https://example.com', redirect_url: 'http://127.0.0.1:9/made' })
  const body = new URLSearchParams({ manifest })
  const made = await fetch(`${github.url}/settings/apps/new`, { method: 'POST', body, redirect: 'manual' })
  await rest.apps.createFromManifest({ code: new URL(made.headers.get('location')!).searchParams.get('code')! })
  await rest.apps.listReposAccessibleToInstallation()
  await rest.repos.get(at)
  await rest.repos.listForOrg({ org: 'acme' })
  await rest.repos.listForUser({ username: 'bob' })
  await rest.repos.listLanguages(at)
  await rest.repos.listBranches(at)
  await rest.repos.getBranch({ ...at, branch: 'main' })
  await rest.repos.getBranchRules({ ...at, branch: 'main' })
  await rest.repos.getCollaboratorPermissionLevel({ ...at, username: 'alice' })
  await rest.repos.listCollaborators(at)
  await rest.repos.listCommits(at)
  await rest.repos.getCommit({ ...at, ref: 'feature' })
  await rest.repos.compareCommitsWithBasehead({ ...at, basehead: 'main...feature' })
  await rest.repos.getContent({ ...at, path: '' })
  await rest.repos.getContent({ ...at, path: 'src/a.ts', ref: 'feature' })
  await rest.repos.createOrUpdateFileContents({
    ...at,
    path: 'docs/b.md',
    message: 'Add b',
    content: Buffer.from('b').toString('base64'),
    branch: 'feature',
  })

  const { data: reference } = await rest.git.getRef({ ...at, ref: 'heads/main' })
  const { data: head } = await rest.git.getCommit({ ...at, commit_sha: reference.object.sha })
  await rest.git.getTree({ ...at, tree_sha: head.tree.sha, recursive: 'true' })
  const { data: blob } = await rest.git.createBlob({ ...at, content: 'hello' })
  await rest.git.getBlob({ ...at, file_sha: blob.sha })
  const { data: tree } = await rest.git.createTree({
    ...at,
    base_tree: head.tree.sha,
    tree: [{ path: 'src/deep/h.txt', mode: '100644', type: 'blob', sha: blob.sha }],
  })
  const { data: commit } = await rest.git.createCommit({
    ...at,
    message: 'Made by hand',
    tree: tree.sha,
    parents: [head.sha],
  })
  await rest.git.createRef({ ...at, ref: 'refs/heads/hand', sha: head.sha })
  await rest.git.updateRef({ ...at, ref: 'heads/hand', sha: commit.sha })
  await rest.git.listMatchingRefs({ ...at, ref: 'heads/h' })

  const { data: pull } = await rest.pulls.create({ ...at, head: 'hand', base: 'main', title: 'By hand' })
  await rest.git.deleteRef({ ...at, ref: 'heads/hand' })
  const { number: pull_number } = await repository.openPull({ head: 'feature', author: 'alice', labels: ['new'] })
  const on = { ...at, pull_number }
  await rest.pulls.list({ ...at, state: 'all' })
  await rest.pulls.get(on)
  await rest.pulls.update({ ...on, title: 'Another title' })
  await rest.pulls.listFiles(on)
  await rest.pulls.listCommits(on)
  await rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: pull.head.sha })
  const { data: pending } = await rest.pulls.createReview(on)
  await rest.pulls.updateReview({ ...on, review_id: pending.id, body: 'thought again' })
  await rest.pulls.deletePendingReview({ ...on, review_id: pending.id })
  const { data: later } = await rest.pulls.createReview({
    ...on,
    body: 'later',
    comments: [{ path: 'src/a.ts', line: 2, body: 'here' }],
  })
  const { data: review } = await rest.pulls.submitReview({ ...on, review_id: later.id, event: 'REQUEST_CHANGES' })
  await rest.pulls.getReview({ ...on, review_id: review.id })
  await rest.pulls.listReviews(on)
  await rest.pulls.listCommentsForReview({ ...on, review_id: review.id })
  await rest.pulls.dismissReview({ ...on, review_id: review.id, message: 'fixed' })
  const { data: single } = await rest.pulls.createReviewComment({
    ...on,
    commit_id: repository.sha('feature'),
    path: 'src/a.ts',
    line: 2,
    side: 'LEFT',
    body: 'was better',
  })
  const { data: reply } = await rest.pulls.createReplyForReviewComment({
    ...on,
    comment_id: single.id,
    body: 'was it?',
  })
  await rest.pulls.updateReviewComment({ ...at, comment_id: single.id, body: 'was much better' })
  await rest.pulls.getReviewComment({ ...at, comment_id: reply.id })
  await rest.pulls.listReviewComments(on)
  await rest.pulls.listReviewCommentsForRepo(at)
  const { data: thumb } = await rest.reactions.createForPullRequestReviewComment({
    ...at,
    comment_id: single.id,
    content: '+1',
  })
  await rest.reactions.listForPullRequestReviewComment({ ...at, comment_id: single.id })
  await rest.reactions.deleteForPullRequestComment({ ...at, comment_id: single.id, reaction_id: thumb.id })
  await rest.pulls.deleteReviewComment({ ...at, comment_id: reply.id })

  const { data: issue } = await rest.issues.create({ ...at, title: 'A bug', body: 'It breaks', labels: ['bug'] })
  const about = { ...at, issue_number: issue.number }
  await rest.issues.get(about)
  await rest.issues.get({ ...at, issue_number: pull_number })
  await rest.issues.listForRepo({ ...at, state: 'all' })
  const { data: comment } = await rest.issues.createComment({ ...about, body: 'Seen' })
  await rest.issues.updateComment({ ...at, comment_id: comment.id, body: 'Seen it' })
  await rest.issues.getComment({ ...at, comment_id: comment.id })
  await rest.issues.listComments(about)
  const { data: heart } = await rest.reactions.createForIssueComment({
    ...at,
    comment_id: comment.id,
    content: 'heart',
  })
  await rest.reactions.listForIssueComment({ ...at, comment_id: comment.id })
  await rest.reactions.deleteForIssueComment({ ...at, comment_id: comment.id, reaction_id: heart.id })
  const { data: eyes } = await rest.reactions.createForIssue({ ...about, content: 'eyes' })
  await rest.reactions.listForIssue(about)
  await rest.reactions.deleteForIssue({ ...about, reaction_id: eyes.id })
  await rest.issues.deleteComment({ ...at, comment_id: comment.id })
  await rest.issues.createLabel({ ...at, name: 'needs-review', color: 'ff0000' })
  await rest.issues.getLabel({ ...at, name: 'needs-review' })
  await rest.issues.listLabelsForRepo(at)
  await rest.issues.addLabels({ ...about, labels: ['needs-review'] })
  await rest.issues.listLabelsOnIssue(about)
  await rest.issues.removeLabel({ ...about, name: 'bug' })
  await rest.issues.setLabels({ ...about, labels: ['done'] })
  await rest.issues.update({ ...about, state: 'closed' })
  await rest.search.issuesAndPullRequests({ q: 'repo:acme/shop is:pr another title' })

  const head_sha = repository.sha('feature')
  const output = {
    title: 'Done',
    summary: 'ok',
    annotations: [
      { path: 'src/a.ts', start_line: 2, end_line: 2, annotation_level: 'notice' as const, message: 'here' },
    ],
  }
  const actions = [{ label: 'Again', description: 'Look again', identifier: 'again' }]
  const { data: check } = await rest.checks.create({ ...at, name: 'Review', head_sha, status: 'in_progress', actions })
  await rest.checks.update({ ...at, check_run_id: check.id, status: 'completed', conclusion: 'neutral', output })
  await rest.checks.get({ ...at, check_run_id: check.id })
  await rest.checks.listForRef({ ...at, ref: 'feature' })
  await rest.checks.listAnnotations({ ...at, check_run_id: check.id })
  await rest.checks.rerequestRun({ ...at, check_run_id: check.id })
  const { data: suite } = await rest.checks.createSuite({ ...at, head_sha })
  await rest.checks.getSuite({ ...at, check_suite_id: suite.id })
  await rest.checks.listForSuite({ ...at, check_suite_id: check.check_suite!.id })
  await rest.checks.listSuitesForRef({ ...at, ref: 'feature' })
  const sarif = gzipSync(JSON.stringify({ version: '2.1.0', runs: [] })).toString('base64')
  await rest.codeScanning.uploadSarif({ ...at, commit_sha: head_sha, ref: 'refs/heads/feature', sarif })

  repository.addAlert('dependabot', { package: 'leftpad', summary: 'Pads to the wrong side', patched: null })
  repository.addAlert('code-scanning', { path: 'src/a.ts', summary: 'Unchecked' })
  repository.addAlert('secret-scanning', { summary: 'A token', secret: 'x' })
  await rest.dependabot.listAlertsForRepo({ ...at, state: 'open' })
  await rest.codeScanning.listAlertsForRepo({ ...at, state: 'open' })
  await rest.secretScanning.listAlertsForRepo({ ...at, state: 'open', hide_secret: true })
  const run = repository.addWorkflowRun({ name: 'ci', jobs: [{ name: 'test', log: 'It broke.\n' }] })
  await rest.actions.listWorkflowRunsForRepo({ ...at, status: 'failure' })
  await rest.actions.getWorkflowRun({ ...at, run_id: run.id })
  await rest.actions.listJobsForWorkflowRun({ ...at, run_id: run.id })
  const log = await rest.actions.downloadJobLogsForWorkflowRun({
    ...at,
    job_id: run.jobs[0]!.id,
    request: { redirect: 'manual' },
  })
  expect(await (await fetch(log.headers.location!)).text()).toBe('It broke.\n')
  expect((await fetch(log.headers.location!, { headers: { authorization: 'Bearer x' } })).status).toBe(401)
  const deployment = repository.addDeployment({ environment: 'production', states: [{ state: 'success' }] })
  await rest.repos.listDeployments(at)
  await rest.repos.getDeployment({ ...at, deployment_id: deployment.id })
  await rest.repos.listDeploymentStatuses({ ...at, deployment_id: deployment.id })

  await rest.orgs.get({ org: 'acme' })
  await rest.orgs.listMembers({ org: 'acme' })
  github.teams.set('acme/core', 71)
  await rest.teams.getByName({ org: 'acme', team_slug: 'core' })
  await rest.users.getByUsername({ username: 'watchbill[bot]' })
  await rest.meta.get()
  await rest.rateLimit.get()
  await rest.pulls.merge(on)

  const alice = asPerson(github, 'alice').rest
  await alice.users.getAuthenticated()
  await alice.apps.listInstallationsForAuthenticatedUser()
  await alice.apps.listInstallationReposForAuthenticatedUser({ installation_id: repository.installationId })
  await rest.apps.revokeInstallationAccessToken()

  expect(github.refusals).toEqual([])
  const asked = new Set(github.requests.map(({ operation }) => operation))
  expect(operations.filter(id => !asked.has(id))).toEqual([])
})

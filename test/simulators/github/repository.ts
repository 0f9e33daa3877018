import { type Files, git, gitText, type Modes, resolveCommit, writeCommit } from './bare-repository.ts'
import { branchMoved } from './changes/branches.ts'
import { pressButton, requestAgain, requestAllAgain, suiteFor } from './changes/checks.ts'
import {
  type Alert,
  addAlert,
  addDeployment,
  addWorkflowRun,
  type Deployment,
  type NewDeployment,
  type NewWorkflowRun,
  type WorkflowRun,
} from './changes/elsewhere.ts'
import {
  addLabel,
  closePull,
  editPull,
  enqueueMerge,
  mergePull,
  openIssue,
  openPull,
  type PullEdit,
  removeLabel,
  setDraft,
} from './changes/pulls.ts'
import { addIssueComment, addReaction, addReviewComment, replyTo, resolveThread } from './changes/talk.ts'
import { anchored } from './operations/review-comments.ts'
import { envelope } from './payloads.ts'
import { commitSuggestion } from './suggestions.ts'
import {
  type CheckRun,
  findRepository,
  fullName,
  type Issue,
  type IssueComment,
  isPull,
  type Json,
  type Pull,
  pullsOf,
  type Reaction,
  type Repository,
  type ReviewComment,
  type Role,
  type Side,
  userNamed,
  type World,
} from './world.ts'

interface CommitOptions {
  branch: string
  /** a branch or commit to start from; the branch itself, else the default branch, when left out */
  from?: string
  files: Files
  modes?: Modes
  message?: string
  author?: string
  /** starts over from `from`, as a forced push does */
  force?: boolean
}

interface OpenPullOptions {
  head: string
  base?: string
  title?: string
  body?: string | null
  author?: string
  draft?: boolean
  fork?: { owner: string; name: string }
  labels?: string[]
}

export type SimulatedPull = Pull

export interface SimulatedRepository {
  id: number
  owner: string
  name: string
  installationId: number
  gitDir: string
  defaultBranch: string
  /** the commit a branch is at */
  sha(branch?: string): string
  commit(options: CommitOptions): Promise<string>
  importBranch(localRepository: string, ref: string, branch: string): Promise<string>
  deleteBranch(branch: string, by?: string): Promise<void>
  openPull(options: OpenPullOptions): Promise<SimulatedPull>
  openIssue(options: { title: string; body?: string; author?: string; labels?: string[] }): Promise<Issue>
  label(number: number, name: string, by?: string): Promise<void>
  unlabel(number: number, name: string, by?: string): Promise<void>
  comment(number: number, body: string, by?: string): IssueComment
  /** a person's own review comment on a line of the diff */
  commentOnLine(
    number: number,
    at: { path: string; line: number; side?: Side },
    body: string,
    by?: string,
  ): Promise<ReviewComment>
  replyTo(reviewCommentId: number, body: string, by?: string): ReviewComment
  resolve(reviewCommentId: number, by?: string): void
  /** presses *Commit suggestion*: a new commit on the pull's branch; throws where GitHub shows no such button */
  commitSuggestion(reviewCommentId: number, by?: string): Promise<string>
  react(commentId: number, content: string, by?: string): Reaction
  setDraft(number: number, draft: boolean, by?: string): Promise<void>
  closePull(number: number, by?: string): Promise<void>
  mergePull(number: number, by?: string): Promise<string>
  updatePull(number: number, edit: PullEdit, by?: string): Promise<void>
  enqueueMerge(number: number, by?: string): Promise<string>
  /** a check run of another app, which ours may read and not change */
  addForeignCheckRun(options: { name: string; sha: string; conclusion?: string }): CheckRun
  requestCheckRerun(checkRunId: number, by?: string): void
  /** "Re-run all checks" of the App on this commit. */
  requestSuiteRerun(sha: string, by?: string): void
  clickCheckButton(checkRunId: number, identifier: string, by?: string): void
  pull(number: number): SimulatedPull
  issue(number: number): Issue
  pulls(): SimulatedPull[]
  checkRuns(sha?: string): CheckRun[]
  setCollaborator(login: string, role: Role | undefined): void
  protect(branch: string): void
  /** its name changes and its id stays; delivers repository.renamed */
  rename(name: string, by?: string): void
  sarif: Json[]
  addAlert(kind: Alert['kind'], about: Json): Alert
  /** a kind of alerts is switched off here */
  switchOffAlerts(kind: Alert['kind']): void
  /** a workflow run that ended, with the logs of its jobs; nothing is delivered */
  addWorkflowRun(options: NewWorkflowRun): WorkflowRun
  /** a deployment and its states; nothing is delivered */
  addDeployment(options: NewDeployment): Deployment
}

/** The script's side of a repository. */
export function handle(world: World, repository: Repository): SimulatedRepository {
  const person = (login = 'octocat') => userNamed(world, login)
  const issueOf = (number: number) => found(repository.issues.get(number), `issue ${number}`)
  const pullOf = (number: number): Pull => {
    const issue = issueOf(number)
    if (!isPull(issue)) throw new Error(`${number} is an issue, not a pull`)
    return issue
  }
  const pullWith = (id: number) =>
    found(
      pullsOf(repository).find(pull => pull.reviewComments.some(comment => comment.id === id)),
      `review comment ${id}`,
    )
  const runOf = (id: number) =>
    found(
      repository.checkRuns.find(run => run.id === id),
      `check run ${id}`,
    )
  return {
    id: repository.id,
    owner: repository.owner.login,
    get name() {
      return repository.name
    },
    installationId: repository.installation?.id ?? 0,
    gitDir: repository.gitDir,
    defaultBranch: repository.defaultBranch,
    sarif: repository.sarif,
    sha: (branch = repository.defaultBranch) => found(repository.branches.get(branch), `branch ${branch}`),
    async commit({ branch, from, files, modes, message = 'Change files', author, force }) {
      const own = repository.branches.get(branch)
      const start = from ? (repository.branches.get(from) ?? (await resolveCommit(repository.gitDir, from))) : undefined
      const parent = force ? start : (own ?? start ?? repository.branches.get(repository.defaultBranch))
      const by = person(author)
      const plan = { branch, parent, files, message, author: by.login, at: world.now() }
      const sha = await writeCommit(repository.gitDir, { ...plan, ...(modes && { modes }) })
      await branchMoved(world, repository, { branch, to: sha, by })
      return sha
    },
    async importBranch(localRepository, ref, branch) {
      await gitText(repository.gitDir, [
        'fetch',
        '--quiet',
        '--no-tags',
        localRepository,
        `+${ref}:refs/heads/${branch}`,
      ])
      const sha = found(await resolveCommit(repository.gitDir, `refs/heads/${branch}`), `branch ${branch}`)
      await branchMoved(world, repository, { branch, to: sha, by: person() })
      return sha
    },
    async deleteBranch(branch, by) {
      await gitText(repository.gitDir, ['update-ref', '-d', `refs/heads/${branch}`])
      await branchMoved(world, repository, { branch, to: undefined, by: person(by) })
    },
    async openPull({
      head,
      base = repository.defaultBranch,
      title = head,
      body = null,
      author,
      draft = false,
      fork,
      labels = [],
    }) {
      const from = fork && found(findRepository(world, fork.owner, fork.name), 'the fork')
      return openPull(world, repository, { head, base, title, body, author: person(author), draft, fork: from, labels })
    },
    async openIssue({ title, body, author, labels = [] }) {
      const issue = openIssue(world, repository, title, body ?? null, person(author))
      for (const name of labels) await addLabel(world, repository, issue, name, person(author))
      return issue
    },
    label: (number, name, by) => addLabel(world, repository, issueOf(number), name, person(by)),
    unlabel: (number, name, by) => removeLabel(world, repository, issueOf(number), name, person(by)),
    comment: (number, body, by) => addIssueComment(world, repository, issueOf(number), body, person(by), false),
    async commentOnLine(number, at, body, by) {
      const pull = pullOf(number)
      const remark = await anchored(repository, pull, { ...at, body, commit_id: pull.head.sha }, 'comment')
      return addReviewComment(world, repository, pull, remark, person(by), null)
    },
    replyTo: (id, body, by) => replyTo(world, repository, pullWith(id), id, body, person(by)),
    resolve(id, by) {
      const pull = pullWith(id)
      const root = pull.reviewComments.find(comment => comment.id === id)!
      resolveThread(world, repository, pull, root, person(by))
    },
    async commitSuggestion(id, by) {
      const pull = pullWith(id)
      const { path, line, startLine, side, subjectType, body } = pull.reviewComments.find(one => one.id === id)!
      if (subjectType === 'file' || side === 'LEFT' || line === null) throw new Error('nothing can be committed there')
      const file = await git(repository.gitDir, ['cat-file', 'blob', `${pull.head.sha}:${path}`])
      const after = commitSuggestion(file, { body, line, ...(startLine !== null && { startLine }) })
      const branch = pull.head.ref
      const plan = { branch, parent: pull.head.sha, files: { [path]: after }, message: `Update ${path}` }
      const sha = await writeCommit(repository.gitDir, { ...plan, author: person(by).login, at: world.now() })
      await branchMoved(world, repository, { branch, to: sha, by: person(by) })
      return sha
    },
    react(id, content, by) {
      const comments = [...repository.issues.values()].flatMap(issue => [
        ...issue.issueComments,
        ...(isPull(issue) ? issue.reviewComments : []),
      ])
      return addReaction(
        world,
        found(
          comments.find(comment => comment.id === id),
          `comment ${id}`,
        ),
        content,
        person(by),
      ).reaction
    },
    setDraft: (number, draft, by) => setDraft(world, repository, pullOf(number), draft, person(by)),
    closePull: (number, by) => closePull(world, repository, pullOf(number), person(by)),
    mergePull: (number, by) => mergePull(world, repository, pullOf(number), person(by)),
    updatePull: (number, edit, by) => editPull(world, repository, pullOf(number), edit, person(by)),
    enqueueMerge: (number, by) => enqueueMerge(world, repository, pullOf(number), person(by)),
    addForeignCheckRun({ name, sha, conclusion = 'success' }) {
      const at = world.now()
      const dates = { startedAt: at, completedAt: at }
      const none = {
        externalId: null,
        detailsUrl: null,
        output: { title: null, summary: null, text: null },
        annotations: [],
        actions: [],
      }
      const suite = suiteFor(world, repository, sha)
      const run: CheckRun = {
        id: world.nextId(),
        suite,
        byApp: false,
        name,
        headSha: sha,
        status: 'completed',
        conclusion,
        ...dates,
        ...none,
      }
      repository.checkRuns.push(run)
      return run
    },
    addAlert: (kind, about) => addAlert(world, repository, kind, about),
    switchOffAlerts: kind => void repository.withoutAlerts.add(kind),
    addWorkflowRun: options => addWorkflowRun(world, repository, options),
    addDeployment: options => addDeployment(world, repository, options),
    requestCheckRerun: (id, by) => requestAgain(world, repository, runOf(id), person(by)),
    requestSuiteRerun: (sha, by) => requestAllAgain(world, repository, sha, person(by)),
    clickCheckButton: (id, identifier, by) => pressButton(world, repository, runOf(id), identifier, person(by)),
    pull: pullOf,
    issue: issueOf,
    pulls: () => pullsOf(repository),
    checkRuns: sha => repository.checkRuns.filter(run => !sha || run.headSha === sha),
    setCollaborator(login, role) {
      if (role) repository.collaborators.set(userNamed(world, login).login.toLowerCase(), role)
      else repository.collaborators.delete(login.toLowerCase())
    },
    protect: branch => void repository.protectedBranches.add(branch),
    rename(name, by) {
      const changes = { repository: { name: { from: repository.name } } }
      world.oldNames.set(fullName(repository), repository)
      repository.name = name
      world.oldNames.delete(fullName(repository))
      world.deliver('repository', { action: 'renamed', changes, ...envelope(world, repository, person(by)) })
    },
  }
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the simulated GitHub has no ${what}`)
  return value
}

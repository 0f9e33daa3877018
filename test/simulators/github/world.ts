// The state of the simulated GitHub: accounts, installations, repositories, pulls and what people said on them.
import type { KeyObject } from 'node:crypto'
import type { Alert, Deployment, WorkflowRun } from './changes/elsewhere.ts'

// biome-ignore lint/suspicious/noExplicitAny: GitHub's JSON, whose shape is checked against GitHub's own schema instead
export type Json = any
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read'
export type Level = 'read' | 'write'
export type Side = 'LEFT' | 'RIGHT'

export interface User {
  id: number
  login: string
  type: 'User' | 'Bot' | 'Organization'
}

export interface App {
  id: number
  slug: string
  privateKey: string
  publicKey: KeyObject
  /** of keys that are valid beside it, while it is changed */
  furtherKeys?: KeyObject[]
  clientId: string
  clientSecret: string
  webhookSecret: string
  owner: User
}

export interface Installation {
  id: number
  account: User
  permissions: Record<string, Level>
  suspended: boolean
}

export interface Reaction {
  id: number
  content: string
  user: User
  createdAt: Date
}

interface Label {
  id: number
  name: string
  color: string
  description: string | null
}

export interface IssueComment {
  id: number
  body: string
  user: User
  byApp: boolean
  reactions: Reaction[]
  minimized?: string
  createdAt: Date
  updatedAt: Date
}

export interface Issue {
  id: number
  number: number
  title: string
  body: string | null
  author: User
  state: 'open' | 'closed'
  labels: string[]
  issueComments: IssueComment[]
  reactions: Reaction[]
  createdAt: Date
  updatedAt: Date
  closedAt: Date | null
}

export interface Pull extends Issue {
  head: { ref: string; sha: string; repository: Repository }
  base: { ref: string; sha: string }
  draft: boolean
  merged: boolean
  mergedBy: User | null
  mergedAt: Date | null
  mergeCommitSha: string | null
  reviews: Review[]
  reviewComments: ReviewComment[]
  /** ids of the first comments of resolved threads */
  resolvedThreads: Map<number, User>
}

export interface Review {
  id: number
  body: string
  state: 'PENDING' | 'COMMENTED' | 'APPROVED' | 'CHANGES_REQUESTED' | 'DISMISSED'
  user: User
  commitId: string
  submittedAt: Date | null
  minimized?: string
}

export interface ReviewComment {
  id: number
  reviewId: number
  body: string
  path: string
  subjectType: 'line' | 'file'
  /** null once the line it stood on is gone (GitHub calls it outdated) */
  line: number | null
  side: Side
  startLine: number | null
  startSide: Side | null
  position: number | null
  originalLine: number | null
  originalStartLine: number | null
  originalPosition: number | null
  commitId: string
  originalCommitId: string
  diffHunk: string
  inReplyTo: number | null
  user: User
  reactions: Reaction[]
  minimized?: string
  createdAt: Date
  updatedAt: Date
}

export interface CheckSuite {
  id: number
  headSha: string
  headBranch: string | null
  createdAt: Date
}

export interface Annotation {
  path: string
  start_line: number
  end_line: number
  start_column?: number | null
  end_column?: number | null
  annotation_level: 'notice' | 'warning' | 'failure'
  message: string
  title?: string | null
  raw_details?: string | null
}

export interface CheckRun {
  id: number
  suite: CheckSuite
  /** true when the simulated App made it; a run of another app can be made by a script */
  byApp: boolean
  name: string
  headSha: string
  status: 'queued' | 'in_progress' | 'completed'
  conclusion: string | null
  externalId: string | null
  detailsUrl: string | null
  startedAt: Date | null
  completedAt: Date | null
  output: { title: string | null; summary: string | null; text: string | null }
  annotations: Annotation[]
  actions: { label: string; description: string; identifier: string }[]
}

export interface Repository {
  id: number
  owner: User
  name: string
  private: boolean
  archived: boolean
  defaultBranch: string
  installation: Installation | undefined
  gitDir: string
  parent: Repository | undefined
  branches: Map<string, string>
  collaborators: Map<string, Role>
  protectedBranches: Set<string>
  labels: Map<string, Label>
  issues: Map<number, Issue | Pull>
  suites: CheckSuite[]
  checkRuns: CheckRun[]
  sarif: Json[]
  alerts: Alert[]
  /** kinds of alerts that are switched off here */
  withoutAlerts: Set<Alert['kind']>
  workflowRuns: WorkflowRun[]
  deployments: Deployment[]
  createdAt: Date
  pushedAt: Date
}

export interface World {
  url: string
  directory: string
  now: () => Date
  nextId: () => number
  app: App
  events: string[]
  users: Map<string, User>
  repositories: Repository[]
  /** `owner/name` in small letters, of before a rename */
  /** Ids by `organisation/slug`. */
  teams: Map<string, number>
  oldNames: Map<string, Repository>
  installations: Installation[]
  refusals: string[]
  /** mistakes of the simulator itself, which no test may pass over */
  failures: string[]
  /** hands the payload to whoever listens, when the App is subscribed to the event */
  deliver: (event: string, payload: Json) => void
  emit: (event: string, value: unknown) => void
}

export function isPull(issue: Issue | Pull): issue is Pull {
  return 'head' in issue
}

export function pullsOf(repository: Repository): Pull[] {
  return [...repository.issues.values()].filter(isPull)
}

export function nextNumber(repository: Repository): number {
  return repository.issues.size + 1
}

export function findRepository(world: World, owner: string, name: string): Repository | undefined {
  const wanted = `${owner}/${name}`.toLowerCase()
  return world.repositories.find(r => fullName(r) === wanted)
}

export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`.toLowerCase()
}

export function userNamed(world: World, login: string, type: User['type'] = 'User'): User {
  const known = world.users.get(login.toLowerCase())
  if (known) return known
  const user: User = { id: world.nextId(), login, type: login.endsWith('[bot]') ? 'Bot' : type }
  world.users.set(login.toLowerCase(), user)
  return user
}

export function botOf(world: World): User {
  return userNamed(world, `${world.app.slug}[bot]`, 'Bot')
}

/** The role of a person in a repository; everybody reads a public one. */
export function roleOf(repository: Repository, user: User): Role | 'none' {
  if (repository.owner.id === user.id) return 'admin'
  return repository.collaborators.get(user.login.toLowerCase()) ?? (repository.private ? 'none' : 'read')
}

export function mayWrite(repository: Repository, user: User): boolean {
  return ['admin', 'maintain', 'write'].includes(roleOf(repository, user))
}

// Why something ran or did not: the tree from what happened, over each routine that met it, down to stages, agents, findings and effects.
import type { Event, Occurrence } from '../domain/event.ts'
import type { AgentReport } from '../domain/plan.ts'
import { Problem } from '../domain/problem.ts'
import type { Run } from '../domain/run.ts'
import type { Signal } from '../domain/signal.ts'
import type { FindingState, Store, StoredFinding } from '../domain/store.ts'
import { type Coverage, readCoverage } from '../runs/reading/unfinished.ts'

export interface Explanation {
  /** What the id was of. */
  kind: 'delivery' | 'event' | 'occurrence' | 'run' | 'finding'
  id: string
  /** What happened, oldest first; of a delivery and an event, with every routine that met it, else with those that matter here. */
  events: ToldEvent[]
  /** What the occurrences led to. */
  runs: ToldRun[]
  finding?: StoredFinding
  /** Of a finding: every state it came into, oldest first. */
  life?: FindingState[]
  /** Of a finding: what people said of it, without their words. */
  said?: Omit<Signal, 'text'>[]
}

export interface ToldEvent {
  id: string
  /** "pull_request opened"; of a delivery that nothing answers, GitHub's own name for it. */
  what: string
  at: string
  /** OWNER/NAME, where it is known. */
  repository?: string
  number?: number
  by?: string
  /** How the delivery it came with was taken. */
  delivery?: { name: string; status: string; because?: string }
  occurrences: Occurrence[]
}

export interface ToldRun {
  run: Run
  /** Digest of the prompts it was done with, once it has begun. */
  prompts?: string
  /** Every changed file with what was looked at of it, and those that remain; of a review that came so far. */
  coverage?: Pick<Coverage, 'manifest' | 'remaining'>
  /** Finished ones, in the order they were. */
  stages: { name: string; at: string }[]
  agents: ToldAgent[]
  findings: StoredFinding[]
  effects: { key: string; kind: string; done: boolean; at: string }[]
  spent: { usd: number; calls: number }
}

/** Finders, verifiers and whoever else spoke to a model; what is known of one that has not ended is what it cost so far. */
export interface ToldAgent {
  name: string
  kind?: string
  usd: number
  end?: string
  because?: string
  turns?: number
  findings?: number
}

/** Problem `not_found` when nothing has this id. */
export async function explain(store: Store, id: string): Promise<Explanation> {
  const run = await store.runs.get(id)
  if (run) return { kind: 'run', id, ...(await tellRun(store, run)) }
  const occurrence = await store.occurrences.get(id)
  if (occurrence) {
    const its = occurrence.runId === undefined ? undefined : await store.runs.get(occurrence.runId)
    const events = [await tellEvent(store, occurrence.eventId, [occurrence])]
    return { kind: 'occurrence', id, events, runs: its ? [await under(store, its)] : [] }
  }
  const finding = await store.findings.get(id)
  if (finding) {
    const its = await store.runs.get(finding.runId)
    const life = await store.findings.life(finding.repositoryId, finding.number, finding.fingerprint)
    const signals = await store.signals.of(finding.repositoryId, finding.number, finding.fingerprint)
    const said = signals.map(({ text: _, ...one }) => one)
    return { kind: 'finding', id, finding, life, said, ...(its ? await tellRun(store, its) : { events: [], runs: [] }) }
  }
  const full = /^[0-9a-f]{6,64}$|^[0-9a-f]{8}-[0-9a-f-]{0,27}$/.test(id) ? await inFull(store, id) : undefined
  return full === undefined ? happened(store, id) : explain(store, full)
}

/** What GitHub shows of an id: the beginning of a finding's fingerprint or of a run's id. Of several the sentence names them. */
async function inFull(store: Store, beginning: string): Promise<string | undefined> {
  const runs = await store.runs.called(beginning)
  const findings = await store.findings.called(beginning)
  const ids = [...runs, ...findings.map(({ rowId }) => rowId)].filter(id => id !== beginning)
  if (ids.length < 2) return ids[0]
  const lines = [
    ...runs.map(id => `  ${id}  a run`),
    ...findings.map(one => `  ${one.rowId}  ${one.number ? `#${one.number}  ` : ''}${one.severity}  ${one.title}`),
  ]
  throw new Problem('bad_input', `Several ids begin with ${beginning}; give one of them in full:\n${lines.join('\n')}`)
}

async function happened(store: Store, id: string): Promise<Explanation> {
  const occurrences = await store.occurrences.ofEvent(id)
  const delivery = await store.deliveries.get(id)
  if (occurrences.length === 0 && !delivery && !(await store.events.get(id)))
    throw new Problem(
      'not_found',
      `No delivery, event, occurrence, run or finding has the id ${id.slice(0, 80)}; \`watchbill runs\` lists runs.`,
    )
  const runs: ToldRun[] = []
  for (const runId of new Set(occurrences.flatMap(one => one.runId ?? []))) {
    const run = await store.runs.get(runId)
    if (run) runs.push(await under(store, run))
  }
  return { kind: delivery ? 'delivery' : 'event', id, events: [await tellEvent(store, id, occurrences)], runs }
}

/** A run with everything that asked for it. */
async function tellRun(store: Store, run: Run): Promise<Pick<Explanation, 'events' | 'runs'>> {
  const asked = Map.groupBy(await store.occurrences.ofRun(run.id), one => one.eventId)
  const events: ToldEvent[] = []
  for (const [eventId, occurrences] of asked) events.push(await tellEvent(store, eventId, occurrences))
  return { events, runs: [await under(store, run)] }
}

/** What is not kept any more is told by what its occurrences say. */
async function tellEvent(store: Store, id: string, occurrences: Occurrence[]): Promise<ToldEvent> {
  const delivery = await store.deliveries.get(id)
  const event = await store.events.get(id)
  const number = event?.number ?? event?.issue?.number ?? occurrences[0]?.number
  return {
    id,
    what: nameOf(event) ?? delivery?.name ?? 'What is not kept any more',
    at: event?.at ?? delivery?.at ?? occurrences[0]?.at ?? '',
    ...(event && { repository: `${event.repository.owner}/${event.repository.name}`, by: event.actor.login }),
    ...(number !== undefined && { number }),
    ...(delivery && {
      delivery: {
        name: delivery.name,
        status: delivery.status,
        ...(delivery.because !== undefined && { because: delivery.because }),
      },
    }),
    occurrences,
  }
}

function nameOf(event: Event | undefined): string | undefined {
  if (!event) return undefined
  return event.action === event.kind ? event.kind : `${event.kind} ${event.action}`
}

async function under(store: Store, run: Run): Promise<ToldRun> {
  const steps = await store.steps.list(run.id)
  const stages = steps.filter(({ key }) => key.startsWith('stage:'))
  const reports = stages.findLast(({ key }) => key === 'stage:fleet')?.value
  const { prompts } = (stages.findLast(({ key }) => key === 'stage:read')?.value ?? {}) as { prompts?: string }
  const { usd, calls } = await store.ledger.spent({ runId: run.id })
  const coverage = await readCoverage(store.steps, run.id)
  return {
    run,
    ...(prompts !== undefined && { prompts }),
    ...(coverage && { coverage: { manifest: coverage.manifest, remaining: coverage.remaining } }),
    stages: stages.map(({ key, at }) => ({ name: key.slice('stage:'.length), at })),
    agents: await tellAgents(store, run.id, Array.isArray(reports) ? reports : []),
    findings: await store.findings.ofRun(run.id),
    effects: (await store.effects.ofRun(run.id)).map(({ key, kind, receipt, at }) => ({
      key,
      kind,
      done: receipt !== undefined,
      at,
    })),
    spent: { usd, calls },
  }
}

async function tellAgents(store: Store, runId: string, reports: AgentReport[]): Promise<ToldAgent[]> {
  const parts = await store.ledger.parts(runId)
  const reported = reports.map(({ assignment, ended, findings }) => ({
    name: assignment,
    usd: ended.usd,
    end: ended.end,
    because: ended.because,
    turns: ended.turns,
    findings: findings.length,
  }))
  const told = parts.map(({ name, kind, usd }) => ({ ...reported.find(one => one.name === name), name, kind, usd }))
  return [...told, ...reported.filter(({ name }) => !parts.some(part => part.name === name))]
}

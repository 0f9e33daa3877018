// What happens in a run, told from its stored steps: the same story with the same ids however often and from wherever it is read.
import { claimSchema, type Finding, type Judged } from '../domain/finding.ts'
import type { Step } from '../domain/run.ts'

export interface RunEvent {
  /** `SEQUENCE.PART`, growing within a run. */
  id: string
  event: 'stage' | 'agent' | 'finding'
  data: Record<string, unknown>
}

/** The events that one stored step stands for. Transcripts and quoted code stay inside: of an agent's turn its name is told, and the titles it reports. */
export function eventsOf(step: Step): RunEvent[] {
  const [kind, name = ''] = split(step.key)
  if (kind === 'turn') return numbered(step, tellTurn(name, step.value))
  if (kind === 'told') return numbered(step, tellPart(name, step.value))
  if (kind !== 'stage') return []
  const told: Omit<RunEvent, 'id'>[] = [{ event: 'stage', data: { stage: name, did: 'finished', at: step.at } }]
  if (name === 'judge') told.push(...list<Judged>(step.value).map(tellFinding))
  if (name === 'recheck')
    told.push(...list<Judged>((step.value as { judged?: unknown } | null)?.judged).map(tellFinding))
  return numbered(step, told)
}

/** Sequence and part of a `Last-Event-ID`; from the beginning for anything else. */
export function readEventId(id: string | undefined): { sequence: number; part: number } {
  const [, sequence, part] = /^(\d{1,15})\.(\d{1,6})$/.exec(id ?? '') ?? []
  return { sequence: Number(sequence ?? 0), part: Number(part ?? -1) }
}

/** What an agent reports is told as soon as it has said it; what became of that, once it is judged. */
function tellTurn(agent: string, value: unknown): Omit<RunEvent, 'id'>[] {
  const { role, content } = (value ?? {}) as { role?: unknown; content?: unknown }
  if (role !== 'assistant') return []
  const reported = list<{ type?: unknown; name?: unknown; input?: unknown }>(content)
    .filter(block => block?.type === 'tool_use' && block.name === 'report_finding')
    .flatMap(block => {
      const claim = claimSchema.safeParse(block.input)
      return claim.success ? [claim.data] : []
    })
  return [
    { event: 'agent', data: { agent, did: 'turn' } },
    ...reported.map(({ file, title, severity, origin }) => ({
      event: 'finding' as const,
      data: { did: 'reported', agent, file, title, severity, origin },
    })),
  ]
}

/** An agent's end and a claim's verification are stored as soon as they are known, long before the stage they are parts of. */
function tellPart(part: string, value: unknown): Omit<RunEvent, 'id'>[] {
  const { told, usd } = (value ?? {}) as { told?: Record<string, unknown>; usd?: number }
  if (part.startsWith('agent ')) return [{ event: 'agent', data: { ...told, did: 'ended', usd } }]
  return part.startsWith('claim ') ? [{ event: 'finding', data: { ...told, did: 'verified' } }] : []
}

function tellFinding(finding: Judged): Omit<RunEvent, 'id'> {
  const { id, file, title, severity, origin, verdict, placement }: Pick<Finding, 'id'> & Judged = finding
  const line = 'line' in placement ? placement.line : undefined
  const about = {
    did: 'judged',
    finding: id,
    file,
    line,
    title,
    severity,
    origin,
    verdict: verdict.verdict,
    because: verdict.because,
  }
  return { event: 'finding', data: about }
}

function numbered(step: Step, told: Omit<RunEvent, 'id'>[]): RunEvent[] {
  return told.map((one, part) => ({ id: `${step.sequence}.${part}`, ...one }))
}

function split(key: string): [string, string?] {
  const colon = key.indexOf(':')
  return colon < 0 ? [key] : [key.slice(0, colon), key.slice(colon + 1)]
}

function list<T>(value: unknown): T[] {
  return Array.isArray(value) ? value : []
}

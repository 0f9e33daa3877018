// The plan of a task: one agent with the routine's instructions or the agents it names, over the change, over each part of the repository, or over all of it.
import type { Change, ManifestEntry } from '../domain/change.ts'
import type { Assignment, Plan } from '../domain/plan.ts'
import { plural } from '../domain/plural.ts'
import { type Agent, agentTools, type RepositorySettings, type Routine } from '../domain/routine.ts'
import type { Component } from '../domain/task.ts'
import { showPath } from '../domain/untrusted.ts'
import type { TreeFile } from '../domain/workspace.ts'
import { componentsOf } from './components.ts'
import { withInstructions } from './instructions.ts'
import { verifierLimits } from './lineup.ts'
import { makeManifest } from './manifest.ts'
import { filesOf } from './plan.ts'
import { byFolder, chooseSeats, type Seat } from './seats.ts'

/** US dollars and minutes of a task whose routine does not say. */
export const workCaps = { task: { usd: 2, minutes: 20 }, sweep: { usd: 5, minutes: 60 } }

/** Minutes that a run of this routine may take. */
function minutesOfWork(routine: Pick<Routine, 'budget' | 'each'>): number {
  return routine.budget.minutes ?? workCaps[routine.each ? 'sweep' : 'task'].minutes
}

/** Pure. `tree` is needed for a sweep only. Problem `bad_configuration` when the routine names an agent that nothing defines. */
export function planWork(input: {
  routine: Routine
  agents: Agent[]
  settings: RepositorySettings
  change: Change
  tree?: { files: TreeFile[]; cut: boolean; hides?: (path: string) => boolean }
  serverRunUsd: number
}): Plan {
  const { routine, settings, change, tree } = input
  const caps = workCaps[routine.each ? 'sweep' : 'task']
  const seats = seatsOf(routine, input.agents)
  const parts = tree ? sweep(seats, tree, settings.skip) : task(seats, change, settings.skip)
  const limits = { ...verifierLimits, outputTokens: 8_000 }
  const usd = [routine.budget.usd ?? caps.usd, settings.budget.run, input.serverRunUsd].filter(cap => cap !== undefined)
  return {
    tier: 'lite',
    ...parts,
    assignments: withInstructions(parts.assignments, settings),
    verifier: { tier: 'standard', limits },
    panel: { tier: 'standard', tierForHigh: 'standard', limits },
    usd: Math.min(...usd),
    milliseconds: 60_000 * minutesOfWork(routine),
  }
}

type Parts = Pick<Plan, 'because' | 'manifest' | 'assignments'>

const soloTurns = 40
const agentMinutes = { task: 10, part: 5 }
const outputTokens = 16_000

function seatsOf(routine: Routine, agents: Agent[]): Seat[] {
  if (routine.agents) return chooseSeats({ tier: 'lite', routines: [routine], agents })
  const { name, description, model } = routine
  const agent: Agent = { name, description, model, tools: [...agentTools], turns: soloTurns, instructions: '' }
  const seat = { id: name, agent, tier: model, routines: [name], reversed: false, sharded: false }
  return byFolder(routine, [seat], new Map(agents.map(one => [one.name, one])))
}

function task(seats: Seat[], change: Change, skip: string[]): Parts {
  const manifest = makeManifest(change.files, skip)
  const files = change.files.filter((_, index) => manifest[index]?.coverage !== 'skipped').map(file => file.path)
  const whole = change.files.length === 0
  const assignments = seats.flatMap(seat => {
    const own = filesOf(seat, files)
    return whole || own.length > 0 ? [assignment(seat, seat.id, whole ? [] : own, agentMinutes.task)] : []
  })
  const because = whole
    ? 'a task over the whole repository'
    : `a task about a change of ${plural(change.files.length, 'file')}, ${files.length} of them to look at`
  return { because, manifest, assignments }
}

function sweep(seats: Seat[], tree: NonNullable<Parameters<typeof planWork>[0]['tree']>, skip: string[]): Parts {
  const { components, left } = componentsOf(tree.files, skip, undefined, tree.hides)
  const assignments = components.flatMap(({ name, files }) =>
    seats.flatMap(seat => {
      const own = filesOf(seat, files)
      const id = `${seat.id} of ${name === '.' ? 'the top' : showPath(name)}`
      return own.length > 0 ? [{ ...assignment(seat, id, own, agentMinutes.part), component: name }] : []
    }),
  )
  const manifest: ManifestEntry[] = [
    ...components.map(one => ofComponent(one, assignments)),
    ...left.map(({ name, files, because }) => skipped(name, `${plural(files, 'file')}: ${because}`)),
    ...(tree.cut ? [skipped('the rest', `the repository has more than ${tree.files.length} files`)] : []),
  ]
  return { because: `a sweep over ${plural(components.length, 'part')} of the repository`, manifest, assignments }
}

function ofComponent({ name, files }: Component, assignments: Assignment[]): ManifestEntry {
  const sent = assignments.some(one => one.component === name)
  return sent
    ? { path: name, coverage: 'full', because: plural(files.length, 'file') }
    : skipped(name, `${plural(files.length, 'file')}: none of the agents that are sent covers it`)
}

function skipped(path: string, because: string): ManifestEntry {
  return { path, coverage: 'skipped', because }
}

function assignment(seat: Seat, id: string, files: string[], minutes: number): Assignment {
  const { agent, tier, routines } = seat
  const limits = { turns: agent.turns, milliseconds: minutes * 60_000, outputTokens }
  return { id, agent, tier, routines, files, reversed: false, limits }
}

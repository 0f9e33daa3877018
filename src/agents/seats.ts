// Which lenses the answering routines ask for: each lens once, every routine that asked credited, the first one paying.
import type { RiskTier } from '../domain/change.ts'
import { Problem } from '../domain/problem.ts'
import { type Agent, agentTools, type ModelTier, type Routine } from '../domain/routine.ts'
import { foldersOf } from './folders.ts'
import { lensOwners, lineups, securityAlone } from './lineup.ts'

/** One agent that is going to be sent, before it is known over how many parts. */
export interface Seat {
  id: string
  agent: Agent
  tier: ModelTier
  routines: string[]
  paths?: string[]
  /** Further says which files are its own; by default all. */
  takes?: (path: string) => boolean
  reversed: boolean
  sharded: boolean
}

export function chooseSeats(input: { tier: RiskTier; routines: Routine[]; agents: Agent[] }): Seat[] {
  const byName = new Map(input.agents.map(agent => [agent.name, agent]))
  const seats = new Map<string, Seat>()
  for (const routine of input.routines) {
    const asked = routine.agents ? named(routine, byName) : byDefault(routine, input, byName)
    for (const seat of byFolder(routine, asked, byName)) {
      const taken = seats.get(seat.id)
      if (!taken) seats.set(seat.id, seat)
      else if (sameSeat(taken, seat)) share(taken, seat)
      else seats.set(`${seat.id}-for-${routine.name}`, { ...seat, id: `${seat.id}-for-${routine.name}` })
    }
  }
  return [...seats.values()]
}

/** Where the routine's map of folders names agents, they go over those files in place of the others. */
export function byFolder(routine: Routine, others: Seat[], byName: Map<string, Agent>): Seat[] {
  const folders = Object.values(routine.paths ?? {}).filter(folder => folder.agents)
  if (folders.length === 0) return others
  const of = foldersOf(routine)
  const own = folders.flatMap(folder =>
    named({ ...routine, agents: folder.agents }, byName).map(seat => ({
      ...seat,
      takes: (path: string) => of(path) === folder,
    })),
  )
  return [...others.map(seat => ({ ...seat, takes: (path: string) => !of(path)?.agents })), ...own]
}

/** One agent for what either asks for. */
function share(taken: Seat, seat: Seat): void {
  const [one, other] = [taken.takes, seat.takes]
  taken.routines = [...new Set([...taken.routines, ...seat.routines])]
  if (one && other) taken.takes = path => one(path) || other(path)
  else delete taken.takes
}

/** A lens with other words or other files is another lens. */
function sameSeat(a: Seat, b: Seat): boolean {
  return a.agent.instructions === b.agent.instructions && JSON.stringify(a.paths) === JSON.stringify(b.paths)
}

function byDefault(
  routine: Routine,
  input: { tier: RiskTier; routines: Routine[] },
  byName: Map<string, Agent>,
): Seat[] {
  const alone = input.tier === 'trivial' && input.routines.every(other => other.name === 'security-review')
  const lineup = alone ? securityAlone : lineups[input.tier]
  const asked = lensOwners.includes(routine.name) ? lineup.filter(place => place.owners.includes(routine.name)) : lineup
  return asked.map(place => {
    const agent = find(place.lens, routine, byName)
    return {
      id: place.as ?? place.lens,
      agent,
      tier: routine.model === 'standard' ? place.model : routine.model,
      routines: [routine.name],
      ...(agent.paths && { paths: agent.paths }),
      reversed: place.reversed ?? false,
      sharded: place.sharded ?? false,
    }
  })
}

function named(routine: Routine, byName: Map<string, Agent>): Seat[] {
  return (routine.agents ?? []).map(reference => {
    const asked: Exclude<typeof reference, string> = typeof reference === 'string' ? { name: reference } : reference
    const agent = asked.prompt ? withPrompt(asked.name, asked.prompt, byName) : find(asked.name, routine, byName)
    const paths = asked.paths ?? agent.paths
    return {
      id: agent.name,
      agent,
      tier: asked.model ?? (routine.model === 'standard' ? agent.model : routine.model),
      routines: [routine.name],
      ...(paths && { paths }),
      reversed: false,
      sharded: agent.name === 'correctness' || agent.name === 'security' || agent.name === 'generalist',
    }
  })
}

function withPrompt(name: string, prompt: string, byName: Map<string, Agent>): Agent {
  const known = byName.get(name)
  if (known) return { ...known, instructions: `${known.instructions}\n\n${prompt}` }
  return { name, description: name, model: 'standard', tools: [...agentTools], turns: 25, instructions: prompt }
}

function find(name: string, routine: Routine, byName: Map<string, Agent>): Agent {
  const agent = byName.get(name)
  if (agent) return agent
  throw new Problem(
    'bad_configuration',
    `The routine ${routine.name} sends the agent ${name}, and no file defines it: add .github/routines/agents/${name}.md, or give it a prompt.`,
  )
}

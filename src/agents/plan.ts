// The plan of a review: what is looked at, how risky it is, who is sent over what, and how much that may cost.
import type { Change, ChangedFile, ManifestEntry, RiskTier } from '../domain/change.ts'
import type { Assignment, GoingOn, Plan, Unfinished } from '../domain/plan.ts'
import { plural } from '../domain/plural.ts'
import type { Agent, RepositorySettings, Routine } from '../domain/routine.ts'
import { acrossAgent, seatOf } from './contracts.ts'
import { narrow, partSince, pushed } from './going-on.ts'
import { withInstructions } from './instructions.ts'
import { agentMilliseconds, caps, judges, outputTokens, shardLines, verifierLimits } from './lineup.ts'
import { asShown, makeManifest } from './manifest.ts'
import { restrictPaths } from './restrict.ts'
import { chooseSeats, type Seat } from './seats.ts'
import { sensitivity } from './sensitive.ts'
import { fitsPrompt, makeShards, needsShards } from './shards.ts'
import { lookedThen, remainsFor } from './unfinished.ts'

/** Pure. Problem `bad_configuration` when a routine names an agent that nothing defines. */
export function planReview(input: {
  change: Change
  settings: RepositorySettings
  routines: Routine[]
  agents: Agent[]
  /** What the rules of the repository leave out, beside the settings. */
  skipByRules?: string[] | undefined
  serverRunUsd: number
  /** Everybody is sent, whatever the size: a person asked for it. */
  full?: boolean | undefined
  /** Only what came since is looked at. */
  goingOn?: GoingOn | undefined
  /** Why it is not so, though there was an earlier review. */
  inFull?: string | undefined
  /** How far the review before it of the same commit came. */
  before?: Unfinished | undefined
}): Plan {
  const { change, settings, routines } = input
  const { goingOn, inFull, before } = input
  const entries = narrow(makeManifest(change.files, settings.skip, input.skipByRules), change.files, goingOn)
  const files = lookedAt(change.files, entries).map(file => partSince(file, goingOn) ?? file)
  const assessed = assess([...pushed(change.files, goingOn), ...files], files)
  const { tier, because } = input.full
    ? { tier: 'full' as const, because: `asked for in full; ${assessed.because}` }
    : assessed
  const { verifier, panel, panelForHigh } = judges[tier]
  const assignments =
    files.length === 0
      ? []
      : withInstructions(assign(chooseSeats({ tier, routines, agents: input.agents }), files, tier, input), settings)
  const assigned = new Set(assignments.flatMap(one => one.files))
  const seen = new Set(assignments.flatMap(one => (one.outlined ? [] : one.files)))
  for (const path of before?.shown ?? []) seen.add(path)
  const covered = new Set([...assigned, ...Object.values(before?.looked ?? {}).flat()])
  const manifest = asShown(lookedThen(entries, assigned, before), covered, seen)
  const verifierOf = { ...verifierLimits, outputTokens: outputTokens[tier].verifier }
  return {
    tier,
    because,
    ...(goingOn && { since: goingOn.commit }),
    ...(inFull !== undefined && { inFull }),
    manifest,
    ...(before && {
      goesOn: {
        runId: before.runId,
        files: manifest.filter((one, at) => one.coverage === 'reviewed' && entries[at]?.coverage !== 'reviewed').length,
      },
    }),
    assignments,
    verifier: { tier: verifier, limits: { ...verifierOf } },
    panel: { tier: panel, tierForHigh: panelForHigh, limits: { ...verifierOf } },
    usd: ceiling(
      tier,
      caps[tier].usd,
      [...routines.map(routine => routine.budget.usd), settings.budget.run],
      input.serverRunUsd,
    ),
    milliseconds:
      60_000 *
      ceiling(
        tier,
        caps[tier].minutes,
        routines.map(routine => routine.budget.minutes),
      ),
  }
}

function lookedAt(files: ChangedFile[], manifest: ManifestEntry[]): ChangedFile[] {
  return files.filter((_, index) => !['skipped', 'reviewed'].includes(manifest[index]?.coverage ?? ''))
}

/** All files count for what is sensitive (a lock file is skipped, and still risky); only those looked at count for size. */
function assess(all: ChangedFile[], files: ChangedFile[]): { tier: RiskTier; because: string } {
  const lines = files.reduce((sum, file) => sum + file.additions + file.deletions, 0)
  const size = `${plural(lines, 'changed line')} in ${plural(files.length, 'file')}`
  for (const file of all) {
    const what = sensitivity(file.path) ?? (file.oldPath && sensitivity(file.oldPath))
    if (what) return { tier: 'full', because: `${size}, and ${file.path} is sensitive (${what})` }
  }
  const unread = files.find(file => file.unread)
  if (unread) return { tier: 'full', because: `${size}, and ${unread.path} is too large to be read whole` }
  if (lines <= 10 && files.length <= 3) return { tier: 'trivial', because: `${size}, nothing sensitive` }
  if (lines <= 150) return { tier: 'lite', because: `${size}, nothing sensitive` }
  return { tier: 'full', because: `${size}, more than 150 lines` }
}

function assign(
  seats: Seat[],
  files: ChangedFile[],
  tier: RiskTier,
  { agents, before }: { agents: Agent[]; before?: Unfinished | undefined },
): Assignment[] {
  const large = needsShards(files, shardLines)
  const cut = (seat: Seat) => {
    const remains = remainsFor(before, seat.id)
    const matching = restrict(files, seat).filter(file => remains(file.path))
    if (matching.length === 0) return []
    const parts = large && seat.sharded ? makeShards(matching, shardLines) : [matching]
    return parts.map((part, index) => ({
      ...assignment(seat, part, index, outputTokens[tier].agent),
      ...(large && !fitsPrompt(part) && { outlined: true as const }),
    }))
  }
  const sent = seats.flatMap(cut)
  const across = acrossParts(seats, sent, agents)
  return across ? [...sent, ...cut(across)] : sent
}

/** Whoever looks from part to part, where nobody does who was asked for by name or by default. */
function acrossParts(seats: Seat[], sent: Assignment[], agents: Agent[]): Seat | undefined {
  const agent = agents.find(one => one.name === acrossAgent)
  const parted = seats.find(seat => sent.filter(one => seatOf(one) === seat.id).length > 1)
  if (!agent || !parted || seats.some(seat => seat.agent.name === acrossAgent)) return undefined
  const { routines, takes, paths } = parted
  return {
    id: acrossAgent,
    agent,
    tier: agent.model,
    routines,
    reversed: false,
    sharded: false,
    ...(paths && { paths }),
    ...(takes && { takes }),
  }
}

function assignment(seat: Seat, files: ChangedFile[], part: number, outputTokens: number): Assignment {
  return {
    id: part === 0 ? seat.id : `${seat.id}-${part + 1}`,
    ...(part > 0 && { seat: seat.id }),
    agent: seat.agent,
    tier: seat.tier,
    routines: seat.routines,
    files: files.map(file => file.path),
    reversed: seat.reversed,
    limits: { turns: seat.agent.turns, milliseconds: agentMilliseconds, outputTokens },
  }
}

function restrict(files: ChangedFile[], seat: Seat): ChangedFile[] {
  const all = files.map(file => file.path)
  const picked = new Set(filesOf(seat, all))
  return files.filter(file => picked.has(file.path))
}

/** Those of the files that are the seat's. */
export function filesOf({ paths, takes = () => true }: Pick<Seat, 'paths' | 'takes'>, files: string[]): string[] {
  return restrictPaths(files, paths).filter(takes)
}

/** What a file says is a ceiling; only a full review's default may be raised by it, and the server's never. */
function ceiling(
  tier: RiskTier,
  byDefault: number,
  said: (number | undefined)[],
  server = Number.POSITIVE_INFINITY,
): number {
  const given = said.filter(value => value !== undefined)
  return Math.min(server, ...given, ...(tier === 'full' && given.length > 0 ? [] : [byDefault]))
}

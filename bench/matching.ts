// One event meets every routine that could answer it: among 10,000 stored routines of 1,000 repositories, and in one repository with 200.
import { readBuiltIns } from '../src/builtins.ts'
import type { Event, Repository } from '../src/domain/event.ts'
import type { RepositoryFile } from '../src/domain/host.ts'
import type { Configuration } from '../src/domain/routine.ts'
import { concerns, holdBack, loadConfiguration, matchRoutine, needsOf } from '../src/routines/index.ts'
import { seeded } from '../test/github/examples.ts'
import { issued, labeled, pushed, released } from '../test/routines/happenings.ts'
import { event, pull } from '../test/routines/samples.ts'
import { type Figure, ms, quantile } from './figure.ts'

const limitMs = 5
const rounds = 20_000
const builtIn = readBuiltIns()

export async function benchMatching(): Promise<Figure[]> {
  const one = loadConfiguration({ builtIn, repository: files(100, 0), organisation: files(100, 100, 'shared') })
  const enough = one.routines.slice(0, 200)
  if (enough.length < 200) throw new Error(`only ${enough.length} of 200 routines could be loaded`)
  return [...many(), ...single({ ...one, routines: enough })]
}

function many(): Figure[] {
  const chance = seeded(1)
  const began = performance.now()
  const loaded = Array.from({ length: 1000 }, (_, at) =>
    loadConfiguration({ builtIn, organisation: [], repository: files(10, at * 10) }),
  )
  const loading = (performance.now() - began) / loaded.length
  const times = measure(() => [pick(loaded, chance), somePaths(60, chance)], chance)
  return [
    {
      what: 'matching: one event, 10,000 stored routines of 1,000 repositories: p99',
      value: ms(quantile(times.own, 0.99)),
      limit: 'printed',
      beside: [
        `${spread(times)}; each meets the 10 routines of its repository and the built-in ones`,
        `beside that, reading 10 routine files and the built-in ones takes ${ms(loading)}`,
      ],
    },
  ]
}

function single(configuration: Configuration): Figure[] {
  const chance = seeded(2)
  const began = performance.now()
  meetAll(configuration, happen(0, chance), somePaths(60, chance))
  const first = performance.now() - began
  const times = measure(() => [configuration, somePaths(60, chance)], chance)
  const large = measure(() => [configuration, somePaths(3000, chance)], chance, 300)
  const p99 = quantile(times.own, 0.99)
  return [
    {
      what: 'matching: one event, 200 routines of one repository: p99',
      value: ms(p99),
      limit: `≤ ${ms(limitMs)}`,
      met: p99 <= limitMs,
      beside: [
        `${spread(times)}, with 60 changed paths each; ${ms(first)} the first time, when expressions are compiled`,
        `with 3,000 changed paths: p99 ${ms(quantile(large.own, 0.99))}`,
      ],
    },
  ]
}

interface Times {
  /** The quicker of two meetings in a row: on a busy machine a single one measures the others too. */
  own: number[]
  first: number[]
}

function measure(choose: () => [Configuration, string[]], chance: () => number, times = rounds): Times {
  const measured: Times = { own: [], first: [] }
  for (let round = 0; round < times; round++) {
    const [configuration, paths] = choose()
    const happened = happen(round, chance)
    const [first, second] = [0, 1].map(() => {
      const began = performance.now()
      meetAll(configuration, happened, paths)
      return performance.now() - began
    }) as [number, number]
    measured.own.push(Math.min(first, second))
    measured.first.push(first)
  }
  return measured
}

function spread({ own, first }: Times): string {
  return `p50 ${ms(quantile(own, 0.5))}, worst ${ms(Math.max(...own))} of ${own.length} events, the quicker of two meetings each; of the first alone p99 ${ms(quantile(first, 0.99))}`
}

/** What dispatch asks of this room for an event. */
function meetAll({ routines, settings }: Configuration, happened: Event, paths: string[]): number {
  const concerned = routines.filter(routine => concerns(routine, happened))
  const searches: Record<string, number> = { 'is:open label:freeze': 0 }
  const facts = { pull: happened.pull, permission: 'write' as const, searches }
  return concerned.filter(routine => {
    needsOf(routine, happened)
    return (
      matchRoutine(routine, happened, { pull: happened.pull, paths, settings }).matched &&
      holdBack(routine, happened, facts).matched
    )
  }).length
}

const owner: Repository = { ...event().repository }

/** Of every kind that people cause often, pulls most. */
function happen(round: number, chance: () => number): Event {
  const about = pull({
    title: pick(['feat(shop): add refunds', 'fix: the till', 'Bump left-pad', 'p17: clean up'], chance),
    body: 'What changed and why. '.repeat(40),
    labels: pick([[], ['bug'], ['p17', 'ready']], chance),
  })
  const kinds: Event[] = [
    event({ action: 'opened', pull: about }),
    event({ action: 'synchronize', pull: about }),
    { ...labeled(pick(['bug', 'p17', 'ready'], chance)), pull: about },
    pushed({ paths: somePaths(20, chance) }),
    issued('opened'),
    released('published'),
  ]
  return { ...kinds[round % kinds.length]!, repository: owner }
}

/** Routine files such as people write, no two with the same filters. */
function files(count: number, from: number, prefix = 'own'): RepositoryFile[] {
  return Array.from({ length: count }, (_, index) => {
    const at = from + index
    const on = [
      `pull_request: { types: [opened, synchronize, labeled], paths: ["packages/p${at}/**", "!**/*.md"] }`,
      `pull_request: { title: { matches: "(feat|fix|p${at})(\\\\(.+\\\\))?: .*" }, size: { max: ${900 + at} } }`,
      `pull_request: { body: { contains: "[p${at}]" }, base: { one_of: [main, "release/${at}"] }, labels: { any: [p${at}, bug] } }`,
      `push: { branches: [main, "release/${at}/*"], paths: ["**/p${at}/**/*.{ts,tsx}", "src/p${at}.*"] }`,
      `issues: { labels: { any: [p${at}, bug] }, title: { matches: ".*p${at}.*" } }\n  label: p${at}`,
      `release: { tag: { matches: "p${at}-v\\\\d+(\\\\.\\\\d+){2}" } }\n  label: { name: ready, keep: true }`,
    ][at % 6]
    const gates = ['permission: write', 'skip_if: { search: "is:open label:freeze" }', 'cooldown: 1h'][at % 3]
    return {
      path: `.github/routines/${prefix}-${at}.md`,
      text: `---\ndescription: Looks after part ${at}\nkind: work\non:\n  ${on}\n${gates}\n---\nLook after part ${at}.\n`,
    }
  })
}

function somePaths(count: number, chance: () => number): string[] {
  const folders = ['src/components', 'lib/store/rows', 'docs', 'test/unit/store']
  return Array.from(
    { length: count },
    (_, index) =>
      `packages/p${Math.floor(chance() * 400)}/${pick(folders, chance)}/thing${index}${pick(['.ts', '.tsx', '.md', '.test.ts'], chance)}`,
  )
}

function pick<Item>(items: Item[], chance: () => number): Item {
  return items[Math.floor(chance() * items.length)]!
}

// `watchbill routines`: which routines hold for a repository, or would for the files of a directory, and when the clock starts them next.
import { z } from 'zod'
import { readBuiltIns } from '../builtins.ts'
import type { Host, RepositoryFile } from '../domain/host.ts'
import { Problem } from '../domain/problem.ts'
import type { Configuration } from '../domain/routine.ts'
import type { Store } from '../domain/store.ts'
import { entriesOf, type ListedRoutine, listRoutines, loadConfiguration, nextDue } from '../routines/index.ts'
import { readConfiguration } from '../runs/configuration/configuration.ts'
import { configurationFiles } from './check.ts'
import { findRepository, readInput } from './input.ts'
import { plain, table } from './print.ts'

export interface Listing {
  /** OWNER/NAME, or the directory. */
  of: string
  /** `due`: when the clock starts it next, ISO 8601. */
  routines: (ListedRoutine & { due?: string })[]
  /** What people should know beside: how many problems the files have, and what is not known here. */
  notes: string[]
}

interface Ports {
  store: Store
  now: () => Date
  host?: Host
  builtIn?: RepositoryFile[]
}

/** Problems: `not_found` for a repository that no delivery has come from; `unavailable` where no server can ask GitHub. */
export async function listOfRepository({ store, host, builtIn, now }: Ports, input: unknown): Promise<Listing> {
  const { repo } = readInput(z.object({ repo: z.string() }), input)
  const repository = await findRepository(store, repo)
  if (!host || !builtIn)
    throw new Problem(
      'unavailable',
      `Which routines hold for ${repo} is read from GitHub, by a running server; start it, or call \`watchbill routines\` in a checkout, without --repo.`,
    )
  const configuration = await readConfiguration({ host, builtIn, now }, repository)
  const size = await host.installationSize(repository.installationId)
  const watched = await store.schedules.of(repository.id)
  const dueOf = (name: string) => watched.flatMap(one => (one.routine === name && one.due ? one.due : [])).sort()[0]
  return { of: repo, ...withDues(configuration, dueOf, size) }
}

/** Words such as `nightly` are scattered by repository: when they are due is not known here. */
export function listOfDirectory(dir: string, now = new Date()): Listing {
  const configuration = loadConfiguration({
    builtIn: readBuiltIns(),
    organisation: undefined,
    repository: configurationFiles(dir),
    today: now.toISOString().slice(0, 10),
  })
  const dueOf = (name: string) => {
    const { on } = configuration.routines.find(one => one.name === name)!
    const dues = entriesOf(on.schedule).flatMap(entry => {
      const [due, ...others] = [0, 1009, 77_777].map(seed => nextDue(entry, now, seed)?.toISOString())
      return due !== undefined && others.every(other => other === due) ? due : []
    })
    return dues.sort()[0]
  }
  const listing = withDues(configuration, dueOf)
  return { of: dir, ...listing, notes: [...listing.notes, "The organisation's files are not known here."] }
}

function withDues(
  configuration: Configuration,
  dueOf: (name: string) => string | undefined,
  installationSize?: number,
): Omit<Listing, 'of'> {
  const { problems } = configuration
  const many = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return {
    routines: listRoutines(configuration, installationSize).map(one => {
      const due = one.state === 'on' ? dueOf(one.name) : undefined
      return { ...one, ...(due !== undefined && { due }) }
    }),
    notes: problems.length === 0 ? [] : [`The files have ${many}: \`watchbill check\` names each.`],
  }
}

export function showListing({ of, routines, notes }: Listing): string {
  const rows = routines.map(one => [one.name, one.state, one.due?.slice(0, 16) ?? '–', plain(one.from)])
  const told = routines.flatMap(({ name, description, triggers, because }) => [
    '',
    `${name}: ${plain(description)}`,
    `  starts by: ${triggers.length > 0 ? plain(triggers.join('; ')) : 'its name alone'}`,
    `  ${plain(because)}`,
  ])
  const headings = ['routine', 'state', 'next due (UTC)', 'from']
  return [
    `Routines of ${plain(of)}`,
    table(headings, rows, 'There are none.'),
    ...told,
    ...(notes.length > 0 ? ['', ...notes.map(plain)] : []),
  ].join('\n')
}

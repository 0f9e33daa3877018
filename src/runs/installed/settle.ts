// What is kept of an installation is made to fit what GitHub says of it: what it holds may be worked on, what it does not is left at once.
import type { Repository } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import type { Rooms, Store } from '../../domain/store.ts'
import { completeCut } from './complete-cut.ts'

export interface InstalledPorts {
  store: Pick<Store, 'away' | 'effects' | 'repositories' | 'runs'>
  host: Pick<Host, 'held' | 'openCheck' | 'updateCheck'>
  now: () => Date
  log: (line: object, sentence: string) => void
}

type Left = Omit<Parameters<Rooms['away']['leave']>[0], 'at'>

/** What was done, as a sentence. Safe to repeat. */
export async function settleInstallation(
  ports: InstalledPorts,
  installationId: number,
  account?: string,
): Promise<string> {
  const { store, now } = ports
  const held = await ports.host.held(installationId)
  if (held === 'suspended' || held === 'removed') {
    const left = await whyWhole(ports, installationId, held === 'suspended', account)
    return `${left.because} ${await leave(ports, left)}`
  }
  const at = now().toISOString()
  const known = await store.repositories.ofInstallation(installationId)
  for (const repository of held) await store.repositories.seen(repository, at, 'asked')
  const here = new Set(held.map(({ id }) => id))
  const returned = await returnedOf(store, held)
  const completed = await completeCut(ports, returned)
  await store.away.back(installationId, [...here])
  // A run that ended between the two is told of by nobody else: its worker still saw the App away.
  await completeCut(ports, returned, completed)
  const gone = known.filter(({ id }) => !here.has(id))
  const said = `The installation holds ${held.length === 1 ? 'one repository' : `${held.length} repositories`}.`
  if (gone.length === 0) return said
  const names = gone.slice(0, 5).map(({ owner, name }) => `${owner}/${name}`)
  const because = 'The App was taken off this repository, or it was deleted.'
  const left = { installationId, whole: false, repositoryIds: gone.map(({ id }) => id), forGood: true, because }
  return `${said} It has no more: ${names.join(', ')}${gone.length > 5 ? ' and others' : ''}. ${await leave(ports, left)}`
}

async function returnedOf({ away }: Pick<Store, 'away'>, held: Repository[]): Promise<Repository[]> {
  const left = new Set((await away.list()).filter(({ kind }) => kind === 'repository').map(({ id }) => id))
  return held.filter(({ id }) => left.has(id))
}

/** Of a whole installation. */
export async function whyWhole(
  { store }: Pick<InstalledPorts, 'store'>,
  installationId: number,
  suspended: boolean,
  account?: string,
): Promise<Left> {
  const known = await store.repositories.ofInstallation(installationId)
  const whose = account ?? known[0]?.owner
  const on = whose === undefined ? '' : ` on ${whose}`
  const because = suspended
    ? `The App's installation${on} is suspended; its owner can resume it on GitHub.`
    : `The App is no longer installed${on}.`
  return { installationId, whole: true, repositoryIds: known.map(({ id }) => id), forGood: !suspended, because }
}

/** At once nothing starts there and nothing is due there; what runs is stopped. Workers remove the mirrors, the nightly work the rows. */
export async function leave({ store, now, log }: InstalledPorts, left: Left): Promise<string> {
  const at = now().toISOString()
  await store.away.leave({ ...left, at })
  const ids = new Set(left.repositoryIds)
  const isThere = ({ id, installationId }: Repository) =>
    installationId === left.installationId && (left.whole || ids.has(id))
  const active = (await store.runs.underWay()).filter(run => isThere(run.repository))
  for (const { id } of active) {
    await store.runs.stop(id, { end: 'stopped', because: left.because, gone: true }, at)
    log({ run: id, installation: left.installationId }, left.because)
  }
  if (active.length === 0) return 'Nothing ran there.'
  return active.length === 1 ? 'Its run was stopped.' : `Its ${active.length} runs were stopped.`
}

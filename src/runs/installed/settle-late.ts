// Where the App may be, of what no delivery told or of one that was lost: what is kept is held against the list of installations once an hour.
import { type InstalledPorts, settleInstallation } from './settle.ts'

/** More repositories than anybody has. */
export const mostKnown = 1_000_000

/** `listed`: what each installation that works holds, archived repositories left out; undefined where it could not be asked. */
export async function settleLate(ports: InstalledPorts, listed: Map<number, Set<number> | undefined>): Promise<void> {
  const { store, log } = ports
  const away = await store.away.list()
  const areAway = (kind: (typeof away)[number]['kind']) =>
    new Set(away.filter(one => one.kind === kind).map(({ id }) => id))
  const [repositories, installations] = [areAway('repository'), areAway('installation')]
  const known = Map.groupBy(await store.repositories.list(mostKnown), one => one.installationId)
  for (const [installation, here] of known) {
    if (listed.has(installation) && !listed.get(installation)) continue
    const holds = listed.get(installation) ?? new Set()
    // Archived ones are in no list; whether they are there is asked of GitHub once more.
    const fits = here.every(({ id }) => holds.has(id) !== repositories.has(id))
    if (fits && !(listed.has(installation) && installations.has(installation))) continue
    log({ installation }, await settleInstallation(ports, installation))
  }
}

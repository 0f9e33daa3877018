// The lines of `watchbill doctor` that `/readyz` tells too: what came and the disk, each in one word, since anybody may ask.
import type { Rooms } from '../domain/store.ts'
import { examineDeliveries } from './doctor-deliveries.ts'
import { examineDisk } from './doctor-outside.ts'

/** Milliseconds for which an answer is told again: it goes over a month of deliveries, and whoever likes may ask. */
const toldFor = 15_000

/** `now`: milliseconds. */
export function openInShort(
  look: () => ReturnType<typeof examineInShort>,
  now: () => number = () => performance.now(),
): typeof look {
  let last: { at: number; told: ReturnType<typeof look> } | undefined
  return () => {
    if (!last || now() - last.at >= toldFor) last = { at: now(), told: look() }
    return last.told
  }
}

export async function examineInShort(
  store: Pick<Rooms, 'deliveries' | 'reconciliation' | 'signs'>,
  { dataDir }: { dataDir: string },
  now: Date,
): Promise<Record<string, string>> {
  const lines = [...(await examineDeliveries(store, now)), await examineDisk({ dataDir })]
  return Object.fromEntries(lines.map(({ about, state }) => [about, state]))
}

// The lines of `watchbill doctor` that `/readyz` tells too: what came and the disk, each in one word, since anybody may ask.
import type { Rooms } from '../domain/store.ts'
import { examineDeliveries } from './doctor-deliveries.ts'
import { examineDisk } from './doctor-outside.ts'

export async function examineInShort(
  store: Pick<Rooms, 'deliveries' | 'reconciliation' | 'signs'>,
  { dataDir }: { dataDir: string },
  now: Date,
): Promise<Record<string, string>> {
  const lines = [...(await examineDeliveries(store, now)), await examineDisk({ dataDir })]
  return Object.fromEntries(lines.map(({ about, state }) => [about, state]))
}

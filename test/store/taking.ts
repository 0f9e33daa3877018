// A process of its own that takes deliveries as fast as it can, and says which it has answered.
import { openStore } from '../../src/store/index.ts'
import { newDelivery } from './samples.ts'

process.on('disconnect', () => process.exit())
const { dataDir, databaseUrl } = JSON.parse(process.argv[2]!)
const store = await openStore({ dataDir, databaseUrl })
const lane = async () => {
  for (;;) {
    const delivery = newDelivery()
    await store.deliveries.accept(delivery)
    process.send?.(delivery.id)
  }
}
await Promise.all(Array.from({ length: 20 }, lane))

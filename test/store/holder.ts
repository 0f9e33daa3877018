// A process of its own that takes the lock on a directory, says so, and keeps it until it is killed.
import { lockDirectory } from '../../src/store/lock.ts'

try {
  await lockDirectory(process.argv[2]!)
  process.send?.({ held: true })
  process.stdin.resume()
} catch (thrown) {
  process.send?.({ refused: thrown instanceof Error ? thrown.message : String(thrown) })
}
process.on('disconnect', () => process.exit())

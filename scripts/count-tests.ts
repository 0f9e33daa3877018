// Prints the closing line "N passed, N failed" from vitest's JSON report, and fails when nothing ran.
import { readFileSync } from 'node:fs'

const report = read(process.argv[2] ?? 'test-results.json')
const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, success } = report
console.log(
  `${passed} passed, ${failed + (success || failed > 0 ? 0 : 1)} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
)
process.exitCode = success && passed > 0 && failed === 0 ? 0 : 1

function read(file: string): {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  success: boolean
} {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, success: false }
  }
}

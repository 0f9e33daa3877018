// Prints the closing line "N passed, N failed" from vitest's JSON report; what failed outside of the tests counts too, and so does a report that is not there.
import { readFileSync } from 'node:fs'

const [file = 'test-results.json', checked = '0', tested = '0'] = process.argv.slice(2)
const report = read(file)
const silent = report.numPassedTests + report.numFailedTests === 0
// Vitest fails without a failed test when a file does not load or an error escapes all tests.
const outside = report.numFailedTests === 0 && (silent || !report.success || tested !== '0') ? 1 : 0
const failed = report.numFailedTests + outside + (checked === '0' ? 0 : 1)
if (report.numPendingTests > 0) console.log(`${report.numPendingTests} skipped`)
console.log(`${report.numPassedTests} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  success: boolean
}

function read(path: string): Report {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, success: false }
  }
}

// Findings → verdicts.
export { judge } from './judge.ts'
export { recheck } from './recheck.ts'

// Findings → verdicts.
export { judge } from './judge.ts'

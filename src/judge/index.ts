// Findings → verdicts.
export { type Judging, judge } from './judge.ts'

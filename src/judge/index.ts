// Findings → verdicts.
export { judge } from './judge.ts'
export { stillQuoted } from './place-now.ts'

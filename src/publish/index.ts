// Verdicts → the change to make on GitHub, and every text about a run; pure.
export { renderCheck } from './check.ts'
export { renderConfiguration, renderUnreadConfiguration, sayReplay } from './configuration.ts'
export { type Publication, planPublication } from './plan.ts'
export { renderEnd, renderProgress } from './progress.ts'
export { scrubLine } from './scrub.ts'
export { withoutSecrets } from './secrets.ts'
export { renderTerminal } from './terminal.ts'
export { renderReport, renderWork, type WorkFacts } from './work.ts'

// Text → routines, and which of them answer an event.
export { type AdmitFacts, admit } from './admit.ts'
export { checkTree } from './check.ts'
export { readCommand } from './command.ts'
export { type HoldFacts, holdBack, type Needs, needsOf, personOf } from './gates.ts'
export { loadConfiguration } from './load.ts'
export { concerns, type MatchFacts, matchRoutine, needsPaths } from './match.ts'
export { nearest } from './nearest.ts'
export { parseAgent, parseRepositorySettings, parseRoutine } from './parse.ts'

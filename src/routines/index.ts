// Text → routines, and which of them answer an event.
export { type AdmitFacts, admit } from './admit.ts'
export { checkTree } from './check.ts'
export { readCommand } from './command.ts'
export { loadConfiguration } from './load.ts'
export { matchRoutine, needsPaths } from './match.ts'
export { nearest } from './nearest.ts'
export { parseAgent, parseRepositorySettings, parseRoutine } from './parse.ts'

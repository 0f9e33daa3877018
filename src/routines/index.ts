// Text → routines, and which of them answer an event.
export { type AdmitFacts, admit } from './admit.ts'
export { checkTree } from './check.ts'
export { readCommand } from './command.ts'
export { picks } from './globs.ts'
export { type ConfigurationFiles, loadConfiguration } from './load.ts'
export { type MatchFacts, matchRoutine, needsPaths } from './match.ts'
export { nearest } from './nearest.ts'
export { parseAgent, parseRepositorySettings, parseRoutine } from './parse.ts'

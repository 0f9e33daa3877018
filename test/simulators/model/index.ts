// The simulated Messages API as tests, the demo and the benchmarks use it.
export type {
  ContentBlock,
  Fault,
  FaultKind,
  MessagesRequest,
  ModelOptions,
  ModelReply,
  ModelSimulator,
  PlannedFault,
  RecordedRequest,
  Reply,
  Spending,
  Usage,
} from './contract.ts'
export { factsOf, knownModels } from './models.ts'
export type { Rehearsal, Rule } from './rehearsed.ts'
export { asked, opening, rehearse, textOf, turnsSoFar } from './rehearsed.ts'
export { call, json, say, think, together } from './replies.ts'
export { startModel } from './server.ts'

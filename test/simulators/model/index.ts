// The simulated Messages API as tests, the demo and the benchmarks use it.
export type {
  FaultKind,
  MessagesRequest,
  ModelOptions,
  ModelReply,
  ModelSimulator,
  RecordedRequest,
  Reply,
} from './contract.ts'
export type { Rule } from './rehearsed.ts'
export { asked, opening, rehearse } from './rehearsed.ts'
export { call, json, say, think, together } from './replies.ts'
export { startModel } from './server.ts'

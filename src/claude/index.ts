// The only way to a model: the connection, the scripted one, prices, and the confined `read`.
export { type Claude, type ClaudeOptions, connectClaude } from './connect.ts'
export { loadPrices } from './prices.ts'
export { reachModels } from './reach.ts'
export { readFile } from './read.ts'
export { type ScriptedTurn, scriptedModel } from './scripted.ts'

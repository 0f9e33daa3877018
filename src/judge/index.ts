// Findings → verdicts.
export { keepInGate, shutsSomeGate, stillInGate } from './gate.ts'
export { verifyMissing } from './intent.ts'
export { judge } from './judge.ts'
export { placeInTree } from './place.ts'
export { linesOf, matchLines, ways } from './quote.ts'
export { recheck } from './recheck.ts'
export { answerReplies, type Replied } from './reply.ts'
export { isWithheld, withhold } from './withhold.ts'

// Brief → findings: the plan, the tools, the text check, and the fleet.

export { sayEvent } from './event-words.ts'
export { sendFleet } from './fleet.ts'
export { floorAt } from './folders.ts'
export { findHostileText } from './hostile.ts'
export { type AskingForIntent, findMissing } from './intent.ts'
export { sayInventory, takeInventory } from './inventory.ts'
export { caps } from './lineup.ts'
export { planReview } from './plan.ts'
export { asksTool, isSecurityAgent, lensesOf } from './security.ts'
export { givenTo, promptsFor, wantsText } from './task-brief.ts'
export { type LookBeside, lookTools } from './tools.ts'
export { planWork, workCaps } from './work-plan.ts'

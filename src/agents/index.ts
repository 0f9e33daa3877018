// Brief → findings: the plan, the tools, the text check, and the fleet.
export { sendFleet } from './fleet.ts'
export { findHostileText } from './hostile.ts'
export { planReview } from './plan.ts'
export { lookTools } from './tools.ts'

// The only code that speaks to GitHub: one function that connects the App and returns the port the rest of the house uses.

export { inBackground } from './background.ts'
export { connectByHand } from './by-hand.ts'
export { connectGitHub } from './connect.ts'
export { readEvent } from './events.ts'
export { makeApp } from './manifest.ts'
export { answeredNames, missingFrom } from './missing.ts'
export { connectRenewably, type RenewableHost } from './renew.ts'

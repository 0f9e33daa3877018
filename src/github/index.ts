// The only code that speaks to GitHub: one function that connects the App and returns the port the rest of the house uses.
export { connectGitHub, type GitHubOptions } from './connect.ts'
export { type ReadCommand, readEvent } from './events.ts'

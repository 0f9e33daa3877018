// Regular expressions of users, compiled once each: RE2 takes linear time, whatever the text.
import { RE2JS } from 're2js'

/** Whether the expression matches the whole of a text, line breaks included. Throws when it is none; `check` says so before. */
export function matchesWhole(pattern: string, text: string): boolean {
  return compiled(pattern).testExact(text)
}

/** By its text, so that routines that are read anew for each event find theirs again; the oldest is forgotten. */
const kept = new Map<string, RE2JS>()
const keptAtMost = 5000

function compiled(pattern: string): RE2JS {
  const known = kept.get(pattern)
  if (known) return known
  const made = RE2JS.compile(pattern, RE2JS.DOTALL)
  const [oldest] = kept.keys()
  if (kept.size >= keptAtMost && oldest !== undefined) kept.delete(oldest)
  kept.set(pattern, made)
  return made
}

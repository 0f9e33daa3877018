// Rules that a repository has written down, as prompts say them: each with where it was trusted from and the folder that it holds for.
import type { Rule } from './plan.ts'
import { showPath } from './untrusted.ts'

export function sayRules(rules: Rule[]): string {
  return (
    rules
      .map(rule => `## ${showPath(rule.path)} (${rule.from})${forFolder(rule.path)}\n\n${rule.text.trim()}`)
      .join('\n\n') || 'This repository has no rules of its own.'
  )
}

/** "src/api/" of "src/api/CLAUDE.md", "" of what lies at the top. */
export function folderOfRule(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

function forFolder(path: string): string {
  const folder = folderOfRule(path)
  return folder === '' ? '' : `, for what is in ${showPath(folder)}`
}

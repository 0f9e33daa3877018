// What ships as Markdown: the built-in routines, their agents, and the prompts.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RepositoryFile } from './domain/host.ts'
import { type PromptName, promptNames, type Words } from './domain/words.ts'

const root = fileURLToPath(new URL('../routines', import.meta.url))

/** Built-in routines and agents, as `routines/x.md` and `routines/agents/y.md`. */
export function readBuiltIns(): RepositoryFile[] {
  return ['', 'agents'].flatMap(folder =>
    readdirSync(join(root, folder))
      .filter(name => name.endsWith('.md'))
      .map(name => ({
        path: ['routines', folder, name].filter(Boolean).join('/'),
        text: readFileSync(join(root, folder, name), 'utf8'),
      })),
  )
}

export function readWords(): Words {
  return Object.fromEntries(promptNames.map(name => [name, readWord(name)])) as Words
}

/** The verifier is an agent like the others: its instructions are the body of its file. */
function readWord(name: PromptName): string {
  if (name !== 'verifier') return readFileSync(join(root, 'prompts', `${name}.md`), 'utf8')
  return readFileSync(join(root, 'agents', 'verifier.md'), 'utf8').replace(/^---\n[\s\S]*?\n---\n/, '')
}

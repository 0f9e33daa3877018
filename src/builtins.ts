// What ships as text: the built-in routines, their agents, the prompts, and the pattern rules.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PatternRules } from './domain/evidence.ts'
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

/** Of this program, as package.json says. */
export function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(text) as { version: unknown }).version)
}

export function readWords(): Words {
  return Object.fromEntries(promptNames.map(name => [name, readWord(name)])) as Words
}

let version: string | undefined

/** Which prompts, agents, routines and pattern rules ship with this program: 12 hexadecimal digits that change with any word of them. */
export function promptsVersion(): string {
  version ??= hashOf(root)
  return version
}

/** Of every Markdown and YAML file below `folder`, by name and text. */
export function hashOf(folder: string): string {
  const hash = createHash('sha256')
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => /\.(md|yml)$/.test(name))
  for (const name of names.map(name => name.replaceAll('\\', '/')).sort())
    hash.update(JSON.stringify([name, readFileSync(join(folder, name), 'utf8')]))
  return hash.digest('hex').slice(0, 12)
}

/** Those who verify and who hold a change against its description are agents like the others: their instructions are the bodies of their files. */
function readWord(name: PromptName): string {
  if (name !== 'verifier' && name !== 'intent') return readFileSync(join(root, 'prompts', `${name}.md`), 'utf8')
  return readFileSync(join(root, 'agents', `${name}.md`), 'utf8').replace(/^---\n[\s\S]*?\n---\n/, '')
}

/** The rule files under `routines/patterns`, by language. */
export function readPatterns(): PatternRules {
  const folder = join(root, 'patterns')
  return Object.fromEntries(
    readdirSync(folder).map(language => [
      language,
      readdirSync(join(folder, language))
        .filter(name => name.endsWith('.yml'))
        .map(name => readFileSync(join(folder, language, name), 'utf8')),
    ]),
  )
}

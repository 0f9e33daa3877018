// Files beside the routines that nobody reads, though whoever put them there may think so.
import type { ConfigurationProblem } from '../domain/routine.ts'

/** `paths`: everything below `.github/routines`, of a repository. A README is meant for people. */
export function unreadFiles(paths: string[]): ConfigurationProblem[] {
  return paths.flatMap(path => {
    const [, below] = /^\.github\/routines\/(.+)$/s.exec(path) ?? []
    const because = below === undefined ? undefined : whyUnread(below)
    return because === undefined ? [] : [{ file: path, message: `is not read: ${because}`, note: true as const }]
  })
}

function whyUnread(below: string): string | undefined {
  const folders = below.split('/')
  const name = folders.pop() ?? ''
  const where = folders.join('/')
  if (/^README(\.\w+)?$/i.test(name) || name.startsWith('.')) return undefined
  if (where !== '' && where !== 'agents')
    return 'only `.github/routines` itself and its folder `agents` are looked in; move it there.'
  if (name.endsWith('.md')) return undefined
  const stem = name.replace(/\.[^.]*$/, '')
  return `routines and agents are Markdown files with YAML at their top; call it \`${stem}.md\`.`
}

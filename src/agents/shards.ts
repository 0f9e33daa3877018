// A large change in parts: related files stay together, and every file is in exactly one part.
import type { ChangedFile } from '../domain/change.ts'
import { relatedGroups } from './related.ts'
import { fileLimit, renderFile } from './rendering.ts'

/** Characters of diff in one prompt; keeps it under 100,000 tokens, above which the cheap models cost five times as much. */
export const promptLimit = 3 * fileLimit

export function makeShards(files: ChangedFile[], lines: number): ChangedFile[][] {
  const shards: ChangedFile[][] = []
  let shard: ChangedFile[] = []
  let used = { lines: 0, characters: 0 }
  for (const group of relatedGroups(files)) {
    // A group that would be torn here, and fits whole into a part of its own, starts one.
    const whole = weigh(group)
    if (shard.length > 0 && over(add(used, whole), lines) && !over(whole, lines)) start()
    for (const file of group) {
      const weight = weigh([file])
      if (shard.length > 0 && over(add(used, weight), lines)) start()
      shard.push(file)
      used = add(used, weight)
    }
  }
  if (shard.length > 0) shards.push(shard)
  return shards

  function start(): void {
    shards.push(shard)
    shard = []
    used = { lines: 0, characters: 0 }
  }
}

export function needsShards(files: ChangedFile[], lines: number): boolean {
  return over(weigh(files), lines)
}

/** What does not is shown in outline: where it changes, without its lines. */
export function fitsPrompt(files: ChangedFile[]): boolean {
  return weigh(files).characters <= promptLimit
}

interface Weight {
  lines: number
  characters: number
}

function weigh(files: ChangedFile[]): Weight {
  let lines = 0
  let characters = 0
  for (const file of files) {
    lines += file.additions + file.deletions
    characters += charactersOf(file)
  }
  return { lines, characters }
}

const measured = new WeakMap<ChangedFile, number>()

/** Rendered once: a change of thousands of files is weighed for every agent. */
function charactersOf(file: ChangedFile): number {
  const known = measured.get(file) ?? renderFile(file).text.length
  measured.set(file, known)
  return known
}

function add(a: Weight, b: Weight): Weight {
  return { lines: a.lines + b.lines, characters: a.characters + b.characters }
}

function over(weight: Weight, lines: number): boolean {
  return weight.lines > lines || weight.characters > promptLimit
}

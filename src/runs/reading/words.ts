// The prompts of one run: as they ship, with the language that people are written to in and the repositories that can be read beside.
import type { Routine } from '../../domain/routine.ts'
import { fill, type PromptName, type Words } from '../../domain/words.ts'

/** Prompts of those whose words people read. */
const spoken: PromptName[] = ['finder', 'worker', 'verifier', 'panel-reachability', 'panel-impact', 'panel-defences']
/** Prompts of those who may have to look there. */
const looking: PromptName[] = ['finder', 'worker']

/** Agents of one run share their prompts: where its routines ask for several languages, the first one's is written, and a note says so. */
export function wordsFor(
  shipped: Words,
  routines: Pick<Routine, 'name' | 'language'>[],
  beside: string[] = [],
): { words: Words; notes: string[] } {
  const names = beside.map(name => `- ${name}`).join('\n')
  const told = beside.length > 0 ? append(shipped, looking, fill(shipped.beside, { names })) : shipped
  const asking = routines.filter(routine => routine.language !== undefined)
  const [first] = asking
  if (first?.language === undefined) return { words: told, notes: [] }
  const others = asking.filter(routine => routine.language !== first.language)
  return {
    words: append(told, spoken, fill(shipped.language, { language: first.language })),
    notes: others.map(
      ({ name, language }) =>
        `\`${name}\` asks for ${language}; this run is written in ${first.language}, as \`${first.name}\` asks.`,
    ),
  }
}

function append(words: Words, names: PromptName[], text: string): Words {
  return { ...words, ...Object.fromEntries(names.map(name => [name, `${words[name].trimEnd()}\n\n${text}`])) }
}

// `{{text}}` in a routine's instructions: the one placeholder there is, what was probably meant by another, and when nothing fills it.
import type { RepositoryFile } from '../domain/host.ts'
import type { ConfigurationProblem, Routine } from '../domain/routine.ts'
import { nearest } from './nearest.ts'
import { once } from './once.ts'

const known = ['text']
/** As GitHub's workflows write expressions, `${{ … }}`, none is meant. */
const placeholder = /(?<!\$)\{\{[ \t]*([\w.-]{1,60})[ \t]*\}\}/g

/** In code, braces are likely somebody's example. */
export function unknownPlaceholders(file: RepositoryFile): readonly ConfigurationProblem[] {
  return once(file, 'unknown placeholders', () => ({ value: findUnknown(file) })).value
}

function findUnknown({ path, text }: RepositoryFile): ConfigurationProblem[] {
  if (!text.includes('{{')) return []
  const body = withoutCode(text)
  return [...body.matchAll(placeholder)]
    .filter(({ 1: name = '' }) => !known.includes(name))
    .slice(0, 20)
    .map(({ 1: name = '', index }) => {
      const close = nearest(name, known)
      const hint = close ? `did you mean \`{{${close}}}\`?` : 'there is only `{{text}}`.'
      const message = `\`{{${name}}}\` is no placeholder that is known here; ${hint}`
      return { file: path, ...placeAt(body, index), message, ...(close && { suggestion: `{{${close}}}` }) }
    })
}

/** Text is brought by calls of the API alone, and by whoever starts a task by name. */
export function notesOnText(routine: Asking, file: RepositoryFile): ConfigurationProblem[] {
  if (!asksForText(routine)) return []
  const because =
    routine.kind === 'review'
      ? '`{{text}}` is never filled: a review is given no text; say `kind: work`.'
      : '`{{text}}` is filled only when somebody starts it by name with a text: no trigger under `on` brings one, as `api: true` would.'
  if (routine.kind === 'work' && routine.on.api === true) return []
  const { value: place } = once(file, 'place of the text', () => ({ value: placeOfText(file.text) }))
  return [{ file: file.path, ...place, message: because, note: true }]
}

/** Whether the text that a call of the API brings along reaches nobody. */
export function dropsText(routine: Asking): boolean {
  return routine.kind === 'work' && routine.on.api === true && !asksForText(routine)
}

type Asking = Pick<Routine, 'kind' | 'on' | 'instructions'>

function asksForText({ instructions }: Asking): boolean {
  return textMark.test(instructions)
}

const textMark = /\{\{\s*text\s*\}\}/

/** What it extends may hold it instead. */
function placeOfText(text: string) {
  const at = text.search(textMark)
  return at < 0 ? undefined : placeAt(text, at)
}

function placeAt(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index)
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') }
}

/** Blank where there were YAML or code, so that places stay what they are. */
function withoutCode(text: string): string {
  const blank = (code: string) => code.replace(/[^\n]/g, ' ')
  const body = text.replace(/^\ufeff?---[ \t]*\r?\n[\s\S]*?\n---[ \t]*(?=\r?\n|$)/, blank)
  return body.replace(/^ {0,3}(```|~~~)[\s\S]*?(?:^ {0,3}\1|$(?![\s\S]))/gm, blank).replace(/`[^`\n]*`/g, blank)
}

// Credentials in a text by their published forms, however they are written, and what stands where one was taken out.
import { legible } from './legible.ts'
import { type SecretForm, secretForms } from './secret-forms.ts'

export const secretRemoved = '[secret removed]'

/** Characters of a text. */
export interface Span {
  start: number
  end: number
}

export interface FormedSecret extends Span {
  form: SecretForm
}

/** In the order of the list of forms; some may lie over each other. `loose`: with what may be code as well. */
export function findForms(text: string, { loose = false } = {}): FormedSecret[] {
  return secretForms.flatMap(form => {
    if ((form.loose && !loose) || !text.includes(form.hint)) return []
    return [...text.matchAll(form.pattern)].flatMap(({ 0: found, index }) =>
      form.holds && !form.holds(found) ? [] : [{ form, start: index, end: index + found.length }],
    )
  })
}

/** What `look` finds in a text as it is written, and in the same text as it reads: zero-width characters and references hide nothing. */
export function findAsWritten<Found extends Span>(text: string, look: (text: string) => Found[]): Found[] {
  const read = legible(text)
  if (!read) return look(text)
  return [...look(text), ...look(read.text).map(found => ({ ...found, ...read.range(found.start, found.end) }))]
}

// What the command line's parts have in common: options, how they are read, and how answers are printed.
import { InvalidArgumentError, Option } from 'commander'
import { readSettings, type Settings } from '../../settings.ts'
import { plain } from '../print.ts'

/** Takes the exit code. */
export type Exit = (code: number) => void

export const json = () => new Option('--json', 'print JSON')

/** What the commands that need the store have in common. */
export async function reach() {
  const [{ ask }, show] = await Promise.all([import('../reach.ts'), import('../show.ts')])
  return { ask, show }
}

export const count = numberThat((_, value) => isWhole(value, 1000), 'It is a whole number from 1 to 1000.')
export const daysBack = numberThat((_, value) => isWhole(value, 90), 'It is a whole number of days from 1 to 90.')
export const dollarsOf = numberThat(
  (text, value) => text.trim() !== '' && value > 0 && value <= 100_000,
  'It is a number of US dollars above 0.',
)
export const tolerance = numberThat(text => /^\d{1,2}$/.test(text), 'It is a whole number from 0 to 99.')
export const number = numberThat(text => /^[1-9]\d{0,8}$/.test(text), 'It is the number of a pull request.')

function numberThat(holds: (text: string, value: number) => boolean, otherwise: string): (text: string) => number {
  return text => {
    const value = Number(text)
    if (holds(text, value)) return value
    throw new InvalidArgumentError(otherwise)
  }
}

function isWhole(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most
}

export function settings(): Settings {
  return readSettings()
}

export function print<T>(options: { json?: boolean }, value: T, show: (value: T) => string): void {
  console.log(options.json ? JSON.stringify(value, null, 2) : show(value))
}

/** What is told beside the answer, which alone goes to standard output. Sentences quote titles, names and what others answered. */
export function say(sentence: string): void {
  console.error(plain(sentence))
}

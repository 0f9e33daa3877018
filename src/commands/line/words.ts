// What the command line's parts have in common: options, how they are read, and how answers are printed.
import { readFileSync } from 'node:fs'
import { InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { readSettings, type Settings } from '../../settings.ts'

/** Takes the exit code. */
export type Exit = (code: number) => void

export const json = () => new Option('--json', 'print JSON')

/** What the commands that need the store have in common. */
export async function reach() {
  const [{ ask }, show] = await Promise.all([import('../reach.ts'), import('../show.ts')])
  return { ask, show }
}

export function count(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number
  throw new InvalidArgumentError('It is a whole number from 1 to 1000.')
}

export function daysBack(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 90) return number
  throw new InvalidArgumentError('It is a whole number of days from 1 to 90.')
}

export function dollarsOf(text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && number > 0 && number <= 100_000) return number
  throw new InvalidArgumentError('It is a number of US dollars above 0.')
}

export function tolerance(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a whole number from 0 to 99.')
}

export function number(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is the number of a pull request.')
}

export function settings(): Settings {
  return readSettings()
}

export function print<T>(options: { json?: boolean }, value: T, show: (value: T) => string): void {
  console.log(options.json ? JSON.stringify(value, null, 2) : show(value))
}

export function version(): string {
  return z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))).version
}

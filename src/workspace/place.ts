// The number of the disk that mirrors are kept on: drawn once and kept beside them, so that whoever shares the disk reads the same.
import { randomInt, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export async function placeAt(directory: string): Promise<number> {
  const file = join(directory, 'place')
  return (await read(file)) ?? drawn(directory, file)
}

async function read(file: string): Promise<number | undefined> {
  const place = Number(await readFile(file, 'utf8').catch(() => Number.NaN))
  return Number.isSafeInteger(place) && place > 0 && place < 2 ** 31 ? place : undefined
}

async function drawn(directory: string, file: string): Promise<number> {
  const draft = `${file}.${randomUUID()}`
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeFile(draft, String(randomInt(1, 2 ** 31)), { mode: 0o600 })
  try {
    // A hard link appears with its content or not at all; the first of several stays.
    await link(draft, file).catch(() => {})
    const place = await read(file)
    if (place !== undefined) return place
    await rm(file, { force: true })
    await link(draft, file)
    return Number(await readFile(file, 'utf8'))
  } finally {
    await rm(draft, { force: true })
  }
}

// `app.yml`: what the GitHub App asks for.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { AppFile } from '../domain/made-app.ts'

export function readAppFile(): AppFile {
  return parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')) as AppFile
}

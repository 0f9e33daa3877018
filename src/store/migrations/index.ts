// Every migration by number, oldest first; one that has shipped is never changed.
import { statements as first } from './0001.ts'

export const migrations: { name: string; statements: string[] }[] = [{ name: '0001', statements: first }]

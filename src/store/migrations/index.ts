// Every migration by number, oldest first; one that has shipped is never changed.
import { statements as first } from './0001.ts'
import { statements as second } from './0002.ts'
import { statements as third } from './0003.ts'
import { statements as fifth } from './0005.ts'
import { statements as sixth } from './0006.ts'
import { statements as seventh } from './0007.ts'
import { statements as eighth } from './0008.ts'
import { statements as ninth } from './0009.ts'
import { statements as tenth } from './0010.ts'
import { statements as eleventh } from './0011.ts'
import { statements as twelfth } from './0012.ts'
import { statements as thirteenth } from './0013.ts'
import { statements as fifteenth } from './0015.ts'
import { statements as seventeenth } from './0017.ts'
import { statements as eighteenth } from './0018.ts'
import { statements as nineteenth } from './0019.ts'
import { statements as twentieth } from './0020.ts'
import { statements as twentyFirst } from './0021.ts'

export const migrations: { name: string; statements: string[] }[] = [
  { name: '0001', statements: first },
  { name: '0002', statements: second },
  { name: '0003', statements: third },
  { name: '0005', statements: fifth },
  { name: '0006', statements: sixth },
  { name: '0007', statements: seventh },
  { name: '0008', statements: eighth },
  { name: '0009', statements: ninth },
  { name: '0010', statements: tenth },
  { name: '0011', statements: eleventh },
  { name: '0012', statements: twelfth },
  { name: '0013', statements: thirteenth },
  { name: '0015', statements: fifteenth },
  { name: '0017', statements: seventeenth },
  { name: '0018', statements: eighteenth },
  { name: '0019', statements: nineteenth },
  { name: '0020', statements: twentieth },
  { name: '0021', statements: twentyFirst },
]

/** Tables and sequences of ours, of whatever migration, in the order in which they are made. */
export const made: { kind: string; name: string }[] = migrations
  .flatMap(({ statements }) => statements)
  .flatMap(text => [...text.matchAll(/^create (table|sequence) (\w+)/g)])
  .map(([, kind = '', name = '']) => ({ kind, name }))

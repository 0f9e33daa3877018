// A program of its own: makes the files of an empty embedded database in the directory that it is given, as long as its parent is there.
import { setFlagsFromString } from 'node:v8'
import { PGlite } from '@electric-sql/pglite'

const [directory = ''] = process.argv.slice(2)
process.stdin.once('close', () => process.exit(1)).resume()
// For two seconds of work better code does not pay: to compile its largest function again takes V8 600 MB.
for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag)
await (await PGlite.create(directory)).close()
process.exit(0)

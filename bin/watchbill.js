#!/usr/bin/env node
// The command's entry: re-executes itself under the bundled Node when an older one started it, then hands over to src/cli.ts.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

const [major] = process.versions.node.split('.').map(Number)
if (major >= 24) await start()
else reexecute()

/** In a clone the TypeScript runs as it is; the published package carries emitted JavaScript (Node strips no types under node_modules). */
async function start() {
  keepCompiled()
  for (const stream of [process.stdout, process.stderr]) stream.on('error', leaveUnread)
  const emitted = new URL('../dist/cli.js', import.meta.url)
  const source = new URL('../src/cli.ts', import.meta.url)
  const { main } = await import((existsSync(source) ? source : emitted).href)
  process.exitCode = await main(process.argv.slice(2))
}

/** Whoever reads may stop in the middle, as `head` does. */
function leaveUnread(error) {
  if (error.code !== 'EPIPE') throw error
}

/** What Node makes of the sources, types stripped, is kept for the next start, which takes half the time then; where nobody can write, nothing is. */
function keepCompiled() {
  try {
    const home = homedir()
    // Not where everybody can write, as Node's own default is: whoever writes there writes the program.
    if (isAbsolute(home)) module.enableCompileCache(join(home, '.cache', 'watchbill', 'compiled'))
  } catch {
    // A user whom the system does not know has no home.
  }
}

function reexecute() {
  const node = bundledNode()
  if (!node) {
    console.error(
      `watchbill needs Node 24 or newer; this is ${process.version} and the bundled Node for ${process.platform}-${process.arch} is not installed. Install Node 24, or run npm install again without --omit=optional.`,
    )
    process.exit(2)
  }
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 2)))
  child.on('error', error => {
    console.error(`watchbill could not start the bundled Node at ${node}: ${error.message}`)
    process.exit(2)
  })
}

function bundledNode() {
  try {
    return module.createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`)
  } catch {
    return undefined
  }
}

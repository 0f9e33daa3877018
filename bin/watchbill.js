#!/usr/bin/env node
// The command's entry: re-executes itself under the bundled Node when an older one started it, then hands over to src/cli.ts.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'

const [major] = process.versions.node.split('.').map(Number)
if (major >= 24) await start()
else reexecute()

/** In a clone the TypeScript runs as it is; the published package carries emitted JavaScript (Node strips no types under node_modules). */
async function start() {
  const emitted = new URL('../dist/cli.js', import.meta.url)
  const source = new URL('../src/cli.ts', import.meta.url)
  const { main } = await import((existsSync(source) ? source : emitted).href)
  process.exitCode = await main(process.argv.slice(2))
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
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`)
  } catch {
    return undefined
  }
}

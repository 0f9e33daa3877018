// How much memory a process and all that it started hold at one moment, at most: watched by a thread of its own, since whoever simulates is busy.
import { readdirSync, readFileSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const everyMs = 25

/** MB, once `stop` is called: of the process with its children, and of the children alone. */
export function watchMemory(pid: number): { stop(): Promise<{ allMb: number; childrenMb: number }> } {
  const worker = new Worker(new URL(import.meta.url), { workerData: { watched: pid } })
  return {
    async stop() {
      const told = new Promise<{ allMb: number; childrenMb: number }>((resolve, reject) => {
        worker.once('message', resolve)
        worker.once('error', reject)
      })
      worker.postMessage('stop')
      const most = await told
      await worker.terminate()
      return most
    },
  }
}

const watched: number | undefined = workerData?.watched
if (!isMainThread && watched !== undefined) {
  const most = { allMb: 0, childrenMb: 0 }
  const timer = setInterval(() => {
    const children = below(watched).reduce((sum, pid) => sum + heldBy(pid), 0)
    most.childrenMb = Math.max(most.childrenMb, children)
    most.allMb = Math.max(most.allMb, children + heldBy(watched))
  }, everyMs)
  parentPort?.once('message', () => {
    clearInterval(timer)
    parentPort?.postMessage(most)
  })
}

/** MB; of a page that several share its part (proc_pid_smaps(5)). */
function heldBy(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024
}

function below(root: number): number[] {
  const names = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  const parents = new Map(
    names.map(name => [Number(name), Number(/PPid:\s+(\d+)/.exec(read(`/proc/${name}/status`))?.[1])]),
  )
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid) ?? 0
    return parent === root || (parent > 1 && isBelow(parent))
  }
  return [...parents.keys()].filter(isBelow)
}

/** Empty for a process that has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

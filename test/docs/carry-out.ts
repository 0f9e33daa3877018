// A folder that stands for a machine: blocks of the docs are carried out below it instead of "/", with what needs root or the network replaced by notes of how it was called.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blocks, root } from './pages.ts'

export interface Machine {
  home: string
  /** Carries a block out, and tells how what stands in for other programs was called. */
  carryOut(text: string, input?: string): string[]
}

/** The text of a page's blocks with this mark. */
export function textOf(page: string, mark: string): string {
  const found = blocks(page).filter(block => block.mark === mark)
  if (found.length === 0) throw new Error(`${page} has no block ${mark}.`)
  return found.map(({ text }) => text).join('')
}

const note = 'echo "$(basename "$0") $*" >> "$HOME/notes"'
const noted = ['useradd', 'userdel', 'systemctl', 'journalctl', 'chown', 'npm', 'npx', 'docker']
const standIns: Record<string, string> = {
  ...Object.fromEntries(noted.map(name => [name, note])),
  sudo: 'while [ "$1" = -u ]; do shift 2; done\nexec env "$@"',
  // Whose it is, is for root to say.
  install:
    'for a; do shift; [ "$a" = -o ] && { skip=1; continue; }; [ "$skip" ] && { skip=; continue; }; set -- "$@" "$a"; done\nexec /usr/bin/install "$@"',
  git: `${note}\n[ "$1" != clone ] || { mkdir -p "$5/bin" && cp '${root}/bin/watchbill.js' "$5/bin/"; }`,
}

export function openMachine(): Machine {
  const home = mkdtempSync(join(tmpdir(), 'watchbill-machine-'))
  for (const folder of ['bin', 'opt', 'Downloads', 'etc/systemd/system', 'var/lib/watchbill'])
    mkdirSync(join(home, folder), { recursive: true })
  for (const [name, script] of Object.entries(standIns)) {
    writeFileSync(join(home, 'bin', name), `#!/bin/bash\n${script}\n`)
    chmodSync(join(home, 'bin', name), 0o755)
  }
  return {
    home,
    carryOut(text, input = '') {
      const notes = join(home, 'notes')
      rmSync(notes, { force: true })
      const below = text.replaceAll(/(?<=[\s=])\/(etc|opt|var)\//g, `${home}/$1/`)
      const env = { PATH: `${join(home, 'bin')}:/usr/bin:/bin`, HOME: home }
      execFileSync('bash', ['-euo', 'pipefail', '-c', below], { cwd: home, env, input, stdio: 'pipe' })
      return existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []
    },
  }
}

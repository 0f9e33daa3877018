// What `watchbill doctor` says of the tools beside the models: how their children are confined, and whether they are there.
import { tmpdir } from 'node:os'
import { findAstGrep } from '../scanners/index.ts'
import type { Settings } from '../settings.ts'
import { openWorkspaces } from '../workspace/index.ts'
import type { Line } from './doctor-line.ts'

export async function examineTools(
  { proxy }: Pick<Settings, 'proxy'>,
  { platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'> = process,
): Promise<Line[]> {
  const isolation = await openWorkspaces({ dataDir: tmpdir(), environment: proxy }).isolation()
  const confined = isolation === 'bubblewrap'
  const patterns = findAstGrep(platform, arch) !== undefined
  return [
    {
      about: 'isolation',
      state: confined ? 'ok' : 'unknown',
      says: confined
        ? 'bubblewrap: git and the tools that read pull requests see no network and no other files'
        : `${isolation}; with bubblewrap and user namespaces they would see no network and no other files.`,
    },
    {
      about: 'tools',
      state: patterns ? 'ok' : 'unknown',
      says: patterns
        ? 'secrets and patterns'
        : `secrets; there is no ast-grep for this system (${platform} ${arch}), so patterns are not looked for.`,
    },
  ]
}
